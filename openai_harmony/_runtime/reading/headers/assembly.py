"""Builds a header from lexemes in any order; of several values for a field, the first counts.

Which lexemes belong to the header is decided in recovery.py and broken.py, not here.
"""

from __future__ import annotations

from typing import NamedTuple

from .header import author, choice_of, value_of
from .lexer import REPLACEMENT, Lexeme, Lexer

__all__ = ["Assembly", "Fault", "RepairedHeader"]


class Fault(NamedTuple):
    """A fault in a header: the name of its kind, its span in the header's bytes, and the text that is left out."""

    kind: str
    start: int
    end: int
    text: str


class RepairedHeader(NamedTuple):
    """The author and the fields of a header that the table does not accept, and its faults."""

    role: str
    name: str | None
    fields: tuple[str | None, ...]
    faults: tuple[Fault, ...]


class Assembly:
    """A header under construction.

    Args:
        lexer: the lexer of the framing.
        state: the table's state at the start of the header.
        prompt_role: the role given by the prompt; None if the header has an author.
        damaged: undecodable bytes of the header have been reported already.
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
        self.pending_field: str | None = None  # the field whose marker had no value; the next word may be the value
        self.pending_marker: str | None = None  # the terminal of that marker
        self.several = False  # there are several channels, so that a channel's word is not taken for a type
        self.faults: list[Fault] = []

    def fault(self, kind: str, lexeme: Lexeme, text: str = "") -> None:
        self.faults.append(Fault(kind, lexeme.start, lexeme.end, text))

    def take(self, lexeme: Lexeme) -> None:
        """Take the next lexeme into the header."""
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
            # The next lexeme is read as if an author came before it.
            self.state = next(iter(steps.values())).target
            if lexeme.prefix is not None:
                self.fault("missing_role", lexeme)
                choice = choice_of(framing, self.state, lexeme)
            elif framing.role_by_name is None and not {framing.listed, framing.tool_name} & {*lexeme.choices}:
                self.fault("stray_word", lexeme, lexeme.text)  # an unknown role
                return
        if lexeme.prefix is not None:
            self.pending_field = None  # a value directly follows its marker
        if lexeme.choices == (framing.role,) and self.pending_field != framing.recipient:
            # The role of the author again: redundant. A role given by the prompt may be repeated once without a fault.
            if not (first and self.prompt_role):
                self.fault("repeated_role", lexeme, lexeme.text)
        elif lexeme.prefix is not None and not lexeme.choices:
            self._take_invalid_value(lexeme)
        elif self._is_separate_value(lexeme):
            self._take_separate_value(lexeme)
        elif (framing.listed in lexeme.choices or not lexeme.choices) and (
            choice != framing.listed or (self.several and self.lexer.is_channel(lexeme.text))
        ):
            self._take_listed(lexeme, first=first)
        elif choice != framing.listed and (field := self._field(lexeme)) is not None:
            self._take_field(field, lexeme, fits=choice is not None)
        else:
            self.bare_words.append(lexeme)

    def _field(self, lexeme: Lexeme) -> str | None:
        """Return the field that a lexeme is by itself; None for a bare word, or for a second name of a tool."""
        if lexeme.choices[0] == self.framing.known_value:
            return None  # it is a bare word, of which the last counts
        field = self.framing.field_of.get(lexeme.choices[0])
        return None if len(lexeme.choices) > 1 and field in self.fields else field

    def _take_field(self, field: str, lexeme: Lexeme, *, fits: bool) -> None:
        if field == self.framing.channel and field in self.fields:
            self._take_channel(lexeme.text, lexeme)
        elif field in self.fields:
            self.fault("repeated_field", lexeme, lexeme.text)
        elif not lexeme.value:
            self._report_empty_value(field, lexeme)
        else:
            self.fields[field] = str(value_of(self.framing, field, lexeme))
            if not fits:
                self.fault("misplaced_field", lexeme)

    def _report_empty_value(self, field: str | None, lexeme: Lexeme) -> None:
        """Report a marker or literal without its value; the value may follow as a separate word."""
        self.fault("empty_field", lexeme)
        self.pending_field, self.pending_marker = field, lexeme.marker

    def _is_separate_value(self, lexeme: Lexeme) -> bool:
        """Whether a bare word is the value of the marker before it.

        The word of a role or a channel can be such a value only for a recipient.
        """
        waits = lexeme.prefix is None and self.pending_field is not None and self.pending_field not in self.fields
        return waits and (self.pending_field == self.framing.recipient or self.framing.listed not in lexeme.choices)

    def _take_separate_value(self, lexeme: Lexeme) -> None:
        """Take a bare word as the value of the marker before it, from which white space separates it."""
        assert self.pending_field is not None
        if self.pending_field == self.framing.channel and not self.lexer.is_channel(lexeme.text):
            self._report_unknown_channel(lexeme)
        marked = lexeme._replace(marker=self.pending_marker, value=lexeme.text)
        self.fields[self.pending_field] = str(value_of(self.framing, self.pending_field, marked))
        self.pending_field = None

    def _take_invalid_value(self, lexeme: Lexeme) -> None:
        """Take a marker or literal that has no value, or a value that the format does not list."""
        field = self.framing.field_of.get(str(lexeme.prefix))
        if not lexeme.value:
            self._report_empty_value(field, lexeme)
            return
        self._report_unknown_channel(lexeme)
        parts = self.lexer.parts(lexeme.text)
        if len(parts) > 1:
            for part in parts:
                self._take_part(part, lexeme, alone=False)
        else:
            self._take_channel(lexeme.text, lexeme)

    def _report_unknown_channel(self, lexeme: Lexeme) -> None:
        if not (self.damaged and REPLACEMENT in lexeme.text):  # otherwise its bytes have been reported already
            self.fault("unknown_channel", lexeme)

    def _take_listed(self, lexeme: Lexeme, *, first: bool) -> None:
        """Take the word of a role or a channel, or several of them run together."""
        parts = self.lexer.parts(lexeme.text)
        if not parts:  # a role's word with a name
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
            if channel not in self.fields and alone and self.pending_field != channel:
                self.fault("channel_without_marker", lexeme)
            self._take_channel(part, lexeme)
            self.pending_field = None
        elif self.author is None and not self.prompt_role:
            self.author = lexeme._replace(text=part)
        else:
            self.fault("repeated_role", lexeme, part)

    def _take_channel(self, word: str, lexeme: Lexeme) -> None:
        """Take a channel. The first one counts, unless only a later one is hidden: hidden text must not leak."""
        channel, hidden = self.framing.channel, self.framing.hidden
        known = self.fields.get(channel)
        if known is None:
            self.fields[channel] = word
            return
        self.several = True
        if word in hidden and known not in hidden:
            self.fields[channel], word = word, known
        self.fault("repeated_field", lexeme, word)

    def inherit_hidden_channel(self, channel: str | None) -> None:
        """Set the channel to that of the prose before the message, if that is hidden and the header has none."""
        if channel in self.framing.hidden:
            self.fields.setdefault(self.framing.channel, str(channel))

    def channel_of_prose(self, channel: str | None) -> str | None:
        """Return the channel of prose that follows `channel`, or None: the header's, if that counts or is hidden."""
        stands = self.fields.get(self.framing.channel)
        return stands if channel is not None or stands in self.framing.hidden else channel

    def take_tool(self, lexeme: Lexeme) -> None:
        """Take the name of a tool as the author, instead of the role given by the prompt."""
        self.author, self.prompt_role, self.first = lexeme, None, False
        self.expects_author = False

    def finish(self, at: int) -> RepairedHeader:
        """Return the header; `at` is the offset where a missing role is reported."""
        self._assign_bare_words()
        if self.expects_author:
            self.faults.append(Fault("missing_role", at, at, ""))
        role, name = author(self.framing, self.author, self.prompt_role)
        fields = tuple(self.fields.get(field.name) for field in self.framing.fields)
        return RepairedHeader(role, name, fields, tuple(self.faults))

    def _assign_bare_words(self) -> None:
        """Take the last bare word as the content type, if there is none, and report the other bare words."""
        framing = self.framing
        for field in framing.fields:
            bare = field.name not in framing.field_of.values() or field.marker is not None
            if bare and self.bare_words and field.name not in self.fields:
                self.fields[field.name] = self.bare_words.pop().text
        for lexeme in self.bare_words:
            self.fault("stray_word", lexeme, lexeme.text)
