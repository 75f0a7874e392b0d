"""Reads a schema: what its keywords say together, as a shape.

A value must satisfy several schemas at once where a schema has `allOf`, or keywords beside a reference or `anyOf`. So
shapes are made of groups of schemas, which the reader calls parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from .json_document import Place, SchemaDocument, SchemaText, below
from .json_facts import Facts, Part
from .json_meaning import OF_TYPES, SCALAR, all_values, shape_of, types_of
from .json_overlap import overlap
from .json_pruning import pruned
from .json_shapes import ANY_VALUE, NEVER, AnyOf, Named, Shape, Shapes, any_of

__all__ = ["read_schema"]


@lru_cache(maxsize=512)
def read_schema(text: SchemaText, option: str) -> Shapes:
    """Return the shapes that a schema allows.

    Raises:
        GrammarError: the schema is none, has a keyword that is not kept, or allows no value.
    """
    document = SchemaDocument(text, option)
    reader = _Reader(document)
    try:
        root = reader.named([_Group(document.root, document.root.pointer)])
    except RecursionError:
        document.fail("#", "nested too deep")
    reader.check_references(root)
    shapes = pruned(Shapes(root, reader.shapes))
    if shapes.root == NEVER:
        document.fail("#", "no value satisfies the schema")
    return shapes


class _Group(NamedTuple):
    """A schema to be read together with others.

    Attributes:
        place: the schema and its place.
        key: what tells it from all others.
        left: its keywords that are still to be read; None for all.
    """

    place: Place
    key: str
    left: dict[str, Any] | None = None


class _Reader:
    def __init__(self, document: SchemaDocument) -> None:
        self.shapes: dict[str, Shape] = {}
        self._document = document
        self._open: set[str] = set()
        self._recursive: set[str] = set()
        self._left = _MOST_SHAPES

    def named(self, groups: list[_Group], *, always: bool = False) -> Shape:
        """Return the shape of several schemas together; by its name if it refers to itself, or `always`."""
        if not groups:
            return ANY_VALUE
        self._left -= 1
        if self._left < 0:
            self._document.fail("#", f"more than {_MOST_SHAPES} schemas, choices of choices included")
        name = groups[0].key if len(groups) == 1 else " & ".join(dict.fromkeys(group.key for group in groups))
        if name in self.shapes:
            return Named(name)
        if name in self._open:
            self._recursive.add(name)
            return Named(name)
        self._open.add(name)
        shape = self._shape(groups)
        self._open.remove(name)
        if always or name in self._recursive:
            self.shapes[name] = shape
            return Named(name)
        return shape

    def of_places(self, places: list[Place]) -> Shape:
        """Return the shape of the schemas at several places together."""
        if len(places) == 1:
            place = places[0]
            keywords = self._document.keywords(place)
            if isinstance(keywords, dict):
                if keywords.keys() <= OF_TYPES:
                    return all_values(types_of(keywords))
                if keywords.keys() <= SCALAR and place.pointer not in self.shapes and self._left:
                    self._left -= 1
                    return shape_of(Facts([Part(keywords, place, place.pointer)], self._document, self.of_places))
        return self.named([_Group(place, place.pointer) for place in places])

    def _shape(self, groups: list[_Group]) -> Shape:
        alone = groups[0] if len(groups) == 1 else None
        if alone is not None and alone.left is None:
            keywords = self._document.keywords(alone.place)
            if isinstance(keywords, dict) and "$ref" in keywords and keywords.keys() <= {"$ref", *_DEFINING}:
                place = self._document.target(keywords["$ref"], alone.place.pointer)
                return self.named([_Group(place, place.pointer)], always=True)
        read = self._read(groups)
        if read is None:
            return NEVER
        for number, part in enumerate(read):
            for keyword in ("anyOf", "oneOf"):
                if keyword in part.keywords:
                    return self._one_of(read, number, keyword)
        return shape_of(Facts(read, self._document, self.of_places))

    def _read(self, groups: list[_Group]) -> list[Part] | None:
        """Return all schemas that apply at once, without references and `allOf`; None if one allows no value."""
        found: list[Part] = []
        todo = [(group, frozenset((group.key,))) for group in groups]  # each with what it is part of
        seen = {group.key for group in groups}
        for group, within in todo:  # which grows
            keywords = self._document.keywords(group.place) if group.left is None else group.left
            if keywords is False:
                return None
            if keywords is True:
                continue
            if not _STRUCTURE.isdisjoint(keywords):
                for applied in self._applied(keywords, group.place.pointer, within):
                    if applied.key not in seen:  # what is said twice is said
                        seen.add(applied.key)
                        todo.append((applied, within | {applied.key}))
                keywords = _without(keywords, *_STRUCTURE)
            if keywords:
                found.append(Part(keywords, group.place, group.key))
        return found

    def _applied(self, keywords: dict[str, Any], pointer: str, within: frozenset[str]) -> Iterator[_Group]:
        """Yield the schemas of the reference and of `allOf` in a schema, which is part of those `within`."""
        if "$ref" in keywords:
            place = self._document.target(keywords["$ref"], pointer)
            if place.pointer in within:
                self._document.fail(below(pointer, "$ref"), "refers to a schema that it is part of itself")
            yield _Group(place, place.pointer)
        for number, inner in enumerate(keywords.get("allOf", ())):
            at = below(pointer, "allOf", number)
            yield _Group(Place(inner, at), at)

    def _one_of(self, read: list[Part], number: int, keyword: str) -> Shape:
        """Return the shape of schemas of which one has several choices."""
        chosen = read[number]
        others = [
            _Group(part.place, f"{part.key} without {keyword}" if part is chosen else _rest(part.key), left)
            for part in read
            if (left := _without(part.keywords, keyword) if part is chosen else part.keywords)
        ]
        shapes = []
        for index, branch in enumerate(chosen.keywords[keyword]):
            at = below(chosen.place.pointer, keyword, index)
            shapes.append(self.named([*others, _Group(Place(branch, at), at)]))
        if keyword == "oneOf":
            self._check_apart(shapes, below(chosen.place.pointer, keyword))
        return any_of(shapes)

    def _check_apart(self, shapes: list[Shape], pointer: str) -> None:
        for second, shape in enumerate(shapes):
            for first in range(second):
                if overlap(shapes[first], shape, self.shapes):
                    what = f"its schemas {first} and {second} may allow the same value; `anyOf` is kept"
                    self._document.fail(pointer, f"`oneOf` cannot be kept: {what}")

    def check_references(self, root: Shape) -> None:
        """Refuse shapes that are themselves, or one of several of which they are one."""
        for name, shape in self.shapes.items():
            todo, seen = [shape], {name}
            while todo:
                each = todo.pop()
                if isinstance(each, AnyOf):
                    todo += each.shapes
                elif isinstance(each, Named):
                    if each.name == name:
                        self._document.fail(name.partition(" & ")[0], "a schema that is only a reference to itself")
                    if each.name not in seen:
                        seen.add(each.name)
                        todo.append(self.shapes[each.name])


_MOST_SHAPES = 20_000


def _rest(key: str) -> str:
    """Return the key of what is left of a schema without its references and `allOf`."""
    return key if key.endswith("*") else f"{key}*"


def _without(keywords: dict[str, Any], *others: str) -> dict[str, Any]:
    return {keyword: value for keyword, value in keywords.items() if keyword not in others}


_DEFINING = ("$defs", "definitions", "$anchor", "$dynamicAnchor")
_STRUCTURE = frozenset({"$ref", "allOf", *_DEFINING})
