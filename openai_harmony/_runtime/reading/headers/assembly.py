"""A header put together field by field, in whatever order its lexemes come; the first of each field stands.

Which lexemes are given to it, and what becomes of the rest, is recovery.py's.
"""

from __future__ import annotations

from typing import NamedTuple

from .header import author, choice_of, value_of
from .lexer import REPLACEMENT, Lexeme, Lexer

__all__ = ["Assembly", "Fault", "RepairedHeader"]


class Fault(NamedTuple):
    """What was wrong in a header: a kind's name, its place in the header's bytes, and text kept nowhere else."""

    kind: str
    start: int
    end: int
    text: str


class RepairedHeader(NamedTuple):
    """What a header says that the table refuses, and what was wrong with it."""

    role: str
    name: str | None
    fields: tuple[str | None, ...]
    faults: tuple[Fault, ...]


class Assembly:
    """A header under construction.

    Args:
        lexer: tells words apart.
        state: the table's state in which the header begins.
        prompt_role: the role that was given for it; None if an author comes first.
        damaged: bytes in it that are no text are reported already.
    """

    def __init__(self, lexer: Lexer, state: int, prompt_role: str | None, *, damaged: bool = False) -> None:
        self.lexer, self.framing, self.prompt_role = lexer, lexer.framing, prompt_role
        self.state = state
        self.damaged = damaged
        self.expects_author = not prompt_role
        self.first = True
        self.author: Lexeme | None = None
        self.fields: dict[str, str] = {}
        self.bare_words: list[Lexeme] = []
        self.waiting: str | None = None  # the field whose marker had no value
        self.waiting_marker: str | None = None  # that marker's terminal
        self.several = False  # there are several channels, so that a channel's word is another one and no type
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
            if lexeme.wants is not None:
                self.fault("missing_role", lexeme)
                choice = choice_of(framing, self.state, lexeme)
            elif framing.role_by_name is None and not {framing.listed, framing.tool_name} & {*lexeme.choices}:
                self.fault("stray_word", lexeme, lexeme.text)  # a role that there is not
                return
        if lexeme.wants is not None:
            self.waiting = None  # a value comes directly behind its marker
        if lexeme.choices == (framing.role,) and self.waiting != framing.recipient:
            # The author's role once more, which says nothing; what was given may be said once.
            if not (first and self.prompt_role):
                self.fault("repeated_role", lexeme, lexeme.text)
        elif lexeme.wants is not None and not lexeme.choices:
            self._take_announced(lexeme)
        elif self._is_waited_for(lexeme):
            self._take_waited_for(lexeme)
        elif (framing.listed in lexeme.choices or not lexeme.choices) and (
            choice != framing.listed or (self.several and self.lexer.is_channel(lexeme.text))
        ):
            self._take_listed(lexeme, first=first)
        elif choice != framing.listed and (field := self._field(lexeme)) is not None:
            self._take_field(field, lexeme, fits=choice is not None)
        else:
            self.bare_words.append(lexeme)

    def _field(self, lexeme: Lexeme) -> str | None:
        """The field that a lexeme is, whatever stands around it; a tool's name is one only once."""
        if lexeme.choices[0] == self.framing.known_value:
            return None  # of such words the last counts
        field = self.framing.field_of.get(lexeme.choices[0])
        return None if len(lexeme.choices) > 1 and field in self.fields else field

    def _take_field(self, field: str, lexeme: Lexeme, *, fits: bool) -> None:
        if field == self.framing.channel and field in self.fields:
            self._take_channel(lexeme.text, lexeme)
        elif field in self.fields:
            self.fault("repeated_field", lexeme, lexeme.text)
        elif not lexeme.value:
            self._wait(field, lexeme)
        else:
            self.fields[field] = str(value_of(self.framing, field, lexeme))
            if not fits:
                self.fault("misplaced_field", lexeme)

    def _wait(self, field: str | None, lexeme: Lexeme) -> None:
        """A marker, or a literal, without its value, which may come as a word of its own."""
        self.fault("empty_field", lexeme)
        self.waiting, self.waiting_marker = field, lexeme.marker

    def _is_waited_for(self, lexeme: Lexeme) -> bool:
        """Whether a bare word is the value of the marker before it; a role's or channel's word can be a recipient."""
        waits = lexeme.wants is None and self.waiting is not None and self.waiting not in self.fields
        return waits and (self.waiting == self.framing.recipient or self.framing.listed not in lexeme.choices)

    def _take_waited_for(self, lexeme: Lexeme) -> None:
        """The value of the marker before, from which white space parts it."""
        assert self.waiting is not None
        if self.waiting == self.framing.channel and not self.lexer.is_channel(lexeme.text):
            self._report_unknown_channel(lexeme)
        marked = lexeme._replace(marker=self.waiting_marker, value=lexeme.text)
        self.fields[self.waiting] = str(value_of(self.framing, self.waiting, marked))
        self.waiting = None

    def _take_announced(self, lexeme: Lexeme) -> None:
        """A marker or literal without a value, or with one that the format does not list."""
        field = self.framing.field_of.get(str(lexeme.wants))
        if not lexeme.value:
            self._wait(field, lexeme)
            return
        self._report_unknown_channel(lexeme)
        parts = self.lexer.parts(lexeme.text)
        if len(parts) > 1:
            for part in parts:
                self._take_part(part, lexeme, alone=False)
        else:
            self._take_channel(lexeme.text, lexeme)

    def _report_unknown_channel(self, lexeme: Lexeme) -> None:
        if not (self.damaged and REPLACEMENT in lexeme.text):  # or else its bytes are reported already
            self.fault("unknown_channel", lexeme)

    def _take_listed(self, lexeme: Lexeme, *, first: bool) -> None:
        """A role word, a channel word, or several run together."""
        parts = self.lexer.parts(lexeme.text)
        if not parts:  # a role's word with a name behind it
            self.fault("repeated_role", lexeme, lexeme.text)
            return
        alone = len(parts) == 1
        if not alone:
            self.fault("glued_role", lexeme)
        if first and parts[0] == self.prompt_role:
            del parts[0]
        for part in parts:
            self._take_part(part, lexeme, alone=alone)

    def _take_part(self, part: str, lexeme: Lexeme, *, alone: bool) -> None:
        channel = self.framing.channel
        if self.lexer.is_channel(part):
            if channel not in self.fields and alone and self.waiting != channel:
                self.fault("channel_without_marker", lexeme)
            self._take_channel(part, lexeme)
            self.waiting = None
        elif self.author is None and not self.prompt_role:
            self.author = lexeme._replace(text=part)
        else:
            self.fault("repeated_role", lexeme, part)

    def _take_channel(self, word: str, lexeme: Lexeme) -> None:
        """The first channel stands, unless a later one is hidden and it is not: what is hidden cannot leak."""
        channel, hidden = self.framing.channel, self.framing.hidden
        known = self.fields.get(channel)
        if known is None:
            self.fields[channel] = word
            return
        self.several = True
        if word in hidden and known not in hidden:
            self.fields[channel], word = word, known
        self.fault("repeated_field", lexeme, word)

    def stay_hidden(self, channel: str | None) -> None:
        """What follows a text on a hidden channel is on it too, if it says no channel itself."""
        if channel in self.framing.hidden:
            self.fields.setdefault(self.framing.channel, str(channel))

    def channel_of_prose(self, channel: str | None) -> str | None:
        """The channel of a text that stands behind one: of several in the header the one that stands."""
        stands = self.fields.get(self.framing.channel)
        return stands if channel is not None or stands in self.framing.hidden else channel

    def take_tool(self, lexeme: Lexeme) -> None:
        """Takes the name of a tool that answers, in the place of the role that was given."""
        self.author, self.prompt_role, self.first = lexeme, None, False
        self.expects_author = False

    def finish(self, at: int) -> RepairedHeader:
        self._assign_bare_words()
        if self.expects_author:
            self.faults.append(Fault("missing_role", at, at, ""))
        role, name = author(self.framing, self.author, self.prompt_role)
        fields = tuple(self.fields.get(field.name) for field in self.framing.fields)
        return RepairedHeader(role, name, fields, tuple(self.faults))

    def _assign_bare_words(self) -> None:
        """Of the bare words the last is the type, where it is missing."""
        framing = self.framing
        for field in framing.fields:
            bare = field.name not in framing.field_of.values() or field.marker is not None
            if bare and self.bare_words and field.name not in self.fields:
                self.fields[field.name] = self.bare_words.pop().text
        for lexeme in self.bare_words:
            self.fault("stray_word", lexeme, lexeme.text)
