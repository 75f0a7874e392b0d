"""Writes down how the reference library renders the messages of pairs/*_in.yaml: `python -m tests.dialects.record`.

Its input are the messages that a row expects, and never what this library made of the request. The rows have the form
of the other recordings, so that `python -m tests.compat.record` asks them again and tests/compat compares them, too.
"""

from __future__ import annotations

import json

from tests.compat.record import RECORDED
from tests.dialects.rows import Row, messages, pairs, places, rows
from tests.support.reference import reference

__all__ = ["PATH", "expressible", "main", "questions"]

PATH = RECORDED / "dialects.jsonl"
OPERATION = "render_for_completion"
# Fields of contents that the reference library does not have.
_UNKNOWN = {"response_formats"}


def expressible(row: Row) -> bool:
    """Whether the reference library can hold the messages of a row."""
    if "unrecorded" in row:
        return False
    return "messages" in row and not any(_UNKNOWN & place.keys() for place in places(row["messages"]))


def questions() -> dict[str, Row]:
    """What to ask the reference library, by the id of the row."""
    asked = [row for name in pairs("_in") for row in rows(name) if expressible(row)]
    return {row["id"]: {"messages": messages(row), "auto_drop_analysis": False} for row in asked}


def main() -> None:
    asked = questions()
    answers = reference().ask((OPERATION, question) for question in asked.values())
    written = [{"id": id, "op": OPERATION, "input": asked[id], **answer} for id, answer in zip(asked, answers)]
    assert [row["id"] for row in written if "error" in row] == [], [row for row in written if "error" in row]
    PATH.write_text("".join(json.dumps(row) + "\n" for row in written), encoding="utf-8")
    print(f"{len(written)} rows")


if __name__ == "__main__":
    main()
