"""The base class of string enumerations."""

from __future__ import annotations

from enum import Enum

__all__ = ["Word"]


class Word(str, Enum):
    """Base class of string enumerations; a member equals its string and has the same hash.

    As in the reference library, `format` of a member is what the version of Python makes of it: its string before 3.11,
    and the name of the member since then.
    """
