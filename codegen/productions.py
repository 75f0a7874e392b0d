"""The rules of framing.lark as they are written, for diagrams: lark's own table has lost what is optional or repeated.

They are read with the grammar of grammars that lark has. Only rules that lark accepted (`grammar.py`) come here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from lark import Lark, Token, Tree

__all__ = ["Choice", "Labelled", "Literal", "Name", "Node", "Optional", "Repeated", "Row", "names", "productions"]


@dataclass(frozen=True)
class Name:
    """A rule or a terminal."""

    text: str


@dataclass(frozen=True)
class Literal:
    """A text or a pattern that a rule has itself."""

    text: str


@dataclass(frozen=True)
class Row:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Optional:
    item: Node


@dataclass(frozen=True)
class Repeated:
    item: Node
    least: int
    most: int | None


@dataclass(frozen=True)
class Labelled:
    """An alternative with another name than its rule (`-> name`)."""

    item: Node
    label: str


Node: TypeAlias = "Name | Literal | Row | Choice | Optional | Repeated | Labelled"


@lru_cache(maxsize=8)
def productions(framing: str) -> dict[str, Node]:
    """Return what each rule and each terminal of the text consists of, in the order of the text."""
    found = {}
    for statement in _reader().parse(framing + "\n").children:
        if isinstance(statement, Tree) and statement.data in ("rule", "token"):
            found[str(statement.children[0]).lstrip("!?")] = _node(statement.children[-1])
    return found


def names(node: Node) -> Iterator[str]:
    """Yield the names of the rules and terminals that a node has."""
    if isinstance(node, Name):
        yield node.text
    elif isinstance(node, Row | Choice):
        for item in node.items:
            yield from names(item)
    elif not isinstance(node, Literal):
        yield from names(node.item)


@lru_cache(maxsize=1)
def _reader() -> Lark:
    return Lark.open_from_package("lark", "lark.lark", ["grammars"], parser="lalr")


def _node(tree: Any) -> Node:
    match tree.data, tree.children:
        case "name", [text]:
            return Name(str(text))
        case "expansions", items:
            return Choice(tuple(map(_node, items)))
        case "expansion", [item]:
            return _node(item)
        case "expansion", items:
            return Row(tuple(map(_node, items)))
        case "alias", [item, None]:
            return _node(item)
        case "alias", [item, label]:
            return Labelled(_node(item), str(label))
        case "maybe", [item]:
            return Optional(_node(item))
        case "expr", [item, "?"]:
            return Optional(_node(item))
        case "expr", [item, "*" | "+" as sign]:
            return Repeated(_node(item), int(sign == "+"), None)
        case "expr", [item, None, None]:
            return _node(item)
        case "expr", [item, least, most]:
            return Repeated(_node(item), int(str(least)), int(str(most or least)))
        case _:
            return Literal(" ".join(str(leaf) for leaf in tree.scan_values(lambda leaf: isinstance(leaf, Token))))
