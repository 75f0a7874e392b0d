"""Writes down how the reference library renders the messages of requests: `python -m tests.dialects.record`.

Its input are the messages that a row expects, and never what this library made of the request.
"""

from __future__ import annotations

from typing import Any

from tests.conformance.rows import FOLDER, Row, rows_of, write_rows
from tests.dialects.rows import encode, pairs
from tests.support.reference import reference

__all__ = ["main", "prompts", "recorded"]

OPERATION = "render_for_completion"
END = "<|end|><|start|>assistant"  # what a prompt does not have if it leaves its last message open


def recorded(rows: list[Row]) -> list[Row]:
    """The rows whose prompt the reference library can render."""
    return [row for row in rows if "expect" in row and "unrecorded" not in row]


def prompts(rows: list[Row]) -> list[Any]:
    """What the reference library renders for rows: `{"text", "tokens"}` of each."""
    asked = [{"messages": row["expect"]["messages"], "auto_drop_analysis": False} for row in rows]
    answers = reference().ask((OPERATION, question) for question in asked)
    assert [answer for answer in answers if "error" in answer] == []
    return [_open(answer["output"]) if row.get("open") else answer["output"] for row, answer in zip(rows, answers)]


def _open(prompt: Row) -> Row:
    assert prompt["text"].endswith(END)
    return {"text": prompt["text"].removesuffix(END), "tokens": prompt["tokens"][: -len(encode(END))]}


def main() -> None:
    files = {path: rows_of(path) for path in (FOLDER / f"{name}.jsonl" for name in pairs("_in"))}
    rows = [row for some in files.values() for row in recorded(some)]
    for row, prompt in zip(rows, prompts(rows)):
        row["expect"].update(prompt)
    write_rows(files)
    print(f"{len(rows)} rows")


if __name__ == "__main__":
    main()
