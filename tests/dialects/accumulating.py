"""What the official client puts together from the deltas of a chat stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from openai_harmony import chat

__all__ = ["put_together"]


def put_together(deltas: Iterable[Any]) -> tuple[dict[str, Any], str | None]:
    """The message, and the reason to end, that the client's own reader makes of a stream."""
    state: Any = ChatCompletionStreamState()
    for delta in deltas:
        chunk = chat.chunk(delta, id="chatcmpl-1", model="gpt-oss-120b", created=1754092800)
        # As the client reads a chunk; it accepts further keys, such as `reasoning`.
        for _ in state.handle_chunk(ChatCompletionChunk.construct(**chunk)):
            pass
    choice = state.current_completion_snapshot.choices[0].to_dict()
    return _message(choice["message"]), choice["finish_reason"]


def _message(read: Mapping[str, Any]) -> dict[str, Any]:
    message = {"content": None, **{key: value for key, value in read.items() if value is not None}}
    if "tool_calls" in message:
        message["tool_calls"] = [_call(call) for call in message["tool_calls"]]
    return message


def _call(read: Mapping[str, Any]) -> dict[str, Any]:
    """A call without what the client adds to it."""
    call = {key: value for key, value in read.items() if key != "index" and value is not None}
    if "function" in call:
        call["function"] = {key: value for key, value in call["function"].items() if key != "parsed_arguments"}
    return call
