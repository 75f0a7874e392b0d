"""A job makes of files what is made of their rows alone; no row is lost, and nothing is overwritten unasked."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import datasets, load_harmony_encoding
from openai_harmony._datasets import engines, running
from openai_harmony._datasets.storage import write_atomically
from openai_harmony.chat import chat_prompt
from openai_harmony.datasets import (
    BadRowError,
    BatchProgress,
    BatchResult,
    InputError,
    OutputError,
    ParseTask,
    RenderTask,
    render_table,
    run_batch,
)
from tests.batches.rows_made import BROKEN, ROWS, Row, chat, digests, line, lines, write_lines
from tests.support.effort import examples

pytestmark = pytest.mark.shipped

ENCODING = load_harmony_encoding("HarmonyGptOss")
CHATS = [chat(number) for number in range(20)]
TRAINING = RenderTask("training")


class Threads(engines.Local):
    """An engine whose workers are threads, which start at once."""

    def run(self, function: Callable[..., Any], parts: Sequence[Any], files: Sequence[Any]) -> Iterator[Any]:
        with ThreadPoolExecutor(self._workers) as pool:
            chunks = engines.read_parts(parts, files)
            yield from engines.bounded(lambda chunk: pool.submit(function, chunk), chunks, 2 * self._workers)


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def alone(row: Row, folder: Path) -> tuple[list[Any], list[Any]]:
    """The good row and the bad one that a file with one row becomes."""
    source = write_lines(folder / "alone.jsonl", [row])
    result = run_batch(source, folder / "alone-out.jsonl", TRAINING, overwrite=True)
    return lines(folder / "alone-out.jsonl"), lines(result.bad_rows_file) if result.bad_rows_file else []


@settings(max_examples=examples(15))
@given(rows=ROWS, most=st.integers(1, 5), size=st.sampled_from([1, 200, 10**6]), workers=st.integers(1, 3))
def test_a_job_makes_of_all_rows_what_it_makes_of_each_alone(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], most: int, size: int, workers: int
) -> None:
    folder = tmp_path_factory.mktemp("a")
    known = {line(row): alone(row, folder) for row in rows}
    each = [known[line(row)] for row in rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "Local", Threads)
        source = write_lines(folder / "all.jsonl", rows)
        limits: dict[str, Any] = {"part_rows": most, "part_bytes": size, "workers": workers}
        result = run_batch(source, folder / "out", TRAINING, to="jsonl", **limits)
        parquet = run_batch(source, folder / "out.parquet", TRAINING, **limits)
    assert lines(folder / "out") == [row for good, _ in each for row in good]
    bad = lines(result.bad_rows_file) if result.bad_rows_file else []
    place = {"file": str(source), "row": 0, "line": 1}
    assert [{**row, **place} for row in bad] == [{**row, **place} for _, alone in each for row in alone]
    wrong = [number for number, (good, _) in enumerate(each) if not good]
    assert [(row["row"], row["line"]) for row in bad] == [(number, number + 1) for number in wrong]
    assert (result.rows, result.bad_rows) == (parquet.rows, parquet.bad_rows) == (len(rows) - len(wrong), len(wrong))
    tokens = pyarrow.parquet.read_table(folder / "out.parquet").column("tokens").to_pylist()
    assert tokens == [row["tokens"] for good, _ in each for row in good]


@pytest.mark.parametrize(("row", "said"), BROKEN)
def test_a_bad_row_goes_to_the_side_file_as_it_is(row: Row, said: str, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", [CHATS[0], b"", row, CHATS[1]])
    result = run_batch(source, tmp_path / "out.jsonl")
    assert (result.rows, result.bad_rows) == (2, 1)
    assert result.bad_rows_file is not None
    [told] = lines(result.bad_rows_file)
    assert (told["file"], told["row"], told["line"]) == (str(source), 1, 3)
    assert said in told["error"]
    assert "\n" not in told["error"]
    if "data" in told:
        assert told["data"] == (json.loads(row) if isinstance(row, bytes) else row)
    elif "text" in told:
        assert told["text"].encode("utf-8") == line(row)
    else:
        assert told["base64"] == "eyJhIjogIv8ifQ=="


def test_a_bad_row_of_parquet_goes_to_the_side_file_with_its_row(tmp_path: Path) -> None:
    table = pyarrow.table(
        {"id": range(9), "messages": [json.dumps(chat(n)["messages"]) if n != 5 else "[" for n in range(9)]}
    )
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet", row_group_size=4)
    result = run_batch(tmp_path / "a.parquet", tmp_path / "out", part_rows=2)
    assert result.bad_rows_file == tmp_path / "out" / "_bad_rows.jsonl"
    error = "messages: no JSON: Expecting value, at column 2"
    data = {"id": 5, "messages": "["}
    assert lines(result.bad_rows_file) == [
        {"file": str(tmp_path / "a.parquet"), "row": 5, "error": error, "data": data}
    ]
    made = pyarrow.parquet.read_table(tmp_path / "out")
    assert made.equals(render_table(table.filter(pyarrow.array([n != 5 for n in range(9)]))))


def test_fail_fast_stops_at_the_first_bad_row_and_names_it(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", [*CHATS, b"[", *CHATS, b"{"])
    for _ in range(2):  # the second time, the part with the bad row is done already
        with pytest.raises(BadRowError, match=r"a\.jsonl: row 20: no JSON: Expecting value") as caught:
            run_batch(source, tmp_path / "out", part_rows=6, fail_fast=True, resume=True)
        assert caught.value.row == 20
    assert len([*(tmp_path / "out").glob("part-*")]) == 4
    assert run_batch(source, tmp_path / "out", part_rows=6, resume=True).bad_rows == 2


# columns ------------------------------------------------------------------------------------------

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.integers(-9, 9), st.just("\ud800"), st.text(max_size=3),
    st.floats(allow_nan=False, allow_infinity=False), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text("ab"), st.none()),
)  # fmt: skip


@settings(max_examples=examples(30))
@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUES), min_size=1, max_size=6), st.integers(1, 3))
def test_other_columns_of_json_keep_their_values(
    tmp_path_factory: pytest.TempPathFactory, others: list[dict[str, Any]], most: int
) -> None:
    folder = tmp_path_factory.mktemp("a")
    rows = [{**other, "messages": CHATS[0]["messages"]} for other in others]
    source = write_lines(folder / "a.jsonl", rows)
    run_batch(source, folder / "out.jsonl", part_rows=most)
    tokens = chat_prompt(ENCODING, CHATS[0])
    assert lines(folder / "out.jsonl") == [{**row, "tokens": tokens} for row in rows]
    run_batch(source, folder / "out.parquet", part_rows=most)
    table = pyarrow.parquet.read_table(folder / "out.parquet")
    for name in set().union(*others):
        values = [other.get(name) for other in others]
        told = table.column(name).to_pylist()
        if (
            any(type(value) is not str and isinstance(one, str) for value, one in zip(values, told))
            or "\ud800" in values
        ):
            told = [None if text is None else json.loads(text) for text in told]
        assert told == values
        kinds = {type(value) for value in values} - {type(None)}
        assert len(kinds) != 1 or kinds & {list, dict, int} or table.schema.field(name).type in (
            pyarrow.string(), pyarrow.bool_(), pyarrow.float64()
        )  # fmt: skip


def test_values_of_arrow_that_json_does_not_have_are_texts(tmp_path: Path) -> None:
    import datetime
    import decimal

    values = {
        "time": (datetime.datetime(2026, 1, 31, 12), "2026-01-31T12:00:00"),
        "number": (decimal.Decimal("1.50"), "1.50"),
        "bytes": (b"\xff", "/w=="),
        "none": (float("nan"), None),
        "listed": ([1.5, float("inf")], [1.5, None]),
    }
    row = {"messages": json.dumps(CHATS[0]["messages"]), **{name: value for name, (value, _) in values.items()}}
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), tmp_path / "a.parquet")
    run_batch(tmp_path / "a.parquet", tmp_path / "out.jsonl")
    [made] = lines(tmp_path / "out.jsonl")
    assert {name: made[name] for name in values} == {name: text for name, (_, text) in values.items()}


def test_what_was_rendered_can_be_parsed_and_folders_can_be_read(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", CHATS)
    run_batch(source, tmp_path / "out", RenderTask("nothing"), part_rows=7)
    for to in ("parquet", "jsonl"):
        run_batch([tmp_path / "out"], tmp_path / f"again.{to}", ParseTask(prefix="parsed_", role=None), part_rows=9)
    [row, *_] = lines(tmp_path / "again.jsonl")
    assert [message["content"] for message in row["parsed_messages"][1:]] == ["Is 0 a number?", "Yes."]
    assert pyarrow.parquet.read_table(tmp_path / "again.parquet").column("parsed_messages").to_pylist() == [
        row["parsed_messages"] for row in lines(tmp_path / "again.jsonl")
    ]


@pytest.mark.parametrize("name", ["out.parquet", "out.jsonl", "out"])
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_without_rows_there_is_an_output_without_rows(name: str, kind: str, tmp_path: Path) -> None:
    source = tmp_path / f"a.{kind}"
    if kind == "jsonl":
        source.write_bytes(b"\n")
    else:
        pyarrow.parquet.write_table(pyarrow.table({"messages": pyarrow.array([], pyarrow.string())}), source)
    result = run_batch(source, tmp_path / name)
    assert (result.rows, result.bad_rows, result.parts) == (0, 0, 1)
    if name == "out.jsonl":
        assert (tmp_path / name).read_bytes() == b""
    else:
        assert pyarrow.parquet.read_table(tmp_path / name).column_names[-1] == "tokens"


# resuming -----------------------------------------------------------------------------------------


def stopped(source: Path, output: Path, after: int, **options: Any) -> BatchResult | None:
    """Run a job that is interrupted after some parts; None if it was."""
    seen: list[BatchProgress] = []

    def progress(told: BatchProgress) -> None:
        seen.append(told)
        if len(seen) > after:
            raise KeyboardInterrupt

    try:
        return run_batch(source, output, progress=progress, part_rows=3, **options)
    except KeyboardInterrupt:
        return None


@pytest.mark.parametrize("name", ["out.parquet", "out.jsonl", "out"])
def test_an_interrupted_job_goes_on_to_the_same_output(name: str, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", [*CHATS, b"["])
    (tmp_path / "whole").mkdir()
    run_batch(source, tmp_path / "whole" / name, part_rows=3)
    wanted = digests(tmp_path / "whole" / name)
    for number in range(3):
        assert stopped(source, tmp_path / name, after=2, resume=number > 0) is None
    result = run_batch(source, tmp_path / name, part_rows=3, resume=True)
    assert (result.rows, result.bad_rows, result.parts, result.resumed) == (20, 1, 7, 6)
    assert digests(tmp_path / name) == wanted
    again = run_batch(source, tmp_path / name, part_rows=3, resume=True, workers=5)
    assert (again.rows, again.bad_rows, again.resumed) == (20, 1, 7)
    assert digests(tmp_path / name) == wanted


def test_a_job_that_was_stopped_does_the_rest_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_lines(tmp_path / "a.jsonl", CHATS)
    assert stopped(source, tmp_path / "out", after=4) is None
    done: list[int] = []
    do_part = running.do_part
    monkeypatch.setattr(running, "do_part", lambda job, chunk: done.append(chunk.part.number) or do_part(job, chunk))
    assert run_batch(source, tmp_path / "out", part_rows=3, resume=True).resumed == 4
    assert done == [4, 5, 6]


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ("content", {}, r"cannot be resumed, since .*a\.jsonl has changed; overwrite it"),
        ("name", {}, r"the input was .*a\.jsonl and is .*b\.jsonl"),
        ("", {"task": TRAINING}, r'task\.purpose was "completion" and is "training"'),
        ("", {"task": RenderTask(options={"names": True})}, r"task\.options\.names was null and is true"),
        ("", {"to": "jsonl"}, r'format was "parquet" and is "jsonl"'),
        ("", {"part_rows": 2}, r"part_rows was 3 and is 2"),
    ],
)
@pytest.mark.parametrize("finished", [False, True])
def test_another_job_is_not_resumed(
    change: str, options: dict[str, Any], said: str, finished: bool, tmp_path: Path
) -> None:
    source = write_lines(tmp_path / "a.jsonl", CHATS)
    assert bool(stopped(source, tmp_path / "out", after=99 if finished else 2)) is finished
    before = digests(tmp_path / "out")
    if change == "content":
        write_lines(source, [*CHATS[:-1], chat(77)])
    elif change == "name":
        source = source.rename(tmp_path / "b.jsonl")
    with pytest.raises(OutputError, match=said):
        run_batch(source, tmp_path / "out", **{"part_rows": 3, **options}, resume=True)
    assert digests(tmp_path / "out") == before
    run_batch(source, tmp_path / "out", overwrite=True, **{"part_rows": 3, **options})


# what is there already ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["out.parquet", "out.jsonl", "out"])
def test_an_output_is_overwritten_only_if_asked_for(name: str, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", CHATS)
    run_batch(source, tmp_path / name, part_rows=3)
    before = digests(tmp_path / name)
    with pytest.raises(OutputError, match="exists; resume the job, overwrite it, or choose another output"):
        run_batch(source, tmp_path / name, TRAINING)
    assert digests(tmp_path / name) == before
    assert run_batch(source, tmp_path / name, TRAINING, overwrite=True).parts == 1
    (tmp_path / "new").mkdir()
    run_batch(source, tmp_path / "new" / name, TRAINING)
    assert digests(tmp_path / name) == digests(tmp_path / "new" / name)


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", CHATS)
    (tmp_path / "out").mkdir()
    run_batch(source, tmp_path / "out", overwrite=True)  # an empty folder is as good as none
    (tmp_path / "out" / "mine.txt").write_text("x", encoding="utf-8")
    run_batch(source, tmp_path / "out", overwrite=True)
    assert (tmp_path / "out" / "mine.txt").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "part-00000.parquet").write_text("x", encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "folder.jsonl").mkdir()
    write_lines(tmp_path / "other.jsonl", [])
    for name, options, said in (
        ("full", {"overwrite": True}, "has other files in it than those of a batch"),
        ("full", {"resume": True}, "is not what a batch has begun"),
        ("other.jsonl", {"resume": True}, "is not what a batch has begun"),
        ("file", {"overwrite": True}, "is a file"),
        ("folder.jsonl", {"overwrite": True}, "is a folder"),
    ):
        with pytest.raises(OutputError, match=said):
            run_batch(source, tmp_path / name, **options)
    with pytest.raises(InputError, match="is the input and the output"):
        run_batch(source, source, overwrite=True)
    assert (tmp_path / "full" / "part-00000.parquet").read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize("name", ["prompts.csv", "prompts.json", "prompts.jsonl.gz"])
def test_a_name_of_a_file_of_another_kind_is_no_output(name: str, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", [chat(0)])
    with pytest.raises(OutputError, match=r"expected \.parquet, \.jsonl, \.ndjson at the end, or the name of a folder"):
        run_batch(source, tmp_path / name)
    run_batch(source, tmp_path / "v1.5")
    assert not (tmp_path / name).exists()


def test_an_output_that_lost_a_file_is_not_called_finished(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", CHATS)
    run_batch(source, tmp_path / "out", part_rows=3)
    (tmp_path / "out" / "part-00002.parquet").unlink()
    with pytest.raises(OutputError, match=r"part-00002\.parquet: is gone, although the job was finished"):
        run_batch(source, tmp_path / "out", part_rows=3, resume=True)


def test_of_an_unfinished_job_what_is_gone_is_done_again(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", CHATS)
    assert stopped(source, tmp_path / "out", after=5) is None
    (tmp_path / "out" / "part-00002.parquet").unlink()
    assert run_batch(source, tmp_path / "out", part_rows=3, resume=True).resumed == 2
    run_batch(source, tmp_path / "whole", part_rows=3)
    assert digests(tmp_path / "out") == digests(tmp_path / "whole")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": 0}, "argument 'workers': expected at least 1, not 0"),
        ({"part_rows": 0}, "argument 'part_rows'"),
        ({"engine": "spark"}, "argument 'engine': 'spark' is not one of 'local', 'ray'"),
        ({"to": "csv"}, "argument 'to'"),
        ({"resume": True, "overwrite": True}, "a job is either resumed or overwritten"),
    ],
)
def test_arguments_are_checked(options: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        run_batch(tmp_path / "a.jsonl", tmp_path / "out", **options)


def test_columns_that_a_task_does_not_find_are_told_before_any_work(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"a\.parquet: no column to read"):
        run_batch(tmp_path / "a.parquet", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_atomically(path, lambda stream: stream.write(b"old"))

    def fails(stream: IO[bytes]) -> None:
        stream.write(b"new")
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        write_atomically(path, fails)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a", b"old")]


@pytest.mark.parametrize("name", ["out", "out.parquet"])
def test_parquet_that_is_cut_from_one_row_group_has_the_same_bytes_after_a_stop(name: str, tmp_path: Path) -> None:
    draw = random.Random(1)
    rows = [{"other": draw.randbytes(4_000).hex(), "messages": chat(number)["messages"]} for number in range(1_000)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "a.parquet")
    (tmp_path / "whole").mkdir()
    options: dict[str, Any] = {
        "part_rows": 300
    }  # of several pages; the last one is smaller, and is read in other batches
    run_batch(tmp_path / "a.parquet", tmp_path / "whole" / name, TRAINING, **options)

    def stop(told: BatchProgress) -> None:
        if told.rows == 900:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batch(tmp_path / "a.parquet", tmp_path / name, TRAINING, progress=stop, **options)
    assert run_batch(tmp_path / "a.parquet", tmp_path / name, TRAINING, resume=True, **options).resumed == 3
    assert digests(tmp_path / name) == digests(tmp_path / "whole" / name)
