"""The table of docs/operators.md: how much of the samples each way of reading shows, with the reference and with ours.

`python -m tests.compat.client_totals` writes it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.compat.clients import RECOVERING, WAYS, Sample, covered, environment, ours, samples, shown_text, theirs
from tests.support.reference import ROOT

__all__ = ["DOCUMENT", "documented", "table"]

DOCUMENT = ROOT / "docs" / "operators.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def table() -> str:
    """The table as it should be."""
    columns = {"0.0.8": _counts({}, lambda sample, way: theirs()[sample.id, way])}
    for name, variables in {"here": {}, "here, with both variables": RECOVERING}.items():
        columns[name] = _counts(variables, lambda sample, way: ours(sample, WAYS[way]))
    lines = [f"| way of reading | {' | '.join(columns)} |", "| --- |" + " --- |" * len(columns)]
    lines += [f"| {way} | {' | '.join(counts[way] for counts in columns.values())} |" for way in WAYS]
    return "\n".join(lines) + "\n"


def documented() -> str:
    """The table as it stands in the document."""
    return DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def _counts(variables: Mapping[str, str], shown_of: Callable[[Sample, str], Any]) -> dict[str, str]:
    """For each way: of how many samples all the wanted text is shown, of how many a part, and how many are errors."""
    with environment(variables):
        return {way: _count(way, {name: shown_of(s, way) for name, s in samples().items()}) for way in WAYS}


def _count(way: str, shown: Mapping[str, Any]) -> str:
    whole = part = failed = 0
    for name, sample in samples().items():
        if shown[name]["failed"]:
            failed += 1
            continue
        count, total = covered(sample.wanted_by(WAYS[way]), shown_text(sample, shown[name]))
        whole, part = (whole + 1, part) if count == total else (whole, part + 1)
    return f"{whole} / {part} / {failed}"


def main() -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    DOCUMENT.write_text(before + BEGIN + table() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
