"""The tree of a grammar: what a completion may be, whatever engine reads it.

A grammar is a set of rules; a rule is a node. All emitters, and the judge, read these nodes and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

__all__ = [
    "EMPTY",
    "Body",
    "Chars",
    "Choice",
    "Grammar",
    "Json",
    "Literal",
    "Many",
    "Node",
    "Ref",
    "Seq",
    "Text",
    "Token",
    "choice",
    "either",
    "joined",
    "leaves",
    "optional",
    "quantifier",
    "references",
    "seq",
]

# Nothing changes a node. They are not frozen since an export makes a thousand, and a frozen one takes twice as long.


@dataclass(slots=True, unsafe_hash=True)
class Token:
    """A special token."""

    id: int


@dataclass(slots=True, unsafe_hash=True)
class Literal:
    """A text, of any ordinary tokens; not empty."""

    text: str


@dataclass(slots=True, unsafe_hash=True)
class Chars:
    """One character of these ranges of code points, or one that is in none of them."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False


@dataclass(slots=True, unsafe_hash=True)
class Text:
    """Any number of ordinary tokens, which need not be whole characters."""


@dataclass(slots=True, unsafe_hash=True)
class Json:
    """A JSON value by a schema.

    Attributes:
        schema: the schema as an engine that knows JSON Schema reads it.
        rule: the rule for engines that do not.
        option: the option that has the schema, for errors.
    """

    schema: Mapping[str, object] | bool = field(hash=False)
    rule: str
    option: str


@dataclass(slots=True, unsafe_hash=True)
class Body:
    """The input of a custom tool, by a grammar of its own.

    Attributes:
        syntax: `lark` or `regex`.
        definition: the grammar.
        rule: the rule for engines that do not know the syntax; empty if there is none.
        option: the option that has the grammar, for errors.
    """

    syntax: str
    definition: str
    rule: str
    option: str = "tools"


@dataclass(slots=True, unsafe_hash=True)
class Ref:
    """Another rule."""

    rule: str


@dataclass(slots=True, unsafe_hash=True)
class Seq:
    """Nodes one after the other; nothing if there are none."""

    nodes: tuple[Node, ...] = ()


@dataclass(slots=True, unsafe_hash=True)
class Choice:
    """One of several nodes."""

    nodes: tuple[Node, ...]


@dataclass(slots=True, unsafe_hash=True)
class Many:
    """A node a number of times.

    Attributes:
        node: the node, which is not empty.
        least: the least number.
        most: the largest number; None for any.
    """

    node: Node
    least: int = 0
    most: int | None = None


Node: TypeAlias = Token | Literal | Chars | Text | Json | Body | Ref | Seq | Choice | Many

EMPTY = Seq()


@dataclass
class Grammar:
    """Rules by name; names are those of no tool, so that they cannot collide."""

    root: str
    rules: dict[str, Node]


def seq(nodes: Iterable[Node]) -> Node:
    """Return nodes in a row, without needless nesting."""
    flat: list[Node] = []
    for node in nodes:
        inner = node.nodes if isinstance(node, Seq) else (node,)
        if flat and isinstance(last := flat[-1], Literal) and inner and isinstance(first := inner[0], Literal):
            flat[-1] = Literal(last.text + first.text)
            flat += inner[1:]
        else:
            flat += inner
    return flat[0] if len(flat) == 1 else Seq(tuple(flat))


def joined(*nodes: Node) -> Seq:
    """Return nodes in a row, of which no two texts stand beside each other; `seq` without its search for such texts."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Seq):
            found += node.nodes
        else:
            found.append(node)
    return Seq(tuple(found))


def choice(nodes: Iterable[Node]) -> Node:
    """Return one of the nodes, each once, without needless nesting."""
    flat: list[Node] = []
    for node in nodes:
        flat += node.nodes if isinstance(node, Choice) else (node,)
    once: list[Node] = []
    if (
        len(flat) > 100
    ):  # to compare two nodes is cheaper than to hash them, but not to compare each one with all others
        once = list(dict.fromkeys(flat))
    else:
        for each in flat:
            if each not in once:
                once.append(each)
    return flat[0] if len(once) == 1 else Choice(tuple(once))


def either(nodes: Iterable[Node]) -> Node:
    """Return one of nodes that all differ; `choice` without its search for nodes that are the same."""
    found: tuple[Node, ...] = ()
    for node in nodes:
        found += node.nodes if isinstance(node, Choice) else (node,)
    return found[0] if len(found) == 1 else Choice(found)


def optional(node: Node) -> Node:
    """Return a node that may be absent."""
    return choice([node, EMPTY])


def leaves(node: Node) -> list[Node]:
    """Return the nodes in a node that have no others in them, from left to right."""
    found: list[Node] = []
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (Seq, Choice)):
            waiting += each.nodes[::-1]
        elif isinstance(each, Many):
            waiting.append(each.node)
        else:
            found.append(each)
    return found


def references(node: Node) -> set[str]:
    """Return the names of the rules that stand for parts of a node."""
    found: set[str] = set()
    waiting: list[Any] = [node]
    for each in waiting:
        kind = type(each)
        if kind is Ref:
            found.add(each.rule)
        elif kind is Literal:
            continue
        elif kind is Seq or kind is Choice:
            waiting += each.nodes
        elif kind is Json or kind is Body:
            found.add(each.rule)
        elif kind is Many:
            waiting.append(each.node)
    found.discard("")  # a body whose grammar only its engine reads
    return found


def quantifier(node: Many) -> str:
    """Return how often a node is repeated, as Lark, EBNF and regular expressions all write it."""
    if node.most is None:
        return "*" if node.least == 0 else "+" if node.least == 1 else f"{{{node.least},}}"
    return f"{{{node.least},{node.most}}}"
