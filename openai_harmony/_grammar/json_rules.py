"""JSON Schema as rules: the one converter, for every engine that reads rules instead of schemas.

White space may stand between all tokens of a value, but not before or behind it. Properties come in the schema's order.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from ..errors import GrammarError
from .json_automata import TooManyStates, without, words_but
from .json_document import SchemaText, schema_text
from .json_numbers import EXPONENT, FRACTION, INTEGER, number_node
from .json_reading import read_schema
from .json_scalars import automaton_of
from .json_shapes import (
    ANY_INTEGER,
    ANY_NUMBER,
    ANY_TEXT,
    ANY_VALUE,
    AnyOf,
    AnyValue,
    Array,
    Named,
    Number,
    Object,
    Shape,
    Shapes,
    Text,
    Values,
    is_never,
)
from .json_strings import CHARACTER, SPACE, STRING, literal_text, shared_strings, string_rules
from .json_values import BLANKS, COLON, COMMA, value_node
from .nodes import (
    EMPTY,
    Chars,
    Choice,
    Literal,
    Many,
    Node,
    Ref,
    Seq,
    choice,
    either,
    joined,
    optional,
    references,
    seq,
)

__all__ = ["STRING", "rules_of"]

_VALUE, _OBJECT, _ARRAY, _NUMBER, _INTEGER = "json_value", "json_object", "json_array", "json_number", "json_integer"


def rules_of(schema: object, name: str, option: str, *, forbidden: str = "") -> tuple[str, dict[str, Node]]:
    """Return the rule of a schema's values, and the rules that it needs.

    Rules that all schemas share have names of their own, such as `json_string`; so the rules of several schemas can
    stand in one grammar.

    Args:
        schema: a JSON Schema.
        name: the name of the rule; those of others are this one with a kind and a number. None comes from the schema.
        option: what errors call the schema.
        forbidden: a text of two different characters that strings with a pattern or bounds of length must not contain,
            for engines that would write a special token there. Strings without are those of the rule
            `json_characters`, which an emitter may replace.

    Raises:
        GrammarError: the schema is none, has a keyword that rules cannot keep, or allows no value.
    """
    return name, dict(_rules(schema_text(schema, option), name, option, forbidden))


@lru_cache(maxsize=512)
def _rules(text: SchemaText, name: str, option: str, forbidden: str) -> Mapping[str, Node]:
    shapes = read_schema(text, option)
    try:
        return _rules_of_shapes(shapes, name, option, forbidden)
    except RecursionError:
        raise GrammarError("has parts that are too large for rules", option=option, pointer="#") from None


def _rules_of_shapes(shapes: Shapes, name: str, option: str, forbidden: str) -> Mapping[str, Node]:
    numbers = itertools.count(1)
    writer = _Writer(lambda kind: f"{name}_{kind}_{next(numbers)}", forbidden, option)
    writer.rules[name] = EMPTY  # in its place; written below
    writer.named = {each: writer.reserve("value").rule for each in shapes.named}
    for each, shape in shapes.named.items():
        writer.rules[writer.named[each]] = writer.node(shape)
    writer.rules[name] = writer.node(shapes.root)
    return _used(name, writer.rules)


@lru_cache(maxsize=1)
def _shared() -> dict[str, Node]:
    """Return the rules that all schemas share."""
    writer = _Writer(lambda kind: f"json_any_{kind}", "", "")
    number = seq([INTEGER, optional(FRACTION), optional(EXPONENT)])
    words = [Literal("true"), Literal("false"), Literal("null")]
    rules: dict[str, Node] = {
        SPACE: Many(Chars(((9, 10), (13, 13), (32, 32)))),
        **shared_strings(),
        _NUMBER: number,
        _INTEGER: INTEGER,
        _VALUE: Choice((Ref(_OBJECT), Ref(_ARRAY), Ref(STRING), Ref(_NUMBER), *words)),
        _OBJECT: writer.object_node(Object()),
        _ARRAY: writer.array_node(Array((), ANY_VALUE)),
    }
    return {**rules, **writer.rules}


class _Writer:
    """Writes shapes as nodes; what is used several times becomes a rule."""

    def __init__(self, names: Callable[[str], str], forbidden: str, option: str) -> None:
        self.rules: dict[str, Node] = {}
        self.named: dict[str, str] = {}
        self._names, self._option = names, option
        self._strings: dict[Text, Node] = {}
        self._forbidden = [without(forbidden)] if forbidden else []

    def node(self, shape: Shape) -> Node:
        if isinstance(shape, Text):  # the most frequent ones first
            return self.text_node(shape)
        if isinstance(shape, Values):
            return either([value_node(value) for value in shape.values])
        if isinstance(shape, AnyOf):
            return choice([self.node(each) for each in shape.shapes])
        if isinstance(shape, AnyValue):
            return Ref(_VALUE)
        if isinstance(shape, Named):
            return Ref(self.named[shape.name])
        if isinstance(shape, Number):
            return _number(shape)
        return self.object_node(shape) if isinstance(shape, Object) else self.array_node(shape)

    def text_node(self, text: Text) -> Node:
        if text is ANY_TEXT or text == ANY_TEXT:
            return Ref(STRING)
        if text not in self._strings:
            self._strings[text] = self._text(text)
        return self._strings[text]

    def _text(self, text: Text) -> Node:
        if not text.patterns and not self._forbidden:
            return seq([Literal('"'), Many(Ref(CHARACTER), text.least, text.most), Literal('"')])
        try:
            found = automaton_of(Text((*text.patterns, *self._forbidden), text.least, text.most))
        except TooManyStates as error:
            raise GrammarError(f"a string {error}", option=self._option, pointer=text.place or "#") from None
        if found is None or not found.edges:
            message = "a string must contain the text of a special token"
            raise GrammarError(message, option=self._option, pointer=text.place or "#")
        whole, rules = string_rules(found, self._names)
        self.rules |= rules
        return Ref(whole)

    def array_node(self, array: Array) -> Node:
        opened = seq([Literal("["), BLANKS])
        items = self._items(array, 0)
        parts = [Literal("]")] if array.least == 0 else []
        return seq([opened, either([*parts, *([] if items is None else [items])])])

    def _items(self, array: Array, at: int) -> Node | None:
        """Return the items from one on, and the bracket."""
        if array.most is not None and at >= array.most:
            return None
        if at >= len(array.first):
            return None if is_never(array.others) else self._others(array, at)
        after = self._items(array, at + 1)
        ends: list[Node] = [Literal("]")] if at + 1 >= array.least else []
        ends += [] if after is None else [seq([COMMA, after])]
        return seq([self.node(array.first[at]), BLANKS, either(ends)])

    def _others(self, array: Array, at: int) -> Node:
        item = self.node(array.others)
        least, most = max(array.least - at, 1), None if array.most is None else array.most - at
        if most is not None:
            more = Many(seq([BLANKS, COMMA, item]), least - 1, most - 1)
            return seq([item, *([more] if most > 1 else []), BLANKS, Literal("]")])
        rule = self._names("items")
        self.rules[rule] = seq([item, BLANKS, either([Literal("]"), seq([COMMA, Ref(rule)])])])
        return seq([*([Many(seq([item, BLANKS, COMMA]), least - 1, least - 1)] if least > 1 else []), Ref(rule)])

    def object_node(self, shape: Object) -> Node:
        return _Members(shape, self).whole()

    def member(self, key: Node, shape: Shape) -> Seq:
        return joined(key, COLON, self.node(shape), BLANKS)

    def rule(self, kind: str, node: Node) -> Ref:
        name = self._names(kind)
        self.rules[name] = node
        return Ref(name)

    def reserve(self, kind: str) -> Ref:
        return Ref(self._names(kind))


class _Members:
    """Writes the members of an object: nodes for each place, of which those that several others lead to are rules.

    A place is the property that may come next, and how many there are so far, as far as that matters.
    """

    def __init__(self, shape: Object, writer: _Writer) -> None:
        self._shape, self._writer = shape, writer
        self._needed = max((at for at, each in enumerate(shape.properties, 1) if each.required), default=0)
        self._cap = shape.least if shape.most is None else shape.most
        self._members = [
            None if is_never(each.shape) else writer.member(Literal(literal_text(each.name)), each.shape)
            for each in shape.properties
        ]
        self._other = None if is_never(shape.others) else writer.member(self._name(), shape.others)
        self._after: dict[tuple[int, int], Node | None] = {}
        self._next: dict[tuple[int, int], Node | None] = {}

    def whole(self) -> Node:
        for at in reversed(range(len(self._members) + 1)):
            for count in reversed(range(self._cap + 1)):
                self._fill(at, count)
        empty = [Literal("}")] if self._may_close(0, 0) else []
        members = self._next[0, 0]
        return seq([Literal("{"), BLANKS, either([*empty, *([] if members is None else [members])])])

    def _name(self) -> Node:
        listed, names = [each.name for each in self._shape.properties], self._shape.names
        patterns = (*names.patterns, words_but(listed)) if listed else names.patterns
        return self._writer.text_node(Text(patterns, names.least, names.most))

    def _may_close(self, at: int, count: int) -> bool:
        return count >= self._shape.least and at >= self._needed

    def _fill(self, at: int, count: int) -> None:
        """Note what members may come next, and what may follow a member."""
        place = (at, count)
        loops = at == len(self._members) and count == self._cap
        rule = self._writer.reserve("members") if loops and self._other is not None else None
        self._after[place] = rule
        more = self._next[place] = self._some(at, count)
        ends: list[Node] = [Literal("}")] if self._may_close(at, count) else []
        nodes = [*ends, *([] if more is None else [joined(COMMA, more)])]
        if rule is not None:
            self._writer.rules[rule.rule] = either(nodes)
        elif len(nodes) > 1:
            self._after[place] = self._writer.rule("members", Choice(tuple(nodes)))
        else:
            self._after[place] = nodes[0] if nodes else None

    def _some(self, at: int, count: int) -> Node | None:
        """Return one more member and what follows, or None if there may be none."""
        if self._shape.most is not None and count >= self._shape.most:
            return None
        last = at == len(self._members)
        member = self._other if last else self._members[at]
        after = self._after[min(at + 1, len(self._members)), min(count + 1, self._cap)]
        here = None if member is None or after is None else joined(member, after)
        if last or self._shape.properties[at].required:
            return here
        later = self._next[at + 1, count]
        if here is None or later is None:
            return later if here is None else here
        return self._writer.rule("members", Choice((here, later)))


def _number(shape: Number) -> Node:
    if shape == ANY_NUMBER:
        return Ref(_NUMBER)
    node = Ref(_INTEGER) if shape == ANY_INTEGER else number_node(shape)
    assert node is not None  # shapes without values are pruned
    return node


def _used(root: str, rules: dict[str, Node]) -> dict[str, Node]:
    """Return the rules that a rule needs, and those of them that all schemas share."""
    used = _reached(root, rules)
    used |= {name for each in used - rules.keys() for name in _shared_reached(each)}
    return {name: node for name, node in (rules | _shared()).items() if name in used}


@cache
def _shared_reached(name: str) -> set[str]:
    return _reached(name, _shared())


def _reached(root: str, rules: Mapping[str, Node]) -> set[str]:
    """Return the names of the rules that a rule leads to, itself included; rules that are not given lead nowhere."""
    found, todo = {root}, [root]
    for name in todo:
        new = references(rules[name]) - found if name in rules else set()
        found |= new
        todo += new
    return found
