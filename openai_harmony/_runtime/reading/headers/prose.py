"""What of a header is prose: text that a model wrote where fields belong. It becomes a message, never a tool call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .assembly import Fault
from .lexer import Item, Lexeme, Lexer

__all__ = [
    "HeaderLexemes",
    "ProseRun",
    "Text",
    "bare_run",
    "end_of",
    "explained",
    "is_unlisted",
    "prose_behind_channel",
    "text_ahead",
]


class HeaderLexemes(NamedTuple):
    """The lexemes of a header, with the bytes that they were cut from."""

    lexer: Lexer
    items: Sequence[Item]
    lexemes: Sequence[Lexeme]

    def begin_behind(self, index: int) -> int:
        """The offset behind a lexeme and one white space; of the header's beginning for -1."""
        return self.lexer.behind_white_space(self.items, self.lexemes[index].end) if index >= 0 else 0

    def begin_of(self, index: int) -> int:
        """The offset of a lexeme; of the header's end for the one behind the last."""
        return self.lexemes[index].start if index < len(self.lexemes) else end_of(self.items)

    def text(self, start: int, end: int) -> str:
        """The text between two offsets, without markers."""
        return "".join(piece.decode("utf-8", "replace") for piece in self.pieces(start, end))

    def pieces(self, start: int, end: int) -> list[bytes]:
        """The bytes of that text, in pieces that special tokens part."""
        return [
            item.data[max(0, start - item.start) : max(0, end - item.start)]
            for item in self.items
            if item.terminal is None
        ]


class Text(NamedTuple):
    """Prose that is a message of its own: its text, place in the header's bytes, channel, if any, and faults."""

    text: str
    start: int
    end: int
    channel: str | None
    faults: tuple[Fault, ...]


class ProseRun(NamedTuple):
    """Prose behind a channel: the text, and which lexemes are no fields because of it."""

    text: Text
    first: int
    last: int


def bare_run(lexemes: Sequence[Lexeme], begin: int) -> int:
    """Where a run of bare words ends that begins at an index."""
    return next((i for i in range(begin, len(lexemes)) if lexemes[i].wants is not None), len(lexemes))


def explained(lexer: Lexer, run: Sequence[Lexeme], *, alone: bool) -> bool:
    """Whether bare words in front of a header's first marker are fields: role and channel words, a tool's name, a type.

    `alone`: there is nothing else in the header, so that one word of any kind is a type.
    """
    framing = lexer.framing
    others = [lexeme for lexeme in run if not _is_listed(lexer, lexeme)]
    if not others:
        return True
    first = others[0]
    known = [framing.known_value in lexeme.choices for lexeme in others]
    if lexer.names_tool_surely(first.text):
        return len(others) <= 2 or all(known[1:])
    if len(others) == 1:
        return known[0] or framing.tool_name in first.choices or (alone and len(run) == 1)
    return len(others) == 2 and framing.tool_name in first.choices


def text_ahead(header: HeaderLexemes, begin: int, end: int, channel: str | None = None) -> Text:
    """The bare words from one index to another as a text in front of the header, on a channel if its author told one.

    If they begin with the word of a hidden channel, they are on it: what may be reasoning is not shown.
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
    """Bare words behind the first channel that are a text and no fields.

    Behind a channel that the format knows, they are a text on it unless they are a type, or a recipient and a type.
    Behind a word that is no channel, two and more are a text together with that word. One or two words in front of a
    recipient, and words among which is a type, are no text: what is too much is reported word by word.
    """
    lexer, lexemes = header.lexer, header.lexemes
    framing = lexer.framing
    index = next((i for i in range(begin, len(lexemes)) if _is_channel(lexer, lexemes[i])), None)
    if index is None:
        return None
    channel, end = lexemes[index], bare_run(lexemes, index + 1)
    run = [lexeme for lexeme in lexemes[index + 1 : end] if lexeme.choices]
    run = [lexeme for lexeme in run if lexeme.choices != (framing.role,)]
    if len(run) < 2 or _are_fields(lexer, lexemes[end:], run) or not _says_no_field(lexer, lexemes[begin:index]):
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


def is_unlisted(lexer: Lexer, lexeme: Lexeme) -> bool:
    """Whether a lexeme is a channel's marker with one word that the format does not list."""
    return _is_channel(lexer, lexeme) and not lexeme.choices and len(lexer.parts(lexeme.text)) < 2


def _is_channel(lexer: Lexer, lexeme: Lexeme) -> bool:
    """Whether a lexeme is a channel's marker with a value."""
    framing = lexer.framing
    return bool(lexeme.value) and framing.field_of.get(str(lexeme.wants)) == framing.channel


def _says_no_field(lexer: Lexer, ahead: Sequence[Lexeme]) -> bool:
    """Whether what stands in front of a channel is but words of roles and channels."""
    return all(_is_listed(lexer, lexeme) for lexeme in ahead)


def _is_listed(lexer: Lexer, lexeme: Lexeme) -> bool:
    """Whether a lexeme is the word of a role or a channel, or several run together."""
    framing = lexer.framing
    return framing.listed in lexeme.choices or lexeme.choices == (framing.role,) or bool(lexer.parts(lexeme.text))


def _are_fields(lexer: Lexer, behind: Sequence[Lexeme], run: Sequence[Lexeme]) -> bool:
    """Whether bare words behind a channel are a recipient and what goes with it; or types in front of one."""
    framing = lexer.framing
    called = any(lexeme.value and framing.field_of.get(str(lexeme.wants)) == framing.recipient for lexeme in behind)
    short = len(run) == 2 and framing.tool_name in run[0].choices
    typed = len(run) < 3 or any(framing.known_value in lexeme.choices for lexeme in run)
    return (called and typed) or short or lexer.names_tool_surely(run[0].text)


def end_of(items: Sequence[Item]) -> int:
    """The offset of a header's end."""
    return items[-1].start + len(items[-1].data) if items else 0
