"""Tells how far a text is the beginning of a JSON object. Libraries parse a text that is complete, or say less."""

from __future__ import annotations

import math
import re

__all__ = ["BEGIN", "FIRST_KEY", "STRING", "Scan"]

# What is expected at a place.
BEGIN, FIRST_KEY, KEY, COLON, FIRST_VALUE, VALUE, STRING, NEXT, END = (
    *("begin", "first_key", "key", "colon", "first_value", "value", "string", "next", "end"),
)

_HEX = "[0-9a-fA-F]"
_PAIR = rf"\\u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}"  # of surrogates; one alone is no character
_CHARACTERS = rf'(?:[^"\\\x00-\x1f]+|\\["\\/bfnrt]|\\u(?:[0-9a-cA-CefEF]{_HEX}|[dD][0-7]){_HEX}{{2}}|{_PAIR})*'
_BEGUN = rf"\\(?:u(?:{_HEX}{{0,3}}|[dD][89abAB]{_HEX}{{2}}(?:\\(?:u(?:[dD](?:[c-fC-F]{_HEX}?)?)?)?)?)?)?"

_SPACE = re.compile(r"[ \t\r\n]*")
_INSIDE = re.compile(_CHARACTERS)
_ESCAPE_BEGUN = re.compile(_BEGUN)
_WORD = re.compile(r"[-+.0-9A-Za-z]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_LITERALS = ("true", "false", "null")
_PAIRS = {"}": "{", "]": "["}

# Parsers have limits, too, but higher ones.
LONGEST_NUMBER, DEEPEST = 300, 100


class Scan:
    """Scans a text at once.

    Args:
        text: the text.
        expects: what is expected at its beginning.
        opened: the brackets that are open there.

    Attributes:
        good: where the last place is at which the object could be closed: behind a value or an opening bracket, and
            the white space there, or behind a character of a text.
        expects: what is expected there.
        opened: the brackets that are open there.
        complete: whether the object is complete at the end of the text.
        broken: whether the text is not the beginning of an object.
    """

    def __init__(self, text: str, expects: str, opened: str) -> None:
        self.text, self.expects, self.opened = text, expects, opened
        self.good, self.broken = 0, False
        self._at, self._next = 0, expects
        while self._step():
            pass
        self.complete = self._next == END and not self.broken

    def _step(self) -> bool:
        """Go on by one part. Return whether there is more to do."""
        if self._next == STRING:
            return self._string()
        self._at = self._past(_SPACE)
        if self._next in (FIRST_KEY, FIRST_VALUE, NEXT):
            self.good = self._at  # else white space without end would be scanned again with each piece
        if self._at == len(self.text):
            return False
        character = self.text[self._at]
        if self._next in (FIRST_KEY, KEY) and character == '"':
            return self._key()
        if self._next in (FIRST_VALUE, VALUE):
            return self._value(character)
        return self._bracket(character)

    def _bracket(self, character: str) -> bool:
        """Go past a character that stands between values."""
        if self._next == BEGIN and character == "{":
            return self._open(character)
        if self._next == COLON and character == ":":
            return self._go(VALUE)
        if self._next == NEXT and character == ",":
            return self._go(KEY if self.opened[-1] == "{" else VALUE)
        if self._next in (FIRST_KEY, FIRST_VALUE, NEXT) and _PAIRS.get(character) == self.opened[-1]:
            if len(self.opened) == 1:
                return self._go(END)  # it stays open, since what follows may break it
            self.opened = self.opened[:-1]
            return self._go(NEXT, good=True)
        return self._break()

    def _value(self, character: str) -> bool:
        if character == '"':
            return self._go(STRING, good=True)
        if character in "{[":
            return self._open(character)
        if character == "]":
            return self._bracket(character)
        end = self._past(_WORD)
        word = self.text[self._at : end]
        if end == len(self.text) and len(word) <= LONGEST_NUMBER:
            return False
        if word not in _LITERALS and not _is_number(word):
            return self._break()
        self._at = end - 1
        return self._go(NEXT, good=True)

    def _key(self) -> bool:
        start, self._at = self._at, self._at + 1
        end = self._past(_INSIDE)
        self._at = end
        if self._is_cut():
            self._at = start
            return False
        return self._go(COLON) if self.text[end] == '"' else self._break()

    def _string(self) -> bool:
        self._at = self.good = self._past(_INSIDE)
        self.expects = STRING
        if self._is_cut():
            return False
        return self._go(NEXT, good=True) if self.text[self._at] == '"' else self._break()

    def _is_cut(self) -> bool:
        """Return whether the text ends within a string, be it in an escape sequence."""
        return self._at == len(self.text) or _ESCAPE_BEGUN.fullmatch(self.text, self._at) is not None

    def _open(self, bracket: str) -> bool:
        if len(self.opened) == DEEPEST:
            return self._break()
        self.opened += bracket
        return self._go(FIRST_KEY if bracket == "{" else FIRST_VALUE, good=True)

    def _go(self, following: str, *, good: bool = False) -> bool:
        """Go past a character."""
        self._at += 1
        self._next = following
        if good:
            self.good, self.expects = self._at, following
        return True

    def _break(self) -> bool:
        self.broken = True
        return False

    def _past(self, pattern: re.Pattern[str]) -> int:
        """Return where the longest match at this place ends; each of these patterns matches the empty text."""
        match = pattern.match(self.text, self._at)
        return self._at if match is None else match.end()


def _is_number(word: str) -> bool:
    """Return whether a word is a number that other programs can read, too."""
    return len(word) <= LONGEST_NUMBER and _NUMBER.fullmatch(word) is not None and math.isfinite(float(word))
