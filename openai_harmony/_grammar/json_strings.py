"""Strings of JSON: how characters are spelled, and automata as rules.

The characters of a string without bounds stand for themselves or are escaped in any way. Those of a string with a
pattern, and of names and values that a schema lists, stand for themselves where JSON allows it: one spelling each, but
for control characters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring

from .json_automata import Automaton
from .json_patterns import complement, merged
from .nodes import Chars, Choice, Literal, Node, Ref, Seq, choice, references, seq

__all__ = [
    "CHARACTER",
    "CHARACTERS",
    "ESCAPE",
    "SPACE",
    "STRING",
    "literal_text",
    "scalar_text",
    "shared_strings",
    "string_rules",
]

SPACE = "json_space"
STRING = "json_string"
# What follows the first quote of a string; emitters for engines that spell special tokens as text replace this rule.
CHARACTERS = "json_characters"
CHARACTER = "json_character"

ESCAPE = "json_escape"
_QUOTE = Literal('"')
_BACKSLASH = Literal("\\")
_CONTROLS = ((0, 31), (127, 127))
_NOT_RAW = (*_CONTROLS, (34, 34), (92, 92))
_RAW = Chars(merged(_NOT_RAW), negated=True)
_SHORT = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r", 34: '"', 92: "\\"}
_HEX = Chars(((48, 57), (65, 70), (97, 102)))


def shared_strings() -> dict[str, Node]:
    """Return the rules of strings that all schemas share."""
    return {
        STRING: seq([_QUOTE, Ref(CHARACTERS)]),
        CHARACTERS: Choice(
            (_QUOTE, seq([_RAW, Ref(CHARACTERS)]), seq([_BACKSLASH, Ref(ESCAPE), Ref(CHARACTERS)])),
        ),
        CHARACTER: Choice((_RAW, seq([_BACKSLASH, Ref(ESCAPE)]))),
        ESCAPE: Choice((Chars(tuple((ord(c), ord(c)) for c in sorted('"\\bfnrt'))), seq([Literal("u"), _code_unit()]))),
    }


def _code_unit() -> Node:
    """Return four digits that are a character, or two times four that are one."""
    below_d = Chars(((48, 57), (65, 67), (69, 70), (97, 99), (101, 102)))
    letter_d = Chars(((68, 68), (100, 100)))
    high, low = Chars(((56, 57), (65, 66), (97, 98))), Chars(((67, 70), (99, 102)))
    plain = [seq([below_d, _HEX, _HEX, _HEX]), seq([letter_d, Chars(((48, 55),)), _HEX, _HEX])]
    pair = seq([letter_d, high, _HEX, _HEX, Literal("\\u"), letter_d, low, _HEX, _HEX])
    return Choice((*plain, pair))


def literal_text(value: str) -> str:
    """Return a text as a string of JSON."""
    return encode_basestring(value).replace("\x7f", "\\u007f")


def scalar_text(value: bool | int | float | str | None) -> str:
    """Return a value that is no array and no object as JSON: whole numbers as integers, none with an exponent."""
    if isinstance(value, str):
        return literal_text(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}"
    return json.dumps(value)


def string_rules(automaton: Automaton, names: Callable[[str], str]) -> tuple[str, dict[str, Node]]:
    """Return the rule of the strings that an automaton reads, and all its rules."""
    called = [names("string") for _ in automaton.edges]
    nodes: list[Node] = []
    for state, row in enumerate(automaton.edges):
        parts: list[Node] = [_QUOTE] if state in automaton.ends else []
        for chars, after in row:
            spelled = _spelled(chars)  # one reference: an expression has what follows as often as it is referred to
            parts += [seq([choice(spelled), Ref(called[after])])] if spelled else []
        nodes.append(choice(parts))
    whole = names("string")
    return whole, {whole: seq([_QUOTE, Ref(called[0])]), **_joined(dict(zip(called, nodes)), called[0])}


def _joined(rules: dict[str, Node], first: str) -> dict[str, Node]:
    """Return rules in which a row of rules that are used once is one rule."""
    uses: dict[str, int] = {}
    for node in rules.values():
        for name in references(node):
            uses[name] = uses.get(name, 0) + 1
    once = {n for n, node in rules.items() if n != first and uses.get(n) == 1 and not isinstance(node, Choice)}
    found: dict[str, Node] = {}
    for name, node in rules.items():
        if name not in once:
            parts = node.nodes if isinstance(node, Choice) else (node,)
            found[name] = choice([_followed(part, rules, once) for part in parts])
    return found


def _followed(node: Node, rules: dict[str, Node], once: set[str]) -> Node:
    nodes = [node]
    while True:
        last = nodes[-1].nodes[-1] if isinstance(nodes[-1], Seq) and nodes[-1].nodes else nodes[-1]
        if not isinstance(last, Ref) or last.rule not in once:
            return seq(nodes)
        nodes[-1:] = [*(nodes[-1].nodes[:-1] if isinstance(nodes[-1], Seq) else ()), rules[last.rule]]


@lru_cache(maxsize=256)
def _spelled(chars: Chars) -> Sequence[Node]:
    """Return how one of these characters is written within a string."""
    ranges = complement(chars.ranges) if chars.negated else chars.ranges
    raw = merged([*complement(ranges), *_NOT_RAW])
    nodes: list[Node] = []
    if complement(raw):
        few = complement(raw)
        nodes.append(Chars(raw, negated=True) if few[-1][1] > 0xFFFF else _one(few))
    codes = [code for low, high in _NOT_RAW for code in range(low, high + 1) if _in(code, ranges)]
    escapes = merged([(ord(_SHORT[code]), ord(_SHORT[code])) for code in codes if code in _SHORT])
    controls = [code for code in codes if code not in (34, 92)]
    parts = [_one(escapes)] if escapes else []
    if controls:
        parts.append(seq([Literal("u00"), choice(_hex_digits(controls))]))
    if parts:
        nodes.append(seq([_BACKSLASH, choice(parts)]))
    return nodes


def _one(ranges: tuple[tuple[int, int], ...]) -> Node:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return Literal(chr(ranges[0][0]))
    return Chars(ranges)


def _hex_digits(codes: list[int]) -> list[Node]:
    """Return the two digits of each code, which are joined where the first is the same."""
    nodes: list[Node] = []
    for first in sorted({code >> 4 for code in codes}):
        digits = [f"{code & 15:x}" for code in codes if code >> 4 == first]
        both = merged([(ord(d), ord(d)) for digit in digits for d in {digit, digit.upper()}])
        nodes.append(seq([Literal(f"{first:x}"), _one(both)]))
    return nodes


def _in(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)
