"""Validates values that were assigned to an object after its construction.

It works on tables of types and does not depend on particular data types. The error messages use the wording of serde,
as in the reference library, followed by the path of the value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from .json_schema import checked_schema
from .json_text import refusal, well_formed
from .plain_text import LINE_END

# Raises ValueError if the value at a path is not of the type.
Kind: TypeAlias = Callable[[Any, str], None]

_LONGEST_QUOTE = 60


class Field(NamedTuple):
    """An attribute of a `Record`."""

    name: str
    kind: Kind
    optional: bool = False


class Record:
    """An object with attributes; error messages use the name of `cls`."""

    def __init__(self, cls: type, *fields: Field) -> None:
        self.cls = cls
        self.fields = fields

    def __call__(self, value: Any, path: str) -> None:
        for field in self.fields:
            try:
                member = getattr(value, field.name)
            except AttributeError:
                raise wrong_type(value, f"a {self.cls.__name__}", path) from None
            if member is not None:
                field.kind(member, f"{path}.{field.name}" if path else field.name)
            elif not field.optional:
                raise fault(f"missing field `{field.name}`", path)


class OneOf:
    """One of several strings."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    def __call__(self, value: Any, path: str) -> None:
        text(value, path)
        word = str.__str__(value)
        if word not in self.words:
            raise fault(f"unknown variant `{word}`, expected one of {quoted_words(self.words)}", path)


class ListOf:
    """A list of values of one type."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def __call__(self, value: Any, path: str) -> None:
        if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            raise wrong_type(value, "a sequence", path)
        for index, member in enumerate(value):
            self.kind(member, f"{path}[{index}]")


class MapOf:
    """A dictionary from names to values of one type."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def __call__(self, value: Any, path: str) -> None:
        mapping(value, path)
        for name, member in value.items():
            text(name, path)
            self.kind(member, f"{path}[{str.__str__(name)!r}]")


def text(value: Any, path: str) -> None:
    """Text that can be encoded as UTF-8 after surrogate pairs are joined."""
    if not isinstance(value, str):
        raise wrong_type(value, "a string", path)
    try:
        well_formed(value)
    except ValueError as error:
        raise ValueError(f"{error}, at {path}") from None


def flag(value: Any, path: str) -> None:
    """True or False."""
    if not isinstance(value, bool):
        raise wrong_type(value, "a boolean", path)


def one_line(value: Any, path: str) -> None:
    """Text without the end of a line, and not empty."""
    text(value, path)
    if LINE_END.search(str.__str__(value)) or not value:
        raise fault(f"expected one line of text, not {described(value)}", path)


def json_schema(value: Any, path: str) -> None:
    """A JSON Schema."""
    try:
        checked_schema(value)
    except ValueError as problem:
        raise fault(str(problem), path) from None


def mapping(value: Any, path: str) -> None:
    """A dictionary; its contents are validated when it is rendered."""
    if not isinstance(value, dict):
        raise wrong_type(value, "a map", path)


def quoted_words(words: Sequence[str]) -> str:
    """Return a list of words as error messages show it."""
    return ", ".join(f"`{word}`" for word in words)


def described(value: Any) -> str:
    """Return the description of a value in serde's wording, on one line."""
    if isinstance(value, bool):
        return f"boolean `{str(value).lower()}`"
    if isinstance(value, int):
        return f"integer `{int.__repr__(value)}`"
    if isinstance(value, float):
        return f"floating point `{float.__repr__(value)}`"
    if isinstance(value, str):
        shown = str.__str__(value)
        short = shown if len(shown) <= _LONGEST_QUOTE else shown[:_LONGEST_QUOTE] + "…"
        return f"string {short!r}"
    if isinstance(value, Mapping):
        return "map"
    if isinstance(value, (list, tuple)):
        return "sequence"
    return type(value).__name__


def wrong_type(value: Any, expected: str, path: str) -> ValueError:
    """Return the error about a value of the wrong type."""
    return fault(f"invalid type: {described(value)}, expected {expected}", path)


def fault(reason: str, path: str) -> ValueError:
    """Return the error about the value at a path."""
    return refusal(f"{reason}, at {path}" if path else reason)
