"""Header bytes become lexemes: markers with what is glued to them, and words told apart by lists.

Which words are which comes from the tables; what a lexeme is for is decided by the machine, not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .machine import Framing

__all__ = ["Item", "Lexeme", "Words", "items_of"]


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
    start: int
    end: int
    raw: bytes  # the word's bytes


class Words:
    """Tells words apart, for one framing."""

    def __init__(self, framing: Framing) -> None:
        self.framing = framing
        white = re.escape(framing.white_space).encode()
        self._word = re.compile(b"[^" + white + b"]+")
        listed = [word for word, role in framing.roles.items() if not role.named] + list(framing.channels)
        ordered = sorted(map(re.escape, listed), key=len, reverse=True)
        self._part = re.compile("|".join(ordered))
        self._run = re.compile(f"(?:{'|'.join(ordered)})+")

    def lexemes(self, items: Sequence[Item], given: str | None, errors: str) -> list[Lexeme]:
        """All lexemes of a header; `given` is the role that its first word may repeat.

        Raises:
            UnicodeDecodeError: a word is not UTF-8 and `errors` is "strict".
        """
        found: list[Lexeme] = []
        marker: Item | None = None
        for item in items:
            if item.terminal is not None:
                if marker is not None:
                    found.append(self._marked(marker, b"", errors))
                marker = item
                continue
            begin = 0
            if marker is not None:
                adjacent = item.start == marker.start + len(marker.data)
                glued = self._word.match(item.data) if adjacent else None
                begin = glued.end() if glued else 0
                found.append(self._marked(marker, item.data[:begin], errors))
                marker = None
            for match in self._word.finditer(item.data, begin):
                text = match[0].decode("utf-8", errors).strip()
                if text:
                    choices, value = self._choices(text, None if found else given)
                    at = item.start + match.start()
                    found.append(Lexeme(choices, text, value, None, at, item.start + match.end(), match[0]))
        if marker is not None:
            found.append(self._marked(marker, b"", errors))
        return found

    def parts(self, word: str) -> list[str]:
        """The role and channel words that a word is run together from; none when it is anything else."""
        return self._part.findall(word) if self._run.fullmatch(word) else []

    def is_channel(self, word: str) -> bool:
        return word in self.framing.channels

    def _marked(self, marker: Item, glued: bytes, errors: str) -> Lexeme:
        assert marker.terminal is not None
        text = glued.decode("utf-8", errors).strip()
        terminal = self.framing.markers.get(marker.terminal)
        fits = terminal is not None and (bool(text) or terminal in self.framing.may_be_empty)
        end = marker.start + len(marker.data) + len(glued)
        return Lexeme((str(terminal),) if fits else (), text, text, marker.terminal, marker.start, end, glued)

    def _choices(self, word: str, given: str | None) -> tuple[tuple[str, ...], str]:
        framing = self.framing
        for literal, terminal in framing.literals:
            if word.startswith(literal):
                value = word[len(literal) :]
                return ((terminal,) if value or terminal in framing.may_be_empty else ()), value
        role, separator, _ = word.partition(framing.name_separator)
        if word == given:
            return (framing.role,), word
        if role in framing.roles and not framing.roles[role].named:
            own = framing.named_role if separator else framing.role
            return ((framing.listed,) if given else (own, framing.listed)), word
        if self._run.fullmatch(word):
            return (framing.listed,), word
        if framing.tool_word_holds in word or word in framing.namespaces:
            return (framing.tool_name, framing.word), word
        return (framing.word,), word


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
