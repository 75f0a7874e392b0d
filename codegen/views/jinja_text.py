"""Values of the spec as Jinja expressions: literals, and texts in which placeholders are filled by variables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from codegen.check_contents import PLACEHOLDER

__all__ = ["NONE", "concatenated", "filled", "literal", "value"]

NONE = "none"
_WORDS = {True: "true", False: "false", None: NONE}


def literal(text: str) -> str:
    """Return a text as a literal on one line. Jinja reads the escapes of JSON."""
    return json.dumps(text, ensure_ascii=False)


def value(data: Any, indent: int = 0) -> str:
    """Return a JSON value as a literal; the entries of lists and maps that hold any stand on lines of their own."""
    if isinstance(data, str):
        return literal(data)
    if data is None or isinstance(data, bool):
        return _WORDS[data]
    if not isinstance(data, (Mapping, list, tuple)):
        return json.dumps(data)
    if isinstance(data, Mapping):
        entries = [f"{literal(str(key))}: {value(inner, indent + 2)}" for key, inner in data.items()]
        opened, closed = "{", "}"
    else:
        entries = [value(inner, indent + 2) for inner in data]
        opened, closed = "[", "]"
    one_line = opened + ", ".join(entries) + closed
    if "\n" not in one_line and len(one_line) <= 80:
        return one_line
    space = " " * indent
    return "\n".join([opened, *(f"{space}  {entry}," for entry in entries), space + closed])


def concatenated(pieces: Iterable[tuple[str, bool]]) -> str:
    """Return the concatenation of texts and expressions. A piece is a text, or an expression if its flag is set."""
    operands: list[str] = []
    text = ""
    for piece, is_expression in pieces:
        if not is_expression:
            text += piece
            continue
        operands += [literal(text)] if text else []
        operands.append(piece)
        text = ""
    operands += [literal(text)] if text or not operands else []
    return " ~ ".join(operands)


def filled(text: str, variables: Mapping[str, str]) -> str:
    """Return an expression for a text with placeholders; `variables` holds the expression of each placeholder."""
    pieces = PLACEHOLDER.split(text)
    return concatenated(
        (variables.get(piece, f"{{{piece}}}"), piece in variables) if index % 2 else (piece, False)
        for index, piece in enumerate(pieces)
    )
