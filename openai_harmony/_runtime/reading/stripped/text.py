"""Text without its special tokens, split into messages. How a header is recognized does not belong here."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..headers.header import Header
from .header import Place, StrippedHeader, StrippedHeaders, any_of

__all__ = ["Part", "split"]

# An answer without a recipient is recognized by the name of one of the tools called last; at most this many.
MOST_CALLED = 8
# Characters that a tool's name may contain besides letters, digits and those of the format.
NAME_MARKS = "_-"


class Part(NamedTuple):
    """A message: its header, and the start and end of its content in characters."""

    header: Header
    start: int
    end: int


class _Found(NamedTuple):
    """A header with its start and its end, where its content begins."""

    start: int
    header: Header
    end: int


def split(headers: StrippedHeaders, text: str, role: str | None) -> list[Part]:
    """Split a text into messages, in time linear in its length.

    Args:
        headers: recognizes headers.
        text: the text.
        role: the role of the first message. If None, it is the role that the text begins with, or else the role of
            completions.
    """
    return _Splitter(headers, text, role).parts()


class _Splitter:
    def __init__(self, headers: StrippedHeaders, text: str, role: str | None) -> None:
        self.headers, self.framing, self.text = headers, headers.framing, text
        self.author = role or self.framing.sampled
        self.role_is_default = role is None
        self.named = self.framing.role_by_name  # the role of tools' answers; without it none can be recognised
        self.role = re.compile(any_of(word for word, role in self.framing.roles.items() if not role.named))
        self.no_header = Header(self.author, None, (None,) * len(self.framing.fields), self.framing.content)
        self.called: list[str] = []
        self.found: list[_Found] = []
        self.done = 0  # where the open message's content begins

    def parts(self) -> list[Part]:
        # The prompt may contain the role's word of the first message, or its whole header.
        self._add(_Found(0, *(self.headers.read(self.text, 0, Place.START, self.author) or (self.no_header, 0))))
        for match in self.role.finditer(self.text):
            if match.start() >= self.done and (found := self._header_at(match)):
                self._add_answers(found.start)
                self._add(found)
        self._add_answers(len(self.text))
        ends = [found.start for found in self.found[1:]] + [len(self.text)]
        first, *others = (Part(found.header, found.end, end) for found, end in zip(self.found, ends))
        return [*self._first(first, alone=not others), *others]

    def _first(self, part: Part, *, alone: bool) -> list[Part]:
        """Return the first message in a list; the list is empty if the message has neither header nor text.

        A message without a header may begin with the word of its role. `alone`: there is no other message.
        """
        if part.header is not self.no_header:
            return [part]
        word = None if alone or not self.role_is_default else self.role.match(self.text)
        if word and word.end() <= part.end:
            return [Part(self.no_header._replace(role=word[0]), word.end(), part.end)]
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

    def _header_at(self, role: re.Match[str]) -> _Found | None:
        """Return the header that contains a role's word as its author, or as the recipient of a tool's answer."""
        for literal, _ in self.framing.literals:
            if self.text.endswith(literal, self.done, role.start()):
                return self._answer_at(role.start() - len(literal))
        if role[0] not in (self.author, self.framing.sampled):
            return None
        header = self.headers.read(self.text, role.end(), Place.ROLE, role[0])
        return _Found(role.start(), *header) if header else None

    # answers of tools ----------------------------------------------------------------------------

    def _answer_at(self, literal: int) -> _Found | None:
        """Return an answer recognized by its recipient, whose literal begins at `literal`, after the tool's name."""
        name_end = literal
        while name_end > self.done and self.text[name_end - 1] in self.framing.white_space:
            name_end -= 1
        # `name to=…channel`, or else `namechannel to=…`
        before = [
            name_end - len(word) for word in self.framing.channels if self.text.endswith(word, self.done, name_end)
        ]
        found = [self._answer_ending_at(at) for at in (name_end, *before)]
        answers = [one for one in found if one is not None]
        return max(answers, key=lambda one: self.framing.channel_of(one.header.fields) is not None, default=None)

    def _answer_ending_at(self, name_end: int) -> _Found | None:
        """Return the answer of the tool whose name ends at `name_end`; None if there is no name or no header."""
        if self.named is None:
            return None
        begin = self._name_start(name_end)
        found = self.headers.read(self.text, name_end, Place.TOOL, self.named)
        if begin == name_end or found is None:
            return None
        return _Found(begin, found.header._replace(name=self.text[begin:name_end]), found.end)

    def _name_start(self, end: int) -> int:
        """Return the start of the tool's name that ends at `end`; `end` if there is none."""
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

    def _add_answers(self, end: int) -> None:
        """Add the answers in the open message, up to `end`, that begin with the name of a tool called before.

        Only a tool call or a tool's answer can contain them.
        """
        header = self.found[-1].header
        if self.named is None:
            return
        if header.role != self.named and not self.framing.is_call(header.role, header.fields):
            return
        places = sorted((at, name) for name in self.called for at in self._places(name, end))
        for at, name in places:
            found: StrippedHeader | None = None
            if at >= self.done:
                found = self.headers.read(self.text, at + len(name), Place.TOOL, self.named)
            if found is not None and found.end <= end:
                self._add(_Found(at, found.header._replace(name=name), found.end))

    def _places(self, name: str, end: int) -> list[int]:
        """Return the offsets of a name in the open message, except where it is the end of a longer word."""
        found = []
        at = self.text.find(name, self.done, end)
        while at >= 0:
            before = self.text[at - 1 : at] if at > self.done else ""
            if not before.isalnum() and before not in tuple(NAME_MARKS + self.framing.tool_word_holds):
                found.append(at)
            at = self.text.find(name, at + len(name), end)
        return found
