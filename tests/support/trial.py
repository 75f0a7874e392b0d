"""Parsers on trial for the command `fuzz`, and what it writes of them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

SOUND = "return ENCODING.parse(tokens, role).messages"
STRICT = "return ENCODING.parse_messages_from_completion_tokens(tokens, role)"

FUZZ = [sys.executable, "-m", "openai_harmony", "fuzz"]
# What is printed is buffered, as is usual: so it fails late, if at all.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"} | {"PYTHONPATH": str(ROOT)}


def on_trial(folder: Path, body: str, *, imports: str = "") -> str:
    """The name of a target in a folder, whose function has this body."""
    lines = ["import openai_harmony as h", "ENCODING = h.load_harmony_encoding('HarmonyGptOss')", imports]
    lines += ["def parse(tokens, role):", *(f"    {line}" for line in body.splitlines())]
    (folder / "parser_on_trial.py").write_text("\n".join(lines), encoding="utf-8")
    return "parser_on_trial:parse"


def failures(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
