"""Who does the work on this machine: this process, or several that it starts. `ray_engine.py` has the other engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol, TypeVar

from .._workers.chunks import KILLED
from .._workers.spawned import pool_of
from .inputs import InputFile, Part
from .reading import Chunk, read_parts

__all__ = ["Engine", "Local", "bounded"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

AHEAD = 2  # parts that are read for each process, so that none waits


class Engine(Protocol):
    """Calls a function, which can be pickled, with each part. Results come in the order of the parts."""

    def __enter__(self) -> Engine: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def run(
        self, function: Callable[[Chunk], _Result], parts: Sequence[Part], files: Sequence[InputFile]
    ) -> Iterator[_Result]: ...


class Local:
    """The engine of one machine. At most `AHEAD` parts for each process are in memory."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._opened = ExitStack()

    def __enter__(self) -> Local:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def run(
        self, function: Callable[[Chunk], _Result], parts: Sequence[Part], files: Sequence[InputFile]
    ) -> Iterator[_Result]:
        """Yield the result of each part.

        Raises:
            RuntimeError: the processes cannot start, or one ended before its work was done.
        """
        chunks = read_parts(parts, files)
        if self._workers == 1 or len(parts) < 2:
            yield from map(function, chunks)
            return
        if self._pool is None:
            self._pool = self._opened.enter_context(pool_of(min(self._workers, len(parts))))
        pool = self._pool
        try:
            yield from bounded(lambda chunk: pool.submit(function, chunk), chunks, AHEAD * self._workers)
        except BrokenProcessPool as error:
            raise RuntimeError(f"{KILLED}: {error}") from error


def bounded(submit: Callable[[_Item], Future[_Result]], items: Iterable[_Item], most: int) -> Iterator[_Result]:
    """Yield the results of items in their order. No more than `most` items are taken before the first has its result.

    What was submitted is cancelled if the results are no longer wanted.
    """
    pending: deque[Future[_Result]] = deque()
    try:
        for item in items:
            pending.append(submit(item))
            del item
            if len(pending) >= most:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()
