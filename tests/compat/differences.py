"""The table of rows in docs/differences.md, which people read and tests hold to.

`python -m tests.compat.differences` writes its cells anew; which rows stand in it, and why, is written by hand.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.compat.comparison import our_answer, shown, shown_question
from tests.compat.record import Row, recorded
from tests.support.reference import ROOT

DOCUMENT = ROOT / "docs" / "differences.md"
_LINE = re.compile(r"^\| (?P<row>[a-z-]+-\d{3}) \| (?P<cells>.*) \| (?P<why>\[[^]]+\]\(#[a-z-]+\)) \|$", re.MULTILINE)


class Listed(NamedTuple):
    """A line of the table: what it shows, and the link to its reason."""

    cells: str
    why: str

    @property
    def anchor(self) -> str:
        return self.why.rpartition("#")[2].rstrip(")")


def listed(document: str) -> dict[str, Listed]:
    """The lines of the table by row."""
    found = list(_LINE.finditer(document))
    lines = {line["row"]: Listed(line["cells"], line["why"]) for line in found}
    assert len(lines) == len(found), "a row is listed twice"
    return lines


def anchors(document: str) -> set[str]:
    """What a link inside the document can lead to."""
    headings = re.findall(r"^#+ (.*)$", document, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def cells(row: Row) -> str:
    """The middle of a row's line: the question, the reference's answer and ours."""
    op, ours = row["op"], our_answer(row["op"], row["input"])
    shown_cells = shown_question(op, row["input"]), shown(op, row, ours), shown(op, ours, row)
    return " | ".join(map(_code, shown_cells))


def _code(text: str) -> str:
    quote, space = ("``", " ") if "`" in text else ("`", "")
    return f"{quote}{space}{text}{space}{quote}".replace("|", r"\|")


def main() -> None:
    rows = {row["id"]: row for row in recorded()}
    document = DOCUMENT.read_text(encoding="utf-8")
    written = _LINE.sub(lambda line: f"| {line['row']} | {cells(rows[line['row']])} | {line['why']} |", document)
    DOCUMENT.write_text(written, encoding="utf-8")
    print(f"{len(listed(written))} rows")


if __name__ == "__main__":
    main()
