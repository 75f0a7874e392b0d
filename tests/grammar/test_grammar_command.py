"""The command `grammar` as its users call it: what it writes, what it says of wrong options, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from openai_harmony.__main__ import main
from openai_harmony.grammar import explain, export

TOOLS = [{"name": "lookup", "parameters": {"type": "object", "properties": {"word": {"type": "string"}}}}]
ANSWER = {"type": "object", "properties": {"city": {"type": "string"}}}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "tools.json").write_text(json.dumps(TOOLS), encoding="utf-8")
    (tmp_path / "answer.json").write_text(json.dumps(ANSWER), encoding="utf-8")
    return {"tools": str(tmp_path / "tools.json"), "answer": str(tmp_path / "answer.json")}


def written(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> str:
    assert main(["grammar", *arguments]) == 0
    out, err = capsysbinary.readouterr()
    assert err == b""
    return out.decode("utf-8")


def test_it_writes_what_export_returns(files: dict[str, str], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    made = written(capsysbinary, "--tools", files["tools"], "--response-schema", files["answer"])
    assert made == export("llguidance", tools=TOOLS, response_schema=ANSWER)


def test_a_structural_tag_is_one_line_of_json(
    files: dict[str, str], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    options = ("--tools", files["tools"], "--tool-choice", "required", "--engine-stops", "vllm")
    made = written(capsysbinary, "--format", "structural-tag", *options)
    assert made.count("\n") == 1
    assert json.loads(made) == export("structural-tag", tools=TOOLS, tool_choice="required", engine_stops="vllm")


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["--builtin-tool", "python", "--builtin-tool", "browser"], {"builtin_tools": ["python", "browser"]}),
        (["--channel", "final"], {"channels": ["final"]}),
        (["--reasoning", "require"], {"reasoning": "require"}),
        (["--no-preambles"], {"preambles": False}),
        (["--with-opening"], {"after_prompt": False}),
        (["--engine-stops", "200002,200012"], {"engine_stops": [200002, 200012]}),
        (["--format", "gbnf"], {"format": "gbnf"}),
        (["--format", "regex", "--tool-choice", "none"], {"format": "regex", "tool_choice": "none"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_each_option_is_that_of_export(
    arguments: list[str], options: dict[str, object], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    expected = export(**{"format": "llguidance", **options})  # type: ignore[call-overload]
    assert written(capsysbinary, *arguments).rstrip("\n") == expected.rstrip("\n")


def test_a_tool_is_chosen_by_its_name(files: dict[str, str], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    made = written(capsysbinary, "--tools", files["tools"], "--tool-choice", "lookup", "--parallel")
    assert made == export("llguidance", tools=TOOLS, tool_choice={"name": "lookup"}, parallel=True)


def test_explain_prints_the_rules_for_people(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert written(capsysbinary, "--explain", "--engine-stops", "vllm") == explain(engine_stops="vllm")


def test_it_writes_to_a_file(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert written(capsysbinary, "-o", str(tmp_path / "turn.lark")) == ""
    assert (tmp_path / "turn.lark").read_text(encoding="utf-8") == export("llguidance")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--format", "ebnf"], "grammar: format: unknown format 'ebnf'"),
        (["--tool-choice", "lookup"], "grammar: tool_choice: the chosen tool 'lookup' is not among the tools"),
        (["--engine-stops", "tgi"], "grammar: engine_stops: unknown engine 'tgi'"),
        (["--tools", "nowhere.json"], "grammar: nowhere.json: No such file or directory"),
        (["--builtin-tool", "calculator"], "grammar: builtin_tools[0]: unknown built-in tool 'calculator'"),
    ],
)
def test_a_wrong_option_is_one_line_that_names_it(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grammar", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(told)


def test_a_file_that_is_no_json_is_named_with_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tools.json").write_text('[{"name": a}]', encoding="utf-8")
    assert main(["grammar", "--tools", str(tmp_path / "tools.json")]) == 2
    assert capsys.readouterr().err.startswith(f"grammar: {tmp_path / 'tools.json'}:1:11: ")


def test_a_keyword_that_no_grammar_keeps_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "answer.json").write_text('{"type": "array", "items": {"not": {}}}', encoding="utf-8")
    assert main(["grammar", "--response-schema", str(tmp_path / "answer.json")]) == 2
    assert "response_schema" in (told := capsys.readouterr().err)
    assert "#/items" in told


def test_it_runs_as_a_program_and_ends_quietly_if_nobody_reads() -> None:
    command = [sys.executable, "-m", "openai_harmony", "grammar", "--format", "xgrammar-ebnf"]
    assert subprocess.run(command, capture_output=True, check=True).stdout.decode() == export("xgrammar-ebnf")
    closed = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert closed.stdout is not None
    assert closed.stderr is not None
    closed.stdout.close()
    assert closed.stderr.read() == b""
    closed.stderr.close()
    closed.wait()
