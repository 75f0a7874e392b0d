"""Writes a grammar as one regular expression, in which special tokens are characters of a private-use area."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache
from typing import Any

from ..errors import GrammarError
from .json_patterns import complement, merged
from .nodes import Body, Chars, Choice, Grammar, Json, Literal, Many, Node, Ref, Seq, Token, quantifier, references
from .settings import completions

__all__ = ["PRIVATE", "regex_text"]

_MOST_CHARACTERS = 10_000_000  # of an expression
PRIVATE = 0xF0000  # the code point of the first special token
_FEW_PARTS = 64  # of a rule: they are copied to where the rule is referred to, which costs less than to join them there
_END = ""  # the rule that follows a rule's last part

# What a rule may be: expressions, by the rule that follows them.
_Equation = dict[str, list[str]]


def regex_text(grammar: Grammar) -> str:
    """Return the expression, in the syntax of Rust's regex library.

    Raises:
        GrammarError: a rule refers to itself within other parts, as that of a recursive schema does, or the expression
            would be too large.
    """
    try:
        try:
            return _Writer(grammar, {}).whole()
        except (_Circle, GrammarError):  # which of several faults is told does not depend on the first attempt
            return _Writer(grammar, _circles({n: references(node) for n, node in grammar.rules.items()})).whole()
    except RecursionError:
        raise GrammarError("too large for a regular expression", option="format") from None


class _Circle(Exception):
    """A rule leads to itself by way of others."""


class _Loop(Exception):
    """A rule refers to itself."""


class _Writer:
    """Writes rules.

    Args:
        grammar: the rules.
        circles: those that lead back to each rule; none if these are not known: most grammars have no circles but
            rules that refer to themselves, which are seen where they are written. Others raise _Circle.
    """

    def __init__(self, grammar: Grammar, circles: Mapping[str, frozenset[str]]) -> None:
        self._grammar, self._circles = grammar, circles
        self._open: list[str] = []  # the rules that are being written
        self._references: dict[str, list[str]] = {}  # expressions of rules as parts of others
        table = completions()
        self._first = table.first_special
        self._special = (PRIVATE, PRIVATE + table.entries - 1 - self._first)

    def whole(self) -> str:
        """Return the expression of the grammar."""
        return "".join(self._rule(self._grammar.root))

    def _rule(self, name: str) -> list[str]:
        """Return the parts of the expression of a rule."""
        circle = self._circles.get(name, frozenset())
        found: list[str] = []
        self._open.append(name)
        try:
            if not circle:
                self._write(self._grammar.rules[name], circle, found)
        except _Loop:
            circle = frozenset({name})
        if circle:
            found = [self._repeated(name, circle)]
        self._open.pop()
        if sum(map(len, found)) > _MOST_CHARACTERS:
            raise GrammarError("too large for a regular expression", option="format")
        return found

    def node(self, node: Node, circle: frozenset[str]) -> str:
        """Return the expression of a node that leads to no rule of a circle."""
        found: list[str] = []
        self._write(node, circle, found)
        return "".join(found)

    def _write(self, node: Any, circle: frozenset[str], to: list[str]) -> None:
        """Add the parts of the expression of a node: they are long, and are joined once."""
        kind = type(node)
        if kind is Literal:
            to.append(node.text.translate(_ESCAPES))
        elif kind is Ref or kind is Json:
            to += self._reference(node.rule, circle)
        elif kind is Seq:
            for each in node.nodes:
                self._write(each, circle, to)
        elif kind is Choice:
            to.append("(?:")
            for number, each in enumerate(node.nodes):
                if number:
                    to.append("|")
                self._write(each, circle, to)
            to.append(")")
        elif kind is Chars:
            to.append(_class(node.ranges, node.negated, self._special))
        elif kind is Many:
            to.append("(?:")
            self._write(node.node, circle, to)
            to.append(f"){quantifier(node)}")
        elif kind is Token:
            to.append(f"\\x{{{PRIVATE + node.id - self._first:x}}}")
        elif kind is Body:
            to += self._body(node, circle)
        else:
            to.append(f"[^{_range(*self._special)}]*")

    def _body(self, node: Body, circle: frozenset[str]) -> list[str]:
        if not node.rule:
            raise GrammarError("a regular expression cannot hold a grammar in Lark", option=node.option)
        return self._reference(node.rule, circle)

    def _reference(self, rule: str, circle: frozenset[str]) -> list[str]:
        if rule in circle:
            what = "a regular expression cannot hold a value that contains others of its own kind"
            raise GrammarError(what, option="format")
        if rule not in self._references:
            if rule in self._open:
                raise _Loop if rule == self._open[-1] else _Circle
            parts = ["(?:", *self._rule(rule), ")"]
            self._references[rule] = parts if len(parts) <= _FEW_PARTS else ["".join(parts)]
        return self._references[rule]

    # rules that end in themselves -----------------------------------------------------------------

    def _repeated(self, name: str, circle: frozenset[str]) -> str:
        """Return the expression of a rule that ends in itself, maybe by way of others, which are put into it."""
        equations = {each: self._ends(self._grammar.rules[each], circle) for each in sorted(circle)}
        for gone in [each for each in equations if each != name]:
            ways = _solved(gone, equations.pop(gone))
            for equation in equations.values():
                for before in equation.pop(gone, []):
                    for after, texts in ways.items():
                        equation.setdefault(after, []).extend(before + text for text in texts)
        return _either(_solved(name, equations[name]).get(_END, []))

    def _ends(self, node: Node, circle: frozenset[str]) -> _Equation:
        """Return the expressions of a node up to a rule of the circle that stands at its end."""
        if isinstance(node, Ref) and node.rule in circle:
            return {node.rule: [""]}
        found: _Equation = {}
        if isinstance(node, Choice):
            for each in node.nodes:
                for after, texts in self._ends(each, circle).items():
                    found.setdefault(after, []).extend(texts)
            return found
        if isinstance(node, Seq) and node.nodes:
            before = "".join(self.node(each, circle) for each in node.nodes[:-1])
            last = self._ends(node.nodes[-1], circle)
            return {after: [before + text for text in texts] for after, texts in last.items()}
        return {_END: [self.node(node, circle)]}


def _solved(name: str, equation: _Equation) -> _Equation:
    """Return the ways out of a rule that may end in itself."""
    again = equation.pop(name, [])
    repeated = f"(?:{'|'.join(again)})*" if again else ""
    return {after: [repeated + _either(texts)] for after, texts in equation.items()}


def _either(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"(?:{'|'.join(texts)})"


def _circles(after: Mapping[str, Set[str]]) -> dict[str, frozenset[str]]:
    """Return, for each rule, the rules that it leads to and that lead back to it; none if it leads not even to itself.

    Tarjan's algorithm: rules are visited in depth, and a circle is complete at the first of its rules that was visited.
    """
    found: dict[str, frozenset[str]] = {}
    numbers: dict[str, int] = {}
    open_rules: list[str] = []

    def visit(name: str) -> int:
        """Return the least number of an open rule that a rule leads to."""
        least = number = numbers[name] = len(numbers)
        open_rules.append(name)
        for each in after[name]:
            if each not in numbers:
                least = min(least, visit(each))
            elif each not in found:
                least = min(least, numbers[each])
        if least == number:
            start = open_rules.index(name)
            members = open_rules[start:]
            del open_rules[start:]
            circle = frozenset(members) if len(members) > 1 or name in after[name] else frozenset()
            found.update(dict.fromkeys(members, circle))
        return least

    for name in after:
        if name not in numbers:
            visit(name)
    return found


@lru_cache(maxsize=256)
def _class(ranges: tuple[tuple[int, int], ...], negated: bool, special: tuple[int, int]) -> str:
    """Return a class of characters, none of which stands for a special token."""
    others = ranges if negated else complement(ranges)
    return f"[^{''.join(_range(*each) for each in merged([*others, special]))}]"


def _range(first: int, last: int) -> str:
    return _escaped(first) if first == last else f"{_escaped(first)}-{_escaped(last)}"


def _escaped(code: int) -> str:
    character = chr(code)
    if character.isascii() and character.isalnum():
        return character
    return f"\\x{code:02x}" if code < 0x80 else f"\\x{{{code:x}}}"


class _Escapes(dict[int, str]):
    """What stands for each character, by its code point."""

    def __missing__(self, code: int) -> str:
        return _escaped(code)


_ESCAPES = _Escapes({code: _escaped(code) for code in range(0x80)})
