"""Files are cut into parts, each row is in one of them, and no more of a file is in memory than that."""

from __future__ import annotations

import bz2
import gzip
import random
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony._datasets.engines import bounded
from openai_harmony._datasets.inputs import InputError, Limits, found_files, planned, streams
from openai_harmony._datasets.json_lines import lines_in
from openai_harmony._datasets.reading import read_parts, table_in
from tests.support.effort import examples

LINES = [b'{"a": %d}' % number for number in range(23)]
WAYS: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}


def compressed(data: bytes, suffix: str) -> bytes:
    return WAYS[suffix](data) if suffix in WAYS else pyarrow.Codec("zstd").compress(data, asbytes=True)


@pytest.mark.parametrize("suffix", [*WAYS, ".zst"])
@pytest.mark.parametrize("limits", [Limits(5, 10**6), Limits(10**6, 30), Limits(1, 1), Limits(10**6, 10**6)])
def test_each_line_is_in_one_part_and_no_part_is_too_large(limits: Limits, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    text = b"\xef\xbb\xbf" + b"\r\n\n  \n".join(LINES)
    path.write_bytes(compressed(text, suffix))
    files, parts = planned([(str(path), "jsonl")], limits)
    chunks = [(part, [*lines_in(part, data)]) for part, _, data in read_parts(parts, files)]
    assert [line.row for _, lines in chunks for line in lines] == [{"a": number} for number in range(23)]
    assert [line.number for _, lines in chunks for line in lines] == [3 * number + 1 for number in range(23)]
    assert [part.row for part, _ in chunks] == [sum(len(lines) for _, lines in chunks[:n]) for n in range(len(chunks))]
    assert all(len(lines) == part.rows <= limits.rows for part, lines in chunks)
    assert all(part.size <= max(limits.size, 20) for part, _ in chunks)
    assert files[0].rows == 23
    for number in (len(parts) - 1, len(parts) // 2):  # from the middle on, as when a job is resumed
        assert [*read_parts(parts[number:], files)] == [*read_parts(parts, files)][number:]


def test_only_line_feeds_end_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": "\u2028\u0085\x7f"}\n\n{"a": 2}', encoding="utf-8")
    files, parts = planned([(str(path), "jsonl")], Limits(9, 999))
    [chunk] = read_parts(parts, files)
    assert [(line.number, line.row) for line in lines_in(chunk.part, chunk.data)] == [
        (1, {"a": "\u2028\u0085\x7f"}),
        (3, {"a": 2}),
    ]


@settings(max_examples=examples(30))
@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(1, 30), st.booleans())
def test_each_row_of_parquet_is_in_one_part(
    tmp_path_factory: pytest.TempPathFactory, groups: list[int], most: int, two: bool
) -> None:
    folder = tmp_path_factory.mktemp("a")
    schema = pyarrow.schema([("a", pyarrow.int64()), ("b", pyarrow.list_(pyarrow.string()))])
    rows = [{"a": number, "b": ["x"] * (number % 3)} for number in range(sum(groups))]
    with pyarrow.parquet.ParquetWriter(folder / "a.parquet", schema) as writer:
        for number, size in enumerate(groups):
            start = sum(groups[:number])
            writer.write_table(pyarrow.Table.from_pylist(rows[start : start + size], schema))
    inputs: list[Any] = [(str(folder / "a.parquet"), "parquet")] * (2 if two else 1)
    files, parts = planned(inputs, Limits(most, 10**9))
    tables = [table_in(data) for _, _, data in read_parts(parts, files)]
    assert pyarrow.concat_tables(tables).to_pylist() == rows * len(inputs)
    assert [part.rows for part in parts] == [table.num_rows for table in tables]
    assert all(part.rows <= most for part in parts)
    assert [part.number for part in parts] == [*range(len(parts))]
    assert [part for stream in streams(parts, files) for part in stream] == parts
    start = random.Random(most).randrange(len(parts))
    assert [table_in(data) for _, _, data in read_parts(parts[start:], files)] == tables[start:]


def test_small_row_groups_become_one_part(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"a": range(100)}), tmp_path / "a.parquet", row_group_size=10)
    _, parts = planned([(str(tmp_path / "a.parquet"), "parquet")], Limits(35, 10**9))
    assert [(part.rows, part.groups) for part in parts] == [
        *((30, (0, 1, 2)), (30, (3, 4, 5)), (30, (6, 7, 8)), (10, (9,)))
    ]


def test_a_huge_row_group_is_never_whole_in_memory(tmp_path: Path) -> None:
    draw = random.Random(1)
    texts = [draw.randbytes(500).hex() for _ in range(40_000)]
    pyarrow.parquet.write_table(
        pyarrow.table({"a": texts}), tmp_path / "a.parquet", compression="none", use_dictionary=False
    )
    files, parts = planned([(str(tmp_path / "a.parquet"), "parquet")], Limits(10**6, 10**6))
    assert len(parts) > 30
    before, most = pyarrow.total_allocated_bytes(), 0
    for _, _, data in read_parts(parts, files):
        assert len(data) < 2 * 10**6
        most = max(most, pyarrow.total_allocated_bytes() - before)
    assert most < 10 * 10**6  # of 40 million


@settings(max_examples=examples(50))
@given(st.integers(0, 30), st.integers(1, 5), st.randoms(use_true_random=False))
def test_results_come_in_order_and_few_items_are_taken_ahead(count: int, most: int, draw: random.Random) -> None:
    taken: list[Future[int]] = []
    alive = [0]

    def submit(item: int) -> Future[int]:
        future: Future[int] = Future()
        taken.append(future)
        unfinished = [each for each in taken if not each.done()]
        alive[0] = max(alive[0], len(taken) - len(got))
        chosen = draw.choice([*unfinished, future])  # in whatever order processes finish
        if not chosen.done():
            chosen.set_result(taken.index(chosen))
        if len(taken) - len(got) >= most or len(taken) == count:
            for each in taken:
                if not each.done():
                    each.set_result(taken.index(each))
        return future

    got: list[int] = []
    for result in bounded(submit, range(count), most):
        got.append(result)
    assert got == [*range(count)]
    assert alive[0] <= most


def test_what_was_submitted_is_cancelled_if_a_result_is_an_error() -> None:
    futures: list[Future[int]] = [Future() for _ in range(3)]
    futures[0].set_exception(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        list(bounded(futures.__getitem__, range(3), 3))
    assert [future.cancelled() for future in futures] == [False, True, True]


# which files ---------------------------------------------------------------------------------------


def test_a_folder_is_all_files_with_rows_by_name_without_hidden_ones_and_the_output(tmp_path: Path) -> None:
    for name in (
        "b.jsonl",
        "a/z.ndjson.gz",
        "a/readme.md",
        "_bad_rows.jsonl",
        ".a.jsonl",
        "a/.b/c.jsonl",
        "out/x.jsonl",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = found_files([tmp_path], [(tmp_path / "out").resolve()])
    assert [Path(path).relative_to(tmp_path).as_posix() for path, _ in found] == ["a/z.ndjson.gz", "b.jsonl"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["none.jsonl"], r"none\.jsonl: no such file or folder"),
        (["empty"], r"empty: no file here ends in \.jsonl"),
        (["a.txt"], r"a\.txt: its name ends in none of \.jsonl"),
        (["a.parquet.gz"], r"a\.parquet\.gz: its name ends in none of"),
        (["a.jsonl", "a.parquet"], r"a\.parquet: not of the kind of .*a\.jsonl"),
        (["broken.parquet"], r"broken\.parquet: "),
        (["broken.jsonl.gz"], r"broken\.jsonl\.gz: "),
        (["b.parquet", "c.parquet"], r"c\.parquet: not the columns of .*b\.parquet: x$"),
    ],
)
def test_files_that_cannot_be_read_are_named(names: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("a.txt", "a.jsonl", "a.parquet", "a.parquet.gz", "broken.parquet", "broken.jsonl.gz"):
        (tmp_path / name).write_bytes(b"no such thing")
    pyarrow.parquet.write_table(pyarrow.table({"x": [1]}), tmp_path / "b.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"x": ["1"]}), tmp_path / "c.parquet")
    with pytest.raises(InputError, match=said):
        planned(found_files([tmp_path / name for name in names], []), Limits(9, 9))
