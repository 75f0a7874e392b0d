"""What schemas say together of values of each type."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .json_containers import ARRAYS, OBJECTS, array_of, object_of
from .json_document import SchemaDocument, schema_text
from .json_facts import Facts
from .json_scalars import NUMBERS, STRINGS, number_holds, number_of, text_holds, text_of
from .json_shapes import ANY_VALUE, Array, Json, Number, Object, Shape, Text, Values, any_of, json_key

__all__ = ["OF_TYPES", "SCALAR", "all_values", "shape_of", "types_of"]

_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
_ALL_TYPES = frozenset(_TYPES)
# The types by the name of one: every integer is a number. Those of a schema that names none are all.
_TYPES_OF = {**{kind: frozenset({kind}) for kind in _TYPES}, "number": frozenset({"number", "integer"}), "": _ALL_TYPES}
OF_TYPES = frozenset({"type", "nullable"})  # the keywords that say of which types values are
_NOWHERE = SchemaDocument(schema_text(True, ""), "")  # the document of schemas that stand in several
# The keywords of schemas without others in them, unless they allow objects and arrays.
SCALAR = OF_TYPES | {"enum", "const", *STRINGS, *NUMBERS}


def shape_of(facts: Facts) -> Shape:
    """Return the shape of the values that several schemas allow at once."""
    types = _types(facts)
    if facts.keywords <= OF_TYPES:
        return all_values(types)
    listed = _listed(facts)
    if listed is not None:
        facts.check_texts(listed, "enum", "const")
        held = tuple(value for value in listed if _holds(facts, types, value))
        return Values(held, facts.first("enum", "const") or "")
    return _values(types, facts)


@lru_cache(maxsize=256)
def all_values(types: frozenset[str]) -> Shape:
    """Return the shape of all values of some types."""
    return _values(types, Facts((), _NOWHERE, lambda places: ANY_VALUE))


def _values(types: frozenset[str], facts: Facts) -> Shape:
    """Return the shape of the values of some types, which are not listed."""
    shapes: list[Shape] = []
    if "object" in types:
        shapes.append(object_of(facts))
    if "array" in types:
        shapes.append(array_of(facts))
    if "string" in types:
        shapes.append(text_of(facts))
    if "number" in types or "integer" in types:
        shapes.append(number_of(facts, integer="number" not in types))
    if len(types) == len(_TYPES) and shapes == [Object(), Array((), ANY_VALUE), Text(), Number()]:
        return ANY_VALUE
    shapes += [Values((True, False))] if "boolean" in types else []
    shapes += [Values((None,))] if "null" in types else []
    return any_of(shapes)


def _types(facts: Facts) -> frozenset[str]:
    found = _ALL_TYPES
    for part in facts.parts:
        found &= types_of(part.keywords)
    return found


def types_of(keywords: Mapping[str, Any]) -> frozenset[str]:
    """Return the types of the values that the keywords of a schema allow."""
    kind = keywords.get("type", "")
    types = _TYPES_OF[kind] if isinstance(kind, str) else frozenset[str]().union(*[_TYPES_OF[each] for each in kind])
    return types | _TYPES_OF["null"] if keywords.get("nullable") else types


def _listed(facts: Facts) -> list[Json] | None:
    """Return the values that every `enum` and `const` lists, each once; None if there is no such keyword."""
    found: list[Json] | None = None
    for part in facts.parts:
        for values in ([part.keywords["const"]] if "const" in part.keywords else None, part.keywords.get("enum")):
            if values is not None:
                once: dict[object, Json] = {}
                for value in values:
                    once.setdefault(json_key(value), value)
                found = list(once.values()) if found is None else [v for v in found if json_key(v) in once]
    return found


def _holds(facts: Facts, types: frozenset[str], value: Json) -> bool:
    """Whether a value that is listed satisfies the keywords beside the list."""
    if value is None or isinstance(value, bool):
        return ("null" if value is None else "boolean") in types
    if isinstance(value, str):
        return "string" in types and text_holds(text_of(facts), value)
    if isinstance(value, (int, float)):
        kind = "integer" if value == int(value) else "number"
        return kind in types and number_holds(number_of(facts, integer=False), value)
    keywords = ARRAYS if isinstance(value, list) else OBJECTS
    beside = facts.first(*keywords)
    if beside is not None:
        what = "array" if isinstance(value, list) else "object"
        facts.fail(beside, f"cannot be kept beside a list of values (`enum` or `const`) with an {what}")
    return ("array" if isinstance(value, list) else "object") in types
