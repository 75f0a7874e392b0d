"""How workers may start, and what both kinds of them need."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

__all__ = ["CANNOT_START", "can_fork", "no_interrupts"]

PATIENCE = 0.5  # seconds: threads for linear algebra go on for up to 0.2 s before they sleep

# ImportError and NotImplementedError: the platform has no semaphores. AssertionError: this process is a daemonic one,
# which must not have children.
CANNOT_START = (BrokenProcessPool, OSError, ImportError, NotImplementedError, AssertionError)


def can_fork() -> bool:
    """Return whether a forked process can go on from here: no other thread may be in the middle of something.

    Another thread of Python may hold any lock, so that none may exist. Threads that libraries keep for their own work,
    as those for linear algebra do, are no obstacle once they sleep, since the workers do not call these libraries.
    """
    if not sys.platform.startswith("linux") or not hasattr(os, "memfd_create"):
        return False
    if threading.active_count() > 1 or len(sys._current_frames()) > 1:
        return False
    own = str(threading.get_native_id())
    until = time.monotonic() + PATIENCE
    while not all(task.name == own or _sleeps(task) for task in Path("/proc/self/task").glob("*")):
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def _sleeps(task: Path) -> bool:
    try:
        return (task / "stat").read_bytes().rpartition(b") ")[2][:1] == b"S"
    except OSError:  # it has ended meanwhile
        return True


@contextmanager
def no_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, where the system can do so. It comes when they have started.

    Another thread may get the signal, since only this one blocks it. An exception that its handler raises while a
    process is forked would be lost, with the lock that a hook of `logging` is about to release.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    came: list[int] = []
    handler = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
    if handler is not None:  # first and last, so that no exception leaves the signal blocked
        signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    finally:
        if handler is not None:
            signal.signal(signal.SIGINT, handler)
        if came:
            signal.raise_signal(signal.SIGINT)
