"""Sources of the decisions that builders of inputs make: a random generator, bytes, or a list. No input is built here.

The decision 0 is always the simplest, so that smaller decisions give simpler inputs. A source that uses Hypothesis is
in the package `testing`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

__all__ = ["ByteChoices", "Choices", "RandomChoices", "RecordingChoices", "ReplayedChoices", "one_in", "pick"]

T = TypeVar("T")


class Choices(Protocol):
    """A source of decisions."""

    def below(self, bound: int) -> int:
        """Return an integer from 0 to `bound` - 1."""
        raise NotImplementedError


class RandomChoices:
    """Decisions from a random generator."""

    def __init__(self, source: random.Random) -> None:
        self.source = source

    def below(self, bound: int) -> int:
        return int(self.source.random() * bound)


class ByteChoices:
    """Decisions from the bytes of a coverage-guided fuzzer, two bytes for each; 0 after the last byte."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, bound: int) -> int:
        at = self._at
        self._at = at + 2
        return int.from_bytes(self._data[at : at + 2], "little") % bound


class ReplayedChoices:
    """Decisions from a list. One that is too large is replaced by the largest possible; after the last, they are 0."""

    def __init__(self, decisions: Sequence[int]) -> None:
        self._left = iter(decisions)

    def below(self, bound: int) -> int:
        return min(next(self._left, 0), bound - 1)


class RecordingChoices:
    """Decisions of another source, which are recorded."""

    def __init__(self, source: Choices) -> None:
        self._source = source
        self._taken: list[int] = []

    def below(self, bound: int) -> int:
        taken = self._source.below(bound)
        self._taken.append(taken)
        return taken

    def taken(self) -> tuple[int, ...]:
        """Return the decisions so far, without zeros at the end; `ReplayedChoices` replays them."""
        end = len(self._taken)
        while end and not self._taken[end - 1]:
            end -= 1
        return tuple(self._taken[:end])


def pick(choices: Choices, options: Sequence[T]) -> T:
    """Return one of the options; the first one should be the simplest."""
    return options[choices.below(len(options))]


def one_in(choices: Choices, many: int) -> bool:
    """Return True with probability 1/`many`; False is the simpler decision."""
    return choices.below(many) == many - 1
