"""Where the builders of inputs take their decisions from: dice, bytes, a list, or (in `testing`) Hypothesis.

Of every decision 0 is the simplest outcome, so that whoever shrinks decisions shrinks inputs.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

__all__ = ["Choices", "Dice", "Noted", "Recorded", "Repeated", "one_in", "pick"]

T = TypeVar("T")


class Choices(Protocol):
    """A source of decisions."""

    def below(self, bound: int) -> int:
        """A number from 0 on, less than `bound`."""
        raise NotImplementedError


class Dice:
    """Decisions of a random generator."""

    def __init__(self, source: random.Random) -> None:
        self.source = source

    def below(self, bound: int) -> int:
        return int(self.source.random() * bound)


class Recorded:
    """Decisions read from bytes, two for each, as coverage-guided fuzzers hand them out; 0 when they are used up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, bound: int) -> int:
        at = self._at
        self._at = at + 2
        return int.from_bytes(self._data[at : at + 2], "little") % bound


class Repeated:
    """Decisions that were taken before, the greatest that is possible where one does not fit; 0 behind the last."""

    def __init__(self, decisions: Sequence[int]) -> None:
        self._left = iter(decisions)

    def below(self, bound: int) -> int:
        return min(next(self._left, 0), bound - 1)


class Noted:
    """Decisions of another source, with a note of each."""

    def __init__(self, source: Choices) -> None:
        self._source = source
        self._taken: list[int] = []

    def below(self, bound: int) -> int:
        taken = self._source.below(bound)
        self._taken.append(taken)
        return taken

    def taken(self) -> tuple[int, ...]:
        """What `Repeated` needs to decide the same: everything but zeros at the end."""
        end = len(self._taken)
        while end and not self._taken[end - 1]:
            end -= 1
        return tuple(self._taken[:end])


def pick(choices: Choices, options: Sequence[T]) -> T:
    """One of the options, of which the first is the simplest."""
    return options[choices.below(len(options))]


def one_in(choices: Choices, many: int) -> bool:
    """True once in so many times; False is the simpler."""
    return choices.below(many) == many - 1
