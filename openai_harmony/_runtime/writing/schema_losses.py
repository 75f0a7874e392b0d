"""Finds the keywords of a schema that the reference's text omits or misrepresents.

The rules follow `typescript`, which prints that text: keywords that it ignores are omitted, and text that it does not
escape can be read as something else.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import NamedTuple

from ..types.json_text import Json, as_json, json_text, walk
from .printed_types import Printed, overlap
from .schema_document import ALL_KINDS, ARRAY, OBJECT, SILENT, below, entries_of, kinds_of, members_of
from .schema_remarks import allowed, kinds_named
from .schema_text import lines_of, literal, property_name

__all__ = ["Loss", "losses"]

# The position of a schema, which decides which of its comments are printed.
ROOT, PROPERTY, VARIANT, ITEM = "the parameters", "a property", "a variant", "an item of an array"
_WORDS = frozenset({"string", "number", "integer", "boolean"})  # types that are printed as a word
_STRUCTURE = frozenset({*OBJECT, *ARRAY})

_NOTHING = "nothing is written for it"
_UNESCAPED = "it is not escaped, and reads as something else"
_OUTSIDE = "it has several lines, and those behind the first stand outside of the comment"


class Loss(NamedTuple):
    """A keyword that is not printed completely: its place, its name, and the reason."""

    pointer: str
    keyword: str
    why: str


class _Task(NamedTuple):
    schema: Json
    pointer: str
    place: str
    of: str | None = None  # the description of the property that this is a variant of
    first: bool = False  # whether it is the first variant
    in_property: bool = False  # whether it is a variant of a property


def losses(schema: object) -> list[Loss]:
    """Return the losses of a schema and of the schemas printed within it."""
    found: list[Loss] = []

    def visit(task: _Task) -> Generator[_Task, None, None]:
        found.extend(_found(task))
        yield from _inner(task)

    walk(visit, _Task(as_json(schema), "#", ROOT))
    return found


def _form(schema: dict[str, Json]) -> str:
    """Return how a schema is printed: by "oneOf", by its list of "types", by the name of its type, or as "any"."""
    kind = schema.get("type")
    if isinstance(schema.get("oneOf"), list):
        return "oneOf"
    if isinstance(kind, list):
        return "types"
    known = isinstance(kind, str) and (kind in _WORDS or kind in ("object", "array"))
    return str(kind) if known else "any"


def _inner(task: _Task) -> Iterator[_Task]:
    """Yield the schemas that are printed within a schema."""
    schema, pointer = task.schema, task.pointer
    if not isinstance(schema, dict):
        return
    form = _form(schema)
    if form == "oneOf":
        description = schema.get("description")
        said = description if isinstance(description, str) and task.place == PROPERTY else None
        for number, variant in enumerate(members_of(schema, "oneOf")):
            at = below(pointer, "oneOf", number)
            yield _Task(variant, at, VARIANT, said, number == 0, task.place == PROPERTY)
    elif form == "object":
        for name, inner in entries_of(schema, "properties").items():
            yield _Task(inner, below(pointer, "properties", name), PROPERTY)
    elif form == "array" and "items" in schema:
        yield _Task(schema["items"], below(pointer, "items"), ITEM)


def _found(task: _Task) -> Iterator[Loss]:
    if task.schema is False:
        yield Loss(task.pointer, "false", "that there is no such value is not written")
    if not isinstance(task.schema, dict):
        return
    form = _form(task.schema)
    for keyword, value in task.schema.items():
        for why in _reasons(keyword, value, task.schema, form, task):
            yield Loss(below(task.pointer, keyword), keyword, why)


def _reasons(keyword: str, value: Json, schema: dict[str, Json], form: str, task: _Task) -> Iterator[str]:
    if keyword in SILENT or (keyword == "examples" and value == []):
        return
    if keyword == "type":
        yield from _of_type(value, schema, form)
    elif keyword == "enum":
        yield from _of_enum(value, form)
    elif keyword == "oneOf":
        yield from _of_variants(value, task)
    elif keyword in _STRUCTURE:
        yield from _of_structure(keyword, value, schema, form)
    elif keyword in ("title", "description", "examples"):
        yield from _of_heading(keyword, value, schema, form, task)
    elif keyword == "default":
        if task.place in (ROOT, ITEM) or ("oneOf" in schema and form != "oneOf"):
            yield f"that of {task.place} is not written"
        elif isinstance(value, str) and literal(value)[1:-1] != value:
            yield _UNESCAPED
    elif keyword == "nullable":
        yield from _of_nullable(value, schema, form, task)
    else:
        yield _NOTHING


# Types ----------------------------------------------------------------------------------------------


def _of_type(value: Json, schema: dict[str, Json], form: str) -> Iterator[str]:
    kinds = value if isinstance(value, list) else [value]
    if form == "oneOf":
        if not all(isinstance(each, dict) and "type" in each for each in members_of(schema, "oneOf")):
            yield "variants are written in place of it"
    elif form == "any":
        yield "any is written in place of it"
    elif "integer" in kinds and "number" not in kinds:
        yield "number is written in place of integer"
    if form == "types" and not all(isinstance(kind, str) and kind in {*_WORDS, "null", "object"} for kind in kinds):
        yield "a word of it is written that is no type"


def _of_enum(value: Json, form: str) -> Iterator[str]:
    choices = value if isinstance(value, list) else []
    texts = [choice for choice in choices if isinstance(choice, str)]
    if form != "string" or not texts:
        yield _NOTHING
    elif len(texts) < len(choices):
        yield "only texts among the choices are written"
    if form == "string" and any(literal(text)[1:-1] != text for text in texts):
        yield _UNESCAPED


def _of_variants(value: Json, task: _Task) -> Iterator[str]:
    if not isinstance(value, list) or not value:
        yield _NOTHING
        return
    if _may_overlap(value):
        yield "that a value is of exactly one of them is not written"
    if task.place in (VARIANT, ITEM):
        yield "as they are written, they are no part of what they stand in"
    last = value[-1]
    if task.place == ROOT and isinstance(last, dict) and ("description" in last or "default" in last):
        yield "the comment behind the last one goes on over the end of the declaration"


def _may_overlap(variants: list[Json]) -> bool:
    """Return whether the full text states that a value matches exactly one of the variants."""
    schemas = [variant if isinstance(variant, dict) else {} for variant in variants]
    return overlap([_kinds_and_values(schema) for schema in schemas])


def _kinds_and_values(schema: dict[str, Json]) -> Printed:
    """Return the kinds of values that a schema allows, and the values themselves if it lists them."""
    null = {"null"} if schema.get("nullable") is True else frozenset[str]()
    if choices := members_of(schema, "enum"):
        kinds = frozenset[str]().union(*map(allowed, choices), null)
        return Printed("", kinds=kinds, literals=frozenset(map(json_text, choices)) | null)
    kinds = frozenset[str]().union(*map(kinds_of, kinds_named(schema)))
    return Printed("", kinds=kinds | null if kinds else ALL_KINDS)


def _of_structure(keyword: str, value: Json, schema: dict[str, Json], form: str) -> Iterator[str]:
    """Yield the losses of a keyword about objects or arrays; it is meaningless for other types."""
    kind = "object" if keyword in OBJECT else "array"
    if (form in _WORDS and "const" not in schema) or (form in ("object", "array") and form != kind):
        return
    if keyword == "additionalProperties" and value in (True, {}):
        return
    names = entries_of(schema, "properties")
    if form != kind:
        yield _NOTHING
    elif keyword == "required":
        if not isinstance(value, list) or any(name not in names for name in value):
            yield "names of other properties than the listed ones are not written"
    elif keyword == "properties":
        if not isinstance(value, dict):
            yield _NOTHING
        if any(property_name(name) != name for name in names):
            yield "names that are no identifiers are written without quotes"
    elif keyword == "items":
        yield from _of_items(value)
    else:
        yield _NOTHING


def _of_items(value: Json) -> Iterator[str]:
    if isinstance(value, list) or value is False:
        yield _NOTHING
    if isinstance(value, dict):
        form = _form(value)
        several = len(members_of(value, {"types": "type", "string": "enum"}.get(form, ""))) > 1
        if form == "oneOf" or several:
            yield "the brackets are written behind the last of several types, and seem to belong to it alone"


# Comments -------------------------------------------------------------------------------------------


def _of_heading(keyword: str, value: Json, schema: dict[str, Json], form: str, task: _Task) -> Iterator[str]:
    written = task.place == PROPERTY
    if keyword == "description":
        yield from _of_description(value, schema, form, task)
    elif not written or not isinstance(value, list if keyword == "examples" else str):
        yield f"that of {task.place} is not written"
    elif isinstance(value, str):
        if len(lines_of(value)) > 1:
            yield _OUTSIDE
    elif isinstance(value, list):
        if not all(isinstance(example, str) for example in value):
            yield "only texts among the examples are written"
        if any(isinstance(example, str) and literal(example)[1:-1] != example for example in value):
            yield _UNESCAPED


def _of_description(value: Json, schema: dict[str, Json], form: str, task: _Task) -> Iterator[str]:
    written = task.place in (PROPERTY, VARIANT) or form == "object"
    if task.place == PROPERTY and "oneOf" in schema:
        variants = members_of(schema, "oneOf")
        first = variants[0] if variants else None
        written = form == "oneOf" and not (isinstance(first, dict) and first.get("description") == value)
    elif task.place == VARIANT and task.of is not None and task.first and form != "object":
        written = task.of == value
    if not written or not isinstance(value, str):
        yield f"that of {task.place} is not written"
    elif len(lines_of(value)) > 1:
        yield _OUTSIDE


def _of_nullable(value: Json, schema: dict[str, Json], form: str, task: _Task) -> Iterator[str]:
    if value is not True:
        return
    variants = [variant for variant in members_of(schema, "oneOf") if isinstance(variant, dict)]
    shown = "null" in members_of(schema, "type") or any(
        "null" in _kinds_and_values(variant).kinds for variant in variants
    )
    if shown:
        return
    if task.place in (ROOT, ITEM) or (form == "oneOf" and task.place == PROPERTY):
        yield f"that of {task.place} is not written"
    elif any("null" in json_text(schema.get(keyword, "")) for keyword in ("enum", "properties", "items")):
        yield "it is not written where the type has the letters of null in it"
