"""What a command costs that runs once: the CPU of a process that parses or renders a short text.

It is set against a program that imports the reference, loads the encoding and renders a prompt.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from .claims import Claim
from .measure import HERE, Library

__all__ = ["NAMES", "command_claim"]

COMPLETION = "<|channel|>analysis<|message|>A sum.<|end|><|start|>assistant<|channel|>final<|message|>Four.<|return|>"
CHAT = '{"messages": [{"role": "user", "content": "What is 2 + 2?"}], "tools": []}'
# The input of each command, and the seconds of CPU that are asked of it where the reference needs 0.3.
COMMANDS = {"parse": (COMPLETION, 0.35), "render": (CHAT, 0.45)}
REFERENCE = 0.3
NAMES = tuple(f"command-{name}" for name in COMMANDS)


def command_claim(name: str, libraries: Sequence[Library], folder: Path, rounds: int) -> Claim:
    """Return the CPU of a command, divided by that of the reference's program: the median of neighbouring runs."""
    command = name.removeprefix("command-")
    given, most = COMMANDS[command]
    (folder / command).write_text(given, encoding="utf-8")
    by_name = {library.name: library for library in libraries}
    ours = [sys.executable, "-m", "openai_harmony", command, str(folder / command)]
    theirs = [sys.executable, str(HERE / "fresh.py"), "render", str(folder / command), "none"]
    pairs = []
    for number in range(-1, max(rounds, 5)):
        pair = (_cpu(ours, by_name["ours"], folder), _cpu(theirs, by_name["reference"], folder))
        pairs += [pair] if number >= 0 else []  # the one before writes the files of byte code
    one, other = (median(seconds) for seconds in zip(*pairs, strict=True))
    title = f"`harmony {command}` of a short text, cold: CPU / that of a program that renders with the reference"
    return Claim(title, median(a / b for a, b in pairs), most / REFERENCE, f"{one:.2f} s and {other:.2f} s of CPU")


def _cpu(command: list[str], library: Library, folder: Path) -> float:
    """Return the seconds of CPU of a process."""
    process = subprocess.Popen(command, cwd=folder, env=library.variables(), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime
