"""A work that is ready to be timed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["Task"]


class Task(NamedTuple):
    """One work, ready to be timed."""

    body: Callable[[], Any]
    units: int  # how many of its unit one run of the body does
    fresh: bool = False  # the body counts only once, because its texts are not new any more then
    check: Callable[[], Any] | None = None  # gives what must be equal for all, where the body itself gives nothing
