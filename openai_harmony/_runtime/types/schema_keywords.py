"""The values that the keywords of a JSON Schema allow, with the place of one that is wrong.

A place is identified by its JSON pointer, as a fragment: `#/properties/a`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .json_text import Json, json_text

__all__ = [
    "ALL_KINDS",
    "ARRAY",
    "OBJECT",
    "below",
    "check_keywords",
    "check_schema",
    "fault",
    "is_schema",
    "shown",
    "without_null_keywords",
]

# The kinds of values. The type `number` allows the kinds "number" and "integer", since every integer is a number.
ALL_KINDS = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})
OBJECT = ("properties", "required", "patternProperties", "additionalProperties")  # keywords for objects
ARRAY = ("items", "prefixItems", "additionalItems")


def below(pointer: str, *keys: str | int) -> str:
    """Return the pointer to the value below a pointer, along a path of keys."""
    for key in keys:
        text = str(key)
        pointer += "/" + (text.replace("~", "~0").replace("/", "~1") if "~" in text or "/" in text else text)
    return pointer


def fault(pointer: str, what: str) -> ValueError:
    return ValueError(f"invalid JSON Schema: {pointer}: {what}")


def is_schema(value: Json) -> bool:
    return isinstance(value, (dict, bool))


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
    if isinstance(value, list) and value:
        return all(isinstance(kind, str) and kind in ALL_KINDS for kind in value)
    return isinstance(value, str) and value in ALL_KINDS


def _are_items(value: Json) -> bool:
    return is_schema(value) or isinstance(value, list)


_SCHEMA = "a schema, which is an object or a boolean"
_TYPE = f"the name of a type ({', '.join(sorted(ALL_KINDS))}), or a list of some"
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
_LONGEST = 60  # the number of characters of a wrong value in an error message


def check_keywords(schema: Json, pointer: str) -> None:
    """Check the values of a schema's own keywords, but not the schemas within it. A keyword that is null is absent.

    Raises:
        ValueError: it is not a schema, or the value of a keyword has the wrong type.
    """
    if not isinstance(schema, dict):
        if not isinstance(schema, bool):
            raise fault(pointer, f"expected {_SCHEMA}, not {shown(schema)}")
        return
    for keyword, value in schema.items():
        found = _EXPECTED.get(keyword)
        if found is not None and value is not None and not found[0](value):
            raise fault(below(pointer, keyword), f"expected {found[1]}, not {shown(value)}")


def without_null_keywords(schema: Json) -> Json:
    """Return a schema without the keywords that are null although no value of theirs is: programs dump unset fields."""
    if not isinstance(schema, dict) or None not in schema.values():
        return schema
    return {keyword: value for keyword, value in schema.items() if value is not None or keyword not in _EXPECTED}


def shown(value: Json) -> str:
    """Return a wrong value for an error message."""
    if isinstance(value, (list, dict)) and value:
        return "a list" if isinstance(value, list) else "an object"
    text = json_text(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


_BY_NAME = ("properties", "patternProperties", "$defs", "definitions")  # keywords whose value is an object of schemas
_WITHIN = (*_BY_NAME, "additionalProperties", *ARRAY, "anyOf", "oneOf", "allOf")  # whose value is or contains schemas


def check_schema(schema: Json) -> None:
    """Check the values of the keywords of a schema and of the schemas within it; references are not followed.

    Raises:
        ValueError: the value of a keyword has the wrong type.
    """
    waiting = [(schema, "#")]
    while waiting:
        inner, pointer = waiting.pop()
        check_keywords(inner, pointer)
        if isinstance(inner, dict):
            waiting += _within(inner, pointer)


def _within(schema: dict[str, Json], pointer: str) -> Iterator[tuple[Json, str]]:
    """Yield the schemas within a schema, and their places. Beside `prefixItems`, the value of `items` is no list."""
    for keyword in _WITHIN:
        value, at = schema.get(keyword), below(pointer, keyword)
        if value is None:
            continue
        if keyword in _BY_NAME:
            for name, inner in value.items() if isinstance(value, dict) else ():
                yield inner, below(at, name)
        elif isinstance(value, list) and not (keyword == "items" and "prefixItems" in schema):
            for number, inner in enumerate(value):
                yield inner, below(at, number)
        else:
            yield value, at
