"""Inputs that a parser has read, and how their messages, faults and events are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, TypeAlias

from .._conversations import FORMS
from .._generated.enumerations import SAMPLED_ROLE
from .._generated.events import Event, MessageStart, Recovered, Recovery
from .._generated.framing import FRAMING
from .._generated.messages import Author, Message
from .._parsing import framing_of
from ..encoding import HarmonyEncoding
from ..errors import ParseError
from ..options import Strictness
from ..streaming import StreamableParser
from ..text_parsing import TextParser
from .arguments import NO_ROLE
from .failing import FOUND, Failure, at
from .inputs import TEXT, Item
from .output import Line

__all__ = [
    "Parsed",
    "event_dict",
    "fed",
    "heading",
    "parser_of",
    "recovery_dict",
    "recovery_line",
    "role_of",
    "unit_of",
]

Parser: TypeAlias = StreamableParser | TextParser


def role_of(item: Item, encoding: HarmonyEncoding, role: str | None) -> str | None:
    """Return the role of the open turn that an input continues: the one told, or the model's.

    An input that begins with the start of a message continues none.
    """
    if role is not None:
        return None if role == NO_ROLE else role
    framing = framing_of(encoding.name)
    start = framing.start_id
    text = framing.spellings[framing.terminals[start]]
    begins = item.value.startswith(text) if item.kind == TEXT else item.value[:1] == [start]
    return None if begins else SAMPLED_ROLE


def parser_of(item: Item, encoding: HarmonyEncoding, role: str | None, strict: Strictness) -> Parser:
    """Return a parser for an input. Raises Failure if the input is a conversation."""
    if item.kind in FORMS:
        item.completion()
    with at("--role"):
        if item.kind == TEXT:
            return TextParser(encoding, role_of(item, encoding, role), strict=strict)
        return StreamableParser(encoding, role_of(item, encoding, role), strict=strict)


def unit_of(parser: Parser) -> str:
    """Return what the positions of a parser count."""
    return "character" if isinstance(parser, TextParser) else "token"


def fed(parser: Parser, pieces: Iterable[Any]) -> Iterator[list[Event]]:
    """Yield the events of each piece, and of the end of input; before an error, those that led to it."""
    for piece in pieces:
        try:
            yield parser.feed(piece)
        except ParseError:
            yield parser.feed(piece[:0])  # the call that raised has kept them
            raise
    yield parser.feed_eos()


class Parsed:
    """An input that was parsed to its end, or up to the first error of the mode.

    Attributes:
        parser: the parser. Its positions count tokens, or the characters of a text.
        error: the error that ended it, with its place.
    """

    def __init__(self, item: Item, encoding: HarmonyEncoding, role: str | None, strict: Strictness) -> None:
        self.parser = parser_of(item, encoding, role, strict)
        self.error: str | None = None
        try:
            with at(item.place):
                for _ in fed(self.parser, [item.value]):
                    pass
        except Failure as failure:
            if failure.status != FOUND:
                raise
            self.error = str(failure)

    def lines(self) -> Iterator[Line]:
        """Yield what people read: the messages, and the faults that were corrected."""
        for message in self.parser.messages:
            yield from _message_lines(message)
        if self.parser.open_turn is not None:
            yield f"open turn: {_author(self.parser.open_author)}", "cyan"
        for recovery in self.parser.recoveries:
            yield recovery_line(recovery, unit_of(self.parser)), "yellow"

    def as_dict(self) -> dict[str, Any]:
        """Return the same for programs."""
        author = self.parser.open_author
        return {
            "messages": [message.to_dict() for message in self.parser.messages],
            "recoveries": [recovery_dict(recovery) for recovery in self.parser.recoveries],
            "open_turn": None if author is None else _author(author),
            "error": self.error,
        }


def heading(author: Author, holder: Message | MessageStart) -> str:
    """Return the fields of a header on a line."""
    values = {field.name: getattr(holder, field.name) for field in FRAMING.fields}
    return " ".join([_author(author), *(f"{name}={value}" for name, value in values.items() if value is not None)])


def _message_lines(message: Message) -> Iterator[Line]:
    """Yield the fields of the header on a line, and the text, indented."""
    yield heading(message.author, message), "bold"
    text = message.text.removesuffix("\n")
    yield from ((f"  {line}", "") for line in text.split("\n") if message.text)
    yield "", ""


def recovery_line(recovery: Recovery, unit: str) -> str:
    left_out = f", left out: {recovery.text!r}" if recovery.text else ""
    place = f"{unit}s {recovery.start} to {recovery.end}"
    return f"recovered: {recovery.kind.value}, {place}, message {recovery.message_index}{left_out}"


def recovery_dict(recovery: Recovery) -> dict[str, Any]:
    return {name: getattr(recovery, name) for name in recovery.__match_args__} | {"kind": recovery.kind.value}


def event_dict(event: Event) -> dict[str, Any]:
    """Return an event for programs: its name and its attributes."""
    told: dict[str, Any] = {"event": type(event).__name__}
    if isinstance(event, Recovered):
        return told | recovery_dict(event.recovery)
    for field in fields(event):
        value = getattr(event, field.name)
        told[field.name] = value.to_dict() if isinstance(value, Message) else value
    if isinstance(event, MessageStart):
        told["author"] = _author(event.author)
    return told


def _author(author: Author | None) -> str:
    if author is None:
        return NO_ROLE
    return author.role.value if author.name is None else f"{author.role.value}:{author.name}"
