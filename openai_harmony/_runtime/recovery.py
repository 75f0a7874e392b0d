"""The recoveries that the tables cannot express, one named rule each; the machine itself is not here.

Every rule reports what it did as faults of the kinds that recoveries.yaml declares, and leaves no word of a header
unaccounted for: it is a field, content, or the text of a fault.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .header import author, choice_of, value_of
from .machine import Framing
from .symbols import Item, Lexeme, Words

__all__ = ["Closed", "Fault", "Loose", "close_header", "loose_header"]


class Fault(NamedTuple):
    """What was wrong in a header: a kind's name, its place in the header's bytes, and text kept nowhere else."""

    kind: str
    start: int
    end: int
    text: str


class Loose(NamedTuple):
    role: str
    name: str | None
    fields: tuple[str | None, ...]
    faults: tuple[Fault, ...]


class Closed(NamedTuple):
    """A header without its message marker: what it says, and its content; None where it has none."""

    header: Loose
    content: str | None
    begin: int  # where the content begins in the header's bytes
    words: int  # lexemes that are no content


class _Assembly:
    """A header put together field by field, in whatever order they come; the first of each stands."""

    def __init__(self, words: Words, state: int, given: str | None) -> None:
        self.words, self.framing, self.given = words, words.framing, given
        self.state = state
        self.expects_author = not given
        self.first = True
        self.author: Lexeme | None = None
        self.fields: dict[str, str] = {}
        self.loose: list[Lexeme] = []
        self.waiting: str | None = None  # the field whose marker had no value
        self.faults: list[Fault] = []

    def fault(self, kind: str, lexeme: Lexeme, text: str = "") -> None:
        self.faults.append(Fault(kind, lexeme.start, lexeme.end, text))

    def take(self, lexeme: Lexeme) -> None:
        framing = self.framing
        first, self.first = self.first, False
        choice = choice_of(framing, self.state, lexeme)
        steps = framing.states[self.state].steps
        if choice is not None:
            self.state = steps[choice].target
        if self.expects_author:
            self.expects_author = False
            if choice is not None:
                self.author = lexeme
                return
            # What comes next stands behind an author all the same.
            self.state = next(iter(steps.values())).target
            if lexeme.marker is not None:
                self.fault("missing_role", lexeme)
                choice = choice_of(framing, self.state, lexeme)
        if lexeme.choices == (framing.role,):
            return  # the role that was given, once more
        if choice != framing.listed and (framing.listed in lexeme.choices or not lexeme.choices):
            self._take_listed(lexeme, first=first)
        elif choice != framing.listed and (field := self._field(lexeme)) is not None:
            self._take_field(field, lexeme, fits=choice is not None)
        elif self.waiting is not None and self.waiting not in self.fields:
            self.fields[self.waiting] = lexeme.text
            self.waiting = None
        else:
            self.loose.append(lexeme)

    def _field(self, lexeme: Lexeme) -> str | None:
        """The field that a lexeme is, whatever stands around it; a tool's name is one only once."""
        field = self.framing.field_of.get(lexeme.choices[0])
        if len(lexeme.choices) > 1 and (field in self.fields or self.waiting is not None):
            return None
        return field

    def _take_field(self, field: str, lexeme: Lexeme, *, fits: bool) -> None:
        if field in self.fields:
            self.fault("repeated_field", lexeme, lexeme.text)
        elif not lexeme.value:
            self.fault("empty_field", lexeme)
            self.waiting = field
        else:
            self.fields[field] = str(value_of(self.framing, field, lexeme))
            if not fits:
                self.fault("misplaced_field", lexeme)

    def _take_listed(self, lexeme: Lexeme, *, first: bool) -> None:
        """A role word, a channel word, several run together, or a marker without its value."""
        if lexeme.marker is not None:
            self.fault("empty_field", lexeme)
            terminal = self.framing.markers.get(lexeme.marker)
            self.waiting = self.framing.field_of.get(str(terminal))
            return
        parts = self.words.parts(lexeme.text)
        if not parts:
            named = self.framing.listed in lexeme.choices  # a role's word with a name behind it
            self.fault("repeated_role" if named else "stray_word", lexeme, lexeme.text)
            return
        alone = len(parts) == 1
        if not alone:
            self.fault("glued_role", lexeme)
        if first and parts[0] == self.given:
            del parts[0]
        for part in parts:
            self._take_part(part, lexeme, alone=alone)

    def _take_part(self, part: str, lexeme: Lexeme, *, alone: bool) -> None:
        channel = self.framing.channel
        if self.words.is_channel(part):
            if channel in self.fields:
                self.fault("repeated_field", lexeme, part)
                return
            self.fields[channel] = part
            if alone and self.waiting != channel:
                self.fault("channel_without_marker", lexeme)
            self.waiting = None
        elif self.author is None and not self.given:
            self.author = lexeme._replace(text=part)
        else:
            self.fault("repeated_role", lexeme, part)

    def finish(self, at: int) -> Loose:
        self._assign_loose()
        if self.expects_author:
            self.faults.append(Fault("missing_role", at, at, ""))
        role, name = author(self.framing, self.author, self.given)
        fields = tuple(self.fields.get(field.name) for field in self.framing.fields)
        return Loose(role, name, fields, tuple(self.faults))

    def _assign_loose(self) -> None:
        """Of the bare words the last is the type, the one before it the recipient, where these are missing."""
        framing = self.framing
        bare = [f.name for f in framing.fields if f.name not in framing.field_of.values() or f.marker is not None]
        for field in (*bare, framing.recipient):
            if self.loose and field not in self.fields:
                self.fields[field] = self.loose.pop().text
        for lexeme in self.loose:
            self.fault("stray_word", lexeme, lexeme.text)


def loose_header(words: Words, state: int, given: str | None, items: Sequence[Item]) -> Loose:
    """A header that the table refuses: fields in any order, the first of each, and a fault for all that is too much."""
    lexemes = words.lexemes(items, given, "replace")
    assembly = _Assembly(words, state, given)
    for lexeme in lexemes:
        assembly.take(lexeme)
    header = assembly.finish(_end(items))
    if not header.faults:
        header = header._replace(faults=(Fault("misplaced_field", 0, _end(items), ""),))
    return header


def close_header(words: Words, state: int, given: str | None, items: Sequence[Item]) -> Closed:
    """A header that ends without its message marker: fields as far as they go, then content, byte for byte.

    A value ends where JSON begins; one white space behind the last field is not content.
    """
    assembly = _Assembly(words, state, given)
    begin, taken = 0, 0
    for lexeme in words.lexemes(items, given, "replace"):
        if not _is_head(assembly, lexeme):
            break
        cut = _cut(words.framing, lexeme)
        taken += 1
        if cut is not None:
            assembly.take(_cut_off(words.framing, lexeme))
            begin = lexeme.end - len(lexeme.raw) + cut
            break
        assembly.take(lexeme)
        begin = lexeme.end
    else:
        return Closed(assembly.finish(begin), None, begin, taken)
    if taken and cut is None:
        begin += 1
    header = assembly.finish(begin)
    text, faults = _rest(items, begin)
    header = header._replace(faults=header.faults + tuple(faults))
    return Closed(header, text if text.strip() else None, begin, taken)


def _is_head(assembly: _Assembly, lexeme: Lexeme) -> bool:
    """Whether a lexeme still belongs to the header: an author, a marked field, or what a marker waits for."""
    framing = assembly.framing
    if assembly.expects_author or lexeme.marker is not None:
        return True
    if lexeme.choices == (framing.role,):
        return True  # the role that was given, once more
    if framing.listed in lexeme.choices:
        waits = assembly.waiting == framing.channel and assembly.words.is_channel(lexeme.text)
        return waits or (assembly.first and len(assembly.words.parts(lexeme.text)) > 1)
    if not lexeme.choices:
        return False
    if assembly.waiting == framing.recipient:
        return framing.tool_name in lexeme.choices
    return lexeme.choices[0] != framing.tool_name and lexeme.choices[0] in framing.field_of


def _cut(framing: Framing, lexeme: Lexeme) -> int | None:
    """Where content begins in a lexeme's bytes."""
    found = [at for at in (lexeme.raw.find(begin.encode()) for begin in framing.content_begins) if at >= 0]
    return min(found, default=None)


def _cut_off(framing: Framing, lexeme: Lexeme) -> Lexeme:
    """A lexeme without the content in it; without a value left, it fits nowhere."""
    texts = [re.split(f"[{re.escape(framing.content_begins)}]", text)[0] for text in (lexeme.text, lexeme.value)]
    return lexeme._replace(text=texts[0], value=texts[1], choices=lexeme.choices if texts[1] else ())


def _rest(items: Sequence[Item], begin: int) -> tuple[str, list[Fault]]:
    """The text from an offset on, without the markers in it, each of which is a fault."""
    kept: list[bytes] = []
    faults: list[Fault] = []
    for item in items:
        end = item.start + len(item.data)
        if end <= begin:
            continue
        if item.terminal is None:
            kept.append(item.data[max(0, begin - item.start) :])
        else:
            faults.append(Fault("stray_token", item.start, end, ""))
    return b"".join(kept).decode("utf-8", "replace"), faults


def _end(items: Sequence[Item]) -> int:
    return items[-1].start + len(items[-1].data) if items else 0
