"""Reading a dictionary that came from outside; which keys it should have is the caller's to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["MissingKeyError", "entry"]


class MissingKeyError(KeyError, ValueError):
    """A dictionary lacks a key: a KeyError as programs expect it, and a ValueError since the value is to blame."""

    __str__ = ValueError.__str__  # KeyError shows the repr of its message


def entry(data: Mapping[str, Any], key: str, keys: tuple[str, ...]) -> Any:
    """The value under `key`; `keys` are all that the dictionary may have, for the complaint."""
    try:
        return data[key]
    except KeyError:
        known = ", ".join(repr(name) for name in keys)
        raise MissingKeyError(f"missing key {key!r} (known keys: {known})") from None
