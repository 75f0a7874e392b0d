"""How a report is shown: text for people, JSON for programs, and the ids of rows that are known to fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from .asking import Outcome, Report

__all__ = ["as_json", "as_text", "known_in", "told", "write_known"]

LONG = 2000
HEADINGS = ("kind", "passed", "failed", "not offered")


def told(outcome: Outcome) -> str:
    """Return what is wrong with the answer to a row."""
    row = outcome.row
    expected = {"expect": row.expect} if row.expect is not None else {"error": True}
    answer = outcome.answer
    got = {"output": answer.output} if answer.form == "output" else {answer.form: answer.reason}
    return "\n".join(
        [
            f"{row.id}: {row.why}",
            f"  input     {_short(row.input)}",
            f"  expected  {_short(expected)}",
            f"  got       {_short(got)}",
            f"  differs   {outcome.difference or 'not at all: the row is known to fail, but it passed'}",
        ]
    )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= LONG else f"{text[:LONG]}… ({len(text)} characters)"


def as_text(report: Report) -> str:
    """Return a report for people: the rows that surprise, the counts of each kind, and all counts."""
    lines = [told(outcome) for outcome in report.surprises]
    lines += ["", *_table(report), ""] if lines else [*_table(report), ""]
    known = sum(each.result == "failed" and each.row.id in report.known for each in report.outcomes)
    ends = [f"{report.passed} passed", f"{report.failed - known} failed"]
    ends += [f"{known} failed as known"] if known else []
    ends += [f"{report.not_offered} not offered"] if report.not_offered else []
    return "\n".join([*lines, f"{report.name}: {', '.join(ends)}"])


def _table(report: Report) -> Iterator[str]:
    rows = [HEADINGS, *((kind, *map(str, count)) for kind, count in report.kinds().items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for name, *counts in rows:
        yield "  ".join([name.ljust(widths[0]), *(count.rjust(width) for count, width in zip(counts, widths[1:]))])


def as_json(report: Report) -> dict[str, object]:
    """Return a report as JSON values; rows that passed are only counted."""
    return {
        "target": report.name,
        "passed": report.passed,
        "failed": report.failed,
        "not_offered": report.not_offered,
        "surprises": [outcome.row.id for outcome in report.surprises],
        "kinds": {kind: count._asdict() for kind, count in report.kinds().items()},
        "rows": [_row(outcome) for outcome in report.outcomes if outcome.result != "passed"],
    }


def _row(outcome: Outcome) -> dict[str, object]:
    row, answer = outcome.row, outcome.answer
    said: dict[str, object] = {"id": row.id, "kind": row.kind, "result": outcome.result}
    if outcome.result == "not offered":
        return {**said, "reason": answer.reason}
    right: dict[str, object] = {"error": True} if row.expect is None else {"expect": dict(row.expect)}
    got = answer.output if answer.form == "output" else answer.reason
    return {**said, "input": dict(row.input), **right, answer.form: got, "difference": outcome.difference}


def known_in(path: Path) -> frozenset[str]:
    """Read the ids of rows that are known to fail, one a line. A line that begins with # is a comment.

    Raises:
        OSError: the file cannot be read.
    """
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def write_known(path: Path, report: Report) -> None:
    """Write the ids of the rows that failed, for `known_in`."""
    failed = [outcome.row.id for outcome in report.outcomes if outcome.result == "failed"]
    path.write_text("".join(f"{id}\n" for id in [f"# {report.name}", *failed]), encoding="utf-8")
