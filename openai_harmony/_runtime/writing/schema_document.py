"""JSON Schemas as documents: the places of schemas, and the targets of references.

A place is identified by its JSON pointer, as a fragment: `#/properties/a`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

from ..types.json_text import Json, walk
from ..types.schema_keywords import (
    ALL_KINDS,
    ARRAY,
    OBJECT,
    below,
    check_keywords,
    fault,
    is_schema,
    shown,
    without_null_keywords,
)

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

# Keywords that do not affect which values a schema allows.
SILENT = frozenset(
    {"$schema", "$id", "id", "$comment", "$defs", "definitions", "$anchor", "$dynamicAnchor", "$vocabulary"}
)


class Place(NamedTuple):
    """A schema and its place in the document."""

    schema: Json
    pointer: str


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


_INDEX = re.compile("0|[1-9][0-9]{0,8}")

# Documents ----------------------------------------------------------------------------------------


class Document:
    """A whole schema, in which references point to other places."""

    def __init__(self, root: Json) -> None:
        self.root = Place(root, "#")
        self._checked: dict[str, Json] = {}

    def checked(self, place: Place) -> Json:
        """Return the schema of a place, after checking its own keywords, but not the schemas within it.

        Keywords that are null are omitted.

        Raises:
            ValueError: it is not a schema, or the value of a keyword has the wrong type.
        """
        if place.pointer not in self._checked:
            check_keywords(place.schema, place.pointer)
            self._checked[place.pointer] = without_null_keywords(place.schema)
        return self._checked[place.pointer]

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
            raise fault(below(pointer, "$ref"), f"{shown(reference)} leads nowhere")
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
