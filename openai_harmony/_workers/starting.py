"""What both kinds of workers need to start."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

__all__ = ["CANNOT_START", "no_interrupts"]

# ImportError and NotImplementedError: the platform has no semaphores. AssertionError: this process is a daemonic one,
# which must not have children.
CANNOT_START = (BrokenProcessPool, OSError, ImportError, NotImplementedError, AssertionError)


@contextmanager
def no_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, where the system can do so."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
