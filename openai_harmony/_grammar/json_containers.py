"""What schemas say of arrays and objects."""

from __future__ import annotations

from typing import Any

from .json_automata import TooManyStates
from .json_document import Place, below
from .json_facts import Facts, Part
from .json_patterns import PatternError, pattern_node
from .json_scalars import text_holds
from .json_shapes import ANY_TEXT, NEVER, Array, Object, Property, Shape, Text, is_never

__all__ = ["ARRAYS", "OBJECTS", "array_of", "object_of"]

ARRAYS = ("items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems")
OBJECTS = (
    *("properties", "required", "additionalProperties", "patternProperties", "propertyNames"),
    *("minProperties", "maxProperties"),
)


_MOST_COUNTED = 1000


def array_of(facts: Facts) -> Array:
    """Return the shape of the arrays."""
    for value, pointer in facts.all("uniqueItems"):
        if value:
            facts.fail(pointer, "`uniqueItems` cannot be kept: rules do not compare what is written")
    first = max((len(_first_items(part)) for part in facts.parts), default=0)
    shapes = [facts.shape_of_places([p for part in facts.parts for p in _item(part, at)]) for at in range(first + 1)]
    return Array(tuple(shapes[:first]), shapes[first], facts.least("minItems"), facts.most("maxItems"))


def _first_items(part: Part) -> list[Any]:
    items = part.keywords.get("items")
    found: list[Any] = part.keywords.get("prefixItems", items if isinstance(items, list) else [])
    return found


def _item(part: Part, at: int) -> list[Place]:
    """Return the schemas of an item by a part: one or none."""
    first, items = _first_items(part), part.keywords.get("items")
    is_old = "prefixItems" not in part.keywords and isinstance(items, list)
    if at < len(first):
        return [Place(first[at], part.below("items" if is_old else "prefixItems", at))]
    keyword = "additionalItems" if is_old else "items"
    if keyword not in part.keywords:
        return []
    return [Place(part.keywords[keyword], part.below(keyword))]


def object_of(facts: Facts) -> Object:
    """Return the shape of the objects."""
    names = _names(facts)
    listed = dict.fromkeys([n for part in facts.parts for n in part.keywords.get("properties", {})])
    required = dict.fromkeys([name for value, _ in facts.all("required") for name in value])
    facts.check_texts([*listed, *required], "properties", "required")
    pattern = _pattern(facts)
    is_told = facts.first("additionalProperties") is not None
    closed = not is_told and (bool(listed) or pattern is not None)
    places: dict[str, list[Place]] = {name: [] for name in listed | required}
    for part in facts.parts:
        _add_properties(part, pattern, places)
    properties = []
    for name, found in places.items():
        shape = facts.shape_of_places(found) if names is ANY_TEXT or text_holds(names, name) else NEVER
        properties.append(Property(name, shape, name in required))
    others = _others(facts, pattern, closed)
    least, most = facts.least("minProperties"), facts.most("maxProperties")
    place = facts.first("minProperties", "maxProperties", "propertyNames", "patternProperties")
    if most is not None and most > _MOST_COUNTED:
        if not is_never(others):
            pointer = facts.first("maxProperties") or "#"
            facts.fail(pointer, f"`maxProperties` cannot be kept: it is more than {_MOST_COUNTED}")
        most = None if most >= len(properties) else most
    if least > 1 and not is_never(others):
        pointer = facts.first("minProperties") or "#"
        facts.fail(pointer, "`minProperties` above one cannot be kept: a name that is not listed may be written twice")
    if pattern is not None:
        names = Text((*names.patterns, *pattern[1].patterns), names.least, names.most)
    return Object(tuple(properties), others, names, least, most, not closed, pattern is not None, place or "")


def _names(facts: Facts) -> Text:
    """Return the shape of all names."""
    places = [Place(value, pointer) for value, pointer in facts.all("propertyNames")]
    if not places:
        return ANY_TEXT
    pointer = places[0].pointer
    shape = facts.shape_of_places([*places, Place({"type": "string"}, f"{pointer} as text")])
    if not isinstance(shape, Text):
        facts.fail(pointer, "`propertyNames` cannot be kept: only `pattern`, `format` and bounds of length are")
    return shape


def _pattern(facts: Facts) -> tuple[str, Text] | None:
    """Return the pattern of `patternProperties`, and the names that it reads."""
    found = [(pattern, pointer) for value, pointer in facts.all("patternProperties") for pattern in value]
    if not found:
        return None
    pattern, pointer = found[0]
    if any(other != pattern for other, _ in found):
        facts.fail(pointer, "`patternProperties` cannot be kept: there are several patterns")
    for value, _ in facts.all("additionalProperties"):
        if value is not False:
            facts.fail(pointer, "`patternProperties` cannot be kept: other properties are allowed, too")
    try:
        text = Text((pattern_node(pattern),))
        text_holds(text, "")
    except (PatternError, TooManyStates) as error:
        facts.fail(below(pointer, pattern), f"`patternProperties` cannot be kept: the pattern {error}")
    return pattern, text


def _add_properties(part: Part, pattern: tuple[str, Text] | None, places: dict[str, list[Place]]) -> None:
    """Add the schemas of properties by a part to those by others."""
    properties, patterns = part.keywords.get("properties", {}), part.keywords.get("patternProperties", {})
    at = part.below("properties")
    for name, found in places.items():
        is_said = name in properties
        if is_said:
            found.append(Place(properties[name], below(at, name)))
        if pattern is not None and pattern[0] in patterns and text_holds(pattern[1], name):
            found.append(Place(patterns[pattern[0]], part.below("patternProperties", pattern[0])))
            is_said = True
        if not is_said and "additionalProperties" in part.keywords:
            found.append(Place(part.keywords["additionalProperties"], part.below("additionalProperties")))


def _others(facts: Facts, pattern: tuple[str, Text] | None, closed: bool) -> Shape:
    """Return the shape of the properties that are not listed."""
    if pattern is not None:
        key = pattern[0]
        parts = [part for part in facts.parts if key in part.keywords.get("patternProperties", {})]
        return facts.shape_of_places(
            [Place(p.keywords["patternProperties"][key], p.below("patternProperties", key)) for p in parts]
        )
    if closed:
        return NEVER
    return facts.shape_of_places([Place(value, pointer) for value, pointer in facts.all("additionalProperties")])
