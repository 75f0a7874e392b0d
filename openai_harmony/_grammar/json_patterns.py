"""Regular expressions of schemas as nodes over the characters of a string, before JSON escapes them.

The expressions are those of ECMAScript; Python's parser reads what both languages share. What they do not share, and
what nodes cannot express, is refused by name.
"""

from __future__ import annotations

import importlib
import re
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from .nodes import EMPTY, Chars, Choice, Literal, Many, Node, Seq, choice, optional, seq

__all__ = ["ANY", "ANYTHING", "PatternError", "complement", "merged", "pattern_node", "regex_of"]

Ranges = tuple[tuple[int, int], ...]

LAST = sys.maxunicode
_SURROGATES = (0xD800, 0xDFFF)
ANY = Chars(((0, LAST),))
ANYTHING = Many(ANY)
_LINE_ENDS: Ranges = ((10, 10), (13, 13), (0x2028, 0x2029))
_DIGITS: Ranges = ((48, 57),)
_WORDS: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACES: Ranges = (
    *((9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
    *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
_CATEGORIES: dict[str, tuple[Ranges, bool]] = {
    "CATEGORY_DIGIT": (_DIGITS, False),
    "CATEGORY_NOT_DIGIT": (_DIGITS, True),
    "CATEGORY_SPACE": (_SPACES, False),
    "CATEGORY_NOT_SPACE": (_SPACES, True),
    "CATEGORY_WORD": (_WORDS, False),
    "CATEGORY_NOT_WORD": (_WORDS, True),
}
# Spellings that mean one thing in ECMAScript and another in Python. An escaped character is read as a pair.
_UNLIKE = re.compile(r"(?:\\[^AZaNUx0-9]|\\x[0-9a-fA-F]{2}|[^\\({]|\((?!\?)|\(\?:|\{(?!,))*")
_REFUSED = {
    "ASSERT": "an assertion that looks ahead or behind",
    "ASSERT_NOT": "an assertion that looks ahead or behind",
    "ATOMIC_GROUP": "an atomic group",
    "GROUPREF": "a back reference",
    "GROUPREF_EXISTS": "a conditional group",
    "POSSESSIVE_REPEAT": "a possessive quantifier",
}


class PatternError(ValueError):
    """A regular expression is none, or has something that nodes cannot express."""


def pattern_node(pattern: str, *, whole: bool = False) -> Node:
    """Return the whole strings in which an expression is found somewhere; or which it describes as a `whole`.

    Raises:
        PatternError: the expression is none, or not one of those that are kept.
    """
    _check_spelling(pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse").parse(pattern)
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise PatternError(f"is no regular expression that is kept: {error}") from error
    beside = EMPTY if whole else ANYTHING
    return _sequence(list(tree), beside, beside)


def _check_spelling(pattern: str) -> None:
    found = _UNLIKE.match(pattern)
    end = found.end() if found else 0
    if end != len(pattern):
        raise PatternError(f"has {pattern[end : end + 3]!r}, which is not kept")


def _sequence(items: Sequence[Any], before: Node | None, behind: Node | None) -> Node:
    """Return a row of items.

    Args:
        items: the items of Python's parser.
        before: what may stand before the row where it begins the expression; None if it does not.
        behind: what may stand behind the row where it ends the expression; None if it does not.
    """
    if before is not None and items and _is(items[0], "AT_BEGINNING"):
        items, before = items[1:], EMPTY
    ends = [index for index, item in enumerate(items) if _is(item, "AT_END")]
    if behind is not None and ends and _may_be_empty(_sequence(items[ends[0] + 1 :], None, None)):
        items, behind = items[: ends[0]], EMPTY
    if not items:
        return before if behind in (None, EMPTY) and before is not None else behind or EMPTY
    last = len(items) - 1
    places = [(before if n == 0 else None, behind if n == last else None) for n in range(len(items))]
    return seq([_placed(item, *place) for item, place in zip(items, places)])


def _is(item: Any, name: str) -> bool:
    return str(item[0]) == "AT" and str(item[1]) == name


def _placed(item: Any, before: Node | None, behind: Node | None) -> Node:
    """Return an item with what may stand beside it."""
    name, value = str(item[0]), item[1]
    if name == "BRANCH":
        return choice([_sequence(list(branch), before, behind) for branch in value[1]])
    if name == "SUBPATTERN":
        return _sequence(list(value[3]), before, behind)
    return seq([before or EMPTY, _item(item), behind or EMPTY])


def _may_be_empty(node: Node) -> bool:
    if isinstance(node, Seq):
        return all(map(_may_be_empty, node.nodes))
    if isinstance(node, Choice):
        return any(map(_may_be_empty, node.nodes))
    return isinstance(node, Many) and (node.least == 0 or _may_be_empty(node.node))


def _item(item: Any) -> Node:
    name, value = str(item[0]), item[1]
    if name == "LITERAL":
        if _SURROGATES[0] <= value <= _SURROGATES[1]:
            raise PatternError("has half a pair of surrogates, which is no character")
        return Chars(((value, value),))
    if name == "NOT_LITERAL":
        return Chars(complement(((value, value),)))
    if name == "ANY":
        return Chars(complement(_LINE_ENDS))
    if name == "IN":
        return _class(value)
    if name in ("MAX_REPEAT", "MIN_REPEAT"):
        return _repeated(*value)
    if name == "AT":
        raise PatternError(f"has {_anchor(str(value))} where it is not kept")
    raise PatternError(f"has {_REFUSED.get(name, name.lower())}, which is not kept")


def _anchor(name: str) -> str:
    return {"AT_BEGINNING": "`^`", "AT_END": "`$`"}.get(name, "a word boundary")


def _repeated(least: Any, most: Any, inner: Any) -> Node:
    node = _sequence(list(inner), None, None)
    limit = None if str(most) == "MAXREPEAT" else int(most)
    if node == EMPTY or limit == 0:
        return EMPTY
    if (int(least), limit) == (0, 1):
        return optional(node)
    return node if (int(least), limit) == (1, 1) else Many(node, int(least), limit)


def _class(items: Sequence[Any]) -> Node:
    ranges: list[tuple[int, int]] = []
    negated = False
    for operation, value in items:
        name = str(operation)
        if name == "NEGATE":
            negated = True
        elif name == "CATEGORY":
            inside, outside = _CATEGORIES[str(value)]
            ranges += complement(inside) if outside else inside
        else:
            ranges.append(value if name == "RANGE" else (value, value))
    whole = merged(ranges)
    whole = complement(whole) if negated else whole
    if not complement([*complement(whole), _SURROGATES]):
        raise PatternError("has a class without a character")
    return Chars(whole)


def merged(ranges: Sequence[tuple[int, int]]) -> Ranges:
    """Return the same code points in order, as few ranges as possible."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def complement(ranges: Sequence[tuple[int, int]]) -> Ranges:
    """Return all other code points."""
    found, start = [], 0
    for low, high in merged(ranges):
        if start < low:
            found.append((start, low - 1))
        start = high + 1
    return (*found, (start, LAST)) if start <= LAST else tuple(found)


def regex_of(node: Node) -> str:
    """Return a node over characters as a regular expression, as engines written in Rust read it."""
    if isinstance(node, Chars):
        ranges = complement(node.ranges) if node.negated else node.ranges
        return "[" + "".join(_escaped(low) + (f"-{_escaped(high)}" if low < high else "") for low, high in ranges) + "]"
    if isinstance(node, Literal):
        return "".join(_escaped(ord(character)) for character in node.text)
    if isinstance(node, Seq):
        return "".join(map(regex_of, node.nodes))
    if isinstance(node, Choice):
        return "(?:" + "|".join(map(regex_of, node.nodes)) + ")"
    if isinstance(node, Many):
        most = "" if node.most is None else str(node.most)
        return f"(?:{regex_of(node.node)}){{{node.least},{most}}}"
    raise TypeError(f"a {type(node).__name__} is no node over characters")


def _escaped(code: int) -> str:
    character = chr(code)
    return character if character.isascii() and character.isalnum() else f"\\u{{{code:x}}}"
