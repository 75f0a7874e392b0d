"""Whether a value is an id, and what is said of one that is none, in the words of the reference library."""

from __future__ import annotations

from operator import index
from typing import Any

__all__ = ["checked_id", "type_name"]


def checked_id(token: Any, argument: str) -> int:
    """Return a token as an unsigned 32-bit integer; raises TypeError or OverflowError as the reference library does."""
    try:
        id = index(token)
    except TypeError:
        raise TypeError(
            f"argument {argument!r}: {type_name(token)} object cannot be interpreted as an integer"
        ) from None
    if not -(2**63) <= id < 2**63:
        raise OverflowError("Python int too large to convert to C long")
    if not 0 <= id < 2**32:
        raise OverflowError("out of range integral type conversion attempted")
    return id


def type_name(value: object) -> str:
    """Return the name of a value's type, in quotes."""
    return f"'{type(value).__name__}'"
