"""Header bytes become lexemes: markers with what is glued to them, and words told apart by lists.

Which words are which comes from the tables; what a lexeme is for is decided by the machine, not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..machine import Framing

__all__ = ["REPLACEMENT", "Item", "Lexeme", "Lexer", "items_of"]

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"  # stands for bytes that are not UTF-8, and for unknown ids

_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


class Item(NamedTuple):
    """A piece of a header: a special token's terminal and its spelling, or the bytes of a run of text."""

    terminal: str | None
    data: bytes
    start: int  # offset in the header's bytes


class Lexeme(NamedTuple):
    """A word, or a marker with the word glued to it.

    `choices` are the terminals that it may be, the first that fits counts; none for a word that has no place.
    """

    choices: tuple[str, ...]
    text: str  # the word as a whole, without a marker
    value: str  # without a literal in front
    marker: str | None  # the marker's terminal
    wants: str | None  # what a marker or a literal announces: the terminal that the lexeme is, if its value fits
    start: int
    end: int
    raw: bytes  # the word's bytes

    @property
    def word_start(self) -> int:
        """Where the word begins in the header's bytes, behind a marker."""
        return self.end - len(self.raw)


class Lexer:
    """Tells words apart, for one framing."""

    def __init__(self, framing: Framing) -> None:
        self.framing = framing
        white = b"|".join(re.escape(character.encode()) for character in framing.white_space)
        word = b"(?:(?!" + white + b")[\\s\\S])+"
        self._word = re.compile(word)
        self._words = re.compile(
            b"(?:" + white + b")+|(" + word + b")"
        )  # white space too, lest it be cut in its middle
        self._white = re.compile(white)
        roles = [word for word, role in framing.roles.items() if not role.named]
        known = sorted(map(re.escape, [*roles, *framing.channels]), key=len, reverse=True)
        self._part = re.compile("|".join(known))
        self._run = re.compile(f"(?:{'|'.join(known)})+")
        hidden = "|".join(map(re.escape, sorted(framing.hidden)))
        glued = "|".join(map(re.escape, [*framing.roles, *framing.channels])) or "(?!)"
        self._hidden = re.compile(f"[\\W_]*(?:{glued})*?(?:{hidden or '(?!)'})", re.IGNORECASE)
        self._meant = {
            channel.casefold(): channel for channel in sorted(framing.channels, key=framing.hidden.__contains__)
        }
        holds, namespaces = framing.tool_word_holds, (*framing.namespaces, framing.function_namespace)
        self._tool = tuple(f"{namespace}{holds}" for namespace in namespaces if holds)

    def lexemes(self, items: Sequence[Item], prompt_role: str | None, errors: str) -> list[Lexeme]:
        """All lexemes of a header; `given` is the role that its first word may repeat.

        Raises:
            UnicodeDecodeError: a word is not UTF-8 and `errors` is "strict".
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
                    lexeme = lexeme._replace(choices=())  # of two channels it is the one that counts, and no type
                if found and self.names_tool_surely(lexeme.text):
                    found[-1] = _without_empty(found[-1])
                if not found and not prompt_role and lexeme.text in self.framing.roles:
                    role = lexeme.text
                found.append(lexeme)
        if marker is not None:
            found.append(self._marked(marker, b"", errors))
        return found

    def parts(self, word: str) -> list[str]:
        """The role and channel words that a word is run together from; none when it is anything else."""
        return self._part.findall(word) if self._run.fullmatch(word) else []

    def known_prefix(self, word: str) -> str:
        """The role and channel words run together that a word begins with; empty where it begins with none."""
        match = self._run.match(word)
        return match[0] if match else ""

    def may_be_hidden(self, text: str) -> bool:
        """Whether a text begins with the word of a hidden channel, however it is written: `**Analysis:** We need`.

        Words of roles and channels may be glued in front of it.
        """
        return self._hidden.match(text) is not None

    def is_channel(self, word: str) -> bool:
        return word in self.framing.channels

    def channel_meant(self, word: str) -> str | None:
        """The channel whose word this is in other letters, or between other characters: `Final`, `**final**`."""
        return word if word in self.framing.channels else self._meant.get(_AROUND.sub("", word).casefold())

    def begins_with_channel(self, word: str) -> bool:
        """Whether a word is a channel's with more glued to it."""
        known = self.known_prefix(word)
        return known != word and any(map(self.is_channel, self.parts(known)))

    def names_tool(self, word: str) -> bool:
        """Whether a word can be the name of a tool."""
        holds = self.framing.tool_word_holds
        inside = bool(holds) and holds in word and not word.startswith(holds) and not word.endswith(holds)
        return inside or word in self.framing.namespaces

    def names_tool_surely(self, word: str) -> bool:
        """Whether a word is the name of a tool and nothing else: one in a namespace that the format knows."""
        return word in self.framing.namespaces or (word.startswith(self._tool) and self.names_tool(word))

    def behind_white_space(self, items: Sequence[Item], offset: int) -> int:
        """The offset behind the character of white space that stands at an offset, if one does."""
        for item in items:
            if item.terminal is None and item.start <= offset < item.start + len(item.data):
                match = self._white.match(item.data, offset - item.start)
                return item.start + match.end() if match else offset
        return offset

    def _is_shown_channel(self, lexeme: Lexeme) -> bool:
        return lexeme.marker is not None and lexeme.text in self.framing.channels - self.framing.hidden

    def shortened(self, lexeme: Lexeme, length: int, role: str | None) -> Lexeme:
        """A lexeme of which the first bytes of the word are all that there is."""
        raw = lexeme.raw[:length]
        if lexeme.marker is not None:
            marker = Item(lexeme.marker, b"", lexeme.word_start)
            return self._marked(marker, raw, "replace")._replace(start=lexeme.start)
        text = raw.decode("utf-8", "replace")
        choices, value, wants = self._choices(text, role)
        return Lexeme(choices, text, value, None, wants, lexeme.start, lexeme.start + length, raw)

    def _bare(self, match: re.Match[bytes], start: int, role: str | None, errors: str) -> Lexeme:
        text = match[0].decode("utf-8", errors)
        choices, value, wants = self._choices(text, role)
        return Lexeme(choices, text, value, None, wants, start + match.start(), start + match.end(), match[0])

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
        """The terminals of a bare word, its value, and what a literal in it announces; `role` is the author's."""
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
    """A literal has lost its value if what follows is a tool's name, or would be written behind white space."""
    lost = lexeme.marker is None and lexeme.wants is not None and not lexeme.value
    return lexeme._replace(choices=()) if lost else lexeme


def items_of(framing: Framing, pieces: Iterable[tuple[int, bytes]]) -> list[Item]:
    """The pieces of a header from its tokens, each an id with its bytes; neighbouring text is joined.

    A special token that is no marker parts words and is left out: it never becomes part of a name.
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
