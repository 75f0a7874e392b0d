"""Every lock of the package, so that a forked child is not left with one that nobody will release.

`fork` copies the locks but only one of the threads. What another thread was in the middle of is given up in the child:
each object with a lock gets a new one, and does again what was half done. A module that another thread was importing
could not be imported again, since Python keeps a lock for it that is out of reach; so a fork waits for that.

Hooks that run before a fork run in the reverse order of their registration. That of `logging` takes a lock for which
an import may wait: so a fork must wait for imports that use `logging` before that, and such imports load it first.
While `logging` itself is imported, the fork gives its lock back as it waits. With the package itself, loading it would
take a tenth of the time.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any
from weakref import WeakValueDictionary

__all__ = ["Locked", "loading", "loading_own"]

PATIENCE = 60.0  # seconds; only a fork in the middle of an import that the other thread needs could wait for ever

_owners: WeakValueDictionary[int, Locked] = WeakValueDictionary()  # by identity: some are equal to others
_loading: Any = threading.RLock()
_forking = threading.local()


class Locked:
    """Base of what has a lock: `_lock`, for `with` statements that take no other lock of this kind."""

    _lock: threading.Lock

    def __init__(self) -> None:
        self._lock = threading.Lock()
        _owners[id(self)] = self

    def _forked(self) -> None:
        """Called in a forked child, where a lock that is held belongs to a thread that is not there."""
        self._lock = threading.Lock()


def loading() -> Any:
    """The lock to hold while modules are imported late or pydantic builds a class, which imports and keeps state too.

    It is the innermost: who holds it takes no other lock of this package.
    """
    global _behind_logging
    if not _behind_logging:
        with _loading:
            import logging  # noqa: F401

            if not _behind_logging:
                _wait_before_forks()
                _behind_logging = True
    return _loading


def loading_own() -> Any:
    """The same for modules that neither are nor import what uses `logging`, which is not loaded then."""
    return _loading


_behind_logging = False


def _before() -> None:
    _forking.waited = [*getattr(_forking, "waited", ()), _loading.acquire(blocking=False) or _waited()]


def _waited() -> bool:
    """Wait for an import in progress. If that may be of `logging`, give back the lock that its hook took meanwhile."""
    lock = None if _behind_logging else getattr(sys.modules.get("logging"), "_lock", None)
    try:
        if lock is not None:
            lock.release()
    except RuntimeError:  # the hook has not run
        lock = None
    try:
        return bool(_loading.acquire(timeout=PATIENCE))
    finally:
        if lock is not None:
            lock.acquire()


def _in_parent() -> None:
    waited = getattr(_forking, "waited", None)  # none, if an import that the fork waited for has registered this
    if waited and waited.pop():
        _loading.release()


def _in_child() -> None:
    global _loading
    _loading = threading.RLock()
    _forking.waited = []
    for reference in _owners.valuerefs():
        owner = reference()
        if owner is not None:
            owner._forked()


def _wait_before_forks() -> None:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before, after_in_parent=_in_parent)


_wait_before_forks()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
