"""The command `batch`: what it makes of files, what it says, and how it ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from openai_harmony import datasets, load_harmony_encoding
from openai_harmony._cli import batch
from openai_harmony.chat import chat_prompt
from openai_harmony.datasets import BatchProgress, BatchResult, ParseTask, RenderTask
from tests.batches.rows_made import chat, lines, write_lines
from tests.commands.running import COMPLETION, Ran

pytestmark = pytest.mark.shipped
Harmony = Callable[..., Ran]

ENCODING = load_harmony_encoding("HarmonyGptOss")
CHATS = [chat(number) for number in range(6)]


def test_chats_become_prompts(harmony: Harmony, tmp_path: Path) -> None:
    source, output = write_lines(tmp_path / "a.jsonl", CHATS), tmp_path / "out.parquet"
    ran = harmony("batch", str(source), str(output), "-j", "1", "--part-rows", "4")
    assert (ran.status, ran.out, ran.err) == (0, f"{output}: 6 rows in 2 parts\n", "")
    tokens = pyarrow.parquet.read_table(output).column("tokens").to_pylist()
    assert tokens == [chat_prompt(ENCODING, row) for row in CHATS]
    again = harmony("batch", str(source), str(output), "--part-rows", "4", "--resume", "--json").json
    assert again == {"output": str(output), "bad_rows_file": None, "rows": 6, "bad_rows": 0, "parts": 2, "resumed": 2}


def test_bad_rows_are_counted_and_change_the_status(harmony: Harmony, tmp_path: Path) -> None:
    source, output = write_lines(tmp_path / "a.jsonl", [CHATS[0], b"[", b"{"]), tmp_path / "out"
    ran = harmony("batch", str(source), str(output), "-j", "1")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out == f"{output}: 1 row in 1 part\n{output / '_bad_rows.jsonl'}: 2 bad rows\n"
    assert len(lines(output / "_bad_rows.jsonl")) == 2
    ran = harmony("batch", str(source), str(output), "-j", "1", "--overwrite", "--fail-fast")
    said = f"batch: {source}: row 1: no JSON: Expecting value, at column 2\n"
    assert (ran.status, ran.out, ran.err) == (1, "", said)


def test_completions_become_messages(harmony: Harmony, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", [{"text": COMPLETION}])
    assert harmony("batch", str(source), str(tmp_path / "out.jsonl"), "--parse", "-j", "1").status == 0
    [row] = lines(tmp_path / "out.jsonl")
    assert [message["content"] for message in row["messages"]] == ["A sum.", "Four."]


DATED = RenderTask(columns=("tokens", "text"), options={"current_date": "2026-01-31"})
TASKS: list[tuple[str, RenderTask | ParseTask]] = [
    ("", RenderTask()),
    (
        "--for training --loss all_messages --prefix x_",
        RenderTask("training", policy="all_messages", prefix="x_"),
    ),
    ("--from conversation --column said", RenderTask(form="conversation", column="said")),
    ("--columns tokens,text --date 2026-01-31", DATED),
    ("--parse", ParseTask()),
    (
        "--parse --from tokens --role none --strictness pedantic",
        ParseTask("tokens", role=None, strictness="pedantic"),
    ),
]


@pytest.mark.parametrize(("words", "task"), TASKS)
def test_options_make_the_task(
    words: str, task: Any, harmony: Harmony, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def run(inputs: list[Path], output: Path, task: Any, **options: Any) -> BatchResult:
        asked.append((inputs, output, task, options))
        return BatchResult(output, 1, 0, None, 1, 0)

    monkeypatch.setattr(datasets, "run_batch", run)
    more = "--engine local -j 3 --part-bytes 99 --to jsonl --fail-fast --resume"
    assert harmony("batch", "a.jsonl", "b.jsonl", "out", *words.split(), *more.split()).status == 0
    [(inputs, output, found, options)] = asked
    assert (inputs, output, found) == ([Path("a.jsonl"), Path("b.jsonl")], Path("out"), task)
    told = {"engine": "local", "workers": 3, "part_bytes": 99, "to": "jsonl", "fail_fast": True, "resume": True}
    assert {name: options[name] for name in told} == told


def test_configuration_and_analysis_reach_conversations_and_requests(
    harmony: Harmony, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: list[RenderTask] = []
    monkeypatch.setattr(
        datasets, "run_batch", lambda a, b, task, **_: tasks.append(task) or BatchResult(b, 1, 0, None, 1, 0)
    )
    words = ["--analysis", "keep", "--style", "hf", "--schema", "full", "--on-ambiguous", "error"]
    assert harmony("batch", "a.jsonl", "out", *words).status == 0
    [task] = tasks
    assert task.options == {"analysis": "keep"}
    config = task.config
    assert (config.analysis, config.style, config.schema, config.on_ambiguous) == ("keep", "hf", "full", "error")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a.jsonl"], "expected at least two paths: the input and the output"),
        (["none.jsonl", "out"], "none.jsonl: no such file or folder"),
        (["a.jsonl", "a.jsonl"], "a.jsonl: exists; resume the job, overwrite it, or choose another output"),
        (["a.jsonl", "out", "--from", "text"], "--from text: cannot be rendered; see --parse"),
        (["a.jsonl", "out", "--parse", "--from", "chat"], "--from chat: a conversation cannot be parsed"),
        (["a.jsonl", "out", "--columns", "x"], "argument 'columns': 'x' is not one of 'tokens', "),
        (["a.jsonl", "out", "--encoding", "x"], "--encoding: Invalid HarmonyEncodingName: x "),
        (["a.jsonl", "out", "--resume", "--overwrite"], "a job is either resumed or overwritten"),
        (["a.jsonl", "out.parquet", "--to", "jsonl"], "argument 'to': out.parquet is no jsonl"),
        (["a.jsonl", "out", "-j", "0"], "Invalid value for '--workers' / '-j'"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    words: list[str], said: str, harmony: Harmony, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "a.jsonl", CHATS)
    ran = harmony("batch", *words)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"batch: {said}")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(("module", "extra"), [("pyarrow", "batch"), ("ray", "ray")])
def test_without_its_extra_it_says_how_to_install_it(
    module: str, extra: str, harmony: Harmony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "find_spec", lambda name: None if name == module else object())
    ran = harmony("batch", "a.jsonl", "out", "--engine", "ray")
    assert (ran.status, ran.err) == (2, f"batch: needs the extra `{extra}`: pip install 'openai-harmony[{extra}]'\n")


def test_progress_is_shown_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with batch._shown() as show:
        assert show is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with batch._shown() as show:
        assert show is not None
        show(BatchProgress(100, 1000, 0))
        show(BatchProgress(300, 1000, 0))
        show(BatchProgress(500, 1000, 3))
    said = capsys.readouterr()
    assert said.out == ""
    for part in ("500/1000", "rows/s", "3 bad rows"):
        assert part in said.err
    assert json.dumps(said.err).count("100/1000") <= 1
