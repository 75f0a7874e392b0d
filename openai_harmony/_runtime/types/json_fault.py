"""Where the reference's JSON reader gives up on a text of Python's: at numbers that JSON lacks, or too deep inside."""

from __future__ import annotations

import re

__all__ = ["DEEPEST", "fault_of"]

# Arrays and objects within each other, in one text.
DEEPEST = 127

_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<number>NaN|-?Infinity)')


def fault_of(text: str) -> str | None:
    """What is wrong with a text that `json.dumps` wrote, and where; None if nothing is."""
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
