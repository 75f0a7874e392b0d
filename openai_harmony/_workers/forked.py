"""Workers that are forked: they begin in milliseconds, with all that this process has in memory, which is shared.

A worker takes the number of a chunk from a file that all of them read, and hands back the results in a file in memory,
which its message to this process carries. So it goes on while this process has other work. Only for Linux.
"""

from __future__ import annotations

import fcntl
import gc
import multiprocessing
import os
import pickle
import selectors
import socket
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from mmap import PROT_READ, mmap
from multiprocessing.process import BaseProcess
from typing import TypeVar

from .chunks import KILLED, Done, done
from .sending import dumped
from .starting import CANNOT_START, no_interrupts

__all__ = ["in_forked"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_WIDTH = 8  # bytes of the number of a chunk


@contextmanager
def in_forked(
    work: Callable[[_Item], _Result], items: Sequence[_Item], size: int, workers: int
) -> Iterator[Iterator[Done[_Result]]]:
    """Open an iterator over the results of chunks of this size, in their order. When it is left, the workers are ended.

    Raises:
        RuntimeError: the workers cannot start, or one ended before its work was done.
    """
    count = -(-len(items) // size)
    with ExitStack() as stack:
        collects = gc.isenabled()
        if collects:  # it would look at the results again and again, in vain: no other thread makes garbage
            gc.disable()
            stack.callback(gc.enable)
        try:
            tasks = _numbers(count)
            stack.callback(os.close, tasks)
            selector = stack.enter_context(selectors.DefaultSelector())
            _start(stack, selector, workers, lambda to: _serve(work, items, size, tasks, to, collects))
        except CANNOT_START as error:
            raise RuntimeError(f"{workers} worker processes cannot start: {error!r}") from error
        yield _in_order(_received(selector), count)


def _numbers(count: int) -> int:
    """Return a file with the numbers of all chunks, whose position all workers share."""
    file = os.memfd_create("chunks")
    with open(file, "wb", closefd=False) as stream:
        stream.writelines(number.to_bytes(_WIDTH, "little") for number in range(count))
    os.lseek(file, 0, os.SEEK_SET)
    return file


def _start(
    stack: ExitStack, selector: selectors.BaseSelector, workers: int, serve: Callable[[socket.socket], None]
) -> None:
    context = multiprocessing.get_context("fork")
    ends: list[socket.socket] = []
    with warnings.catch_warnings(), no_interrupts():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.12: `can_fork` has looked at the threads
        for _ in range(workers):
            here, there = socket.socketpair()
            # The least there is: a worker that is a few chunks ahead waits.
            there.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
            ends.append(stack.enter_context(here))
            with there:  # no other worker has it, so that it is closed when this worker ends
                process = context.Process(target=_begin, args=(serve, there, ends), daemon=True)
                process.start()
                stack.callback(_end, process)
            selector.register(here, selectors.EVENT_READ, process)


def _end(process: BaseProcess) -> None:
    process.kill()  # it has nothing to tidy up
    process.join()


def _received(selector: selectors.BaseSelector) -> Iterator[tuple[int, Done[_Result]]]:
    """Yield the chunks and their results as they come."""
    while selector.get_map():
        for key, _ in selector.select():
            channel: socket.socket = key.fileobj  # type: ignore[assignment]  # as it was registered
            number, files, _, _ = socket.recv_fds(channel, _WIDTH, 1)
            if number:
                yield int.from_bytes(number, "little"), _loaded(files[0])
                continue
            selector.unregister(channel)
            key.data.join()
            if key.data.exitcode:
                raise RuntimeError(f"{KILLED}: its exit code is {key.data.exitcode}")


def _loaded(file: int) -> Done[_Result]:
    try:
        with mmap(file, 0, prot=PROT_READ) as data:
            loaded: Done[_Result] = pickle.loads(data)
            return loaded
    finally:
        os.close(file)


def _in_order(received: Iterator[tuple[int, Done[_Result]]], count: int) -> Iterator[Done[_Result]]:
    early: dict[int, Done[_Result]] = {}
    for wanted in range(count):
        while wanted not in early:
            came = next(received, None)
            if came is None:
                raise RuntimeError(f"{KILLED}: it has left without its results")
            early[came[0]] = came[1]
        yield early.pop(wanted)


# In the workers -----------------------------------------------------------------------------------


def _begin(serve: Callable[[socket.socket], None], there: socket.socket, ends: Sequence[socket.socket]) -> None:
    for end in ends:
        end.close()  # so that sending fails when the first process has ended
    try:
        serve(there)
    except ConnectionError:
        os._exit(1)


def _serve(
    work: Callable[[_Item], _Result], items: Sequence[_Item], size: int, tasks: int, to: socket.socket, collects: bool
) -> None:
    gc.freeze()  # what was there before is not looked at, so that its pages stay shared
    if collects:
        gc.enable()
    while number := _taken(tasks):
        at = int.from_bytes(number, "little") * size
        data = dumped(done(work, items[at : at + size]))
        file = os.memfd_create("results")
        with open(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            socket.send_fds(to, [number], [file])


def _taken(tasks: int) -> bytes:
    """Return the number of a chunk that no other worker has; empty if there are no more."""
    fcntl.lockf(tasks, fcntl.LOCK_EX, 1)  # reading a file in memory is not atomic
    try:
        return os.read(tasks, _WIDTH)
    finally:
        fcntl.lockf(tasks, fcntl.LOCK_UN, 1)
