"""Inputs of commands, and commands run as programs of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.support.generated import ROOT

CHAT = {"messages": [{"role": "user", "content": "What is 2 + 2?"}], "tools": []}
COMPLETION = "<|channel|>analysis<|message|>A sum.<|end|><|start|>assistant<|channel|>final<|message|>Four.<|return|>"
BROKEN = "<|channel|>final<|message|>a<|channel|>b"  # a message without an end


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def program(*arguments: str, given: str | bytes = b"", env: dict[str, str] | None = None) -> Ran:
    """Run a command as a program of its own."""
    given = given.encode("utf-8") if isinstance(given, str) else given
    command = [sys.executable, "-m", "openai_harmony", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, cwd=ROOT, env={**os.environ, **(env or {})})
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
