"""The lexer of headers: turns bytes into markers with their values, and words classified by the lists of the tables.

Which field a lexeme is depends on the state of the table and is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..machine import Framing

__all__ = ["REPLACEMENT", "Item", "Lexeme", "Lexer", "items_of"]

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"  # replaces bytes that are not UTF-8, and unknown ids

_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


class Item(NamedTuple):
    """A piece of a header: a marker, or a run of text, whose terminal is None; `data` is its spelling or its bytes."""

    terminal: str | None
    data: bytes
    start: int  # offset in the header's bytes


class Lexeme(NamedTuple):
    """A word, or a marker with the word glued to it.

    Attributes:
        choices: the terminals that it may be; the first that has a transition counts. Empty if it is none.
        text: the word, without a marker.
        value: the word without a literal at its beginning.
        marker: the marker's terminal; None without a marker.
        prefix: the terminal that its marker or literal makes of a valid value; None without either.
        start: the offset of the lexeme in the header's bytes.
        end: the offset after it.
        raw: the bytes of the word.
    """

    choices: tuple[str, ...]
    text: str
    value: str
    marker: str | None
    prefix: str | None
    start: int
    end: int
    raw: bytes

    @property
    def word_start(self) -> int:
        """The offset of the word in the header's bytes, after a marker."""
        return self.end - len(self.raw)


class Lexer:
    """Splits headers of one framing into lexemes, and classifies words."""

    def __init__(self, framing: Framing) -> None:
        self.framing = framing
        white = b"|".join(re.escape(character.encode()) for character in framing.white_space)
        word = b"(?:(?!" + white + b")[\\s\\S])+"
        self._word = re.compile(word)
        self._words = re.compile(
            b"(?:" + white + b")+|(" + word + b")"
        )  # matches white space, too, so that no character of it is split
        self._white = re.compile(white)
        roles = [word for word, role in framing.roles.items() if not role.named]
        known = sorted(map(re.escape, [*roles, *framing.channels]), key=len, reverse=True)
        self._part = re.compile("|".join(known))
        self._run = re.compile(f"(?:{'|'.join(known)})+")
        hidden = "|".join(map(re.escape, sorted(framing.hidden)))
        glued = "|".join(map(re.escape, [*framing.roles, *framing.channels])) or "(?!)"
        self._hidden = re.compile(f"[\\W_]*(?:{glued})*?(?:{hidden or '(?!)'})", re.IGNORECASE)
        self._channel_by_casefold = {
            channel.casefold(): channel for channel in sorted(framing.channels, key=framing.hidden.__contains__)
        }
        holds, namespaces = framing.tool_word_holds, (*framing.namespaces, framing.function_namespace)
        self._tool = tuple(f"{namespace}{holds}" for namespace in namespaces if holds)

    def lexemes(self, items: Sequence[Item], prompt_role: str | None, errors: str) -> list[Lexeme]:
        """Return the lexemes of a header.

        Args:
            items: the bytes and markers of the header.
            prompt_role: the role given by the prompt, which the header may repeat; None if it has an author.
            errors: the error handler for bytes that are not UTF-8, as for `bytes.decode`.

        Raises:
            UnicodeDecodeError: a word is not UTF-8, and `errors` is "strict".
        """
        found: list[Lexeme] = []
        marker: Item | None = None
        role = prompt_role
        for item in items:
            if item.terminal is not None:
                if marker is not None:
                    found.append(self._marked(marker, b"", errors))
                marker = item
                if found and item.terminal in self.framing.spaced and found[-1].end == item.start:
                    found[-1] = _without_empty(found[-1])
                continue
            begin = 0
            if marker is not None:
                adjacent = item.start == marker.start + len(marker.data)
                glued = self._word.match(item.data) if adjacent else None
                begin = glued.end() if glued else 0
                found.append(self._marked(marker, item.data[:begin], errors))
                marker = None
            for match in self._words.finditer(item.data, begin):
                if match[1] is None:
                    continue
                lexeme = self._bare(match, item.start, role if found or prompt_role else None, errors)
                if lexeme.text in self.framing.hidden and any(map(self._is_shown_channel, found)):
                    lexeme = lexeme._replace(choices=())  # a second channel, which counts because it is hidden
                if found and self.names_known_tool(lexeme.text):
                    found[-1] = _without_empty(found[-1])
                if not found and not prompt_role and lexeme.text in self.framing.roles:
                    role = lexeme.text
                found.append(lexeme)
        if marker is not None:
            found.append(self._marked(marker, b"", errors))
        return found

    def parts(self, word: str) -> list[str]:
        """Split a word into the words of roles and channels that it consists of; empty for any other word."""
        return self._part.findall(word) if self._run.fullmatch(word) else []

    def known_prefix(self, word: str) -> str:
        """Return the words of roles and channels, run together, that a word begins with; empty if there are none."""
        match = self._run.match(word)
        return match[0] if match else ""

    def begins_with_hidden_channel(self, text: str) -> bool:
        """Whether a text begins with the word of a hidden channel.

        Upper case and punctuation are ignored, as in `**Analysis:** We need`; words of roles and channels may be glued
        to the front of the word.
        """
        return self._hidden.match(text) is not None

    def is_channel(self, word: str) -> bool:
        return word in self.framing.channels

    def corrected_channel(self, word: str) -> str | None:
        """Return the channel that a word spells, whatever its case and surrounding punctuation; None if there is none.

        Examples are `Final` and `**final**`.
        """
        return (
            word if word in self.framing.channels else self._channel_by_casefold.get(_AROUND.sub("", word).casefold())
        )

    def begins_with_channel(self, word: str) -> bool:
        """Whether a word begins with known words, a channel's among them, and has more text glued to them."""
        known = self.known_prefix(word)
        return known != word and any(map(self.is_channel, self.parts(known)))

    def names_tool(self, word: str) -> bool:
        """Whether a word may be the name of a tool."""
        holds = self.framing.tool_word_holds
        inside = bool(holds) and holds in word and not word.startswith(holds) and not word.endswith(holds)
        return inside or word in self.framing.namespaces

    def names_known_tool(self, word: str) -> bool:
        """Whether a word must be the name of a tool, because it is in a namespace of the format."""
        return word in self.framing.namespaces or (word.startswith(self._tool) and self.names_tool(word))

    def behind_white_space(self, items: Sequence[Item], offset: int) -> int:
        """Return the offset after the character of white space at an offset; the same offset if there is none."""
        for item in items:
            if item.terminal is None and item.start <= offset < item.start + len(item.data):
                match = self._white.match(item.data, offset - item.start)
                return item.start + match.end() if match else offset
        return offset

    def _is_shown_channel(self, lexeme: Lexeme) -> bool:
        return lexeme.marker is not None and lexeme.text in self.framing.channels - self.framing.hidden

    def shortened(self, lexeme: Lexeme, length: int, role: str | None) -> Lexeme:
        """Return a lexeme whose word is cut to its first `length` bytes; `role` is the role of the author."""
        raw = lexeme.raw[:length]
        if lexeme.marker is not None:
            marker = Item(lexeme.marker, b"", lexeme.word_start)
            return self._marked(marker, raw, "replace")._replace(start=lexeme.start)
        text = raw.decode("utf-8", "replace")
        choices, value, prefix = self._choices(text, role)
        return Lexeme(choices, text, value, None, prefix, lexeme.start, lexeme.start + length, raw)

    def _bare(self, match: re.Match[bytes], start: int, role: str | None, errors: str) -> Lexeme:
        text = match[0].decode("utf-8", errors)
        choices, value, prefix = self._choices(text, role)
        return Lexeme(choices, text, value, None, prefix, start + match.start(), start + match.end(), match[0])

    def _marked(self, marker: Item, glued: bytes, errors: str) -> Lexeme:
        assert marker.terminal is not None
        text = glued.decode("utf-8", errors)
        terminal = self.framing.markers.get(marker.terminal)
        fits = terminal is not None and (bool(text) or terminal in self.framing.may_be_empty)
        if terminal in self.framing.only_channels and text not in self.framing.channels:
            fits = False
        end = marker.start + len(marker.data) + len(glued)
        choices = (str(terminal),) if fits else ()
        return Lexeme(choices, text, text, marker.terminal, terminal, marker.start, end, glued)

    def _choices(self, word: str, role: str | None) -> tuple[tuple[str, ...], str, str | None]:
        """Classify a bare word.

        Args:
            word: the word.
            role: the role of the author, as far as it is known.

        Returns:
            Its `choices`, `value` and `prefix`, as in `Lexeme`.
        """
        framing = self.framing
        for literal, terminal in framing.literals:
            if word.startswith(literal):
                value = word[len(literal) :]
                return ((terminal,) if value or terminal in framing.may_be_empty else ()), value, terminal
        if word == role:
            return (framing.role,), word, None
        first, separator, _ = framing.split_name(word)
        if first in framing.roles and not framing.roles[first].named:
            own = framing.named_role if separator else framing.role
            return ((framing.listed,) if role else (own, framing.listed)), word, None
        if self._run.fullmatch(word):
            return (framing.listed,), word, None
        if word in framing.known_values:
            return (framing.known_value, framing.word), word, None
        if self.names_tool(word):
            return (framing.tool_name, framing.word), word, None
        return (framing.word,), word, None


def _without_empty(lexeme: Lexeme) -> Lexeme:
    """Remove the choices of a literal without a value: the lexeme after it shows that its value was lost."""
    lost = lexeme.marker is None and lexeme.prefix is not None and not lexeme.value
    return lexeme._replace(choices=()) if lost else lexeme


def items_of(framing: Framing, pieces: Iterable[tuple[int, bytes]]) -> list[Item]:
    """Make the items of a header from its tokens, each an id with its bytes. Adjacent text is joined.

    A special token that is not a marker is left out, but it separates words, so that it never becomes part of a name.
    """
    items: list[Item] = []
    run: list[bytes] = []
    start = offset = 0
    for token, data in pieces:
        terminal = framing.terminal(token)
        if terminal == framing.text:
            run.append(data)
        else:
            if run:
                items.append(Item(None, b"".join(run), start))
                run = []
            if terminal in framing.markers:
                items.append(Item(terminal, data, offset))
            start = offset + len(data)
        offset += len(data)
    if run:
        items.append(Item(None, b"".join(run), start))
    return items
