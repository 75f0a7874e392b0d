"""Programs, servers and pytest are asked as documented, and the command says what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from openai_harmony.__main__ import main
from openai_harmony.conformance import NotOffered, Refused, imported, program, read_rows, run, server
from tests.support.served import running

ROOT = Path(__file__).parents[2]
RIGHT = {"read-stop-end": {"messages": [{"role": "assistant", "content": "hi", "channel": "final"}]}}
# Answers by the id of the row: what it does, once it has read the question.
PROGRAM = """
import json, sys, time
print("started", file=sys.stderr, flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if asked["id"] == "read-stop-end":
        answer = {"output": {"messages": [{"role": "assistant", "content": "hi", "channel": "final"}]}}
    elif asked["id"] == "read-stop-return":
        sys.exit(3)
    elif asked["id"] == "read-stop-call":
        time.sleep(60)
    elif asked["id"] == "header-role-user":
        print("no JSON", flush=True)
        continue
    elif asked["id"] == "header-role-system":
        answer = {"output?": 1}
    else:
        answer = {"not_offered": "too late"} if asked["op"] == "read" else {"error": "no"}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def asked(tmp_path: Path) -> str:
    path = tmp_path / "kit.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return f"{sys.executable} {path}"


# Programs -----------------------------------------------------------------------------------------


def test_a_program_answers_line_by_line_and_is_started_again_after_a_crash(asked: str) -> None:
    ids = ["read-stop-end", "read-stop-return", "read-stop-call", "header-role-user", "header-role-system"]
    rows = read_rows(ids=[*ids, "header-role-assistant", "read-tool"])
    found = {each.row.id: each for each in run(program(asked, seconds=5), rows.values()).outcomes}
    assert {id: (each.result, each.answer.form) for id, each in found.items()} == {
        "read-stop-end": ("passed", "output"),
        "read-stop-return": ("failed", "crash"),
        "read-stop-call": ("failed", "crash"),
        "read-tool": ("not offered", "not_offered"),
        "header-role-user": ("failed", "crash"),
        "header-role-assistant": ("failed", "error"),
        "header-role-system": ("failed", "crash"),
    }
    assert found["read-stop-return"].answer.reason == "the program ended with status 3"
    assert found["read-stop-call"].answer.reason == "no answer within 5 seconds"
    assert "not JSON" in found["header-role-user"].answer.reason
    assert "expected an object with one of the keys output, error" in found["header-role-system"].answer.reason


def test_a_program_that_never_answers_is_asked_three_times() -> None:
    outcomes = run(program(f"{sys.executable} -c pass"), kinds=["render_conversation"]).outcomes
    assert {each.result for each in outcomes} == {"failed"}
    assert [each.answer.reason.startswith("not asked") for each in outcomes[:5]] == [False] * 3 + [True] * 2


@pytest.mark.parametrize("command", ["", "'", "no-such-program-of-anybody"])
def test_a_command_that_is_none_is_refused(command: str) -> None:
    with pytest.raises(ValueError, match=r"empty|closing|no such program"):
        program(command)


# Adapters -----------------------------------------------------------------------------------------


class Reader:
    name = "reader"

    def read(self, input: Any) -> Any:
        if "tokens" in input:
            raise NotOffered("only text")
        if "final" not in input["text"]:
            raise Refused("no answer")
        if "hi" in input["text"]:
            return RIGHT["read-stop-end"]
        return {"messages": [{"role": "assistant", "content": {1, 2}}]}


class Wants:
    def __init__(self, something: str) -> None:
        raise AssertionError


def test_an_adapter_is_an_object_or_a_class() -> None:
    report = run(imported(f"{__name__}:Reader"), ids=["read-stop-*", "header-role-user"])
    results = {each.row.id: each.result for each in report.outcomes}
    assert (results["read-stop-end"], results["header-role-user"]) == ("passed", "not offered")
    assert report.name == "reader"


@pytest.mark.parametrize("place", ["nothing", "no.such:Thing", f"{__name__}:Missing", f"{__name__}:Wants"])
def test_an_adapter_that_is_not_there_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match=r"module:object|No module|no attribute|something"):
        imported(place)


# Servers ------------------------------------------------------------------------------------------


def test_the_example_server_passes_what_a_server_can_be_asked() -> None:
    app = import_module("examples.server.app").create_app(conformance=True)
    with running(app) as url:
        report = run(server(f"{url}/v1"))
    counts = report.kinds()
    assert report.surprises == []
    assert {kind for kind, count in counts.items() if count.passed} == {
        *("chat_in", "chat_out", "responses_in", "responses_out", "anthropic_in", "anthropic_out")
    }
    assert counts["chat_in"].passed > 100
    assert counts["chat_out"].passed > 50
    assert counts["anthropic_out"].passed >= 19


def test_a_server_without_the_endpoints_offers_what_it_has() -> None:
    with running(import_module("examples.server.app").create_app()) as url:
        report = run(server(url), kinds=["chat_in", "chat_out", "anthropic_in"])
    counts = report.kinds()
    assert counts["chat_in"] == (0, 0, 124)
    assert counts["chat_out"] == (0, 0, 64)
    # It only counts tokens, and refuses stop sequences, which a row has.
    assert [each.row.id for each in report.surprises] == ["anthropic-in-user"]
    assert counts["anthropic_in"].passed > 40


def test_a_server_that_writes_the_date_of_the_day_is_compared_without_it() -> None:
    module: Any = import_module("examples.server.conformance")
    app = import_module("examples.server.app").create_app(conformance=True)
    prompt = module.chat_prompt
    module.chat_prompt = lambda encoding, body: prompt(encoding, body, current_date="2031-12-31")
    try:
        with running(app) as url:
            report = run(server(url), ids=["chat-in-user", "chat-in-order"])
    finally:
        module.chat_prompt = prompt
    assert report.passed == 2


@pytest.mark.parametrize("url", ["", "ftp://x", "127.0.0.1:8000"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address of HTTP"):
        server(url)


# The command --------------------------------------------------------------------------------------


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["conformance", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_prints_what_is_wrong_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = command(capsys, "--target", f"{__name__}:Reader", "--row", "read-role-*", "--kind", "read")
    assert (status, err) == (1, "")
    assert "read-role-user: " in out
    assert '  input     {"text": "' in out
    assert '  expected  {"expect": {"messages": ' in out
    assert "  differs   " in out
    assert out.splitlines()[-1].startswith("reader: ")
    assert command(capsys, "--row", "read-stop-*")[0] == 0


def test_the_command_writes_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = command(capsys, "--target", f"{__name__}:Reader", "--kind", "read", "--json")
    report = json.loads(out)
    assert status == 1
    assert report["kinds"]["read"].keys() == {"passed", "failed", "not_offered"}
    assert report["failed"] == len(report["surprises"])
    row = next(row for row in report["rows"] if row["result"] == "failed" and "expect" in row)
    assert {"id", "kind", "input", "expect", "difference"} < row.keys()


def test_what_is_known_to_fail_does_not_fail_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    known = str(tmp_path / "known.txt")
    target = ("--target", f"{__name__}:Reader", "--kind", "read")
    assert command(capsys, *target, "--write-known", known)[0] == 0
    status, out, _ = command(capsys, *target, "--known", known)
    assert status == 0
    assert "failed as known" in out
    with open(known, "a", encoding="utf-8") as file:
        file.write("# a comment\nread-stop-end\n")
    status, out, _ = command(capsys, *target, "--known", known)
    assert status == 1
    assert "differs   not at all: the row is known to fail, but it passed" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "no.such:Thing"], "No module named 'no'"),
        (["--kind", "reading"], "there is no kind 'reading'; the kinds are render, "),
        (["--row", "nothing"], "there is no row 'nothing'"),
        (["--rows", "no-folder"], "no-folder is not a folder"),
        (["--known", "no-file"], "no-file"),
        (["--base-url", "localhost"], "no address of HTTP"),
        (["--base-url", "http://127.0.0.1:1"], "refused"),
        (["--command", ""], "the command is empty"),
        (["--timeout", "0"], "--timeout: expected a number above 0"),
    ],
)
def test_a_bad_argument_is_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = command(capsys, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("harmony conformance: ")
    assert said in err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row.pop("input"), "rows.jsonl:2: 'input' is missing"),
        (lambda row: row.update(op="reading"), "rows.jsonl:2: there is no kind 'reading'"),
        (lambda row: row.pop("expect"), 'rows.jsonl:2: expected either "expect" or "error": true'),
        (lambda row: row.update(input=[]), "rows.jsonl:2: expected a text as id"),
        (lambda row: row.update(id="a"), "rows.jsonl: there are two rows 'a'"),
    ],
)
def test_rows_of_ones_own_are_asked_and_bad_ones_are_named(
    change: Callable[[dict[str, Any]], object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"id": "a", "op": "read", "input": {"text": "<|message|>x<|end|>", "role": "user"}, "why": "mine"}
    rows = [{**row, "expect": {"messages": [{"role": "user", "content": "x"}]}}, {**row, "id": "b", "error": True}]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    status, out, _ = command(capsys, "--rows", str(tmp_path))
    assert (status, "b: mine" in out, "1 passed, 1 failed" in out) == (1, True, True)
    rows[1] = {**rows[0], "id": "b"}
    change(rows[1])
    file.write_text("".join(json.dumps(each) + "\n\n" for each in rows).replace("\n\n", "\n", 1), encoding="utf-8")
    status, out, err = command(capsys, "--rows", str(tmp_path))
    assert (status, out) == (2, "")
    assert said in err


def test_rows_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = command(capsys, "--list", "--kind", "read")
    assert status == 0
    assert len(out.splitlines()) == 80
    assert out.splitlines()[0].split()[:2] == ["read", "read-stop-end"]


def test_a_program_that_is_not_there_is_a_wrong_argument(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = command(capsys, "--command", "no-such-program --fast", "--kind", "read")
    assert (status, out, err) == (2, "", "harmony conformance: no such program: no-such-program\n")


def test_a_list_that_nobody_reads_ends_as_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("builtins.print", closed)
    with pytest.raises(BrokenPipeError):
        main(["conformance", "--list"])


# pytest -------------------------------------------------------------------------------------------


def pytest_in(folder: Path, *arguments: str) -> tuple[int, str]:
    """What pytest says in a folder of its own, with the plugin whether it is installed or not."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
    base = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "openai_harmony_pytest"]
    done = subprocess.run([*base, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


ADAPTER = """
from openai_harmony.conformance import Refused

class Adapter:
    def read(self, input):
        if input.get("text", "").startswith("<|channel|>final<|message|>hi"):
            return {"messages": [{"role": "assistant", "content": "hi", "channel": "final"}]}
        raise Refused("no")
"""
OWN = """
import sys

def test_own():
    assert "openai_harmony" not in sys.modules
"""


def test_rows_are_tests_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(ADAPTER, encoding="utf-8")
    (tmp_path / "known.txt").write_text("read-type-on-final\n", encoding="utf-8")
    status, said = pytest_in(
        *(tmp_path, "--harmony-target", "mine:Adapter", "-m", "harmony", "-v", "--strict-markers"),
        *("--harmony-kind", "read", "--harmony-kind", "schema_text", "--harmony-known", "known.txt"),
    )
    assert status == 1
    assert "harmony::read-stop-end PASSED" in said
    assert "harmony::read-type-on-final XFAIL" in said
    assert "harmony::schema-none SKIPPED" in said
    assert "harmony::read-tool FAILED" in said
    assert "  differs   refused: no" in said
    assert "Traceback" not in said


def test_a_bad_target_is_a_usage_error_of_pytest(tmp_path: Path) -> None:
    status, said = pytest_in(tmp_path, "--harmony-target", "mine:Adapter")
    assert status == 4
    assert "--harmony-target: 'mine:Adapter': No module named 'mine'" in said


def test_a_run_without_a_target_does_not_import_the_package(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(OWN, encoding="utf-8")
    status, said = pytest_in(tmp_path)
    assert (status, "1 passed" in said) == (0, True), said
