"""The base class of string enumerations, with the same behaviour in every version of Python."""

from __future__ import annotations

from enum import Enum

__all__ = ["Word"]


class Word(str, Enum):
    """Base class of string enumerations; a member equals its string and has the same hash."""

    __str__ = Enum.__str__

    def __format__(self, spec: str) -> str:
        # Before Python 3.12, `format` would return the value, and `str` the name of the member.
        return format(str(self), spec)
