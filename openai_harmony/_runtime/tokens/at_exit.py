"""What a process need not take apart when it ends, as the system frees its memory at once; knows no kind of object.

An encoder has 600,000 parts, and to free them one by one takes a sixth of the time of a short program.
"""

from __future__ import annotations

import atexit
import weakref
from collections.abc import Callable
from functools import partial


def leave_to_system(thing: object) -> None:
    """If this object still exists when the interpreter shuts down, it is not freed; before, it is as ever."""
    atexit.register(partial(_hold, weakref.ref(thing)))


def _hold(find: Callable[[], object | None]) -> None:
    thing = find()
    if thing is not None:
        try:
            from ctypes import py_object, pythonapi
        except ImportError:  # an interpreter without it frees everything, which is but slower
            return
        pythonapi.Py_IncRef(py_object(thing))
