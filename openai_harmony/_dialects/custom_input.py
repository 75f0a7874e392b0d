"""Reads the input of a custom tool out of the arguments of a call while they arrive: `{"input": "…"}`.

Arguments of another form are the input themselves, so that nothing is lost.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .tools import INPUT

__all__ = ["InputReader", "InputState"]

_SPACE = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r'[^"\\]*')
_BEFORE = ("{", f'"{INPUT}"', ":", '"')  # what stands before the input, with white space between
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_REPLACEMENT = "\ufffd"

BEFORE, INSIDE, BEHIND, RAW = "before", "inside", "behind", "raw"


class InputState(NamedTuple):
    """Where a reader is.

    Attributes:
        phase: the part of the arguments.
        held: the text that it has not decided about.
        found: how many of the parts before the input were found in it.
        at: the end of the text that was looked at for them.
    """

    phase: str = BEFORE
    held: str = ""
    found: int = 0
    at: int = 0


class InputReader:
    """Returns the input in pieces, which add up to the same input however the arguments are cut.

    Attributes:
        state: where it is.
        says_held: whether the last piece began with text that was held back.
    """

    def __init__(self, state: InputState = InputState()) -> None:  # noqa: B008  # it cannot be changed
        self.state = state
        self.says_held = False

    def feed(self, text: str) -> str:
        """Return the input that further arguments add."""
        phase, held, found, at = self.state
        text = held + text
        self.says_held = phase != BEFORE
        if phase == BEFORE:
            found, at, fits = _before(text, found, at)
            if fits and found < len(_BEFORE):
                self.state = InputState(BEFORE, text, found, at)
                return ""
            phase, text = (INSIDE, text[at:]) if fits else (RAW, text)
            self.says_held = phase == RAW
        if phase == INSIDE:
            said, self.state = _inside(text)
            return said
        self.state = InputState(phase)
        return text if phase == RAW else ""

    def finish(self) -> str:
        """Return what the end of the arguments adds."""
        held = self.state.held if self.state.phase == BEFORE else ""
        self.state = InputState(BEHIND)
        return held


def _before(text: str, found: int, at: int) -> tuple[int, int, bool]:
    """Return how many of the parts before the input a text has, where they end, and whether it may go on with the rest.

    Args:
        found: how many of them are known to be there.
        at: where to go on.
    """
    for expected in _BEFORE[found:]:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text, too
        here = text[at : at + len(expected)]
        if here != expected:
            return found, at, expected.startswith(here)
        found, at = found + 1, at + len(expected)
    return found, at, True


def _inside(text: str) -> tuple[str, InputState]:
    """Return the decoded text of a string, and the state behind it."""
    said: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character == '"':
            return "".join(said), InputState(BEHIND)
        if character != "\\":
            plain = _PLAIN.match(text, at)[0]  # type: ignore[index]  # it matches the empty text, too
            said.append(plain)
            at += len(plain)
            continue
        decoded, length = _escape(text[at : at + 12])
        if not length:
            return "".join(said), InputState(INSIDE, text[at:])
        said.append(decoded)
        at += length
    return "".join(said), InputState(INSIDE)


def _escape(text: str) -> tuple[str, int]:
    """Return the character that an escape sequence stands for, and its length; the length is 0 if it is incomplete."""
    if len(text) < 2:
        return "", 0
    if text[1] != "u":
        return _ESCAPES.get(text[1], text[1]), 2
    unit = _unit(text, 0)
    if unit is None:
        return ("", 0) if len(text) < 6 and _may_continue(text[2:]) else (_REPLACEMENT, 2)
    if not 0xD800 <= unit < 0xDC00:
        return (_REPLACEMENT if 0xDC00 <= unit < 0xE000 else chr(unit)), 6
    if len(text) < 12 and "\\u".startswith(text[6:8]) and _may_continue(text[8:]):
        return "", 0
    second = _unit(text, 6)
    if second is None or not 0xDC00 <= second < 0xE000:
        return _REPLACEMENT, 6
    return chr(0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00)), 12


def _unit(text: str, at: int) -> int | None:
    digits = text[at + 2 : at + 6]
    if text[at : at + 2] != "\\u" or len(digits) < 4 or not _may_continue(digits):
        return None
    return int(digits, 16)


def _may_continue(digits: str) -> bool:
    return all(digit in "0123456789abcdefABCDEF" for digit in digits)
