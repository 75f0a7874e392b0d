"""The kit itself: its rows are whole, and an implementation that answers wrongly does not pass."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from openai_harmony import RecoveryKind
from openai_harmony.conformance import (
    KINDS,
    Answer,
    NotOffered,
    Refused,
    Report,
    Row,
    adapted,
    read_rows,
    run,
    this_package,
)
from openai_harmony.conformance.judging import first_difference, judged
from tests.conformance.__main__ import main
from tests.conformance.matrix import recorded, written
from tests.conformance.record import RECORDED, REFERENCE, THIS
from tests.conformance.rows import KEYS, read_files
from tests.support.reference import reference_folder

ROWS = read_rows()
# One row of each kind, and one that must be refused, where there is one.
SOME = [*{(row.kind, row.expect is None): row for row in ROWS.values()}.values()]


class Perfect:
    """Knows the right answers."""

    name = "perfect"

    def __getattr__(self, kind: str) -> Any:
        if kind not in KINDS:
            raise AttributeError(kind)
        return lambda input: self.answer(kind, next(row for row in SOME if row.kind == kind and row.input == input))

    def answer(self, kind: str, row: Row) -> Any:
        if row.expect is None:
            raise Refused("no")
        return row.expect


class TooKind(Perfect):
    def answer(self, kind: str, row: Row) -> Any:
        return {"messages": []} if row.expect is None else row.expect


class Crashing(Perfect):
    def answer(self, kind: str, row: Row) -> Any:
        if row.expect is None:
            raise KeyError("role")
        return row.expect


class OneTokenOff(Perfect):
    def answer(self, kind: str, row: Row) -> Any:
        right = super().answer(kind, row)
        return {**right, "tokens": [*right["tokens"][:-1], 200007]} if "tokens" in right else right


class Unfinished(Perfect):
    def answer(self, kind: str, row: Row) -> Any:
        right = super().answer(kind, row)
        return {**right, "events": right["events"][:-1]} if "events" in right else right


class Reader:
    """Offers one kind, and not all rows of it."""

    def read(self, input: Any) -> Any:
        if "text" not in input:
            raise NotOffered("only text")
        raise Refused("no")


# The rows -----------------------------------------------------------------------------------------


def test_every_kind_has_rows() -> None:
    counted = Counter(row.kind for row in ROWS.values())
    assert set(counted) == set(KINDS)
    assert len(ROWS) >= 1150
    assert min(counted.values()) >= 5


def test_every_row_is_whole() -> None:
    for row in ROWS.values():
        assert row.why
        assert ("expect" in row.data) != ("error" in row.data)
        assert row.holds.keys() == RECORDED.keys()
        assert row.holds[THIS] is True
        assert not row.data.keys() - set(KEYS)
        if row.expect is not None:
            assert any(all(key in row.expect for key in keys) for keys in KINDS[row.kind].enough)


def test_what_is_written_holds_for_the_reference() -> None:
    kinds = ("render", "render_conversation", "render_for_completion", "render_for_training", "schema_text")
    assert {row.holds[REFERENCE] for row in ROWS.values() if row.kind in kinds} == {True}
    assert {row.holds[REFERENCE] for row in ROWS.values() if row.kind in ("read", "recover")} == {True, False}


def test_every_kind_of_fault_that_has_a_name_is_shown() -> None:
    answers = [row.expect for row in ROWS.values() if row.kind == "recover" and row.expect]
    shown = {kind for answer in answers for kind in _list(answer["recoveries"])}
    assert {kind.value for kind in RecoveryKind} <= shown


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def test_the_files_are_written_as_they_are_kept() -> None:
    for path, rows in read_files().items():
        assert path.read_bytes().isascii()
        assert path.read_bytes().endswith(b"}\n")
        assert b'": ' not in path.read_bytes().split(b'"why"', 1)[0]
        assert rows


# Who passes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECORDED)
def test_the_rows_say_who_passes(name: str) -> None:
    outcomes = run(RECORDED[name](), ROWS.values()).outcomes
    found = {each.row.id: {"passed": True, "failed": False, "not offered": None}[each.result] for each in outcomes}
    assert {id: row.holds[name] for id, row in ROWS.items()} == found


def test_the_matrix_has_what_the_rows_say() -> None:
    """`python -m tests.conformance.matrix` writes it anew."""
    columns = written()
    assert [column.heading.split("<br>")[0].split()[0] for column in columns[:3]] == [
        *("this", "openai-harmony", "oss-harmony")
    ]
    headings = {name: column.heading for name, column in zip(RECORDED, columns)}
    assert recorded(headings) == columns[:3]
    assert {"transformers", "renderers", "tml-renderers"} == {column.heading.split()[0] for column in columns[3:]}


def test_the_command_of_the_repository_compares_with_what_the_rows_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--reference", str(reference_folder())]) == 0
    assert capsys.readouterr().out.endswith(f"conformance: {len(ROWS)} as the rows say, 0 not\n")


def ask(adapter: object, **options: Any) -> Report:
    return run(adapted(adapter), SOME, **options)


def test_a_perfect_target_passes() -> None:
    report = ask(Perfect())
    assert (report.passed, report.failed, report.surprises) == (len(SOME), 0, [])


@pytest.mark.parametrize("adapter", [TooKind, Crashing, OneTokenOff, Unfinished])
def test_a_target_with_one_fault_does_not_pass(adapter: type) -> None:
    report = ask(adapter())
    assert 0 < report.failed < report.passed


def test_what_a_target_does_not_offer_is_neither_passed_nor_failed() -> None:
    report = run(adapted(Reader()), kinds=["read", "render"])
    counts = report.kinds()
    assert counts["render"] == (0, 0, 92)
    assert counts["read"].not_offered == sum(row.kind == "read" and "text" not in row.input for row in ROWS.values())
    assert counts["read"].passed == sum(
        row.kind == "read" and "text" in row.input and row.expect is None for row in ROWS.values()
    )


def test_a_row_that_is_known_to_fail_surprises_only_if_it_passes() -> None:
    failed = [outcome.row.id for outcome in ask(OneTokenOff()).outcomes if outcome.result == "failed"]
    assert ask(OneTokenOff(), known=failed).surprises == []
    assert [outcome.row.id for outcome in ask(Perfect(), known=failed[:1]).surprises] == failed[:1]


def test_rows_are_chosen_by_kind_and_by_id() -> None:
    assert {row.kind for row in read_rows(kinds=["read"]).values()} == {"read"}
    assert list(read_rows(ids=["read-stop-end"])) == ["read-stop-end"]
    assert set(read_rows(ids=["read-stop-*"])) == {id for id in ROWS if id.startswith("read-stop-")}
    for wrong in ({"kinds": ["reading"]}, {"ids": ["read-stop"]}, {"ids": ["nothing-*"]}):
        with pytest.raises(ValueError, match="there is no"):
            read_rows(**wrong)  # type: ignore[arg-type]


def test_this_package_has_a_name_with_its_version() -> None:
    assert this_package().name.startswith("openai_harmony 0.")


# Judging ------------------------------------------------------------------------------------------


def row(kind: str, expect: Any) -> Row:
    return Row("x", kind, {}, expect, "")


TEXT = [{"type": "text", "text": "x"}]
CALL = {"message": {"tool_calls": [{"id": "call_0", "function": {"arguments": '{"a": 1}'}}]}}


@pytest.mark.parametrize(
    ("row", "answer", "right"),
    [
        (row("render", {"text": "a", "tokens": [1]}), Answer("output", {"tokens": [1]}), True),
        (row("render", {"text": "a", "tokens": [1]}), Answer("output", {"text": "a"}), True),
        (row("render", {"text": "a", "tokens": [1]}), Answer("output", {"text": "a", "tokens": [2]}), False),
        (row("render", {"text": "a", "tokens": [1]}), Answer("output", {}), False),
        (row("render", {"text": "a", "tokens": [1]}), Answer("output", [1]), False),
        (row("render", {"text": "a", "tokens": [1]}), Answer("output", {"tokens": [1.0]}), False),
        (row("chat_in", {"text": "a", "tokens": [1, 2]}), Answer("output", {"count": 2}), True),
        (row("chat_in", {"text": "a", "tokens": [1, 2]}), Answer("output", {"count": 3}), False),
        (row("read", {"messages": [{"content": TEXT}]}), Answer("output", {"messages": [{"content": "x"}]}), True),
        (row("read", {"messages": [{"content": "x"}]}), Answer("output", {"messages": [{"content": TEXT * 2}]}), False),
        (
            row("read", {"messages": [{"content": "x"}]}),
            Answer("output", {"messages": [{"content": "x", "name": None}]}),
            True,
        ),
        (row("recover", {"messages": [], "recoveries": ["a"]}), Answer("output", {"messages": []}), True),
        (
            row("recover", {"messages": [], "recoveries": ["a"]}),
            Answer("output", {"messages": [], "recoveries": []}),
            False,
        ),
        (row("read", {"messages": []}), Answer("error", reason="no"), False),
        (row("read", None), Answer("error", reason="no"), True),
        (row("read", None), Answer("crash", reason="no"), False),
        (row("read", None), Answer("output", {"messages": []}), False),
        (
            row("chat_out", CALL),
            Answer(
                "output",
                {"message": {"tool_calls": [{"id": "q", "function": {"arguments": '{"a":1}'}}], "refusal": None}},
            ),
            True,
        ),
        (
            row("chat_out", CALL),
            Answer("output", {"message": {"tool_calls": [{"id": "q", "function": {"arguments": '{"a":2}'}}]}}),
            False,
        ),
        (row("chat_out", CALL), Answer("output", {"message": {"tool_calls": [{"id": "q"}]}}), False),
        (
            row("responses_out", {"output": [{"id": "a"}, {"id": "b"}]}),
            Answer("output", {"output": [{"id": "x"}, {"id": "x"}]}),
            False,
        ),
        (
            row("responses_stream", {"events": [[{"response": {"status": "x"}}]]}),
            Answer("output", {"events": [[{"response": {"status": "x", "id": "r"}, "sequence_number": 1}]]}),
            True,
        ),
        (
            row("chat_stream", {"events": [[{"delta": {}, "tokens": [0, 1]}]]}),
            Answer("output", {"events": [[{"delta": {}}]]}),
            True,
        ),
        (
            row("chat_stream", {"events": [[{"delta": {}}]]}),
            Answer("output", {"events": [[{"delta": {"content": "x"}}]]}),
            False,
        ),
        (row("chat_stream", {"events": [[]]}), Answer("output", {"events": [[], []]}), False),
    ],
)
def test_an_answer_is_right_or_not(row: Row, answer: Answer, right: bool) -> None:
    assert (judged(row, answer) is None) is right


def test_an_answer_without_end_is_wrong() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    answer = Answer("output", {"messages": deep})
    assert judged(row("read", {"messages": []}), answer) == "the output is nested too deeply"


@pytest.mark.parametrize(
    ("expected", "got", "difference"),
    [
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "x"}]}, None),
        ({"a": [1, {"b": "xyz"}]}, {"a": [1, {"b": "xyq"}]}, 'a[1].b, character 2: expected "xyz", got "xyq"'),
        ({"a": 1}, {"a": True}, "a: expected 1, got true"),
        ({"a": 1}, {}, "a: expected 1, got nothing"),
        ({}, {"a": 1}, "a: expected nothing, got 1"),
        ([1, 2], [1], "[1]: expected 2, got the end"),
        ([1], [1, 2], "[1]: expected the end, got 2"),
    ],
)
def test_the_first_difference_is_told_with_its_place(expected: object, got: object, difference: str | None) -> None:
    assert first_difference(expected, got) == difference
