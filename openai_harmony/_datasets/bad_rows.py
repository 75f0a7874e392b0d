"""Rows of which nothing can be made, and what is said of them."""

from __future__ import annotations

from typing import NamedTuple

from .._conversations import complaint
from ..errors import HarmonyError

__all__ = ["BadRow", "BadRowError", "told"]

MOST = 1000  # characters of what is said of a row


class BadRow(NamedTuple):
    """A row of which nothing could be made.

    Attributes:
        row: the index of the row, from 0.
        error: what is wrong with it, in one line that names the place.

    Example:
        table, bad_rows = split_bad_rows(render_table(table, errors="column"))
        for row, error in bad_rows:
            print(f"row {row}: {error}")
    """

    row: int
    error: str


class BadRowError(HarmonyError, ValueError):
    """A row cannot be rendered or parsed, and bad rows are errors.

    Attributes:
        row: the index of the row, from 0: of the table, or of the file.
        error: what is wrong with it.
        place: the file of the row; None for a table.

    Example:
        try:
            table = render_table(table)
        except BadRowError as error:
            print(error.row, error.error)
    """

    def __init__(self, row: int, error: str, place: str | None = None) -> None:
        super().__init__(f"{'' if place is None else f'{place}: '}row {row}: {error}")
        self.row = row
        self.error = error
        self.place = place

    def __reduce__(self) -> tuple[object, ...]:
        return (BadRowError, (self.row, self.error, self.place))


def told(error: Exception) -> str:
    """Return what is said of a row that raised an exception, in one line.

    Raises:
        MemoryError: the exception is one, which is not the fault of the row.
    """
    if isinstance(error, MemoryError):
        raise error
    if isinstance(error, RecursionError):
        return "nested too deep"
    said = complaint(error)
    if isinstance(error, KeyError) or not isinstance(error, (HarmonyError, ValueError, TypeError, OverflowError)):
        said = f"{type(error).__name__}: {said}"
    return said if len(said) <= MOST else f"{said[: MOST - 1]}…"
