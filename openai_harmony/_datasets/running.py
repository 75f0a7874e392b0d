"""A job from its files to its output: planned, begun or gone on with, done part by part, and finished."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow
import pyarrow.parquet

from .._version import __version__
from .bad_rows import BadRowError
from .engines import Engine
from .inputs import InputError, InputFile, Limits, Part, found_files, planned
from .json_lines import Shape, merged
from .outputs import remove_unfinished, tidy
from .storage import Done, Layout, Manifest, OutputError, check_name, format_of, write_atomically
from .tables import made_of_rows, rows_of, with_columns
from .tasks import Task
from .working import COMPRESSION, Job, do_part, part_shape

__all__ = ["BatchProgress", "BatchResult", "Plan", "plan_of", "run"]


class BatchProgress(NamedTuple):
    """How far a job is.

    Attributes:
        rows: the rows that are done, bad ones included.
        all_rows: all rows.
        bad_rows: the bad ones among those that are done.

    Example:
        run_batch("chats.jsonl", "prompts", progress=lambda told: print(f"{told.rows} of {told.all_rows}"))
    """

    rows: int
    all_rows: int
    bad_rows: int


@dataclass(frozen=True)
class BatchResult:
    """What a job has made.

    Attributes:
        output: the file, or the folder of parts.
        rows: the number of good rows, which are in the output.
        bad_rows: the number of bad rows.
        bad_rows_file: the file with the bad rows; None if there are none.
        parts: the number of parts.
        resumed: how many of the parts were done by an earlier run.

    Example:
        result = run_batch("chats.jsonl", "prompts.parquet")
        if result.bad_rows_file is not None:
            print(result.bad_rows_file.read_text())
    """

    output: Path
    rows: int
    bad_rows: int
    bad_rows_file: Path | None
    parts: int
    resumed: int


@dataclass(frozen=True)
class Plan:
    """What a job reads and writes."""

    task: Task
    files: list[InputFile]
    parts: list[Part]
    layout: Layout
    header: Mapping[str, object]


def plan_of(inputs: Sequence[Path], layout: Layout, task: Task, limits: Limits) -> Plan:
    """Return the plan of a job.

    Raises:
        InputError: the files cannot be read, or the task cannot be done with their columns.
        OutputError: the name of the output is that of a file of another kind.
    """
    check_name(layout.output)
    found = found_files(inputs, [layout.output.resolve(), layout.folder.resolve()])
    if layout.output.resolve() in (Path(path).resolve() for path, _ in found):
        raise InputError(f"{layout.output}: is the input and the output")
    files, parts = planned(found, limits)
    if files[0].kind == "parquet":
        _expect_columns(files[0], task)
    header: dict[str, object] = {
        "versions": {"openai_harmony": __version__, "pyarrow": pyarrow.__version__},
        "task": task.as_json(),
        "format": layout.format,
        "part_rows": limits.rows,
        "part_bytes": limits.size,
        "inputs": [{"path": file.path, "rows": file.rows, "sha256": file.sha256} for file in files],
    }
    header = json.loads(json.dumps(header))  # as it is read again
    return Plan(task, files, parts, Layout(layout.output, layout.format, len(parts)), header)


def _expect_columns(file: InputFile, task: Task) -> None:
    """Try the task on a table without rows."""
    empty = pyarrow.parquet.read_schema(file.path).empty_table()
    try:
        with_columns(empty, made_of_rows(rows_of(empty, task), task))
    except ValueError as error:
        raise InputError(f"{file.path}: {error}") from None


def run(
    plan: Plan,
    engine: Engine,
    *,
    resume: bool,
    fail_fast: bool,
    progress: Callable[[BatchProgress], object] | None,
) -> BatchResult:
    """Do what is not done yet.

    Raises:
        BadRowError: a row is bad, and `fail_fast` is true.
        OutputError: what is there was made of something else.
    """
    layout = plan.layout
    manifest = _begun(plan) if resume else None
    resumed = len(manifest.done) if manifest is not None else 0
    if manifest is None or not manifest.finished:
        with engine:
            if manifest is None:
                manifest = _new(plan, engine)
            shape: Shape | None = manifest.header.get("shape")  # type: ignore[assignment]  # as it was written
            _do_rest(plan, Job(plan.task, layout, shape), engine, manifest, fail_fast, progress)
        _finish(plan, manifest)
    rows, bad_rows = (sum(each[at] for each in manifest.done) for at in (1, 2))
    return BatchResult(layout.output, rows, bad_rows, layout.bad_rows if bad_rows else None, len(plan.parts), resumed)


def _begun(plan: Plan) -> Manifest | None:
    """Return what an earlier run has done; None if it has not begun.

    Raises:
        OutputError: it was another job.
    """
    layout = plan.layout
    manifest = Manifest.read(layout.manifest)
    if manifest is None:
        return None
    _expect_same(layout.manifest, manifest.header, plan.header)
    if manifest.finished:
        wanted = [layout.output] if format_of(layout.output) is not None else layout.parts()
        missing = next((path for path in wanted if not path.exists()), None)
        if missing is not None:
            raise OutputError(f"{missing}: is gone, although the job was finished; overwrite the output")
        tidy(layout)
        return manifest
    there = next((n for n, _ in enumerate(manifest.done) if not layout.part(n).exists()), len(manifest.done))
    manifest.done = manifest.done[:there]
    remove_unfinished(layout.folder)
    manifest.write()
    return manifest


def _expect_same(path: Path, before: Mapping[str, object], now: Mapping[str, object]) -> None:
    for key, value in now.items():
        if key not in before or before[key] != value:
            told = _difference(key, before.get(key), value)
            raise OutputError(f"{path}: cannot be resumed, since {told}; overwrite it, or choose another output")


def _difference(key: str, before: object, now: object) -> str:
    if isinstance(before, dict) and isinstance(now, dict):
        name = next(name for name in {**before, **now} if before.get(name) != now.get(name))
        return _difference(f"{key}.{name}", before.get(name), now.get(name))
    if key != "inputs" or not isinstance(before, list) or not isinstance(now, list):
        return f"{key} was {json.dumps(before)} and is {json.dumps(now)}"
    one, other = [each["path"] for each in before], [each["path"] for each in now]
    if one != other:
        return f"the input was {', '.join(one)} and is {', '.join(other)}"
    return f"{next(each['path'] for each, old in zip(now, before) if each != old)} has changed"


def _new(plan: Plan, engine: Engine) -> Manifest:
    """Return the manifest of a job that begins."""
    layout = plan.layout
    layout.folder.mkdir(parents=True, exist_ok=True)
    remove_unfinished(layout.folder)
    header = dict(plan.header)
    if plan.files[0].kind == "jsonl" and layout.format == "parquet":
        header["shape"] = merged(engine.run(part_shape, plan.parts, plan.files))
    manifest = Manifest(layout.manifest, header)
    manifest.write()
    return manifest


def _do_rest(
    plan: Plan,
    job: Job,
    engine: Engine,
    manifest: Manifest,
    fail_fast: bool,
    progress: Callable[[BatchProgress], object] | None,
) -> None:
    every = sum(part.rows for part in plan.parts)
    _tell(progress, manifest.done, every)
    _stop_at(manifest.done, plan.layout, fail_fast)
    for done in engine.run(partial(do_part, job), plan.parts[len(manifest.done) :], plan.files):
        manifest.add(done)
        _tell(progress, manifest.done, every)
        _stop_at([done], plan.layout, fail_fast)


def _tell(progress: Callable[[BatchProgress], object] | None, done: Sequence[Done], every: int) -> None:
    if progress is not None:
        bad_rows = sum(each.bad_rows for each in done)
        progress(BatchProgress(bad_rows + sum(each.rows for each in done), every, bad_rows))


def _stop_at(done: Sequence[Done], layout: Layout, fail_fast: bool) -> None:
    """Raise BadRowError for the first bad row, if that is asked for."""
    first = next((each for each in done if each.bad_rows), None)
    if fail_fast and first is not None:
        with open(layout.bad_rows_of(first.part), "rb") as stream:
            told = json.loads(stream.readline())
        raise BadRowError(told["row"], told["error"], told["file"])


# The end ------------------------------------------------------------------------------------------


def _finish(plan: Plan, manifest: Manifest) -> None:
    """Join what is to be one file. Until the manifest says that all is done, this can be done again."""
    layout = plan.layout
    bad = [layout.bad_rows_of(each.part) for each in manifest.done if each.bad_rows]
    if bad:
        write_atomically(layout.bad_rows, lambda stream: _copied(bad, stream))
    if format_of(layout.output) is not None:
        join = _copied if layout.format == "jsonl" else _joined
        write_atomically(layout.output, lambda stream: join(layout.parts(), stream))
    manifest.finish()
    tidy(layout)


def _copied(paths: Sequence[Path], stream: IO[bytes]) -> None:
    for path in paths:
        with open(path, "rb") as part:
            shutil.copyfileobj(part, stream)


def _joined(paths: Sequence[Path], stream: IO[bytes]) -> None:
    """Write the row groups of files into one."""
    schema = pyarrow.parquet.read_schema(paths[0])
    with pyarrow.parquet.ParquetWriter(stream, schema, compression=COMPRESSION) as writer:
        for path in paths:
            with pyarrow.parquet.ParquetFile(path) as part:
                table = part.read(use_threads=False)
            if table.num_rows:
                writer.write_table(table, row_group_size=table.num_rows)
