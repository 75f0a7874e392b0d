"""Finds what the reference's JSON parser rejects in the output of `json.dumps`: NaN, infinity, or too deep nesting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

__all__ = ["DEEPEST", "fault_of", "placed"]

# The maximum nesting of arrays and objects in a JSON text.
DEEPEST = 127

_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<number>NaN|-?Infinity)')


def fault_of(text: str) -> str | None:
    """Return the error for a text that `json.dumps` wrote, with its position; None if the text is accepted."""
    depth = 0
    for part in _PARTS.finditer(text):
        column = part.start() + 1
        if part["open"]:
            depth += 1
            if depth > DEEPEST:
                return f"recursion limit exceeded at line 1 column {column}"
        elif part["close"]:
            depth -= 1
        elif part["number"]:
            negative = part["number"].startswith("-")
            return f"{'invalid number' if negative else 'expected value'} at line 1 column {column + negative}"
    return None


def placed(problem: Exception, what: str, form: Callable[[], object]) -> Exception:
    """Return the error of the reference's JSON reader, with its position, if there is one; else the same problem."""
    if not isinstance(problem, ValueError):
        return problem
    try:
        value = form()
        fault = fault_of(json.dumps({"messages": value} if isinstance(value, list) else value))
    except (ValueError, TypeError, RecursionError):
        return problem
    return ValueError(f"invalid {what} JSON: {fault}") if fault else problem
