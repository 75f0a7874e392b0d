"""Finds prose in a header: text that a model wrote in place of fields. It becomes a message, never a tool call.

The fields of a header do not belong here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .assembly import Fault
from .lexer import Item, Lexeme, Lexer

__all__ = [
    "HeaderLexemes",
    "ProseRun",
    "Text",
    "end_of",
    "end_of_bare_words",
    "has_unlisted_channel",
    "leading_prose",
    "may_be_fields",
    "prose_behind_channel",
]


class HeaderLexemes(NamedTuple):
    """The lexemes of a header, with the items that they were made from. Offsets are those of the header's bytes."""

    lexer: Lexer
    items: Sequence[Item]
    lexemes: Sequence[Lexeme]

    def begin_behind(self, index: int) -> int:
        """Return the offset after a lexeme and one character of white space; 0 for index -1."""
        return self.lexer.behind_white_space(self.items, self.lexemes[index].end) if index >= 0 else 0

    def begin_of(self, index: int) -> int:
        """Return the offset of a lexeme; the end of the header for the index after the last lexeme."""
        return self.lexemes[index].start if index < len(self.lexemes) else end_of(self.items)

    def text(self, start: int, end: int) -> str:
        """Return the text between two offsets, without markers."""
        return "".join(piece.decode("utf-8", "replace") for piece in self.pieces(start, end))

    def pieces(self, start: int, end: int) -> list[bytes]:
        """Return the bytes of the text between two offsets, split at special tokens."""
        return [
            item.data[max(0, start - item.start) : max(0, end - item.start)]
            for item in self.items
            if item.terminal is None
        ]


class Text(NamedTuple):
    """Prose that becomes a message: its text, its span in the header's bytes, its channel or None, and its faults."""

    text: str
    start: int
    end: int
    channel: str | None
    faults: tuple[Fault, ...]


class ProseRun(NamedTuple):
    """Prose after a channel: the text, and the range of lexemes (`last` excluded) that belong to it."""

    text: Text
    first: int
    last: int


def end_of_bare_words(lexemes: Sequence[Lexeme], begin: int) -> int:
    """Return the index after the run of bare words that begins at an index."""
    return next((i for i in range(begin, len(lexemes)) if lexemes[i].prefix is not None), len(lexemes))


def may_be_fields(lexer: Lexer, run: Sequence[Lexeme], *, alone: bool) -> bool:
    """Whether bare words before a header's first marker can be fields: roles, channels, a tool's name and a type.

    Args:
        lexer: the lexer of the framing.
        run: the bare words.
        alone: the header has nothing else, so that a single word of any kind is a type.
    """
    framing = lexer.framing
    others = [lexeme for lexeme in run if not _is_listed(lexer, lexeme)]
    if not others:
        return True
    first = others[0]
    known = [framing.known_value in lexeme.choices for lexeme in others]
    if lexer.names_known_tool(first.text):
        return len(others) <= 2 or all(known[1:])
    if len(others) == 1:
        return known[0] or framing.tool_name in first.choices or (alone and len(run) == 1)
    return len(others) == 2 and framing.tool_name in first.choices


def leading_prose(header: HeaderLexemes, begin: int, end: int, channel: str | None = None) -> Text:
    """Make prose of the bare words before a header.

    Args:
        header: the lexemes of the header.
        begin: the index of the first word.
        end: the index after the last word.
        channel: the channel of the prose. If it begins with the word of a hidden channel, it is on that one instead:
            text that may be reasoning must not be shown.
    """
    first = header.lexemes[begin]
    faults: list[Fault] = []
    start = header.begin_behind(begin - 1)
    if first.text in header.lexer.framing.hidden:
        channel, start = first.text, header.begin_behind(begin)
        faults.append(Fault("channel_without_marker", first.start, first.end, ""))
    stop = header.begin_of(end)
    faults.append(Fault("stray_text", start, stop, ""))
    return Text(header.text(start, stop), start, stop, channel, tuple(faults))


def prose_behind_channel(header: HeaderLexemes, begin: int) -> ProseRun | None:
    """Find bare words after the first channel, from lexeme `begin` on, that are prose and not fields.

    A single word is never prose. After a channel of the format, words are prose on that channel, unless they are a
    recipient and a type. After a word that is not a channel, they are prose together with that word. Two words before a
    recipient, and words before a recipient that contain a type, are not prose: each superfluous word is reported.

    Returns:
        The prose; None if there is none.
    """
    lexer, lexemes = header.lexer, header.lexemes
    framing = lexer.framing
    index = next((i for i in range(begin, len(lexemes)) if _is_channel(lexer, lexemes[i])), None)
    if index is None:
        return None
    channel, end = lexemes[index], end_of_bare_words(lexemes, index + 1)
    run = [lexeme for lexeme in lexemes[index + 1 : end] if lexeme.choices]
    run = [lexeme for lexeme in run if lexeme.choices != (framing.role,)]
    if len(run) < 2 or _are_fields(lexer, lexemes[end:], run) or not _are_listed(lexer, lexemes[begin:index]):
        return None
    parts = (
        [channel.text] if channel.choices else [part for part in lexer.parts(channel.text) if lexer.is_channel(part)]
    )
    known = bool(parts)
    if known and len(run) == 2 and framing.known_value in run[1].choices:
        return None
    start, stop = header.begin_behind(index) if known else channel.word_start, header.begin_of(end)
    fault = Fault("missing_message", start, stop, "")
    text = Text(header.text(start, stop), start, stop, parts[0] if parts else None, (fault,))
    return ProseRun(text, index + 1 if known else index, end)


def has_unlisted_channel(lexer: Lexer, lexeme: Lexeme) -> bool:
    """Whether a lexeme is the marker of a channel with a single word that the format does not list."""
    return _is_channel(lexer, lexeme) and not lexeme.choices and len(lexer.parts(lexeme.text)) < 2


def _is_channel(lexer: Lexer, lexeme: Lexeme) -> bool:
    """Whether a lexeme is the marker of a channel with a value."""
    framing = lexer.framing
    return bool(lexeme.value) and framing.field_of.get(str(lexeme.prefix)) == framing.channel


def _are_listed(lexer: Lexer, ahead: Sequence[Lexeme]) -> bool:
    """Whether all lexemes before a channel are words of roles and channels."""
    return all(_is_listed(lexer, lexeme) for lexeme in ahead)


def _is_listed(lexer: Lexer, lexeme: Lexeme) -> bool:
    """Whether a lexeme is the word of a role or a channel, or several of them run together."""
    framing = lexer.framing
    return framing.listed in lexeme.choices or lexeme.choices == (framing.role,) or bool(lexer.parts(lexeme.text))


def _are_fields(lexer: Lexer, behind: Sequence[Lexeme], run: Sequence[Lexeme]) -> bool:
    """Whether bare words after a channel are a recipient with its type, or types before a recipient."""
    framing = lexer.framing
    called = any(lexeme.value and framing.field_of.get(str(lexeme.prefix)) == framing.recipient for lexeme in behind)
    short = len(run) == 2 and framing.tool_name in run[0].choices
    typed = len(run) < 3 or any(framing.known_value in lexeme.choices for lexeme in run)
    return (called and typed) or short or lexer.names_known_tool(run[0].text)


def end_of(items: Sequence[Item]) -> int:
    """Return the offset of a header's end."""
    return items[-1].start + len(items[-1].data) if items else 0
