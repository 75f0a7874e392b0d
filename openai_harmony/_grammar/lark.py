"""Writes a grammar in the dialect of Lark that llguidance reads; xgrammar reads it, too."""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring_ascii
from typing import Any, TypeGuard

from .nodes import Body, Chars, Choice, Grammar, Json, Literal, Many, Node, Ref, Seq, Text, Token, leaves, quantifier
from .settings import completions

__all__ = ["lark_text"]

START = "start"


def lark_text(grammar: Grammar, schema_of: Callable[[Json], object]) -> str:
    """Return the text.

    Args:
        grammar: the grammar; the rules that JSON values need in other formats are left out.
        schema_of: returns the JSON Schema of a value for the engine.
    """
    writer = _Writer(grammar, schema_of)
    lines = [f"{START if name == grammar.root else name}: {writer.node(node)}" for name, node in _used(grammar).items()]
    return "\n".join([*lines, *writer.further]) + "\n"


def _used(grammar: Grammar) -> dict[str, Node]:
    """Return the rules that are needed: those of JSON values are not."""
    needed: dict[str, None] = {}
    waiting = [grammar.root]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = None
            waiting += [leaf.rule for leaf in leaves(grammar.rules[name]) if _is_rule(leaf)]
    return {name: node for name, node in grammar.rules.items() if name in needed}


def _is_rule(leaf: Node) -> TypeGuard[Ref | Body]:
    """Return whether a rule stands for a leaf; Lark has its own words for JSON values and for grammars in Lark."""
    return isinstance(leaf, Ref) or (isinstance(leaf, Body) and leaf.syntax == "regex")


class _Writer:
    def __init__(self, grammar: Grammar, schema_of: Callable[[Json], object]) -> None:
        self._rules, self._schema_of = grammar.rules, schema_of
        self.further: list[str] = []

    def node(self, node: Any, *, inside: bool = False) -> str:
        """Return an expression; `inside` if it stands in a sequence or is repeated."""
        kind = type(node)
        if kind is Token:
            return f"<[{node.id}]>"
        if kind is Literal:
            return encode_basestring_ascii(node.text)
        if kind is Ref:
            return node.rule  # type: ignore[no-any-return]
        if kind is Seq:
            return self._seq(node) if node.nodes else '""'
        if kind is Choice:
            return self._choice(node, inside=inside)
        if kind is Json:
            return f"%json {json.dumps(self._schema_of(node), ensure_ascii=False)}"
        if kind is Chars:
            return _regex(node)
        if kind is Many:
            return f"({self.node(node.node)}){quantifier(node)}"
        if kind is Text:
            table = completions()
            return f"<[^{table.first_special}-{table.entries - 1}]>*"
        return self._body(node)

    def _seq(self, node: Seq) -> str:
        parts: list[str] = []
        nodes = iter(node.nodes)
        for each, behind in zip(nodes, [*node.nodes[1:], None]):
            if type(each) is Ref and isinstance(behind, Literal) and isinstance(self._rules[each.rule], Text):
                parts.append(self._until(behind.text))
                next(nodes)
            else:
                parts.append(self.node(each, inside=True))
        return " ".join(parts)

    def _until(self, end: str) -> str:
        """Return the rule of a text with what ends it; llguidance finds no end of a text in ordinary tokens else."""
        name = f"text_until_{len(self.further) + 1}"
        self.further.append(f"{name}[suffix={json.dumps(end)}]: /(?s:.*)/")
        return name

    def _choice(self, node: Choice, *, inside: bool) -> str:
        several = [each for each in node.nodes if each != Seq()]
        text = " | ".join(self.node(each) for each in several)
        if len(several) < len(node.nodes):
            return f"({text})?"
        return f"({text})" if inside else text

    def _body(self, node: Body) -> str:
        if node.syntax == "regex":
            return node.rule
        return f"%lark {{\n{node.definition.strip()}\n}}"


def _regex(node: Chars) -> str:
    """Return a class of characters as a terminal."""
    ranges = "".join(_range(first, last) for first, last in node.ranges)
    return f"/[{'^' if node.negated else ''}{ranges}]/"


def _range(first: int, last: int) -> str:
    return _escaped(first) if first == last else f"{_escaped(first)}-{_escaped(last)}"


def _escaped(code: int) -> str:
    character = chr(code)
    if character.isascii() and character.isalnum():
        return character
    return f"\\u{{{code:x}}}" if code > 0x7F else f"\\x{code:02x}"
