"""Whether rules of JSON read a text, by the judge that completions are judged by."""

from __future__ import annotations

from collections.abc import Callable

from openai_harmony._grammar.json_rules import rules_of
from openai_harmony._grammar.judge import Judge
from openai_harmony._grammar.nodes import Grammar
from openai_harmony.errors import GrammarError

__all__ = ["reader_of", "reader_or_fault"]


def reader_of(schema: object, *, forbidden: str = "") -> Callable[[str], bool]:
    """Return what decides whether the rules of a schema read a text; a token is a byte."""
    root, rules = rules_of(schema, "value", "response_schema", forbidden=forbidden)
    judge = Judge(Grammar(root, rules), lambda token: bytes([token]))

    def reads(text: str) -> bool:
        state = judge.begin()
        for byte in text.encode("utf-8"):
            state = judge.accept(state, byte)
            if not state:
                return False
        return judge.is_complete(state)

    return reads


def reader_or_fault(schema: object) -> Callable[[str], bool] | str:
    """Return what decides, or why the schema is refused."""
    try:
        return reader_of(schema)
    except GrammarError as error:
        return str(error)
