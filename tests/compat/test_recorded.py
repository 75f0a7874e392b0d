"""Every recorded answer of the reference library, held against ours; what differs stands in docs/differences.md."""

from __future__ import annotations

import pytest

from tests.compat.comparison import our_answer, same
from tests.compat.differences import DOCUMENT, Listed, anchors, cells, listed
from tests.compat.record import Row, recorded
from tests.support.reference import reference

ROWS = {row["id"]: row for row in recorded()}
TEXT = DOCUMENT.read_text(encoding="utf-8")
LISTED = listed(TEXT)

# Here Python itself answers, in the words of its version; the recording was made with 3.11.
ANSWERED_BY_PYTHON = {"encoding-api-007", "encoding-api-008", "python-api-006"}


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize("row", [ROWS[id] for id in ROWS if id not in LISTED], ids=lambda row: row["id"])
def test_our_answer_is_the_recorded_one(row: Row) -> None:
    theirs = reference().ask([(row["op"], row["input"])])[0] if row["id"] in ANSWERED_BY_PYTHON else row
    ours = our_answer(row["op"], row["input"])
    assert same(row["op"], theirs, ours), cells(row)


@pytest.mark.parametrize("row", [ROWS[id] for id in ROWS if id in LISTED], ids=lambda row: row["id"])
def test_what_is_listed_as_a_difference_is_one(row: Row) -> None:
    assert not same(row["op"], row, our_answer(row["op"], row["input"])), "docs/differences.md lists what is equal"


@pytest.mark.parametrize(("id", "line"), LISTED.items(), ids=list(LISTED))
def test_a_listed_difference_shows_what_is_true_and_says_why(id: str, line: Listed) -> None:
    assert line.cells == cells(ROWS[id]), "`python -m tests.compat.differences` writes the table anew"
    assert line.anchor in anchors(TEXT)


def test_what_is_written_is_never_a_difference() -> None:
    writing = {"render", "render_conversation", "render_for_completion", "render_for_training", "tool_schema"}
    writing |= {"encode", "decode", "decode_utf8"}
    assert not [id for id in LISTED if ROWS[id]["op"] in writing]


def test_the_recording_holds_every_kind_of_question() -> None:
    assert len(ROWS) >= 486
    assert len(LISTED) < len(ROWS) / 6


@pytest.mark.parametrize(
    ("op", "theirs", "ours"),
    [
        ("render", {"output": {"tokens": [1]}}, {"output": {"tokens": [2]}}),
        ("render", {"output": {"tokens": [1]}}, {"output": {"tokens": [True]}}),
        ("render", {"output": {"tokens": [1]}}, {"error": {"type": "E", "bases": ["E"], "message": ""}}),
        ("parse", {"output": {"messages": [{"a": 1, "b": 2}]}}, {"output": {"messages": [{"b": 2, "a": 1}]}}),
        (
            "parse",
            {"error": {"type": "E", "bases": ["E"], "message": "bad"}},
            {"error": {"type": "F", "bases": ["F"], "message": "bad"}},
        ),
        (
            "render",
            {"error": {"type": "E", "bases": ["E"], "message": "bad"}},
            {"error": {"type": "E", "bases": ["E"], "message": "bad (at 1)"}},
        ),
        (
            "parse",
            {"error": {"type": "E", "bases": ["E"], "message": "bad"}},
            {"error": {"type": "E", "bases": ["E"], "message": "bad, and worse"}},
        ),
        ("stream", {"output": {"steps": [["E: a", 1]]}}, {"output": {"steps": [["E: b", 1]]}}),
        ("stream", {"output": {"steps": [[None, 1]]}}, {"output": {"steps": [[None, 2]]}}),
        ("stream", {"output": {"steps": []}}, {"output": {"steps": [[None, 2]]}}),
        ("stream", {"output": {"steps": [], "tokens": [1]}}, {"output": {"steps": [], "tokens": []}}),
    ],
)
def test_a_small_difference_is_seen(op: str, theirs: Row, ours: Row) -> None:
    assert not same(op, theirs, ours)
    assert same(
        op, theirs, theirs | {"error": {**theirs["error"], "bases": ["F", "E"]}} if "error" in theirs else theirs
    )
