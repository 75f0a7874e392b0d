"""What processes send each other, pickled here, so that what cannot be sent is told, and no process ends by it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from traceback import format_exception
from typing import Any, TypeVar

from .chunks import Done, Failure, done

__all__ = ["Pickled", "WorkerTraceback", "dumped", "received", "sent", "worked"]

_Item = TypeVar("_Item")


class WorkerTraceback(Exception):
    """The traceback of an exception in a worker process, as text. It is the cause of that exception here."""

    def __str__(self) -> str:
        return f"in a worker process:\n\n{self.args[0]}"


class Pickled:
    """A chunk and the work on it, which arrive as bytes; see `worked`."""

    def __init__(self, work: Callable[[_Item], object], chunk: Sequence[_Item]) -> None:
        self._work, self._chunk = work, chunk

    def __reduce__(self) -> tuple[type[bytes], tuple[bytes]]:
        try:
            return bytes, (pickle.dumps((self._work, self._chunk), pickle.HIGHEST_PROTOCOL),)
        except Exception as fault:  # in the thread of a queue, where it would be lost
            first = next((index for index, item in enumerate(self._chunk) if not _can_be_pickled(item)), None)
            return bytes, (pickle.dumps((_not_sent(fault, first), None)),)


def worked(data: Any) -> bytes:
    """Do the work on a chunk, which came as `Pickled`, and return its results as `dumped` does."""
    try:
        work, chunk = pickle.loads(data)
    except Exception as fault:  # for example: the function is defined behind the guard of the main module
        return dumped(([], _not_sent(fault, None)))
    return dumped(([], work) if isinstance(work, Failure) else done(work, chunk))


def _not_sent(fault: Exception, at: int | None) -> Failure:
    return Failure(at, RuntimeError(f"the work cannot be sent to a worker process: {fault!r}"))


def _can_be_pickled(item: object) -> bool:
    try:
        pickle.dumps(item)
    except Exception:
        return False
    return True


def sent(work: Callable[[_Item], object], item: _Item) -> bytes:
    """Return the result for an item, pickled, when any object can be a result; see `received`.

    Raises:
        RuntimeError: the result cannot be pickled, or not be made anew.
    """
    result = work(item)
    try:
        data = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        pickle.loads(data)
    except Exception as error:
        raise RuntimeError(f"the result cannot be sent to this process: {error!r}") from error
    return data


received: Callable[[bytes], Any] = pickle.loads


def dumped(chunk: Done[Any]) -> bytes:
    """Pickle the results of a chunk, which all can be, and its exception or what tells why that cannot be sent."""
    results, failure = chunk
    if failure is None:
        return pickle.dumps((results, None), pickle.HIGHEST_PROTOCOL)
    error, cause = failure.error, WorkerTraceback("".join(format_exception(failure.error)))
    try:
        pickle.loads(pickle.dumps(error))  # exceptions often can be pickled, but not made anew
    except Exception as fault:
        error = RuntimeError(f"the exception cannot be sent to this process: {fault!r}")
    return pickle.dumps((results, Failure(failure.at, error, cause)), pickle.HIGHEST_PROTOCOL)
