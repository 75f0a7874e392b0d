"""The table of docs/grammars.md: what becomes of each keyword of JSON Schema.

Written anew by `python -m tests.support.keyword_table`.
"""

from __future__ import annotations

from pathlib import Path

from openai_harmony._grammar.json_keywords import KEYWORDS, Keyword

__all__ = ["documented", "main", "table"]

DOCUMENT = Path(__file__).parents[2] / "docs" / "grammars.md"
BEGIN, END = "<!-- table of keywords: begin -->\n", "<!-- table of keywords: end -->\n"
HEAD = "| keyword | rules (all other formats) | `llguidance` | limits |\n| --- | --- | --- | --- |\n"


def table() -> str:
    """The table as it should be: one row for the keywords that are only left out."""
    told = {name: keyword for name, keyword in KEYWORDS.items() if keyword.rules != "left out"}
    notes = ", ".join(f"`{name}`" for name, keyword in KEYWORDS.items() if keyword.rules == "left out")
    rows = "".join(_row(f"`{name}`", keyword) for name, keyword in told.items())
    return f"{HEAD}{rows}| {notes}, `x-…` | left out | left out | |\n"


def _row(name: str, keyword: Keyword) -> str:
    return f"| {name} | {keyword.rules} | {keyword.schema} | {keyword.note.replace('|', chr(92) + '|')} |\n"


def documented() -> str:
    """The table as it stands in the document."""
    return DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def main() -> None:
    before, begin, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    DOCUMENT.write_text(before + begin + table() + END + rest.partition(END)[2], encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
