"""Keeps large objects alive at interpreter exit, since the operating system frees the memory of a process at once.

An encoder consists of 600,000 objects; freeing them one by one takes a sixth of the run time of a short program.
"""

from __future__ import annotations

import atexit
import weakref
from collections.abc import Callable
from functools import partial


def leave_to_system(thing: object) -> None:
    """If this object still exists when the interpreter shuts down, do not free it; earlier, it is freed normally."""
    atexit.register(partial(_hold, weakref.ref(thing)))


def _hold(find: Callable[[], object | None]) -> None:
    thing = find()
    if thing is not None:
        try:
            from ctypes import py_object, pythonapi
        except ImportError:  # without ctypes the object is freed, which is only slower
            return
        pythonapi.Py_IncRef(py_object(thing))
