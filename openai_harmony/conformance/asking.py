"""Asks a target all rows, and reports what came of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from .answers import Answer
from .judging import judged
from .kinds import KINDS
from .rows import Row, read_rows
from .targets import Target

__all__ = ["Count", "Outcome", "Report", "outcome_of", "run"]

Result: TypeAlias = Literal["passed", "failed", "not offered"]
RESULTS: tuple[Result, ...] = ("passed", "failed", "not offered")


@dataclass(frozen=True)
class Outcome:
    """What came of one row.

    Attributes:
        row: the row.
        answer: what the target said.
        result: "passed", "failed" or "not offered".
        difference: the first place where the answer is not the right one; None unless the row failed.

    Example:
        >>> report = run(this_package(), ids=["read-stop-end"])
        >>> report.outcomes[0].result
        'passed'
    """

    row: Row
    answer: Answer
    result: Result
    difference: str | None = None


class Count(NamedTuple):
    """How many rows of a kind passed, failed and are not offered."""

    passed: int = 0
    failed: int = 0
    not_offered: int = 0


@dataclass(frozen=True)
class Report:
    """What came of all rows that a target was asked.

    Attributes:
        name: the target.
        outcomes: what came of each row.
        known: the ids of rows that are known to fail.

    Example:
        >>> report = run(this_package(), kinds=["read", "recover"])
        >>> report.failed, report.kinds()["read"].failed
        (0, 0)
    """

    name: str
    outcomes: list[Outcome]
    known: frozenset[str] = field(default_factory=frozenset)

    @property
    def passed(self) -> int:
        """The number of rows that passed."""
        return self._count("passed")

    @property
    def failed(self) -> int:
        """The number of rows that failed, known or not."""
        return self._count("failed")

    @property
    def not_offered(self) -> int:
        """The number of rows that the target does not offer."""
        return self._count("not offered")

    @property
    def surprises(self) -> list[Outcome]:
        """The rows that failed and are not known to fail, and those that are known to fail and passed."""
        return [each for each in self.outcomes if (each.row.id in self.known) is not (each.result == "failed")]

    def kinds(self) -> Mapping[str, Count]:
        """Return the counts of each kind that was asked."""
        found = Counter((outcome.row.kind, outcome.result) for outcome in self.outcomes)
        asked = {outcome.row.kind for outcome in self.outcomes}
        return {kind: Count(*(found[kind, result] for result in RESULTS)) for kind in KINDS if kind in asked}

    def _count(self, result: Result) -> int:
        return sum(outcome.result == result for outcome in self.outcomes)


def run(
    target: Target,
    rows: Iterable[Row] | None = None,
    *,
    kinds: Collection[str] = (),
    ids: Collection[str] = (),
    known: Collection[str] = (),
) -> Report:
    """Ask a target rows, one after the other.

    Args:
        target: what is asked; it is closed at the end.
        rows: the rows; None for those of this package.
        kinds: the kinds of rows to ask; all if empty.
        ids: the rows to ask; all if empty. An id that ends with `*` stands for all that begin with the rest.
        known: the ids of rows that are known to fail, which are reported as such.

    Raises:
        ValueError: there is no such kind or row.

    Example:
        >>> report = run(this_package(), kinds=["chat_in"])
        >>> print(report.passed == len(report.outcomes))
        True
    """
    asked = list(read_rows(kinds=kinds, ids=ids).values() if rows is None else rows)
    try:
        return Report(target.name, [outcome_of(row, target.ask(row)) for row in asked], frozenset(known))
    finally:
        target.close()


def outcome_of(row: Row, answer: Answer) -> Outcome:
    """Return what an answer makes of a row."""
    if answer.form == "not_offered":
        return Outcome(row, answer, "not offered")
    difference = judged(row, answer)
    return Outcome(row, answer, "passed" if difference is None else "failed", difference)
