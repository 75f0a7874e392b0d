"""Workers that are spawned: each imports the main module, and what it works on is pickled."""

from __future__ import annotations

import multiprocessing
import multiprocessing.resource_tracker
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, TypeVar

from .chunks import KILLED, Done
from .sending import Pickled, received, worked
from .starting import CANNOT_START, no_interrupts

__all__ = ["in_spawned", "pool_of"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@contextmanager
def in_spawned(
    work: Callable[[_Item], _Result], items: Sequence[_Item], size: int, workers: int
) -> Iterator[Iterator[Done[_Result]]]:
    """Open an iterator over the results of chunks of this size, in their order.

    Raises:
        RuntimeError: the workers cannot start, or one ended before its work was done.
    """
    with pool_of(workers) as pool:
        chunks = [Pickled(work, items[at : at + size]) for at in range(0, len(items), size)]
        try:
            yield map(received, pool.map(worked, chunks))
        except BrokenProcessPool as error:
            raise RuntimeError(f"{KILLED}: {error}") from error


@contextmanager
def pool_of(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Open a pool of workers, after one of them has started. If an exception leaves it, the workers are ended at once.

    Raises:
        RuntimeError: the workers cannot start.
    """
    with ExitStack() as stack:
        try:
            multiprocessing.resource_tracker.ensure_running()  # it would end the blocking of interrupts when it starts
            with no_interrupts():
                pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)
                stack.push(partial(_end, pool))
                [started, *_] = [pool.submit(_started) for _ in range(workers)]
            started.result()
        except CANNOT_START as error:
            raise RuntimeError(f"{workers} worker processes cannot start; {_GUARD}: {error!r}") from error
        yield pool


def _end(pool: ProcessPoolExecutor, kind: type[BaseException] | None, *error: object) -> None:
    if kind is not None:
        for process in [*(pool._processes or {}).values()]:
            process.terminate()
        if sys.version_info < (3, 11, 5):  # later ones do it: what nobody reads would be written for ever
            queue: Any = vars(pool)["_call_queue"]
            queue._reader.close()
    pool.shutdown(cancel_futures=True)


_GUARD = (
    "each imports the main module first, which must be a file, and do its work under "
    '`if __name__ == "__main__":` if it is a script; without `workers`, this process does it all'
)


# In the workers -----------------------------------------------------------------------------------


def _begin() -> None:
    """Prepare a process: Ctrl-C is for the first process alone, and no process outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _started() -> None:
    """Do nothing. A worker runs this first, which shows that it could start."""
