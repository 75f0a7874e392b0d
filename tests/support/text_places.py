"""Every place in the messages of a format that can hold text, found by walking the data types themselves.

A field that the spec gets tomorrow is a place tomorrow: no name of a field stands here.
"""

from __future__ import annotations

import dataclasses
import enum
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from tests.support.promises import Format

__all__ = ["Path", "Texts", "choices", "conversation", "places"]

Path: TypeAlias = tuple[str | int, ...]  # the message, and the attributes, indices and keys that lead to the text
Texts: TypeAlias = Mapping[Path, str]  # what stands in some places instead of harmless text

KEY = "(key)"  # the last part of a path to a key of a dictionary
HARMLESS = "a_{}"  # what stands in a place, by the last part of its path

_hints = cache(get_type_hints)

# JSON Schema at every place of which text can stand: every name, key and text in it is a place.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "title",
    "description": "words",
    "properties": {
        "text": {
            "type": "string",
            "title": "title",
            "description": "words",
            "default": "one",
            "enum": ["one", "two"],
            "examples": ["three"],
            "pattern": "four",
            "format": "five",
            "x-more": {"six": "seven"},
        },
        "inner": {"type": "object", "description": "words", "properties": {"eight": {"type": ["number", "null"]}}},
        "items": {"type": "array", "items": {"type": "string", "enum": ["nine"], "description": "words"}},
        "either": {
            "description": "words",
            "oneOf": [{"type": "string", "description": "ten", "default": "eleven"}, {"const": "twelve"}],
        },
        "defined": {"$ref": "#/$defs/thing"},
        "any": {"default": {"thirteen": ["fourteen"]}},
    },
    "required": ["text"],
    "patternProperties": {"fifteen": {"type": "string"}},
    "$defs": {"thing": {"type": "string", "description": "words"}},
}


def places(format: Format) -> list[Path]:
    """Every place of the conversation that `conversation` makes."""
    found: list[Path] = []
    _Maker(format, {}, found).conversation()
    return found


def choices(format: Format) -> set[Path]:
    """The places that hold one of several words; any other text there is an error."""
    maker = _Maker(format, {}, [])
    maker.conversation()
    return maker.choices


def conversation(format: Format, texts: Texts | None = None, only: str | int | None = None) -> Any:
    """A conversation in which every field of every type has a value, not validated: rendering has to cope with it.

    It has a message of each role with text, and one for each other kind of content; with `only`, just the one whose
    paths begin so.
    """
    return _Maker(format, texts or {}, [], only).conversation()


class _Maker:
    def __init__(self, format: Format, texts: Texts, found: list[Path], only: str | int | None = None) -> None:
        self._format = format
        self._only = only
        self._texts = texts
        self._found = found
        self.choices: set[Path] = set()

    def conversation(self) -> Any:
        return self._format.Conversation.model_construct(messages=list(self._messages()))

    def _messages(self) -> Iterator[Any]:
        format = self._format
        kinds = [(f"{role.value} message", role, format.TextContent) for role in format.Role]
        for cls, rule in format.part("_generated.renderer").RULES.contents.by_class.items():
            if cls is not format.TextContent:
                kinds.append((f"message of {cls.__name__}", format.Role(rule.role or next(iter(format.Role))), cls))
        for name, role, cls in kinds:
            if self._only in (None, name):
                yield self._message((name,), role, cls)

    def _message(self, path: Path, role: Any, content: type) -> Any:
        values = self._values(self._format.Message, path, {"author", "content"})
        author = self._values(self._format.Author, (*path, "author"), {"role"})
        if not self._has_names(role):
            author = {name: None if value == HARMLESS.format(name) else value for name, value in author.items()}
        made = [self._object(content, (*path, "content"))]
        author = self._format.Author.model_construct(role=role, **author)
        return self._format.Message.model_construct(author=author, content=made, **values)

    def _has_names(self, role: Any) -> bool:
        framing = self._format.part("_generated.framing").FRAMING
        return bool(framing.name_separator) or framing.roles[role.value].named

    def _values(self, cls: Any, path: Path, without: set[str]) -> dict[str, Any]:
        hints = _hints(cls)
        names = [field.name for field in dataclasses.fields(cls) if field.name not in without]
        return {name: self._value(hints[name], (*path, name)) for name in names}

    def _object(self, cls: Any, path: Path) -> Any:
        return cls.model_construct(**self._values(cls, path, set()))

    def _value(self, kind: Any, path: Path) -> Any:
        origin, inner = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            return self._value(next(each for each in inner if each is not type(None)), path)
        if origin is list:
            return [self._value(inner[0], (*path, 0))]
        if kind is Any or (origin is dict and inner[1] is Any):
            return self._json(SCHEMA, path)
        if origin is dict:
            key = HARMLESS.format(path[-1])
            return {self._text((*path, KEY), key): self._value(inner[1], (*path, key))}
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            self.choices.add(path)
            return self._text(path, next(iter(kind)).value)
        if kind is str:
            return self._text(path, HARMLESS.format(path[-1]))
        if kind is bool:
            return True
        assert dataclasses.is_dataclass(kind), f"{path} is of a type that this walk does not know: {kind}"
        return self._object(kind, path)

    def _json(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {
                self._text((*path, name, KEY), name): self._json(inner, (*path, name)) for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self._json(inner, (*path, number)) for number, inner in enumerate(value)]
        return self._text(path, value)

    def _text(self, path: Path, harmless: str) -> str:
        self._found.append(path)
        return self._texts.get(path, harmless)
