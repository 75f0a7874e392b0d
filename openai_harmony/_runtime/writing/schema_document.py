"""JSON Schemas as documents: the values that keywords allow, the places of schemas, and the targets of references.

A place is identified by its JSON pointer, as a fragment: `#/properties/a`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

from ..types.json_schema import below, fault
from ..types.json_text import Json, json_text, walk

__all__ = [
    "ALL_KINDS",
    "ARRAY",
    "OBJECT",
    "SILENT",
    "Document",
    "Place",
    "below",
    "entries_of",
    "fault",
    "is_schema",
    "kinds_of",
    "members_of",
]

# The kinds of values. The type `number` allows the kinds "number" and "integer", since every integer is a number.
ALL_KINDS = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})
OBJECT = ("properties", "required", "patternProperties", "additionalProperties")  # keywords for objects
ARRAY = ("items", "prefixItems", "additionalItems")
# Keywords that do not affect which values a schema allows.
SILENT = frozenset(
    {"$schema", "$id", "id", "$comment", "$defs", "definitions", "$anchor", "$dynamicAnchor", "$vocabulary"}
)


class Place(NamedTuple):
    """A schema and its place in the document."""

    schema: Json
    pointer: str


def is_schema(value: Json) -> bool:
    return isinstance(value, (dict, bool))


def members_of(schema: dict[str, Json], keyword: str) -> list[Json]:
    """Return the list of a keyword; an empty one if its value is not a list."""
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def entries_of(schema: dict[str, Json], keyword: str) -> dict[str, Json]:
    """Return the dictionary of a keyword; an empty one if its value is not a dictionary."""
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}


def kinds_of(kind: str) -> frozenset[str]:
    return frozenset({"number", "integer"}) if kind == "number" else frozenset({kind})


# Values of keywords -------------------------------------------------------------------------------


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_flag(value: Json) -> bool:
    return isinstance(value, bool)


def _is_list(value: Json) -> bool:
    return isinstance(value, list)


def _is_map(value: Json) -> bool:
    return isinstance(value, dict)


def _are_some(value: Json) -> bool:
    return isinstance(value, list) and bool(value)


def _are_texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(member, str) for member in value)


def _is_type(value: Json) -> bool:
    kinds = value if isinstance(value, list) and value else [value]
    return all(isinstance(kind, str) and kind in ALL_KINDS for kind in kinds)


def _are_items(value: Json) -> bool:
    return is_schema(value) or isinstance(value, list)


_SCHEMA = "a schema, which is an object or a boolean"
_TYPE = "the name of a type, or a list of some"
_EXPECTED: Mapping[str, tuple[Callable[[Json], bool], str]] = {
    "type": (_is_type, _TYPE),
    "enum": (_is_list, "a list"),
    "properties": (_is_map, "an object"),
    "patternProperties": (_is_map, "an object"),
    "required": (_are_texts, "a list of names"),
    "additionalProperties": (is_schema, _SCHEMA),
    "items": (_are_items, _SCHEMA),
    "additionalItems": (is_schema, _SCHEMA),
    "prefixItems": (_is_list, "a list of schemas"),
    "anyOf": (_are_some, "a list of schemas, at least one"),
    "oneOf": (_are_some, "a list of schemas, at least one"),
    "allOf": (_are_some, "a list of schemas, at least one"),
    "$ref": (_is_text, "a reference as text"),
    "nullable": (_is_flag, "a boolean"),
    "title": (_is_text, "text"),
    "description": (_is_text, "text"),
    "examples": (_is_list, "a list"),
}
_INDEX = re.compile("0|[1-9][0-9]{0,8}")
_LONGEST = 60  # the number of characters of a wrong value in an error message


def _check(schema: dict[str, Json], pointer: str) -> None:
    for keyword, value in schema.items():
        fits, expected = _EXPECTED.get(keyword, (None, ""))
        if fits is not None and not fits(value):
            raise fault(below(pointer, keyword), f"expected {expected}, not {_shown(value)}")


def _shown(value: Json) -> str:
    if isinstance(value, (list, dict)) and value:
        return "a list" if isinstance(value, list) else "an object"
    text = json_text(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


# Documents ----------------------------------------------------------------------------------------


class Document:
    """A whole schema, in which references point to other places."""

    def __init__(self, root: Json) -> None:
        self.root = Place(root, "#")
        self._checked: set[str] = set()

    def checked(self, place: Place) -> Json:
        """Return the schema of a place, after checking its own keywords, but not the schemas within it.

        Raises:
            ValueError: it is not a schema, or the value of a keyword has the wrong type.
        """
        if not is_schema(place.schema):
            raise fault(place.pointer, f"expected {_SCHEMA}, not {_shown(place.schema)}")
        if isinstance(place.schema, dict) and place.pointer not in self._checked:
            self._checked.add(place.pointer)
            _check(place.schema, place.pointer)
        return place.schema

    def target(self, reference: str, pointer: str) -> Place | None:
        """Return the target of a reference; None if the target is in another document.

        Args:
            reference: the value of `$ref`.
            pointer: the place of the schema that contains the reference, for the error message.

        Raises:
            ValueError: the target should be in this document, but does not exist.
        """
        before, _, fragment = reference.partition("#")
        if before and before != self._own_name:
            return None
        if not fragment:
            return self.root
        found = self._at(unquote(fragment)) if fragment.startswith("/") else self._anchors.get(fragment)
        if found is None:
            raise fault(below(pointer, "$ref"), f"{_shown(reference)} leads nowhere")
        return found

    def _at(self, path: str) -> Place | None:
        value, pointer = self.root
        for key in path.split("/")[1:]:
            key = key.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and _INDEX.fullmatch(key) and int(key) < len(value):
                value = value[int(key)]
            elif isinstance(value, dict) and key in value:
                value = value[key]
            else:
                return None
            pointer = below(pointer, key)
        return Place(value, pointer)

    @property
    def _own_name(self) -> str | None:
        name = self.root.schema.get("$id") if isinstance(self.root.schema, dict) else None
        return name.partition("#")[0] if isinstance(name, str) else None

    @cached_property
    def _anchors(self) -> dict[str, Place]:
        """The places that have an anchor, by its name."""
        found: dict[str, Place] = {}

        def visit(place: Place) -> Iterator[Place]:
            value, pointer = place
            if isinstance(value, dict):
                for anchor in (value.get("$anchor"), value.get("$dynamicAnchor")):
                    if isinstance(anchor, str):
                        found.setdefault(anchor, place)
            members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            for key, inner in members:
                if isinstance(inner, (dict, list)):
                    yield Place(inner, below(pointer, key))

        walk(visit, self.root)  # type: ignore[arg-type]
        return found
