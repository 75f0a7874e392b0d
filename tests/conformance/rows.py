"""The files of the conformance kit's rows, as those write them who keep them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

from openai_harmony.conformance import Answer
from openai_harmony.conformance import Row as KitRow
from openai_harmony.conformance.asking import outcome_of

__all__ = ["FOLDER", "Row", "as_expected", "held", "read_files", "rows_of", "write_rows"]

FOLDER = Path(__file__).parents[2] / "openai_harmony" / "data" / "conformance"
Row: TypeAlias = dict[str, Any]

KEYS = (
    *("id", "op", "input", "expect", "error", "holds", "why"),
    # What only the tests of this package read.
    *("rules", "place", "says", "unrecorded", "text_has", "open", "suppressed", "usage"),
    *("strict", "complete", "accepted"),
)


def rows_of(path: Path) -> list[Row]:
    # Not `splitlines`: text may hold characters that end a line for Python, but not in a file.
    return [json.loads(line) for line in path.read_text(encoding="ascii").split("\n") if line]


def read_files(folder: Path = FOLDER) -> dict[Path, list[Row]]:
    """All rows, by the file that they stand in."""
    return {path: rows_of(path) for path in sorted(folder.glob("*.jsonl"))}


def write_rows(files: dict[Path, list[Row]]) -> None:
    for path, rows in files.items():
        ordered = ({key: row[key] for key in KEYS if key in row} for row in rows)
        path.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in ordered), encoding="ascii")


def as_expected(answer: Answer) -> Row:
    """The part of a row that says: this is the right answer. How a refusal is worded is each implementation's own."""
    assert answer.form in ("output", "error"), answer
    return {"error": True} if answer.form == "error" else {"expect": answer.output}


def held(row: KitRow, answer: Answer) -> bool | None:
    """Whether a row holds for whoever answers so; None if that is not offered."""
    return {"passed": True, "failed": False, "not offered": None}[outcome_of(row, answer).result]
