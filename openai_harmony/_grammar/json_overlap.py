"""Whether two shapes may have a value in common."""

from __future__ import annotations

from collections.abc import Mapping

from .json_numbers import has_numbers
from .json_scalars import automaton_of, number_holds, text_holds
from .json_shapes import NEVER, AnyOf, AnyValue, Array, Json, Named, Number, Object, Shape, Text, Values, same_json

__all__ = ["overlap"]


def overlap(one: Shape, other: Shape, named: Mapping[str, Shape], depth: int = 0) -> bool:
    """Whether two shapes may have a value in common; true if it is not known.

    Silence about other properties of an object is not read as a prohibition here: it is none in the schema.
    """
    if depth > 20:
        return True
    one, other = _plain(one, named), _plain(other, named)
    if isinstance(one, AnyOf):
        return any(overlap(each, other, named, depth + 1) for each in one.shapes)
    if isinstance(other, AnyOf):
        return overlap(other, one, named, depth + 1)
    if isinstance(other, Values):
        one, other = other, one
    if isinstance(one, Values):
        return any(_may_hold(other, value) for value in one.values)
    if isinstance(one, AnyValue) or isinstance(other, AnyValue):
        return True
    if isinstance(one, Text) and isinstance(other, Text):
        return _texts(one, other)
    if isinstance(one, Number) and isinstance(other, Number):
        return _numbers(one, other)
    if isinstance(one, Object) and isinstance(other, Object):
        return _objects(one, other, named, depth)
    if isinstance(one, Array) and isinstance(other, Array):
        return _arrays(one, other, named, depth)
    return False


def _plain(shape: Shape, named: Mapping[str, Shape]) -> Shape:
    seen: set[str] = set()
    while isinstance(shape, Named) and shape.name not in seen:
        seen.add(shape.name)
        shape = named.get(shape.name, AnyValue())
    return AnyValue() if isinstance(shape, Named) else shape


def _may_hold(shape: Shape, value: Json) -> bool:
    if isinstance(shape, Values):
        return any(same_json(value, each) for each in shape.values)
    if isinstance(shape, AnyValue):
        return True
    if isinstance(value, str):
        return isinstance(shape, Text) and text_holds(shape, value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return isinstance(shape, Number) and number_holds(shape, value)
    return (
        isinstance(shape, Array) if isinstance(value, list) else isinstance(value, dict) and isinstance(shape, Object)
    )


def _texts(one: Text, other: Text) -> bool:
    most = min((most for most in (one.most, other.most) if most is not None), default=None)
    both = Text((*one.patterns, *other.patterns), max(one.least, other.least), most)
    if most is not None and most < both.least:
        return False
    found = automaton_of(both)
    return found is None or bool(found.edges)


def _numbers(one: Number, other: Number) -> bool:
    low, high = one, one
    if other.low is not None and (low.low is None or (other.low, other.open_low) > (low.low, low.open_low)):
        low = other
    if other.high is not None and (high.high is None or (-other.high, other.open_high) > (-high.high, high.open_high)):
        high = other
    integer = one.integer or other.integer
    if integer:
        return not (low.low is not None and high.high is not None and low.low > high.high)
    both = Number(False, low.low, high.high, low.open_low, high.open_high)
    return has_numbers(both)


def _objects(one: Object, other: Object, named: Mapping[str, Shape], depth: int) -> bool:
    names = {each.name for shape in (one, other) for each in shape.properties if each.required}
    return all(overlap(_at(one, name), _at(other, name), named, depth + 1) for name in sorted(names))


def _at(shape: Object, name: str) -> Shape:
    """Return the shape of a property; any value if the schema does not forbid others."""
    for each in shape.properties:
        if each.name == name:
            return each.shape
    return shape.others if shape.told and text_holds(shape.names, name) else NEVER if shape.told else AnyValue()


def _arrays(one: Array, other: Array, named: Mapping[str, Shape], depth: int) -> bool:
    if any(a.most is not None and a.most < b.least for a, b in ((one, other), (other, one))):
        return False
    for at in range(max(one.least, other.least)):
        if at > max(len(one.first), len(other.first)):
            break
        first, second = (shape.first[at] if at < len(shape.first) else shape.others for shape in (one, other))
        if not overlap(first, second, named, depth + 1):
            return False
    return True
