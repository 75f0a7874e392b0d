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
        return _Writer(grammar).rule(grammar.root)
    except RecursionError:
        raise GrammarError("too large for a regular expression", option="format") from None


class _Writer:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._known: dict[str, str] = {}
        self._references: dict[str, str] = {}  # expressions of rules as parts of others
        self._circles = _circles({name: references(node) for name, node in grammar.rules.items()})
        table = completions()
        self._first = table.first_special
        self._special = (PRIVATE, PRIVATE + table.entries - 1 - self._first)

    def rule(self, name: str) -> str:
        if name not in self._known:
            circle = self._circles[name]
            node = self._grammar.rules[name]
            text = self._repeated(name, circle) if circle else self.node(node, circle)
            if len(text) > _MOST_CHARACTERS:
                raise GrammarError("too large for a regular expression", option="format")
            self._known[name] = text
        return self._known[name]

    def node(self, node: Any, circle: frozenset[str]) -> str:
        """Return the expression of a node that leads to no rule of a circle."""
        kind = type(node)
        if kind is Literal:
            return _quoted(node.text)
        if kind is Ref or kind is Json:
            known = self._references.get(node.rule)
            return self._reference(node.rule, circle) if known is None or node.rule in circle else known
        if kind is Seq:
            return "".join([self.node(each, circle) for each in node.nodes])
        if kind is Choice:
            return _either([self.node(each, circle) for each in node.nodes])
        if kind is Chars:
            return _class(node, self._special)
        if kind is Many:
            return f"(?:{self.node(node.node, circle)}){quantifier(node)}"
        if kind is Token:
            return f"\\x{{{PRIVATE + node.id - self._first:x}}}"
        return self._body(node, circle) if kind is Body else f"[^{_range(*self._special)}]*"

    def _body(self, node: Body, circle: frozenset[str]) -> str:
        if not node.rule:
            raise GrammarError("a regular expression cannot hold a grammar in Lark", option=node.option)
        return self._reference(node.rule, circle)

    def _reference(self, rule: str, circle: frozenset[str]) -> str:
        if rule in circle:
            what = "a regular expression cannot hold a value that contains others of its own kind"
            raise GrammarError(what, option="format")
        text = self._references[rule] = f"(?:{self.rule(rule)})"
        return text

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
def _class(node: Chars, special: tuple[int, int]) -> str:
    """Return a class of characters, none of which stands for a special token."""
    ranges = node.ranges if node.negated else complement(node.ranges)
    return f"[^{''.join(_range(*each) for each in merged([*ranges, special]))}]"


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    return "".join([_escaped(ord(character)) for character in text])


def _range(first: int, last: int) -> str:
    return _escaped(first) if first == last else f"{_escaped(first)}-{_escaped(last)}"


def _escaped(code: int) -> str:
    character = chr(code)
    if character.isascii() and character.isalnum():
        return character
    return f"\\x{code:02x}" if code < 0x80 else f"\\x{{{code:x}}}"
