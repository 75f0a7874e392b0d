"""Text whose class has operators of its own; what is written, and what it is kept under, is the text alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["is_safe_key", "plain", "settled"]

# The text of a str subclass, such as an enumeration's member, whatever its own `__str__` says.
plain: Callable[[Any], str] = str.__str__


def settled(value: Any) -> Any:
    """What to put into a field: the value, or its plain text if it is text that compares in a way of its own.

    Such a text could pass for another where tokens are looked up by the text that they are of. The constructors do the
    same, as pydantic takes the plain text of every subclass.
    """
    return plain(value) if type(value) is not str and isinstance(value, str) and _compares_alone(type(value)) else value


def is_safe_key(key: object) -> bool:
    """Whether all text in a key, which may be a tuple, compares as text does."""
    if type(key) is tuple:
        return all(map(is_safe_key, key))
    return type(key) is str or not isinstance(key, str) or not _compares_alone(type(key))


def _compares_alone(cls: type[str]) -> bool:
    return cls.__eq__ is not str.__eq__ or cls.__hash__ is not str.__hash__
