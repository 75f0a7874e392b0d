"""Works that are ready to be timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

__all__ = ["Pair", "Task"]


class Task(NamedTuple):
    """One work, ready to be timed."""

    body: Callable[..., Any]
    units: int  # how many of its unit one run of the body does
    fresh: bool = False  # the body counts only once, because its texts are not new any more then
    check: Callable[[], Any] | None = None  # gives what must be equal for all, where the body itself gives nothing
    processes: bool = False  # whether other processes do a part of it, so that only the time of a clock tells
    inputs: Sequence[Callable[[], Any]] = ()  # each makes what the body is then given, once and untimed

    def once(self) -> Any:
        """Do the work once, and return what must be equal for all libraries."""
        if self.check is not None:
            return self.check()
        return [self.body(make()) for make in self.inputs] if self.inputs else self.body()


class Pair(NamedTuple):
    """A row of the second table: a way of ours that must not cost more than so many times what another one does."""

    name: str
    title: str
    unit: str
    most: float
    make: Callable[[Any, str], tuple[Task, Task]]  # the tasks, made anew from a seed
    more: bool = False  # whether it may cost so many microseconds more instead
