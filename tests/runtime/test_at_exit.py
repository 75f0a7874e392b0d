"""Claims about objects that are left to the system: they live as ever, and only a shutdown finds them held."""

from __future__ import annotations

import subprocess
import sys
import weakref
from pathlib import Path

from openai_harmony._runtime.tokens.at_exit import leave_to_system

ROOT = Path(__file__).parents[2]
PROGRAM = """
from openai_harmony._runtime.tokens.at_exit import leave_to_system

class Thing:
    def __del__(self):
        print("freed", flush=True)

thing = Thing()
{}
print("end", flush=True)
"""


class Thing:
    pass


def printed(line: str) -> list[str]:
    command = [sys.executable, "-c", PROGRAM.format(line)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_what_is_left_to_the_system_is_not_freed_at_the_end() -> None:
    assert printed("leave_to_system(thing)") == ["end"]


def test_what_is_not_is_freed_then() -> None:
    assert printed("") == ["end", "freed"]


def test_what_goes_before_the_end_is_freed_at_once() -> None:
    thing = Thing()
    leave_to_system(thing)
    gone = weakref.ref(thing)
    del thing
    assert gone() is None
    assert printed("leave_to_system(thing); del thing") == ["freed", "end"]
