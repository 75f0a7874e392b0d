"""Counts the calls of functions, which say how much is done whatever the machine's speed is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

__all__ = ["calls"]


def calls(work: Callable[[], object], *, built_in: bool = False) -> int:
    """How many functions written in Python run while a work is done; with `built_in`, those of C, too."""
    counted = ("call", "c_call") if built_in else ("call",)
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in counted

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
