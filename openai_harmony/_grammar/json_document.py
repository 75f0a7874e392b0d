"""The document of a schema: its places, with their keywords checked, and errors that name them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from .._runtime.types.schema_keywords import below, check_keywords, shown, without_null_keywords
from .._runtime.writing.schema_document import Document, Place
from ..errors import GrammarError
from .json_keywords import READ, refusal, said_of

__all__ = ["Place", "SchemaDocument", "SchemaText", "below", "plain_text", "schema_text"]

_MOST_LEVELS = 100
_plain_json = json.JSONEncoder(allow_nan=False, check_circular=False).encode


def _is_count(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0 and value == int(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_COUNT = (_is_count, "a number of zero or more")
_NUMBER = (_is_number, "a number")
_TEXT: tuple[Callable[[object], bool], str] = (lambda value: isinstance(value, str), "text")
_EXPECTED: Mapping[str, tuple[Callable[[object], bool], str]] = {
    **dict.fromkeys(["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"], _COUNT),
    **dict.fromkeys(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], _NUMBER),
    "multipleOf": (lambda value: _is_number(value) and value > 0, "a number above zero"),  # type: ignore[operator]
    "pattern": _TEXT,
    "format": _TEXT,
    "uniqueItems": (lambda value: isinstance(value, bool), "a boolean"),
    "propertyNames": (lambda value: isinstance(value, (dict, bool)), "a schema, which is an object or a boolean"),
}
_EXPECTING_NOTHING = READ - _EXPECTED.keys()  # what schemas of all formats expect of their values is checked before


class SchemaText(str):
    """A schema as JSON, with escapes.

    Attributes:
        value: the schema.
    """

    __slots__ = ("value",)
    value: Any


class SchemaDocument:
    """A schema whose keywords are checked where they are read.

    Attributes:
        has_surrogates: whether there may be texts with half a pair of surrogates.

    Args:
        text: the schema.
        option: what errors call it.
    """

    def __init__(self, text: SchemaText, option: str) -> None:
        self._option = option
        self.has_surrogates = "\\ud" in text
        self._document = Document(text.value)
        self._keywords: dict[str, dict[str, Any]] = {}

    @property
    def root(self) -> Place:
        return self._document.root

    def fail(self, pointer: str, message: str) -> NoReturn:
        raise GrammarError(message, option=self._option, pointer=pointer)

    def keywords(self, place: Place) -> dict[str, Any] | bool:
        """Return the keywords of a schema that are no annotations.

        Raises:
            GrammarError: it is no schema, or one of its keywords is refused or has a value that is not expected.
        """
        if isinstance(place.schema, bool):
            return place.schema
        found = self._keywords.get(place.pointer)
        if found is None:
            found = self._keywords[place.pointer] = self._checked(place)
        return found

    def target(self, reference: str, pointer: str) -> Place:
        """Return what a reference refers to."""
        try:
            found = self._document.target(reference, pointer)
        except ValueError:
            self.fail(below(pointer, "$ref"), f"{shown(reference)} leads nowhere")
        if found is None:
            self.fail(below(pointer, "$ref"), f"{shown(reference)} is in another document")
        return found

    def _checked(self, place: Place) -> dict[str, Any]:
        try:
            check_keywords(place.schema, place.pointer)
        except ValueError as error:
            where, _, what = str(error).partition(": ")[2].rpartition(": expected ")
            self.fail(where, f"expected {what}")
        schema = without_null_keywords(place.schema)
        assert isinstance(schema, dict)  # for type checkers; booleans are handled before
        if "$id" in schema and place != self.root:
            self.fail(
                below(place.pointer, "$id"), "`$id` cannot be kept: references within this schema have other targets"
            )
        found = said_of(schema)
        for keyword, value in found.items() if not found.keys() <= _EXPECTING_NOTHING else ():
            if keyword not in READ:
                self.fail(below(place.pointer, keyword), refusal(keyword))
            fits, expected = _EXPECTED.get(keyword, (None, ""))
            if fits is not None and not fits(value):
                self.fail(below(place.pointer, keyword), f"expected {expected}, not {shown(value)}")
        return found


def plain_text(schema: object) -> SchemaText | None:
    """Return a schema as JSON; None if not all of it has the types of JSON, or if it is large or deep."""
    try:
        text = _with_value(_plain_json(schema))
    except (TypeError, ValueError, RecursionError):
        return None
    is_flat = text.count("[") + text.count("{") <= _MOST_LEVELS
    return text if is_flat and text.value == schema else None  # unequal: keys that are no texts, tuples


def _with_value(text: str) -> SchemaText:
    found = SchemaText(text)
    found.value = json.loads(text)
    return found


def schema_text(schema: object, option: str) -> SchemaText:
    """Return a schema as JSON.

    Raises:
        GrammarError: it is no JSON.
    """
    if isinstance(schema, SchemaText):
        return schema
    try:
        return _with_value(json.dumps(_copied(schema, option)))
    except ValueError as error:
        if isinstance(error, GrammarError):
            raise
        raise GrammarError("has a number of more digits than Python writes", option=option, pointer="#") from None


def _copied(value: Any, option: str, *path: str | int) -> Any:
    """Return a value of JSON as dictionaries and lists."""
    if value is None or isinstance(value, (str, int)):
        return value
    if len(path) > _MOST_LEVELS:
        raise GrammarError(f"nested more than {_MOST_LEVELS} deep", option=option, pointer="#")
    if isinstance(value, (dict, Mapping)):  # a dictionary is told at once; other mappings are looked up
        for key in value:
            if not isinstance(key, str):
                raise GrammarError(f"expected keys of text, not {key!r}", option=option, pointer=below("#", *path))
        return {
            key: each if isinstance(each, (str, int)) else _copied(each, option, *path, key)
            for key, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [
            each if isinstance(each, (str, int)) else _copied(each, option, *path, index)
            for index, each in enumerate(value)
        ]
    if isinstance(value, float) and math.isfinite(value):
        return value
    shown_value = repr(value) if isinstance(value, float) else f"a value of type {type(value).__name__}"
    raise GrammarError(f"expected JSON, not {shown_value}", option=option, pointer=below("#", *path))
