"""What values a schema allows, once its keywords are read: shapes, of which rules and schemas of engines are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from .nodes import Node

__all__ = [
    "ANY_INTEGER",
    "ANY_NUMBER",
    "ANY_TEXT",
    "ANY_VALUE",
    "NEVER",
    "AnyOf",
    "AnyValue",
    "Array",
    "Named",
    "Number",
    "Object",
    "Property",
    "Shape",
    "Shapes",
    "Text",
    "Values",
    "any_of",
    "is_never",
    "json_key",
    "same_json",
]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


# Nothing changes a shape; see nodes.py for why they are not frozen.


@dataclass(slots=True, unsafe_hash=True)
class AnyValue:
    """Every JSON value."""


ANY_VALUE = AnyValue()


@dataclass(slots=True, unsafe_hash=True)
class Values:
    """One of these values; none if there are none.

    Attributes:
        values: the values.
        place: the keyword that lists them, for errors.
    """

    values: tuple[Json, ...] = ()
    place: str = field(default="", compare=False)


@dataclass(slots=True, unsafe_hash=True)
class Text:
    """A string that every pattern reads.

    Attributes:
        patterns: nodes over the characters of the whole string.
        least: the least number of characters.
        most: the largest number; None for any.
        place: a keyword that says so, for errors.
    """

    patterns: tuple[Node, ...] = ()
    least: int = 0
    most: int | None = None
    place: str = field(default="", compare=False)


ANY_TEXT = Text()


@dataclass(slots=True, unsafe_hash=True)
class Number:
    """A number, within bounds if there are some; `place` is a keyword that says so, for errors."""

    integer: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    open_low: bool = False
    open_high: bool = False
    multiple: Decimal | None = None
    place: str = field(default="", compare=False)


ANY_NUMBER, ANY_INTEGER = Number(), Number(integer=True)


@dataclass(slots=True, unsafe_hash=True)
class Array:
    """An array: the shapes of its first items, and of all others."""

    first: tuple[Shape, ...]
    others: Shape
    least: int = 0
    most: int | None = None


@dataclass(slots=True, unsafe_hash=True)
class Property:
    """A property of an object."""

    name: str
    shape: Shape
    required: bool


@dataclass(slots=True, unsafe_hash=True)
class Object:
    """An object: its properties in order, then others.

    Attributes:
        properties: the properties that are listed.
        others: the shape of all others.
        names: the names of all others; those that are listed are no such names.
        least: the least number of properties.
        most: the largest number; None for any.
        told: whether the schema itself says what others there are; false if its silence is read as a prohibition.
        by_pattern: whether `patternProperties` says it, which holds for the listed ones whose names it reads, too.
        place: a keyword that bounds the number of properties or their names, for errors.
    """

    properties: tuple[Property, ...] = ()
    others: Shape = ANY_VALUE
    names: Text = ANY_TEXT
    least: int = 0
    most: int | None = None
    told: bool = True
    by_pattern: bool = False
    place: str = field(default="", compare=False)


@dataclass(slots=True, unsafe_hash=True)
class AnyOf:
    """A value of one of several shapes."""

    shapes: tuple[Shape, ...]


@dataclass(slots=True, unsafe_hash=True)
class Named:
    """A shape that others refer to, itself perhaps."""

    name: str


Shape: TypeAlias = AnyValue | Values | Text | Number | Array | Object | AnyOf | Named

NEVER = Values()


@dataclass(frozen=True, slots=True)
class Shapes:
    """What a schema allows."""

    root: Shape
    named: Mapping[str, Shape]


def is_never(shape: Shape) -> bool:
    """Whether a shape is NEVER, wherever it stands."""
    return isinstance(shape, Values) and not shape.values


def any_of(shapes: list[Shape]) -> Shape:
    """Return one of the shapes, without needless nesting."""
    if len(shapes) == 1:
        return shapes[0]
    flat: list[Shape] = []
    for shape in shapes:
        flat += [each for each in (shape.shapes if isinstance(shape, AnyOf) else (shape,)) if not is_never(each)]
    if ANY_VALUE in flat:
        return ANY_VALUE
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat)) if flat else NEVER


def same_json(one: object, other: object) -> bool:
    """Whether two JSON values are equal: 1 is 1.0, but not true."""
    return json_key(one) == json_key(other)


def json_key(value: object) -> object:
    """Return what two JSON values share if they are equal, and only then."""
    if isinstance(value, list):
        return "array", tuple(map(json_key, value))
    if isinstance(value, dict):
        return "object", frozenset((key, json_key(each)) for key, each in value.items())
    return ("boolean", value) if isinstance(value, bool) else value
