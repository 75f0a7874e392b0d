"""Counts the calls of functions, which say how much is done whatever the machine's speed is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

__all__ = ["calls"]

COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")


def calls(work: Callable[[], object], *, built_in: bool = False) -> int:
    """How many functions written in Python run while a work is done; with `built_in`, those of C, too.

    Comprehensions are not counted, which are functions before Python 3.12: so all versions count alike.
    """
    counted = ("call", "c_call") if built_in else ("call",)
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in counted and not (event == "call" and frame.f_code.co_name in COMPREHENSIONS)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
