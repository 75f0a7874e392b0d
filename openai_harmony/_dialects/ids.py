"""Ids of calls and items."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from functools import partial
from typing import TypeAlias, cast

__all__ = ["IdMaker", "NewId", "id_maker", "new_id"]

NewId: TypeAlias = "Callable[[str], str] | Callable[[], str]"
"""Returns a new id; it may take the kind of the id, such as `call`."""

IdMaker: TypeAlias = Callable[[str], str]


def new_id(kind: str) -> str:
    """Return a new random id of a kind."""
    return f"{kind}_{os.urandom(12).hex()}"


def id_maker(given: NewId) -> IdMaker:
    """Return a function that takes the kind of an id.

    Raises:
        TypeError: the argument cannot be called.
    """
    if not callable(given):
        raise TypeError(f"argument 'new_id': expected a function, not {type(given).__name__}")
    try:
        inspect.signature(given).bind("")
    except (TypeError, ValueError):  # ValueError: a builtin without a signature, which knows no kinds of ids
        return partial(_of_any_kind, cast("Callable[[], str]", given))  # a lambda could not be pickled
    return cast("IdMaker", given)


def _of_any_kind(make: Callable[[], str], kind: str) -> str:
    return make()
