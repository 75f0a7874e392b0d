"""What becomes of one part: a file with its good rows, and one with the bad rows if there are any. Runs anywhere."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Final

import pyarrow
import pyarrow.parquet

from .bad_rows import BadRow
from .json_lines import Line, Shape, line_of, lines_in, shape_of, table_of
from .reading import Chunk, table_in
from .rendering import Made
from .storage import Done, Layout, write_atomically
from .tables import made_of_rows, rows_of, with_columns
from .tasks import Task

__all__ = ["Job", "do_part", "part_shape", "write_parquet"]

COMPRESSION: Final = "zstd"


@dataclass(frozen=True)
class Job:
    """What is made of each part, and where it is written.

    Attributes:
        shape: the columns of Parquet that the keys of JSON become.
    """

    task: Task
    layout: Layout
    shape: Shape | None = None


def part_shape(chunk: Chunk) -> Shape:
    """Return what the values of the keys in a part of JSON Lines are."""
    return shape_of(line.row for line in lines_in(chunk.part, chunk.data) if line.row is not None)


def do_part(job: Job, chunk: Chunk) -> Done:
    """Write the files of a part."""
    of_kind = _lines_done if chunk.file.kind == "jsonl" else _table_done
    good, bad = of_kind(job, chunk)
    number, layout = chunk.part.number, job.layout
    if bad:
        write_atomically(layout.bad_rows_of(number), lambda stream: stream.writelines(bad))
    else:
        with suppress(FileNotFoundError):
            os.remove(layout.bad_rows_of(number))
    write_atomically(layout.part(number), lambda stream: _write(good, stream))
    return Done(number, len(good), len(bad))


def _write(good: pyarrow.Table | list[bytes], stream: IO[bytes]) -> None:
    if isinstance(good, list):
        stream.writelines(good)
    else:
        write_parquet(good, stream)


def write_parquet(table: pyarrow.Table, stream: IO[bytes]) -> None:
    """Write a table as one row group. Where pages end depends on the chunks of a table, so that there is only one."""
    table = table.combine_chunks()
    pyarrow.parquet.write_table(table, stream, compression=COMPRESSION, row_group_size=max(table.num_rows, 1))


# Parquet ------------------------------------------------------------------------------------------


def _table_done(job: Job, chunk: Chunk) -> tuple[pyarrow.Table | list[bytes], list[bytes]]:
    table = table_in(chunk.data)
    made = made_of_rows(rows_of(table, job.task), job.task)
    good = _without(with_columns(table, made), made.bad_rows)
    bad = (
        [
            _record(chunk, row, {"error": error, "data": values})
            for (row, error), values in zip(made.bad_rows, table.take([row for row, _ in made.bad_rows]).to_pylist())
        ]
        if made.bad_rows
        else []
    )
    return good if job.layout.format == "parquet" else [line_of(row) for row in good.to_pylist()], bad


def _without(table: pyarrow.Table, bad_rows: Iterable[BadRow]) -> pyarrow.Table:
    bad = {row for row, _ in bad_rows}
    return table.filter(pyarrow.array([row not in bad for row in range(table.num_rows)])) if bad else table


def _record(chunk: Chunk, row: int, told: Mapping[str, Any]) -> bytes:
    """Return the line for a bad row."""
    return line_of({"file": chunk.file.path, "row": chunk.part.row + row, **told})


# JSON Lines ---------------------------------------------------------------------------------------


def _lines_done(job: Job, chunk: Chunk) -> tuple[pyarrow.Table | list[bytes], list[bytes]]:
    new = [job.task.prefix + name for name in job.task.made]
    lines = [_expecting(line, new) for line in lines_in(chunk.part, chunk.data)]
    places = [place for place, line in enumerate(lines) if not line.error]
    rows: list[dict[str, Any]] = [line.row for line in lines if line.row is not None and not line.error]
    made = made_of_rows(iter(rows), job.task)
    errors = {place: line.error for place, line in enumerate(lines) if line.error}
    errors |= {places[row]: error for row, error in made.bad_rows}
    bad = [
        _record(chunk, place, {"line": lines[place].number, "error": errors[place], **_data(lines[place])})
        for place in sorted(errors)
    ]
    bad_rows = {row for row, _ in made.bad_rows}
    good = [row for number, row in enumerate(rows) if number not in bad_rows]
    columns = _without(_only(made, len(rows)), made.bad_rows)
    if job.layout.format == "parquet":
        shape = {key: kind for key, kind in (job.shape or {}).items() if key not in new}  # good rows have none of these
        return with_columns(table_of(good, shape), _made_of(columns)), bad
    return [line_of({**row, **values}) for row, values in zip(good, columns.to_pylist())], bad


def _expecting(line: Line, new: Iterable[str]) -> Line:
    """Return a line with the error that it has, for example a key that is the name of a new column."""
    taken = next((name for name in new if line.row is not None and name in line.row), None)
    if taken is None:
        return line
    return line._replace(error=f"{taken}: is the name of a new column, too; choose a prefix for the new columns")


def _data(line: Line) -> dict[str, Any]:
    """Return the whole of a bad row, as it can be written to JSON."""
    if line.row is not None:
        return {"data": line.row}
    try:
        return {"text": line.raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(line.raw).decode("ascii")}


def _only(made: Made, count: int) -> pyarrow.Table:
    fields, arrays = zip(*made.columns)
    return pyarrow.Table.from_arrays(list(arrays), schema=pyarrow.schema(list(fields)))


def _made_of(table: pyarrow.Table) -> Made:
    return Made([(field, table.column(field.name)) for field in table.schema], [])
