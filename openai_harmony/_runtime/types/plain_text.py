"""Plain text of `str` subclasses, which may override operators; rendering and caching use only the plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

__all__ = ["LINE_END", "is_safe_key", "plain", "settled"]

# The characters that end a line in TypeScript, in Python or in viewers.
LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

# The text of an instance of a str subclass, such as an enumeration member, ignoring its own `__str__`.
plain: Callable[[Any], str] = str.__str__


def settled(value: Any) -> Any:
    """Return the value to store in a field: plain text if the value is text whose class overrides comparison.

    In the cache, whose keys are texts, such a text could be mistaken for another. The constructors do the same, since
    pydantic stores the plain text of every subclass.
    """
    return plain(value) if type(value) is not str and isinstance(value, str) and _compares_alone(type(value)) else value


def is_safe_key(key: object) -> bool:
    """Whether all texts in a cache key, which may be a tuple, have the comparison of `str`."""
    if type(key) is tuple:
        return all(map(is_safe_key, key))
    return type(key) is str or not isinstance(key, str) or not _compares_alone(type(key))


def _compares_alone(cls: type[str]) -> bool:
    return cls.__eq__ is not str.__eq__ or cls.__hash__ is not str.__hash__
