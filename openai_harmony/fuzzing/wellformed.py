"""Builders of inputs that a strict parser must accept: rendered messages, and every spelling that the table accepts.

Malformed inputs do not belong here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .._generated.enumerations import Role
from .._generated.messages import Author, Message
from .._runtime.reading.machine import Framing, HeaderField, Phase, Step
from .choices import Choices, one_in, pick
from .example import Example, Shape, shape_of
from .material import Material, flat

__all__ = ["Walk", "canonical", "plain_message", "tolerated", "walk"]

MOST_MESSAGES = 6


# Rendered messages --------------------------------------------------------------------------------


def plain_message(choices: Choices, material: Material) -> Message:
    """Build a message with a single text, which the parser reads back unchanged after rendering."""
    framing = material.framing
    name: str | None = None
    role = framing.sampled
    if choices.below(3) == 2:
        # Of roles that are written by name alone, the first is read back.
        role = pick(choices, [word for word, r in framing.roles.items() if not r.named or word == framing.role_by_name])
        if framing.roles[role].named:
            name = material.tool(choices)
        elif framing.name_separator and one_in(choices, 4):
            name = material.word(choices)
    fields = {field.name: _value(choices, material, field) for field in framing.fields if choices.below(2)}
    text = material.text(choices) if choices.below(4) or may_be_text(material.framing, fields) else ""
    message = Message.from_author_and_content(Author(role=Role(role), name=name), text)
    for name, value in fields.items():
        setattr(message, name, value)
    return message


def may_be_text(framing: Framing, fields: Mapping[str, str]) -> bool:
    """Whether a header with these fields may contain the arguments of a tool call, if its content is empty."""
    opening = set(framing.content_begins)
    said = [value for name, value in fields.items() if name not in (framing.channel, framing.recipient)]
    return framing.recipient in fields and any(opening & set(value) for value in said)


def _value(choices: Choices, material: Material, field: HeaderField) -> str:
    framing = material.framing
    if field.name == framing.channel:
        return material.channel(choices)
    if field.name == framing.recipient:
        return material.tool(choices) if choices.below(3) else material.word(choices)
    word = material.known_value(choices) if material.known_values and choices.below(2) else material.word(choices)
    return field.marker + word if field.marker is not None and choices.below(2) else word


def canonical(choices: Choices, material: Material) -> Example:
    """Build a completion as models should write it: rendered messages, after a prompt with an open turn or without."""
    encoding, framing = material.encoding, material.framing
    messages = [plain_message(choices, material)]
    while len(messages) < MOST_MESSAGES and choices.below(4):
        messages.append(plain_message(choices, material))
    pieces = [encoding.render(message) for message in messages]
    shapes = tuple(map(shape_of, messages))
    first, role = shapes[0], None
    if first.name is None and not one_in(choices, 4):
        opening = material.opening(first.role)
        if tuple(pieces[0][: len(opening)]) == opening:
            role, pieces[0] = first.role, pieces[0][len(opening) :]
    _end(choices, material, pieces[-1], ends_open=framing.opens_content and not shapes[-1].text)
    return Example(flat(pieces), role, f"canonical: {len(messages)} message{'s' * (len(messages) > 1)}", shapes)


def _end(choices: Choices, material: Material, tokens: list[int], *, ends_open: bool) -> None:
    """End the last message as models and inference engines do, at times with another stop token or none.

    With `ends_open`, the stop token is not removed: without it the message would be an open turn.
    """
    ending = choices.below(4)
    stop = len(tokens) - 1 - len(material.behind_stop)
    if ending == 2:
        tokens[stop] = material.ids[pick(choices, sorted(material.framing.stops))]
    elif ending == 3:
        del tokens[stop + ends_open :]


# Every accepted spelling --------------------------------------------------------------------------


class Walk(NamedTuple):
    """A path through the table: the pieces, the given role, the terminals, and the messages that it means."""

    pieces: list[tuple[int, ...]]
    role: str | None
    terminals: list[str]
    messages: tuple[Shape, ...]


def tolerated(choices: Choices, material: Material) -> Example:
    """Build an input in any spelling that the table accepts."""
    found = walk(choices, material)
    return Example(flat(found.pieces), found.role, "tolerated: " + " ".join(found.terminals), found.messages)


def walk(choices: Choices, material: Material) -> Walk:
    """Take a random path through the table, from a start state to a state in which the input may end."""
    return _Walker(choices, material).walk()


class _Walker:
    def __init__(self, choices: Choices, material: Material) -> None:
        self.choices, self.material, self.framing = choices, material, material.framing
        self.role = None if choices.below(2) else pick(choices, list(self.framing.roles))
        self.state = self.framing.transcript if self.role is None else self.framing.completion
        self.pieces: list[tuple[int, ...]] = []
        self.terminals: list[str] = []
        self.messages: list[Shape] = []
        self.content: list[int] = []
        self.block: str | None = None  # the terminal of the special token before the content
        self.turn: str | None = None  # the role of a turn that is opened again
        self.in_word = False  # the last output is a word, so that white space must come before the next word
        self.behind_start = False  # the next terminal is an author
        self._open(self.role)

    def _open(self, given: str | None) -> None:
        self.given = self.author = given  # the role of the author
        self.found: dict[str, str] = {}
        self.before: tuple[str, str] | None = None  # the previous terminal and its text
        self.in_word = self.behind_start = False

    def walk(self) -> Walk:
        while not self._ends():
            steps = self.framing.states[self.state].steps
            terminal = self._next(sorted(steps, key=lambda name: (name != self.framing.closes_header, name)))
            self._take(terminal, steps[terminal])
        says_nothing = self.framing.opens_content and not self.content and self.block is None
        if self.framing.states[self.state].phase == Phase.CONTENT and not says_nothing:
            self._end_message()
        return Walk(self.pieces, self.role, self.terminals, tuple(self.messages))

    def _ends(self) -> bool:
        state = self.framing.states[self.state]
        if not state.steps:
            return True
        if not state.ends or (state.phase == Phase.CONTENT and not self.content and self._needs_text()):
            return False
        likely = {Phase.EXPECT_START: 3, Phase.HEADER: 8, Phase.CONTENT: 6}[state.phase]
        return len(self.messages) >= MOST_MESSAGES or self.choices.below(likely) == 0

    def _next(self, options: list[str]) -> str:
        text, only_by = self.framing.text, self.framing.only_by
        options = [terminal for terminal in options if only_by.get(terminal, self.author) == self.author]
        if text in options and (self.choices.below(4) or (not self.content and self._needs_text())):
            return text
        if self.turn is not None and self.framing.role in options:
            return self.framing.role
        return pick(self.choices, options)

    def _needs_text(self) -> bool:
        fields = {name: value for name, value in self.found.items() if name != self.framing.author}
        return may_be_text(self.framing, fields)

    def _take(self, terminal: str, step: Step) -> None:
        framing, phase = self.framing, self.framing.states[self.state].phase
        if step.field is not None and self.before is not None:
            self.found[step.field] = self.before[1]
        self.terminals.append(terminal)
        self.state = step.target
        if terminal == framing.opens:
            self.turn = self.before[1] if self.before is not None else None
            self._write(self.material.ids[terminal])
            self._open(None)
            self.behind_start = True
        elif terminal == framing.text:
            self.content = self.material.content(self.choices)
            self._write(*self.content)
        elif terminal in framing.stops and phase == Phase.CONTENT:
            self._write(*self.material.framed(terminal))
            self._end_message()
        elif terminal == framing.closes_header:
            self._space(0)
            self._write(*self.material.framed(terminal))
        elif terminal == framing.begins:
            self._write(self.material.ids[terminal])
        elif phase == Phase.CONTENT:
            self.block = terminal
            self._write(self.material.ids[terminal])
        else:
            self._field(terminal)

    def _field(self, terminal: str) -> None:
        """Write a word of a header, with its marker or literal if it has one."""
        framing, material, choices = self.framing, self.material, self.choices
        marker = next((name for name, value in framing.markers.items() if value == terminal), None)
        literal = next((text for text, value in framing.literals if value == terminal), "")
        word = "" if terminal in framing.may_be_empty and one_in(choices, 8) else self._word(terminal)
        if marker is not None:
            lost = self.before is not None and self.before[1] == "" and marker in framing.spaced
            self._space(int(lost))
            self._write(material.ids[marker])
            keeps = next((f.marker for f in framing.fields if f.name == framing.field_of.get(terminal)), None)
            value = (keeps or "") + word
        else:
            self._space(1 if self.in_word else int(bool(self.given) and not one_in(choices, 3)))
            value = word
        self.before = (terminal, literal + word if self.behind_start else value)
        if self.behind_start:
            self.author, self.turn = framing.split_name(word)[0], None
        self.behind_start = False
        self._write(*material.spell(literal + word))
        self.in_word = True

    def _word(self, terminal: str) -> str:
        framing, material, choices = self.framing, self.material, self.choices
        if terminal == framing.role:
            return self.given or self.turn or material.role(choices)
        if terminal == framing.named_role:
            return material.named_role(choices)
        if terminal == framing.listed:
            word = material.listed(choices)
            shown = [channel for channel in material.channels if channel not in framing.hidden]
            return shown[0] if word == self.author or word in framing.hidden else word
        if terminal == framing.known_value:
            return material.known_value(choices)
        if terminal == framing.tool_name:
            return material.tool(choices)
        if terminal == framing.word:
            return material.word(choices)
        if framing.field_of.get(terminal) == framing.channel:
            return material.channel(choices)
        return material.tool(choices) if choices.below(2) else material.word(choices)

    def _space(self, least: int) -> None:
        space = self.material.space(self.choices, least)
        if space:
            self._write(*self.material.spell(space))

    def _write(self, *tokens: int) -> None:
        if tokens:
            self.pieces.append(tokens)

    def _end_message(self) -> None:
        framing = self.framing
        word = self.found.get(framing.author)
        role, separator, name = framing.split_name(word or "")
        if word is None:
            author: tuple[str, str | None] = (self.given or framing.sampled, None)
        elif role in self.material.roles:
            author = (role, name if separator else None)
        else:
            author = (self.material.named[0], word)
        fields = tuple(self.found.get(field.name) for field in framing.fields)
        self.messages.append(Shape(*author, fields, self.material.encoding.decode(self.content)))
        self.content, self.block = [], None
        self._open(None)
