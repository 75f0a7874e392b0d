"""Writes a grammar for people to read."""

from __future__ import annotations

import json

from .nodes import Body, Chars, Grammar, Json, Literal, Many, Node, Ref, Seq, Text, Token, leaves
from .vocabularies import special_texts

__all__ = ["explained"]


def explained(grammar: Grammar) -> str:
    """Return the rules, without those of JSON values: a line for each, with the names of special tokens."""
    texts = special_texts()
    lines, waiting, seen = [], [grammar.root], set()
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen.add(name)
            node = grammar.rules[name]
            waiting += [leaf.rule for leaf in leaves(node) if isinstance(leaf, Ref)]
            lines.append(f"{name} = {_shown(node, texts)}")
    return "\n".join(lines) + "\n"


def _shown(node: Node, texts: dict[int, str], *, inside: bool = False) -> str:
    if isinstance(node, Token):
        return texts.get(node.id, f"<{node.id}>")
    if isinstance(node, Literal):
        return json.dumps(node.text, ensure_ascii=False)
    if isinstance(node, Text):
        return "any text"
    if isinstance(node, Json):
        return f"JSON by {node.option}"
    if isinstance(node, Body):
        return f"input by a {node.syntax} grammar"
    if isinstance(node, Ref):
        return node.rule
    if isinstance(node, Chars):
        return "a character"
    if isinstance(node, Many):
        times = "any number of times" if node.least == 0 else f"at least {node.least} times"
        return f"({_shown(node.node, texts)}) {times}"
    if isinstance(node, Seq):
        return " ".join(_shown(each, texts, inside=True) for each in node.nodes) if node.nodes else "nothing"
    text = " | ".join(_shown(each, texts) for each in node.nodes)
    return f"({text})" if inside else text
