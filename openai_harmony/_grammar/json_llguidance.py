"""JSON Schema for llguidance, which reads schemas itself: written anew, with keywords that it keeps exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ..errors import GrammarError
from .json_automata import words_but
from .json_document import schema_text
from .json_patterns import complement, merged, regex_of
from .json_pruning import used
from .json_reading import read_schema
from .json_scalars import text_holds
from .json_shapes import AnyOf, AnyValue, Array, Json, Named, Number, Object, Property, Shape, Text, Values, is_never
from .json_strings import scalar_text
from .nodes import Chars, Choice, Literal, Many, Node, Seq, choice, seq

__all__ = ["for_llguidance"]

_MOST_EXACT = 2**53  # larger bounds lose digits in the engine
_MOST_DIGITS = 9  # of a power of ten that numbers are multiples of
_MOST_CHARACTERS = 2**32 - 1  # a larger bound of length cannot be read by the engine
_MOST_LISTED = 2**63  # larger integers are read as floating-point numbers
_CONTROLS = (*range(10), *range(11, 32))
_ESCAPED = (ord('"'), ord("\\"))
# Escapes of characters that need none, as strings of JSON may have them. Version 1.8 knows the option.
_ESCAPES = {"x-guidance": {"json_allow_general_unicode_escapes": True}}


def for_llguidance(schema: object, option: str, *, escapes: bool = True) -> dict[str, object]:
    """Return a schema that llguidance reads as rules read the one given.

    Args:
        schema: a JSON Schema.
        option: what errors call it.
        escapes: whether strings may escape any character, which versions before 1.8 do not know.

    Raises:
        GrammarError: the schema is none, has a keyword that llguidance cannot keep, or allows no value.
    """
    shapes = read_schema(schema_text(schema, option), option)
    writer = _Writer(option, shapes.named)
    written: dict[str, Any] = writer.schema(shapes.root)
    if shapes.named:
        written = dict[str, Any](allOf=[written]) if "$ref" in written else written
        written["$defs"] = {writer.names[name]: writer.schema(shape) for name, shape in shapes.named.items()}
    return {**written, **_ESCAPES} if escapes else written


class _Writer:
    def __init__(self, option: str, shapes: Mapping[str, Shape]) -> None:
        self.names = {name: f"d{number}" for number, name in enumerate(shapes, 1)}
        self._shapes = shapes
        self._option = option

    def schema(self, shape: Shape) -> dict[str, Any]:
        if isinstance(shape, AnyValue):
            return {}
        if isinstance(shape, Named):
            return {"$ref": f"#/$defs/{self.names[shape.name]}"}
        if isinstance(shape, AnyOf):
            return {"anyOf": [self.schema(each) for each in shape.shapes]}
        if isinstance(shape, Values):
            return {"enum": [self._value(value, shape.place) for value in shape.values]}
        if isinstance(shape, Text):
            return self._text(shape)
        if isinstance(shape, Number):
            return self._number(shape)
        return self._object(shape) if isinstance(shape, Object) else self._array(shape)

    def _fail(self, pointer: str, message: str) -> GrammarError:
        return GrammarError(f"llguidance cannot keep {message}", option=self._option, pointer=pointer or "#")

    def _value(self, value: Json, place: str) -> Json:
        if isinstance(value, list):
            return [self._value(each, place) for each in value]
        if isinstance(value, dict):
            return {key: self._value(each, place) for key, each in value.items()}
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            exact = abs(value) < _MOST_LISTED if isinstance(value, int) else str(value) == scalar_text(value)
            if not exact:
                raise self._fail(place, f"the value {value} (`enum` or `const`)")
        return value

    def _number(self, number: Number) -> dict[str, Any]:
        if not number.integer and _takes_open_bound(number):
            raise self._fail(number.place, "an integer that is excluded, and a bound less than one away from it")
        found: dict[str, Any] = {"type": "integer" if number.integer else "number"}
        if number.low is not None:
            found["exclusiveMinimum" if number.open_low else "minimum"] = self._bound(number.low, number.place)
        if number.high is not None:
            found["exclusiveMaximum" if number.open_high else "maximum"] = self._bound(number.high, number.place)
        if number.multiple is not None:
            if abs(number.multiple.adjusted()) > _MOST_DIGITS:
                raise self._fail(number.place, f"`multipleOf` with the value {_plain(number.multiple)}")
            found["multipleOf"] = _plain(number.multiple)
        if number.integer and number.low is not None and number.low < 0 and number.high == 0:
            # The engine would take -0 for a number within these bounds.
            return {"anyOf": [{**found, "maximum": -1}, {"enum": [0]}]}
        return found

    def _bound(self, bound: Decimal, place: str) -> int | float:
        if abs(bound) > _MOST_EXACT:
            raise self._fail(place, f"the bound {bound} of numbers")
        return _plain(bound)

    def _text(self, text: Text) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "string"}
        if text.least > _MOST_CHARACTERS:
            raise self._fail(text.place, f"`minLength` with the value {text.least}")
        if len(text.patterns) == 1:
            found["pattern"] = _whole(text.patterns[0])
        elif text.patterns:
            found["allOf"] = [{"type": "string", "pattern": _whole(pattern)} for pattern in text.patterns]
        if text.least:
            found["minLength"] = text.least
        if text.most is not None and text.most > _MOST_CHARACTERS:
            raise self._fail(text.place, f"`maxLength` with the value {text.most}")
        if text.most is not None:
            found["maxLength"] = text.most
        return found

    def _array(self, array: Array) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "array"}
        if array.first:
            found["prefixItems"] = [self.schema(each) for each in array.first]
        if is_never(array.others) or not isinstance(array.others, AnyValue):
            found["items"] = False if is_never(array.others) else self.schema(array.others)
        if array.least:
            found["minItems"] = array.least
        if array.most is not None:
            found["maxItems"] = array.most
        return found

    def _object(self, shape: Object) -> dict[str, Any]:
        properties = {each.name: self.schema(each.shape) for each in shape.properties if not is_never(each.shape)}
        found: dict[str, Any] = {"type": "object"}
        if properties:
            found["properties"] = properties
        if any(each.required for each in shape.properties):
            found["required"] = [each.name for each in shape.properties if each.required]
        if is_never(shape.others):
            found["additionalProperties"] = False
        else:
            found |= self._others(shape)
        if shape.least or shape.most is not None:
            if not all(each.required for each in shape.properties):
                keyword = "minProperties" if shape.least else "maxProperties"
                raise self._fail(shape.place, f"`{keyword}` beside properties that are listed and not required")
            found |= {"minProperties": shape.least} if shape.least else {}
            found |= {"maxProperties": shape.most} if shape.most is not None else {}
        return found

    def _others(self, shape: Object) -> dict[str, Any]:
        """Return the keywords for properties that are not listed. A pattern keeps their names apart from others."""
        if shape.names == Text() and not shape.properties:
            return {} if isinstance(shape.others, AnyValue) else {"additionalProperties": self.schema(shape.others)}
        listed = [each for each in shape.properties if text_holds(shape.names, each.name)]
        patterns: list[Node] = [*shape.names.patterns]
        if any(is_never(each.shape) for each in listed) or (listed and not patterns):
            patterns.append(words_but(each.name for each in shape.properties))
        if len(patterns) > 1 or shape.names.least or shape.names.most is not None:
            raise self._fail(shape.place, "these names of properties: they have several patterns, or bounds of length")
        if listed and shape.names.patterns:
            self._check_joined(shape, listed)
        return {"patternProperties": {_whole(patterns[0]): self.schema(shape.others)}, "additionalProperties": False}

    def _check_joined(self, shape: Object, listed: list[Property]) -> None:
        """Refuse listed properties that the engine would change: it applies the schema of a pattern to them, too."""
        if not shape.by_pattern:
            if not isinstance(shape.others, AnyValue):
                what = "a pattern for names of properties that also reads the name of a listed one"
                raise self._fail(shape.place, what)
        elif self._is_recursive(shape.others) and any(self._is_recursive(each.shape) for each in listed):
            raise self._fail(shape.place, "a property whose name a pattern reads, if both schemas refer to themselves")

    def _is_recursive(self, shape: Shape) -> bool:
        """Whether a schema refers to one that is part of itself. The engine fails to join two of these."""
        return any(name in used(self._shapes[name], self._shapes) for name in used(shape, self._shapes))


def _takes_open_bound(number: Number) -> bool:
    """Whether the engine takes an integer for a number within bounds that exclude it."""
    low, high = number.low, number.high
    if low is None or high is None:
        return False
    if low >= 0:
        return number.open_low and low == int(low) and high < low + 1
    return high <= 0 and number.open_high and high == int(high) and low > high - 1


def _whole(pattern: Node) -> str:
    return f"^(?:{regex_of(_readable(pattern))})$"


def _readable(node: Node) -> Node:
    """Return a node over characters without the classes that the engine takes for larger ones than they are.

    A class with all control characters, or all but the line feed, it reads as one with all characters that JSON
    escapes, `"` and `\\` among them, also if these are several classes of one choice. Without U+0000, it does not.
    """
    if isinstance(node, Seq):
        return seq(map(_readable, node.nodes))
    if isinstance(node, Many):
        return Many(_readable(node.node), node.least, node.most)
    if isinstance(node, Choice):
        ranges = [range for each in node.nodes for range in _class(each)]
        others = [_readable(each) for each in node.nodes if not _class(each)]
        return choice([_narrowed(merged(ranges)), *others] if ranges else others)
    return _narrowed(_class(node)) if isinstance(node, Chars) else node


def _class(node: Node) -> tuple[tuple[int, int], ...]:
    """Return the ranges of a node that is always one character; none for other nodes."""
    if isinstance(node, Literal) and len(node.text) == 1:
        return ((ord(node.text), ord(node.text)),)
    if isinstance(node, Chars):
        return complement(node.ranges) if node.negated else node.ranges
    return ()


def _narrowed(ranges: tuple[tuple[int, int], ...]) -> Node:
    """Return a class of these ranges, without U+0000 if the engine would take it for a larger one."""
    missing = complement(ranges)

    def has_all(codes: Iterable[int]) -> bool:
        return not any(low <= code <= high for low, high in missing for code in codes)

    return Chars(complement([*missing, (0, 0)]) if has_all(_CONTROLS) and not has_all(_ESCAPED) else ranges)


def _plain(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)
