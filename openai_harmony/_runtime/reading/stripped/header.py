"""Recognizes headers in text without special tokens. Where to look for a header is decided in text.py, not here.

The words on both sides of a removed marker run together. Every split of them into words that the table accepts is a
candidate; the context decides which candidate is a header, if any.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ..headers.header import Header, Mismatch, run, step_of
from ..headers.lexer import Item, Lexeme, Lexer
from ..machine import Framing

__all__ = ["Place", "StrippedHeader", "StrippedHeaders", "any_of"]

# Text may contain lone surrogates, which UTF-8 cannot encode.
ERRORS = "surrogatepass"
TYPE = re.compile(r"\w[\w.+/-]*")


class Place:
    """What comes before a header."""

    START = "the start of the text"
    ROLE = "the word of a role"
    TOOL = "the name of a tool that answers"


class StrippedHeader(NamedTuple):
    header: Header
    end: int  # where the content begins


class _Candidate(NamedTuple):
    """A candidate: a sequence of lexemes that the table accepts, and the header that it makes."""

    header: Header
    lexemes: tuple[Lexeme, ...]
    values: dict[str, str]  # the fields that have a value, by name
    end: int  # the end of the last lexeme


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for the longest of some words that matches; without words, it never matches."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"


class StrippedHeaders:
    """Recognizes headers of one framing in text.

    Args:
        framing: the tables.
        types: content types that are recognized even with text glued to them.
    """

    def __init__(self, framing: Framing, types: Collection[str] = ()) -> None:
        self.framing = framing
        self._words = Lexer(framing)
        white, opening = re.escape(framing.white_space), re.escape(framing.content_begins)
        self._white = re.compile(f"[{white}]*")
        self._run = re.compile(f"[^{white}{opening}]+")
        self._channel = re.compile(any_of(framing.channels))
        self._next_message = re.compile(f"{re.escape(framing.sampled)}(?:{self._channel.pattern})")
        self._type = re.compile(any_of(types))
        self._roles = frozenset(word for word, role in framing.roles.items() if not role.named)
        self._prefixes = {Place.TOOL: re.compile(any_of(self._roles))}
        self._namespace = re.compile(any_of(framing.namespaces))
        self._literals = {terminal for _, terminal in framing.literals}
        marked = {framing.field_of[terminal]: terminal for terminal in framing.markers.values()}
        self._channel_terminal = marked.pop(framing.channel)
        self._marked = tuple(marked.values())
        self._first = framing.states[framing.completion].steps[framing.role].target

    def read(self, text: str, at: int, place: str, author: str) -> StrippedHeader | None:
        """Read the header at an offset of the text; the time depends on its next few words only.

        Of several candidates the best one ends where JSON begins; then it is the one with a channel, with more fields,
        with a tool's name as its recipient, and with the longer recipient.

        Args:
            text: the text.
            at: the offset, after the author's word if there is one.
            place: what comes before the header, one of `Place`.
            author: the role of the author.

        Returns:
            The header; None if none is recognized.
        """
        candidates = [
            candidate
            for candidate in self._candidates(text, at, place, author)
            if self._is_plausible(candidate, text, place)
        ]
        if not candidates:
            return None
        best = max(candidates, key=lambda candidate: self._rank(candidate, text))
        blank = best.lexemes[-1].choices[0] != self._channel_terminal and text[best.end : best.end + 1]
        return StrippedHeader(best.header, best.end + bool(blank and blank in self.framing.white_space))

    def is_tool(self, word: str) -> bool:
        """Whether a word is the name of a tool, and not the last word of a sentence."""
        return word in self.framing.namespaces or (self.framing.tool_word_holds in word[:-1] and word[-1].isalnum())

    # candidates ----------------------------------------------------------------------------------

    def _candidates(self, text: str, at: int, place: str, author: str) -> Iterator[_Candidate]:
        stack: list[tuple[int, tuple[Lexeme, ...], int]] = [(self._first, (), at)]
        while stack:
            state, lexemes, end = stack.pop()
            if lexemes and self.framing.closes_header in self.framing.states[state].steps:
                yield self._candidate(author, lexemes, end)
            for lexeme in self._next_lexemes(text, end, place, first=not lexemes):
                step = step_of(self.framing, state, lexeme)
                if step is not None:
                    stack.append((step.target, (*lexemes, lexeme), lexeme.end))

    def _candidate(self, author: str, lexemes: tuple[Lexeme, ...], end: int) -> _Candidate:
        header = run(self.framing, self._first, author, lexemes)
        assert not isinstance(header, Mismatch)
        pairs = zip(self.framing.fields, header.fields)
        return _Candidate(header, lexemes, {field.name: value for field, value in pairs if value is not None}, end)

    def _next_lexemes(self, text: str, at: int, place: str, *, first: bool) -> Iterator[Lexeme]:
        """Yield the lexemes that may come next in a header.

        Without white space before it, the next word must have had a marker.
        """
        begin = self._match_end(self._white, text, at)
        apart = begin > at
        behind_author = first and place != Place.START
        if not (behind_author and apart) and (channel := self._channel.match(text, begin)):
            yield _lexeme((self._channel_terminal,), channel[0], begin)
            if first:
                return  # otherwise reasoning could be mistaken for a word of the header
        if not first and (kind := self._type.match(text, begin)):
            yield _lexeme(self._marked, kind[0], begin)
        if not apart and not (first and place == Place.START):
            return
        for literal, _ in self.framing.literals:
            if text.startswith(literal, begin):
                for end in self._ends(text, begin + len(literal), place):
                    yield from self._bare_lexemes(text, begin, end)
                return
        for end in self._ends(text, begin, place):
            yield from self._bare_lexemes(text, begin, end)

    def _ends(self, text: str, begin: int, place: str) -> set[int]:
        """Return the offsets where a word that begins at `begin` may end.

        It may end at white space, at JSON, at the next message, before a channel's word, or after a known name. Of
        several channels' words in it, the first and one at its end are considered. A channel's word that does not
        follow a letter or a digit is part of a name.
        """
        whole = self._run.match(text, begin)
        if whole is None:
            return set()
        beyond = self._next_message.search(text, begin + 1, whole.end())
        last = beyond.start() if beyond else whole.end()
        channels = (match.start() for match in self._channel.finditer(text, begin + 1, last))
        found = {last, next((at for at in channels if text[at - 1].isalnum()), last)}
        for channel in self.framing.channels:
            at = last - len(channel)
            if at > begin and text.startswith(channel, at) and text[at - 1].isalnum():
                found.add(at)
        if known := self._prefixes.get(place, self._namespace).match(text, begin):
            found.add(known.end())
        return found

    def _bare_lexemes(self, text: str, begin: int, end: int) -> Iterator[Lexeme]:
        """Yield the lexeme of a word without a marker."""
        item = Item(None, text[begin:end].encode("utf-8", ERRORS), begin)
        for lexeme in self._words.lexemes([item], None, ERRORS)[:1]:
            yield lexeme._replace(start=begin, end=end)

    # the choice of a candidate -------------------------------------------------------------------

    def _is_plausible(self, candidate: _Candidate, text: str, place: str) -> bool:
        """Whether a candidate is very probably a header, and not text."""
        framing = self.framing
        channel, recipient = candidate.values.get(framing.channel), candidate.values.get(framing.recipient)
        addressed = any(self._literals.intersection(lexeme.choices) for lexeme in candidate.lexemes)
        opens = self._json_follows(text, candidate.end)
        glued = text[candidate.end : candidate.end + 1] in tuple(framing.content_begins)
        if place == Place.TOOL and recipient is not None and recipient not in self._roles:
            return False
        if len(candidate.values) > (channel is not None) + (recipient is not None):  # a type
            known = candidate.lexemes[-1].choices == self._marked
            if not TYPE.fullmatch(candidate.lexemes[-1].text):
                return False
            ended = self._match_end(self._white, text, candidate.end) == len(text)
            if not (glued or (addressed and (opens or known or ended))):
                return False
        if recipient is None:
            return channel is not None
        if not addressed:
            typed = len(candidate.values) > 1 + (channel is not None)
            return opens if channel is not None else typed and self.is_tool(recipient)
        return channel is not None or opens or place == Place.TOOL or (place == Place.START and self.is_tool(recipient))

    def _rank(self, candidate: _Candidate, text: str) -> tuple[bool, bool, int, bool, int]:
        recipient = candidate.values.get(self.framing.recipient, "")
        has_channel = self.framing.channel in candidate.values
        return (
            self._json_follows(text, candidate.end),
            has_channel,
            len(candidate.values),
            self.is_tool(recipient),
            len(recipient),
        )

    def _json_follows(self, text: str, at: int) -> bool:
        return text.startswith(tuple(self.framing.content_begins), self._match_end(self._white, text, at))

    @staticmethod
    def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
        found = pattern.match(text, at)
        return found.end() if found else at


def _lexeme(choices: tuple[str, ...], word: str, at: int) -> Lexeme:
    """Make the lexeme of a word whose marker was removed."""
    return Lexeme(choices, word, word, None, None, at, at + len(word), word.encode())
