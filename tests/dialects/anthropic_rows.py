"""What the rows of the Messages API's pairs give."""

from __future__ import annotations

from typing import Any

from openai_harmony.anthropic import anthropic_message_from_tokens
from tests.dialects.rows import ENCODING, Row, reading, tokens_of

__all__ = ["whole"]


def whole(row: Row) -> Any:
    """The message that the completion of a row is."""
    arguments = reading(row)
    if "finish" in row:
        arguments["stop_reason"] = row["finish"]
    return anthropic_message_from_tokens(ENCODING, tokens_of(row), model="gpt-oss-20b", **arguments)
