"""Chunks of items: the results of each, up to the first exception, and how they are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, TypeAlias, TypeVar

__all__ = ["KILLED", "Done", "done", "joined"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Made = TypeVar("_Made")

# The results up to the first exception, and that exception with its index in the chunk.
Done: TypeAlias = tuple[list[_Result], tuple[int, Exception] | None]

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
        except Exception as error:
            return results, (index, error)
    return results, None


def joined(chunks: Iterable[Done[_Result]], size: int, made: Callable[[_Result], _Made]) -> list[_Made]:
    """Return what is made of the results of chunks, which come in their order.

    Raises:
        Exception: that of the first item which failed, with its index as `batch_index`.
    """
    parts: list[list[_Made]] = []
    for number, (results, failure) in enumerate(chunks):
        if failure is not None:
            index, error = failure
            raise _placed(error, number * size + index)
        parts.append(list(map(made, results)))
    return list(chain.from_iterable(parts))


def _placed(error: Exception, index: int) -> Exception:
    noted: Any = error
    noted.batch_index = index
    if hasattr(error, "add_note"):  # Python 3.11 and later
        noted.add_note(f"at index {index} of the batch")
    return error
