"""The data types of the fuzzer: an input, and a message in a plain form that is comparable between parsers."""

from __future__ import annotations

from typing import Any, NamedTuple

from .._generated.framing import FRAMING
from .._generated.renderer import RULES

__all__ = ["Example", "Shape", "shape_of", "shapes_of"]


class Shape(NamedTuple):
    """A message as plain values: the author's role and name, the header's fields in order, and the text."""

    role: str
    name: str | None
    fields: tuple[str | None, ...]
    text: str


class Example(NamedTuple):
    """An input for a parser.

    Attributes:
        tokens: the ids.
        role: the role whose turn the prompt left open; None if the tokens should begin with a start token.
        description: how the input was made.
        messages: the expected messages; None if they are not known.
    """

    tokens: tuple[int, ...]
    role: str | None
    description: str
    messages: tuple[Shape, ...] | None = None


def shape_of(message: Any) -> Shape:
    """Return the shape of a message of this package; its text is the joined text of its contents."""
    fields = tuple(getattr(message, field.name) for field in FRAMING.fields)
    name = message.author.name
    return Shape(str(message.author.role.value), name, fields, "".join(map(_text_of, message.content)))


def _text_of(content: Any) -> str:
    return str(RULES.contents.by_class[type(content)].text(content, False))


def shapes_of(messages: Any) -> tuple[Shape, ...]:
    return tuple(map(shape_of, messages))
