"""Which token of a header is which part of it, for headers as models write them: in any order, also broken ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .._generated.framing import FRAMING
from .._runtime.reading.headers.text import HeaderText
from .._runtime.writing.parts import FIXED

if TYPE_CHECKING:
    from .._runtime.reading.content import ByteSource
    from .._runtime.reading.headers.lexer import Lexeme, Lexer

__all__ = ["AUTHOR", "OTHER", "header_parts"]

OTHER = "other"  # the part of what parsing left out
START, ROLE, NAME, MARKER, HEADER_END = FIXED[1:6]
AUTHOR = (START, ROLE)


def header_parts(
    lexer: Lexer, ids: list[int], source: ByteSource, role: str, name: str | None, fields: Mapping[str, str | None]
) -> list[str]:
    """Return the part of each token of a header that was read as this author and these fields.

    A token with bytes of several parts belongs to the first of them that is not a marker.
    """
    framing = lexer.framing
    text = HeaderText(framing, ids, 0, source)
    parts = [_framing_part(lexer, token) for token in ids]
    wanted = {field: value for field, value in fields.items() if value is not None}
    ended = len(ids)
    for lexeme in lexer.lexemes(text.items, None, "replace"):
        for part, start, end in _of_lexeme(lexer, lexeme, role, name, wanted):
            first, last = text.span(start, end)
            for at in range(first, last):
                if parts[at] == MARKER:
                    parts[at] = part
                    ended = at + 1
    if HEADER_END in parts or framing.header_end:  # the end may be, or be followed by, ordinary text
        ended = parts.index(HEADER_END) if HEADER_END in parts else ended
        for at in range(ended, len(ids)):
            parts[at] = HEADER_END if parts[at] == MARKER else parts[at]
    return parts


def _framing_part(lexer: Lexer, token: int) -> str:
    """Return the part that a token is if it has no value of a field."""
    framing = lexer.framing
    terminal = framing.terminal(token)
    if terminal == framing.opens:
        return START
    return HEADER_END if terminal == framing.closes_header else MARKER


def _of_lexeme(
    lexer: Lexer, lexeme: Lexeme, role: str, name: str | None, wanted: dict[str, str]
) -> list[tuple[str, int, int]]:
    """Return the parts of a lexeme with their offsets; those that are found are no longer wanted."""
    framing = lexer.framing
    value_start = lexeme.end - len(lexeme.value.encode())
    field = None if lexeme.prefix is None else framing.field_of.get(lexeme.prefix)
    if field is None or field not in wanted:
        if lexeme.prefix is None and lexeme.text == name:
            return [(NAME, lexeme.start, lexeme.end)]
        if lexeme.prefix is None and framing.split_name(lexeme.text)[0] == role:
            return _of_author(lexer, lexeme)
        field = next((known for known, value in wanted.items() if _bare(known, value) == lexeme.value), None)
    if field is None or _bare(field, wanted[field]) != lexeme.value:
        return _of_words(lexer, lexeme, role, wanted)
    del wanted[field]
    return [(field, value_start, lexeme.end)]


def _of_words(lexer: Lexer, lexeme: Lexeme, role: str, wanted: dict[str, str]) -> list[tuple[str, int, int]]:
    """Return the parts of words that run together; what is neither the author nor a field is `OTHER`."""
    found = []
    start = lexeme.word_start
    for word in lexer.parts(lexeme.text) or [lexeme.text]:
        field = next((known for known, value in wanted.items() if value == word), None)
        if field is not None:
            del wanted[field]
        end = start + len(word.encode())
        found.append((ROLE if word == role else field or OTHER, start, end))
        start = end
    return found


def _of_author(lexer: Lexer, lexeme: Lexeme) -> list[tuple[str, int, int]]:
    word, separator, name = lexer.framing.split_name(lexeme.text)
    behind = lexeme.start + len(word.encode())
    parts = [(ROLE, lexeme.start, behind)]
    if separator:
        parts.append((NAME, lexeme.end - len(name.encode()), lexeme.end))
    return parts


def _bare(field: str, value: str) -> str:
    """Return the value of a field without the marker that is a part of it."""
    marker = next((known.marker for known in FRAMING.fields if known.name == field), None)
    return value.removeprefix(marker) if marker else value
