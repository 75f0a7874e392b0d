"""Joins the alternatives of a split pattern so that the regex engine matches as many of them as possible at once.

The engine uses an automaton for regular expressions in the strict sense, and backtracking for everything else. It
compiles the alternatives of one group into one automaton, and tries ungrouped alternatives one after the other.
`a|b|c` and `(?:a|b)|c` match the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

__all__ = ["alternatives", "joined"]

# Flags that apply to the rest of the pattern, and therefore also to other alternatives.
_FLAGS = re.compile(r"\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?\)")
# A special group, possessive repetition, a backreference, or an anchor that only backtracking engines support.
_IRREGULAR = re.compile(r"\((?=\?)(?!\?[a-z]*(?:-[a-z]+)?:)|[*+?}]\+|\\[0-9kKGgZ]")

# An escape, a class of characters, or any other character.
_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def alternatives(pattern: str) -> tuple[str, ...]:
    """Return the alternatives of a pattern: its parts between the bars that are in no group."""
    found = [""]
    depth = 0
    for atom in _ATOM.findall(pattern):
        depth += (atom == "(") - (atom == ")")
        if atom == "|" and not depth:
            found.append("")
        else:
            found[-1] += atom
    return tuple(found)


def joined(alternatives: Iterable[str]) -> str:
    """Return one pattern that matches the same as `"|".join(alternatives)`."""
    alternatives = tuple(alternatives)
    if any(map(_FLAGS.search, alternatives)):
        return "|".join(alternatives)
    parts = []
    for regular, found in groupby(alternatives, lambda alternative: _IRREGULAR.search(alternative) is None):
        group = list(found)
        parts += [f"(?:{'|'.join(group)})"] if regular and len(group) > 1 else group
    return "|".join(parts)
