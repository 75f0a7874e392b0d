"""Whether llguidance accepts a text as a value by a schema; a token is a byte."""

from __future__ import annotations

import json
from collections.abc import Callable

import llguidance

__all__ = ["Refused", "engine_reader_of"]

_TOKENIZER = llguidance.LLTokenizer("byte")


class Refused(ValueError):
    """llguidance does not take the schema."""


def engine_reader_of(schema: object) -> Callable[[str], bool]:
    """Return what decides whether llguidance accepts a text.

    Raises:
        Refused: it does not take the schema.
    """
    grammar = llguidance.grammar_from("lark", f"start: %json {json.dumps(schema)}")
    matcher = llguidance.LLMatcher(_TOKENIZER, grammar, log_level=0)
    if matcher.get_error():
        raise Refused(matcher.get_error())

    def reads(text: str) -> bool:
        matcher.reset()
        tokens = _TOKENIZER.tokenize_bytes(text.encode("utf-8"))
        return bool(matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting())

    return reads
