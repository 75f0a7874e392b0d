"""The table of docs/conformance.md: which implementation passes how many rows of each kind.

`python -m tests.conformance.matrix` writes it. The columns of RECORDED are counted from what the rows say, which the
tests hold true. The others are asked when the command is run, if they are installed, and else keep what was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from openai_harmony.conformance import KINDS, imported, read_rows, run
from openai_harmony.conformance.asking import Count
from tests.conformance.record import FORK, REFERENCE, THIS

__all__ = ["DOCUMENT", "Column", "main", "recorded", "table", "written"]

DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"
BEGIN, END = "<!-- matrix: begin -->\n", "<!-- matrix: end -->\n"
NOT_OFFERED = "–"
ADAPTERS = "tests.conformance.adapters"
OTHERS = {
    "transformers": f"{ADAPTERS}.transformers:Adapter",
    "renderers": f"{ADAPTERS}.prime_renderers:Adapter",
    "tml-renderers": f"{ADAPTERS}.tml_renderers:Adapter",
}


class Column(NamedTuple):
    """An implementation: its name with the version and the day, and the cell of each kind."""

    heading: str
    cells: Mapping[str, str]


def recorded(headings: Mapping[str, str]) -> list[Column]:
    """The columns that follow from the rows."""
    rows = list(read_rows().values())
    columns = []
    for name, heading in headings.items():
        counts = {}
        for kind in KINDS:
            held = [row.holds[name] for row in rows if row.kind == kind]
            counts[kind] = _cell(Count(held.count(True), held.count(False), held.count(None)))
        columns.append(Column(heading, counts))
    return columns


def _cell(count: Count) -> str:
    asked = count.passed + count.failed
    if not asked:
        return NOT_OFFERED
    return f"{count.passed} of {asked}" + (f", {count.not_offered} {NOT_OFFERED}" if count.not_offered else "")


def table(columns: Iterable[Column]) -> str:
    """The table as Markdown."""
    columns = list(columns)
    lines = [["kind", *(column.heading for column in columns)], ["---", *["--:"] * len(columns)]]
    lines += [[f"`{kind}`", *(column.cells.get(kind, NOT_OFFERED) for column in columns)] for kind in KINDS]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def written() -> list[Column]:
    """The columns as they stand in the document."""
    block = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    lines = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in block.splitlines()]
    if not lines:
        return []
    kinds = [line[0].strip("`") for line in lines[2:]]
    return [Column(heading, dict(zip(kinds, cells))) for heading, *cells in zip(*(lines[:1] + lines[2:]))][1:]


def _asked(name: str, place: str) -> Column | None:
    """The column of another implementation, asked today; None if it is not installed."""
    try:
        report = run(imported(place))
    except ValueError as reason:
        print(f"{name}: {reason}")
        return None
    print(f"{report.name}: {report.passed} passed, {report.failed} failed, {report.not_offered} not offered")
    return Column(f"{report.name}<br>{date.today()}", {kind: _cell(count) for kind, count in report.kinds().items()})


def main() -> None:
    before = {column.heading.split()[0]: column for column in written()}
    today = f"<br>{date.today()}"
    named = {THIS: "this package", REFERENCE: imported(f"{ADAPTERS}.reference:Adapter").name}
    named[FORK] = imported(f"{ADAPTERS}.reference:OssHarmony").name
    columns = recorded({name: said + today for name, said in named.items()})
    others = [_asked(name, place) or before.get(name) for name, place in OTHERS.items()]
    text = DOCUMENT.read_text(encoding="utf-8")
    start, _, rest = text.partition(BEGIN)
    _, _, end = rest.partition(END)
    made = table([*columns, *(column for column in others if column is not None)])
    DOCUMENT.write_text(f"{start}{BEGIN}{made}{END}{end}", encoding="utf-8")


if __name__ == "__main__":
    main()
