"""Checks the grammars in Lark of custom tools, which are put into a grammar as they are."""

from __future__ import annotations

import re

from ..errors import GrammarError

__all__ = ["check_lark"]

_PART = re.compile(
    r"""
    (?P<comment> (?://|\#)[^\n]*)
  | (?P<text> "(?:[^"\\]|\\.)*")
  | (?P<expression> /(?:[^/\\]|\\.)+/)
  | (?P<start> ^[ \t?!]*start\b[^:\n]*:)
  | (?P<token> <[^\s<>]+>)
  | (?P<brace> [{}])
  | .
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


def check_lark(definition: str, option: str) -> None:
    """Refuse a grammar that has no rule `start`, has special tokens, or ends before its end.

    Raises:
        GrammarError: it is such a grammar.
    """
    depth, has_start = 0, False
    for part in _PART.finditer(definition):
        line = definition.count("\n", 0, part.start()) + 1
        has_start |= part.lastgroup == "start" and depth == 0
        if part.lastgroup == "token":
            raise GrammarError(f"line {line}: the input of a tool has no special tokens: {part[0]}", option=option)
        if part.lastgroup == "brace":
            depth += 1 if part[0] == "{" else -1
        if depth < 0:
            raise GrammarError(f"line {line}: a brace is closed that was not opened", option=option)
    if depth:
        raise GrammarError("a brace is not closed", option=option)
    if not has_start:
        raise GrammarError("no rule is called `start`", option=option)
