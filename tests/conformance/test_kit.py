"""The kit itself: its rows are whole, and a target that answers wrongly does not pass."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance.__main__ import main
from tests.conformance.rows import Answer, Row, holds, read_rows, write_rows

ROWS = [row for rows in read_rows().values() for row in rows]
RIGHT = {(row["op"], json.dumps(row["input"])): row for row in ROWS}


def perfect(op: str, question: dict[str, object]) -> Answer:
    row = RIGHT[op, json.dumps(question)]
    return {"error": "refused"} if row.get("error") else {"output": row["expect"]}


def too_kind(op: str, question: dict[str, object]) -> Answer:
    answer = perfect(op, question)
    return {"output": {"messages": []}} if "error" in answer else answer


def crashing(op: str, question: dict[str, object]) -> Answer:
    answer = perfect(op, question)
    if "error" in answer:
        raise KeyError("role")
    return answer


def one_token_off(op: str, question: dict[str, object]) -> Answer:
    answer = perfect(op, question)
    if op == "render" and "output" in answer:
        return {"output": {**answer["output"], "tokens": [*answer["output"]["tokens"][:-1], 200007]}}
    return answer


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    return code, capsys.readouterr().out.rstrip().splitlines()[-1]


def test_every_operation_has_rows() -> None:
    counted = Counter(row["op"] for row in ROWS)
    assert set(counted) == {
        "render",
        "render_conversation",
        "render_for_completion",
        "render_for_training",
        "read",
        "recover",
        "schema_text",
    }
    assert len(ROWS) >= 300
    assert min(counted.values()) >= 5


def test_every_row_is_whole() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row["why"]
        assert ("expect" in row) != ("error" in row)
        assert row["holds"].keys() == {"harmony", "reference"}
        assert row["holds"]["harmony"] is True


def test_what_is_written_holds_for_both() -> None:
    writing = [row for row in ROWS if row["op"] not in ("read", "recover")]
    assert all(row["holds"]["reference"] for row in writing)
    assert not all(row["holds"]["reference"] for row in ROWS)


def test_every_kind_of_fault_that_has_a_name_is_shown() -> None:
    from openai_harmony import RecoveryKind

    shown = {kind for row in ROWS if row["op"] == "recover" and "expect" in row for kind in row["expect"]["recoveries"]}
    assert {kind.value for kind in RecoveryKind} <= shown


def test_this_library_conforms(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys) == (0, f"conformance: {len(ROWS)} passed, 0 failed")


def test_a_perfect_target_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--target", f"{__name__}:perfect") == (0, f"conformance: {len(ROWS)} passed, 0 failed")


@pytest.mark.parametrize("target", ["too_kind", "crashing", "one_token_off"])
def test_a_target_with_one_fault_does_not_pass(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, last = run(capsys, "--target", f"{__name__}:{target}")
    assert code == 1
    assert not last.endswith(" 0 failed")


def test_a_target_that_is_better_than_its_rows_say_does_not_pass(capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = run(capsys, "--target", f"{__name__}:perfect", "--name", "reference")
    assert code == 1


def test_an_executable_is_asked_in_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    adapter = tmp_path / "adapter.py"
    adapter.write_text(
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    asked = json.loads(line)\n"
        "    print(json.dumps({'output': asked['input']['say']} if asked['op'] == 'read' else {'error': 'no'}))\n"
    )
    row = {"op": "read", "why": "x", "holds": {}}
    rows: list[Row] = [
        {**row, "id": "a", "input": {"say": 1}, "expect": 1},
        {**row, "id": "b", "input": {"say": True}, "expect": 1},
        {**row, "id": "c", "op": "render", "input": {}, "error": True},
    ]
    write_rows({tmp_path / "rows.jsonl": rows})
    command = ("--command", f"{sys.executable} {adapter}", "--rows", str(tmp_path))
    assert run(capsys, *command) == (1, "conformance: 2 passed, 1 failed")

    assert run(capsys, *command, "--name", "mine", "--update-holds") == (0, "conformance: 3 passed, 0 failed")
    assert [row["holds"]["mine"] for row in read_rows(tmp_path)[tmp_path / "rows.jsonl"]] == [True, False, True]


def test_a_row_that_expects_nothing_yet_is_filled_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.jsonl"
    row: Row = {"id": "a", "op": "read", "input": {"text": "<|message|>x<|end|>", "role": "user"}, "why": "x"}
    write_rows({file: [row, {**row, "id": "b", "input": {"text": "<|end|>", "role": None}}]})
    code, _ = run(capsys, "--rows", str(tmp_path), "--write-expected", "--update-holds")
    assert code == 0
    first, second = read_rows(tmp_path)[file]
    assert first["expect"] == {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}
    assert second["error"] is True
    assert second["holds"] == {"harmony": True}


@pytest.mark.parametrize(
    ("row", "answer", "does"),
    [
        ({"expect": {"a": 1, "b": 2}}, {"output": {"b": 2, "a": 1}}, True),
        ({"expect": {"a": 1}}, {"output": {"a": 1.0}}, False),
        ({"expect": {"a": [1, 2]}}, {"output": {"a": [2, 1]}}, False),
        ({"expect": {}}, {"error": "no"}, False),
        ({"error": True}, {"error": "no"}, True),
        ({"error": True}, {"crash": "no"}, False),
        ({"error": True}, {"output": {}}, False),
    ],
)
def test_an_answer_is_right_or_not(row: Row, answer: Answer, does: bool) -> None:
    assert holds(row, answer) is does
