"""What a message of the Messages API has beside its content."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ...errors import ConversionError
from ..given import given, plain_value, shown
from ..token_feed import CALLED, LENGTH, STOP, finish_reason
from ..words import ASSISTANT

if TYPE_CHECKING:
    from ..._runtime.types.typed import JsonDict
    from ..ids import IdMaker

__all__ = ["copied", "message_of", "stop_reason_of", "usage_of"]

# Why a message ends, by the words of engines; those of the API, and unknown ones, stay.
_REASONS = {STOP: "end_turn", CALLED: "tool_use", LENGTH: "max_tokens", "content_filter": "refusal"}
_ENDED = frozenset({"end_turn", "tool_use"})  # words of the API for a turn that the model has ended


def message_of(told: object, make_id: IdMaker, input_tokens: int = 0) -> dict[str, Any]:
    """Return a message without content, with what the server knows of it.

    Args:
        make_id: returns the id, if the server has none.
        input_tokens: the length of the prompt, if the server does not count it.

    Raises:
        ConversionError: a value has the wrong type.
    """
    fields = copied(told, "message")
    server = given(fields, "message")
    usage = copied(server.get("usage"), "message.usage") if "usage" in server else {}
    fields |= {
        "id": server.text_or_none("id") or make_id("msg"),
        "type": "message",
        "role": ASSISTANT,
        "model": server.text_or_none("model") or "",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": input_tokens, **usage_of(0), **usage},
    }
    return fields


def usage_of(output_tokens: int, thinking_tokens: int | None = None) -> JsonDict:
    """Return counts of sampled tokens, and of those that are text of the reasoning."""
    counts: JsonDict = {"output_tokens": output_tokens}
    if thinking_tokens is not None:
        counts["output_tokens_details"] = {"thinking_tokens": thinking_tokens}
    return counts


def stop_reason_of(reason: str | None, stop_sequence: str | None, *, called: bool, stopped: bool) -> str:
    """Return why a message ends, as the API says it.

    Args:
        reason: why the engine says it ends, or a word of the API; None if that is not known.
        stop_sequence: the stop sequence of the request that ended it.
        called: whether the model called a tool.
        stopped: whether the last message has ended.
    """
    if stop_sequence is not None and (reason is None or reason == STOP):
        return "stop_sequence"
    told = finish_reason(STOP if reason in _ENDED else reason, called=called, stopped=stopped)
    return _REASONS.get(told, told)


def copied(value: object, path: str) -> dict[str, Any]:
    """Return a dictionary, or an object in the form of one, as JSON values that share nothing with the given ones.

    Raises:
        ConversionError: the value is something else.
    """
    try:
        made = json.loads(json.dumps(plain_value(value, path), allow_nan=False))
    except (TypeError, ValueError) as problem:
        raise ConversionError(f"not JSON: {problem}", path=path) from None
    if not isinstance(made, dict):
        raise ConversionError(f"expected a dictionary, not {shown(value)}", path=path)
    return made
