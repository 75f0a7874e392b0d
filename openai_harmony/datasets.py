"""Renders and parses whole datasets: tables of pyarrow here, and files on one machine or a cluster.

The functions of tables are what `datasets.map`, Ray Data, Spark and Daft call; `run_batch` is the command
`harmony batch`. docs/datasets.md describes the columns. Needs the extra `batch`; the engine "ray" needs `ray`.
"""

from __future__ import annotations

try:
    import pyarrow
except ImportError as _error:
    raise ImportError(f"{__name__} needs pyarrow: pip install 'openai-harmony[batch]'") from _error

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ._datasets.bad_rows import BadRow, BadRowError
from ._datasets.engines import Engine, Local
from ._datasets.inputs import InputError, Limits
from ._datasets.outputs import expect_absent, remove_earlier
from ._datasets.running import BatchProgress, BatchResult, plan_of, run
from ._datasets.storage import Format, Layout, OutputError, format_of
from ._datasets.tables import Errors, made_table, split
from ._datasets.tasks import ParseTask, RenderTask

__all__ = [
    "PART_BYTES",
    "PART_ROWS",
    "BadRow",
    "BadRowError",
    "BatchProgress",
    "BatchResult",
    "InputError",
    "OutputError",
    "ParseTask",
    "RenderTask",
    "parse_table",
    "render_table",
    "run_batch",
    "split_bad_rows",
]

EngineName: TypeAlias = Literal["local", "ray"]

PART_ROWS = 10_000
"""The greatest number of rows of a part, unless `run_batch` is told another."""

PART_BYTES = 8 * 2**20
"""The greatest size of a part before it is compressed, unless one row is larger."""


def render_table(table: pyarrow.Table, task: RenderTask | None = None, *, errors: Errors = "raise") -> pyarrow.Table:
    """Return a table with the tokens of the conversation in each row, and whatever else the task says.

    Args:
        table: the table. All of its columns are in the result, too.
        task: the options; by default, rows become prompts.
        errors: "raise", or "column": a row that cannot be rendered has nulls, and what is wrong in the column `error`,
            which is null for all other rows.

    Raises:
        BadRowError: a row cannot be rendered, and `errors` is "raise".
        ValueError: the table has no column to read, or one with the name of a new column.

    Example:
        >>> import pyarrow
        >>> table = pyarrow.table({"messages": ['[{"role": "user", "content": "Hello"}]']})
        >>> render_table(table).column("tokens")[0].as_py()[-3:]
        [200007, 200006, 173781]
    """
    return made_table(table, RenderTask() if task is None else task, errors)


def parse_table(table: pyarrow.Table, task: ParseTask | None = None, *, errors: Errors = "raise") -> pyarrow.Table:
    """Return a table with the messages of the completion in each row.

    Args:
        table: the table. All of its columns are in the result, too.
        task: the options; by default, faults of the model are corrected and reported.
        errors: as in `render_table`.

    Raises:
        BadRowError: a row cannot be parsed, and `errors` is "raise".
        ValueError: the table has no column to read, or one with the name of a new column.

    Example:
        >>> import pyarrow
        >>> table = pyarrow.table({"text": ["<|channel|>final<|message|>Hello<|return|>"]})
        >>> [message["content"] for message in parse_table(table).column("messages")[0].as_py()]
        ['Hello']
    """
    return made_table(table, ParseTask() if task is None else task, errors)


def split_bad_rows(table: pyarrow.Table, *, prefix: str = "") -> tuple[pyarrow.Table, list[BadRow]]:
    """Return the good rows of a table that was made with `errors="column"`, and the bad ones.

    Args:
        table: the table.
        prefix: the prefix of the task.

    Example:
        >>> import pyarrow
        >>> table = pyarrow.table({"messages": ['[{"role": "user", "content": "Hello"}]', "["]})
        >>> good, bad_rows = split_bad_rows(render_table(table, errors="column"))
        >>> good.num_rows, bad_rows
        (1, [BadRow(row=1, error='messages: no JSON: Expecting value, at column 2')])
    """
    return split(table, prefix)


def run_batch(
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    task: RenderTask | ParseTask | None = None,
    *,
    to: Format | None = None,
    engine: EngineName = "local",
    workers: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
    fail_fast: bool = False,
    part_rows: int = PART_ROWS,
    part_bytes: int = PART_BYTES,
    progress: Callable[[BatchProgress], object] | None = None,
) -> BatchResult:
    """Render or parse the rows of files. The output is the same for every engine and number of workers.

    Args:
        inputs: files of JSON Lines or of Parquet, or folders with such files.
        output: a file that ends in `.parquet` or `.jsonl`; or a folder, which gets a file for each part.
        task: what is made of the rows; by default, they become prompts.
        to: the format of the files in a folder; by default Parquet.
        engine: "local", processes on this machine; or "ray".
        workers: the number of processes. None or 1 to use only this one; with more, a script must be guarded by
            `if __name__ == "__main__":`. On a cluster of Ray, without effect.
        resume: go on with a job that was interrupted, or begin it.
        overwrite: remove the output of an earlier job.
        fail_fast: stop at the first bad row. Otherwise bad rows go to a file beside the output.
        part_rows, part_bytes: the greatest size of a part, which is what is done again after an interruption.
        progress: is called after each part.

    Raises:
        BadRowError: a row is bad, and `fail_fast` is true.
        ImportError: the engine is not installed.
        InputError: the input cannot be read.
        OutputError: the output exists, or was made of something else than what is to be resumed.
        RuntimeError: the processes cannot start, or the system has ended one.
        ValueError: an argument has an invalid value.

    Example:
        result = run_batch("chats.jsonl", "prompts.parquet", RenderTask("training"), workers=2)
        print(result.rows, result.bad_rows)
    """
    for name, value in {"workers": workers, "part_rows": part_rows, "part_bytes": part_bytes}.items():
        if value is not None and value < 1:
            raise ValueError(f"argument '{name}': expected at least 1, not {value}")
    if resume and overwrite:
        raise ValueError("a job is either resumed or overwritten")
    paths = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
    layout = Layout(Path(output), _format(Path(output), to))
    does = _engine(engine, 1 if workers is None else workers)
    expect_absent(layout, resume=resume, overwrite=overwrite)
    plan = plan_of([Path(path) for path in paths], layout, task or RenderTask(), Limits(part_rows, part_bytes))
    if overwrite:
        remove_earlier(layout)
    return run(plan, does, resume=resume, fail_fast=fail_fast, progress=progress)


def _format(output: Path, to: Format | None) -> Format:
    single = format_of(output)
    if single is not None and to not in (None, single):
        raise ValueError(f"argument 'to': {output} is no {to}")
    if to not in (None, *get_args(Format)):
        raise ValueError(f"argument 'to': {to!r} is not one of {', '.join(map(repr, get_args(Format)))}")
    return single or to or "parquet"


def _engine(name: EngineName, workers: int) -> Engine:
    if name == "local":
        return Local(workers)
    if name != "ray":
        raise ValueError(f"argument 'engine': {name!r} is not one of {', '.join(map(repr, get_args(EngineName)))}")
    from ._datasets.ray_engine import Ray

    return Ray(workers)
