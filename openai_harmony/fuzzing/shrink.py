"""Shrinks a failing sequence of numbers: it removes numbers and makes others simpler, as long as the failure remains.

The numbers may be tokens, or the decisions that an input is built from; their meaning does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

__all__ = ["smallest"]

MOST_TRIES = 3000
SHORT = 8  # the removal of runs of up to twice this length is tried at every index

Numbers = tuple[int, ...]


def smallest(
    numbers: Numbers, still: Callable[[Numbers], Numbers | None], simpler: Callable[[int], Iterable[int]]
) -> Numbers:
    """Return the smallest failing sequence that is found.

    Args:
        numbers: a sequence that fails.
        still: tries a sequence; returns the part of it that was used if it fails, and None if it does not fail.
        simpler: returns the possible replacements of a number, the simplest first. Repeated replacement must not lead
            back to the number.
    """
    tried: set[Numbers] = set()

    def attempt(candidate: Numbers) -> Numbers | None:
        if candidate in tried or len(tried) >= MOST_TRIES:
            return None
        tried.add(candidate)
        return still(candidate)

    before: Numbers | None = None
    while numbers != before:
        before = numbers
        size = len(numbers)
        while size:
            numbers = _without_runs(numbers, size, attempt)
            size = size // 2 if size > 2 * SHORT else size - 1
        numbers = _simpler(numbers, simpler, attempt)
    return numbers


def _without_runs(numbers: Numbers, size: int, attempt: Callable[[Numbers], Numbers | None]) -> Numbers:
    at = 0
    while at < len(numbers):
        less = attempt(numbers[:at] + numbers[at + size :])
        if less is not None:
            numbers = less
        else:
            at += size if size > 2 * SHORT else 1
    return numbers


def _simpler(
    numbers: Numbers, simpler: Callable[[int], Iterable[int]], attempt: Callable[[Numbers], Numbers | None]
) -> Numbers:
    at = 0
    while at < len(numbers):
        for other in simpler(numbers[at]):
            found = attempt((*numbers[:at], other, *numbers[at + 1 :]))
            if found is not None:
                numbers = found
                break
        at += 1
    return numbers
