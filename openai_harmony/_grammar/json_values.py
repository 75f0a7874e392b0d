"""Values that a schema lists, and what stands between the parts of values, as nodes."""

from __future__ import annotations

from .json_shapes import Json
from .json_strings import SPACE, literal_text, scalar_text
from .nodes import Literal, Node, Ref, Seq, seq

__all__ = ["BLANKS", "COLON", "COMMA", "value_node"]

BLANKS = Ref(SPACE)
COMMA = Seq((Literal(","), BLANKS))
COLON = Seq((BLANKS, Literal(":"), BLANKS))


def value_node(value: Json) -> Node:
    """Return a value that a schema lists; white space may stand within arrays and objects."""
    if isinstance(value, list):
        inner = [node for item in value for node in (COMMA, value_node(item), BLANKS)][1:]
        return seq([Literal("["), BLANKS, *inner, Literal("]")])
    if isinstance(value, dict):
        members = [seq([Literal(literal_text(key)), COLON, value_node(item), BLANKS]) for key, item in value.items()]
        return seq([Literal("{"), BLANKS, *[node for each in members for node in (COMMA, each)][1:], Literal("}")])
    return Literal(scalar_text(value))
