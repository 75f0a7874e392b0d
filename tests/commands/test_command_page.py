"""The commands of docs/command-line.md run as they stand there, and its tables name what there is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openai_harmony._cli.app import COMMANDS
from openai_harmony._cli.inputs import KINDS
from openai_harmony._plain_commands import PLAIN
from tests.commands.running import COMPLETION
from tests.support.generated import ROOT

PAGE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")


@pytest.mark.shipped
def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    (tmp_path / "completion.txt").write_text(COMPLETION, encoding="utf-8")
    (tmp_path / "prompt-of-my-server.txt").write_text("<|start|>user<|message|>What?<|end|>", encoding="utf-8")
    (tmp_path / "harmony").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openai_harmony "$@"\n', encoding="utf-8")
    (tmp_path / "harmony").chmod(0o755)
    told = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env={**os.environ, **told}, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert "assistant channel=final\n  Four.\n" in done.stdout
    assert '"event": "MessageEnd"' in done.stdout
    assert "token 0" not in done.stdout
    assert "differs, in the header of message 0" in done.stdout


def test_the_page_names_every_command_and_kind() -> None:
    named = set(re.findall(r"`harmony ([a-z]+)`", PAGE.partition("\n## ")[0]))
    assert named == {*COMMANDS, *PLAIN}
    assert tuple(re.findall(r"^\| `(\w+)` \|", PAGE.partition("## Inputs")[2].partition("## Modes")[0], re.M)) == KINDS
