"""Chunks of items: the results of each, up to the first exception, and how they are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, NamedTuple, TypeAlias, TypeVar

__all__ = ["KILLED", "Done", "Failure", "done", "joined"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Made = TypeVar("_Made")


class Failure(NamedTuple):
    """The first exception of a chunk."""

    at: int | None  # the index of the item; None if the whole chunk failed
    error: BaseException
    cause: BaseException | None = None  # in place of that of the exception, which is not sent between processes


# The results up to the first exception, and that.
Done: TypeAlias = tuple[list[_Result], Failure | None]

KILLED = (
    "a worker process ended before its work was done; the system may have killed it for want of memory: ask for fewer "
    "workers, or for none"
)


def done(work: Callable[[_Item], _Result], chunk: Sequence[_Item]) -> Done[_Result]:
    """Return the results of a chunk."""
    results: list[_Result] = []
    for index, item in enumerate(chunk):
        try:
            results.append(work(item))
        except BaseException as error:
            return results, Failure(index, error)
    return results, None


def joined(chunks: Iterable[Done[_Result]], size: int, made: Callable[[_Result], _Made]) -> list[_Made]:
    """Return what is made of the results of chunks, which come in their order.

    Raises:
        BaseException: that of the first item which failed, with its index as `batch_index`.
    """
    parts: list[list[_Made]] = []
    for number, (results, failure) in enumerate(chunks):
        if failure is not None:
            error = failure.error if failure.at is None else _placed(failure.error, number * size + failure.at)
            if failure.cause is not None:
                raise error from failure.cause
            raise error
        parts.append(list(map(made, results)))
    return list(chain.from_iterable(parts))


def _placed(error: BaseException, index: int) -> BaseException:
    """Return an exception with the index of the item that it is of."""
    noted: Any = error
    with suppress(Exception):  # some refuse attributes
        noted.batch_index = index
        if hasattr(error, "add_note"):  # Python 3.11 and later
            noted.add_note(f"at index {index} of the batch")
    return error
