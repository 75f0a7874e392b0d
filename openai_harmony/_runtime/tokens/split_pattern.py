"""How the alternatives of a split pattern are joined, so that the engine takes as many of them as it can in one step.

The engine has an automaton for what is regular, and steps back and forth for everything else. Alternatives in one group
are one automaton; one by one, each is tried after the other. `a|b|c` and `(?:a|b)|c` match the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

__all__ = ["joined"]

# Flags that hold for all that follows, and so for other alternatives too.
_FLAGS = re.compile(r"\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?\)")
# A group that is no plain one, possessive repetition, a reference back, an anchor that only engines with a memory have.
_IRREGULAR = re.compile(r"\((?=\?)(?!\?[a-z]*(?:-[a-z]+)?:)|[*+?}]\+|\\[0-9kKGgZ]")


def joined(alternatives: Iterable[str]) -> str:
    """One pattern, whose first alternative that matches counts, as in `"|".join(alternatives)`."""
    alternatives = tuple(alternatives)
    if any(map(_FLAGS.search, alternatives)):
        return "|".join(alternatives)
    parts = []
    for regular, found in groupby(alternatives, lambda alternative: _IRREGULAR.search(alternative) is None):
        group = list(found)
        parts += [f"(?:{'|'.join(group)})"] if regular and len(group) > 1 else group
    return "|".join(parts)
