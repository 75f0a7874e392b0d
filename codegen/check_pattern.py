"""The check of a split pattern: its alternatives must compile and must not leave out any character."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import regex

__all__ = ["fault"]

BESIDE = ("", " ", "\n", "a", "1", ".", "  ")  # texts to try before and after a character


@lru_cache(maxsize=8)  # encodings of a format often share one
def fault(alternatives: tuple[str, ...]) -> tuple[int | None, str] | None:
    """Return the index of the faulty alternative (None for the whole pattern) and the fault; None if there is none."""
    for index, alternative in enumerate(alternatives):
        try:
            regex.compile(alternative)
        except regex.error as error:
            return index, f"the pattern does not compile: {error}"
    pattern = regex.compile("|".join(alternatives))
    for text in _texts():
        if "".join(match[0] for match in pattern.finditer(text)) != text:
            return None, f"the pattern leaves out a part of {text!r}"
    return None


def _texts() -> Iterator[str]:
    for before, character, behind in itertools.product(BESIDE, _characters(), BESIDE):
        yield before + character + behind


@cache
def _characters() -> tuple[str, ...]:
    """Return one character of each general category, and white space characters."""
    found: dict[str, str] = {}
    for number in itertools.chain(range(0x3000), range(0x1F000, 0x1F100), (0xE000, 0x10000, 0x10FFFE)):
        if not 0xD800 <= number < 0xE000:
            character = chr(number)
            found.setdefault(character if character.isspace() else unicodedata.category(character), character)
    return tuple(found.values())
