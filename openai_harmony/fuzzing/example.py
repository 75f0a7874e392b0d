"""One input for a parser, and what a message says in the plainest form, by which messages of any parser compare."""

from __future__ import annotations

from typing import Any, NamedTuple

from .._generated.framing import FRAMING
from .._generated.renderer import RULES

__all__ = ["Example", "Shape", "shape_of", "shapes_of"]


class Shape(NamedTuple):
    """What a message says: its author's role and name, the fields of its header in their order, its text."""

    role: str
    name: str | None
    fields: tuple[str | None, ...]
    text: str


class Example(NamedTuple):
    """An input.

    Attributes:
        tokens: the ids.
        role: whose turn the prompt left open; None if the tokens begin with a start token, or should.
        description: how the input was made.
        messages: what it says, known from its making; None where that is for a parser to find out.
    """

    tokens: tuple[int, ...]
    role: str | None
    description: str
    messages: tuple[Shape, ...] | None = None


def shape_of(message: Any) -> Shape:
    """The shape of one of our messages; its text is that of its contents."""
    fields = tuple(getattr(message, field.name) for field in FRAMING.fields)
    name = message.author.name
    return Shape(str(message.author.role.value), name, fields, "".join(map(_text_of, message.content)))


def _text_of(content: Any) -> str:
    return str(RULES.contents.by_class[type(content)].text(content, False))


def shapes_of(messages: Any) -> tuple[Shape, ...]:
    return tuple(map(shape_of, messages))
