"""Enumerations whose members are words: strings that behave alike on every Python."""

from __future__ import annotations

from enum import Enum

__all__ = ["Word"]


class Word(str, Enum):
    """Base of enumerations of strings; a member equals its string, and hashes like it."""

    __str__ = Enum.__str__

    def __format__(self, spec: str) -> str:
        # Before 3.12, `format` would write the value where `str` writes the member.
        return format(str(self), spec)
