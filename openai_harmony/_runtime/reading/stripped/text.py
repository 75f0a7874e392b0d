"""Text that has lost its special tokens, cut where a header is told; how one is told is not known here."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..headers.header import Header
from .header import Place, StrippedHeader, StrippedHeaders, any_of

__all__ = ["Part", "split"]

# Of so many tools that were called last, an answer is known by the name alone.
MOST_CALLED = 8
# What a tool's name may hold beside letters, digits and what the format says.
NAME_MARKS = "_-"


class Part(NamedTuple):
    """A message: what its header says, and where its content stands."""

    header: Header
    start: int
    end: int


class _Found(NamedTuple):
    """A header, and where it and the content behind it begin."""

    start: int
    header: Header
    end: int


def split(headers: StrippedHeaders, text: str, role: str | None) -> list[Part]:
    """The messages of a text, the first by `role`; None for the role of completions, if the text tells no other.

    Takes time by the length of the text, whatever is in it.
    """
    return _Splitter(headers, text, role).parts()


class _Splitter:
    def __init__(self, headers: StrippedHeaders, text: str, role: str | None) -> None:
        self.headers, self.framing, self.text = headers, headers.framing, text
        self.author = role or self.framing.sampled
        self.may_be_told = role is None
        self.named = self.framing.role_by_name  # whose messages tools' answers are; without it none can be told
        self.role = re.compile(any_of(word for word, role in self.framing.roles.items() if not role.named))
        self.none = Header(self.author, None, (None,) * len(self.framing.fields), self.framing.content)
        self.called: list[str] = []
        self.found: list[_Found] = []
        self.done = 0  # where the open message's content begins

    def parts(self) -> list[Part]:
        # The prompt may hold the role's word of the first message, or even its whole header.
        self._add(_Found(0, *(self.headers.read(self.text, 0, Place.START, self.author) or (self.none, 0))))
        for match in self.role.finditer(self.text):
            if match.start() >= self.done and (found := self._at(match)):
                self._answers(found.start)
                self._add(found)
        self._answers(len(self.text))
        ends = [found.start for found in self.found[1:]] + [len(self.text)]
        first, *others = (Part(found.header, found.end, end) for found, end in zip(self.found, ends))
        return [*self._first(first, alone=not others), *others]

    def _first(self, part: Part, *, alone: bool) -> list[Part]:
        """The first message: one without a header must say something, and may begin with the word of its role."""
        if part.header is not self.none:
            return [part]
        told = None if alone or not self.may_be_told else self.role.match(self.text)
        if told and told.end() <= part.end:
            return [Part(self.none._replace(role=told[0]), told.end(), part.end)]
        text = self.text[part.start : part.end]
        return [part] if (text if alone else text.strip()) else []

    def _add(self, found: _Found) -> None:
        self.found.append(found)
        self.done = found.end
        if self.framing.is_call(found.header.role, found.header.fields):
            recipient = self._recipient(found.header)
            others = [name for name in self.called if name != recipient]
            self.called = [*others[1 - MOST_CALLED :], recipient]

    def _recipient(self, header: Header) -> str:
        pairs = zip(self.framing.fields, header.fields)
        return next(str(value) for field, value in pairs if field.name == self.framing.recipient)

    def _at(self, role: re.Match[str]) -> _Found | None:
        """The header that has a role's word in it: as its author, or as whom a tool answers."""
        for literal, _ in self.framing.literals:
            if self.text.endswith(literal, self.done, role.start()):
                return self._answer(role.start() - len(literal))
        if role[0] not in (self.author, self.framing.sampled):
            return None
        told = self.headers.read(self.text, role.end(), Place.ROLE, role[0])
        return _Found(role.start(), *told) if told else None

    # answers of tools ----------------------------------------------------------------------------

    def _answer(self, literal: int) -> _Found | None:
        """An answer that is told by its recipient, whose word begins at `literal`; the name is before it."""
        name_end = literal
        while name_end > self.done and self.text[name_end - 1] in self.framing.white_space:
            name_end -= 1
        # `name to=…channel`, or else `namechannel to=…`
        before = [
            name_end - len(word) for word in self.framing.channels if self.text.endswith(word, self.done, name_end)
        ]
        found = [self._answer_of(at) for at in (name_end, *before)]
        told = [one for one in found if one is not None]
        return max(told, key=lambda one: self.framing.channel_of(one.header.fields) is not None, default=None)

    def _answer_of(self, name_end: int) -> _Found | None:
        """The same, where the name ends."""
        if self.named is None:
            return None
        begin = self._name_start(name_end)
        told = self.headers.read(self.text, name_end, Place.TOOL, self.named)
        if begin == name_end or told is None:
            return None
        return _Found(begin, told.header._replace(name=self.text[begin:name_end]), told.end)

    def _name_start(self, end: int) -> int:
        """Where the name of a tool begins that ends at `end`; `end` if there is none."""
        known = [name for name in self.called if self.text.endswith(name, self.done, end)]
        if known:
            return end - max(map(len, known))
        begin = end
        marks = NAME_MARKS + self.framing.tool_word_holds
        while begin > self.done and (self.text[begin - 1].isalnum() or self.text[begin - 1] in marks):
            begin -= 1
        while begin < end and not self.text[begin].isalpha():
            begin += 1
        return begin if begin < end and self.headers.is_tool(self.text[begin:end]) else end

    def _answers(self, end: int) -> None:
        """The answers in the open message, a call or an answer, that are told by the name of a tool that was called."""
        header = self.found[-1].header
        if self.named is None:
            return
        if header.role != self.named and not self.framing.is_call(header.role, header.fields):
            return
        places = sorted((at, name) for name in self.called for at in self._places(name, end))
        for at, name in places:
            told: StrippedHeader | None = None
            if at >= self.done:
                told = self.headers.read(self.text, at + len(name), Place.TOOL, self.named)
            if told is not None and told.end <= end:
                self._add(_Found(at, told.header._replace(name=name), told.end))

    def _places(self, name: str, end: int) -> list[int]:
        """Where a name stands in the open message, and is not the end of a longer word."""
        found = []
        at = self.text.find(name, self.done, end)
        while at >= 0:
            before = self.text[at - 1 : at] if at > self.done else ""
            if not before.isalnum() and before not in tuple(NAME_MARKS + self.framing.tool_word_holds):
                found.append(at)
            at = self.text.find(name, at + len(name), end)
        return found
