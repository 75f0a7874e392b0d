"""Tables with new columns: what all engines call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias, get_args

import pyarrow

from .bad_rows import BadRow, BadRowError
from .parsing import parsed_rows
from .rendering import Made, rendered_rows
from .rows import columns_read, columns_that_hold
from .tasks import RenderTask, Task
from .values import python_values

__all__ = ["Errors", "made_of_rows", "made_table", "split", "with_columns"]

Errors: TypeAlias = Literal["raise", "column"]
"""What becomes of bad rows: an exception, or nulls and a text in the column `error`."""

ERROR = "error"


def made_table(table: pyarrow.Table, task: Task, errors: Errors) -> pyarrow.Table:
    """Return a table with the columns that a task makes of it."""
    if errors not in get_args(Errors):
        raise ValueError(f"argument 'errors': {errors!r} is not one of {', '.join(map(repr, get_args(Errors)))}")
    made = made_of_rows(rows_of(table, task), task)
    if errors == "raise":
        if made.bad_rows:
            raise BadRowError(*made.bad_rows[0])
        return with_columns(table, made)
    said: list[str | None] = [None] * table.num_rows
    for row, error in made.bad_rows:
        said[row] = error
    column = (pyarrow.field(task.prefix + ERROR, pyarrow.string()), pyarrow.array(said, pyarrow.string()))
    return with_columns(table, made._replace(columns=[*made.columns, column]))


def made_of_rows(rows: Iterator[Mapping[str, Any]], task: Task) -> Made:
    """Return the new columns of rows."""
    return rendered_rows(rows, task) if isinstance(task, RenderTask) else parsed_rows(rows, task)


def rows_of(table: pyarrow.Table, task: Task) -> Iterator[Mapping[str, Any]]:
    """Yield what a task reads of each row.

    Raises:
        TypeError: this is no table.
        ValueError: none of the columns is there that the task reads.
    """
    given: object = table
    if not isinstance(given, pyarrow.Table):
        raise TypeError(f"argument 'table': expected a pyarrow.Table, not {type(given).__name__}")
    read = columns_read(task)
    names = [name for name in table.column_names if name in read]
    if not names or (task.column is not None and task.column not in names):
        wanted = " or ".join(columns_that_hold(task))
        raise ValueError(f"no column to read ({wanted}); the table has {', '.join(table.column_names) or 'none'}")
    columns = [python_values(table.column(name)) for name in names]
    return (dict(zip(names, values)) for values in zip(*columns))


def with_columns(table: pyarrow.Table, made: Made) -> pyarrow.Table:
    """Return a table with more columns. Raises ValueError if it has one of this name."""
    for field, values in made.columns:
        if field.name in table.column_names:
            raise ValueError(f"column {field.name!r} is in the table already; choose a prefix for the new columns")
        table = table.append_column(field, values)
    return table


def split(table: pyarrow.Table, prefix: str) -> tuple[pyarrow.Table, list[BadRow]]:
    """Return the good rows of a table that has a column of errors, without that column; and the bad rows."""
    name = prefix + ERROR
    if name not in table.column_names:
        raise ValueError(f"the table has no column {name!r}")
    errors = table.column(name)
    bad_rows = [BadRow(row, error) for row, error in enumerate(errors.to_pylist()) if error is not None]
    return table.filter(errors.is_null()).drop_columns([name]), bad_rows
