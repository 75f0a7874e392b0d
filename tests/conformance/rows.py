"""The rows of the kit: where they stand, how they are written, and when an answer is the expected one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

__all__ = ["FOLDER", "Answer", "Row", "expected", "holds", "read_rows", "write_rows"]

FOLDER = Path(__file__).parent
Row: TypeAlias = dict[str, Any]
Answer: TypeAlias = dict[str, Any]

KEYS = ("id", "op", "input", "expect", "error", "holds", "why")


def read_rows(folder: Path = FOLDER) -> dict[Path, list[Row]]:
    """All rows, by the file that they stand in."""
    files = sorted(folder.glob("*.jsonl"))
    return {file: [json.loads(line) for line in file.read_text(encoding="ascii").split("\n") if line] for file in files}


def write_rows(files: dict[Path, list[Row]]) -> None:
    for file, rows in files.items():
        ordered = ({key: row[key] for key in KEYS if key in row} for row in rows)
        file.write_text("".join(json.dumps(row) + "\n" for row in ordered), encoding="ascii")


def expected(answer: Answer) -> Row:
    """The part of a row that says: this is the right answer. How a refusal is worded is each implementation's own."""
    return {"error": True} if "error" in answer else {"expect": answer["output"]}


def holds(row: Row, answer: Answer) -> bool:
    """Whether an answer is what its row expects."""
    if row.get("error"):
        return "error" in answer
    # As text: equal data of equal types, whatever the order of the keys.
    return "output" in answer and _canonical(answer["output"]) == _canonical(row["expect"])


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)
