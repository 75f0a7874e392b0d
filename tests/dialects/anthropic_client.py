"""What the official client of the Messages API reads: events, messages, and what it puts together from a stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from anthropic.lib.streaming._messages import accumulate_event
from anthropic.types import Message, RawMessageStreamEvent
from pydantic import TypeAdapter

__all__ = ["put_together", "read_message"]

_EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)


def put_together(events: Iterable[Any]) -> dict[str, Any]:
    """The message that the client's own reader makes of a stream; each event must be one of the client's."""
    snapshot: Any = None
    buffers: dict[int, bytes] = {}
    for event in events:
        read = _EVENT.validate_python(event)
        snapshot = accumulate_event(event=read, current_snapshot=snapshot, json_bufs=buffers)
    return _without_defaults(snapshot.model_dump())


def read_message(message: Any) -> dict[str, Any]:
    """A message as the client reads it; it must be one of the client's."""
    return _without_defaults(Message.model_validate(message).model_dump())


def _without_defaults(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message without the null values that the client adds, but with those in inputs of tools."""
    blocks = [{key: value for key, value in block.items() if value is not None} for block in message["content"]]
    usage = {key: value for key, value in message["usage"].items() if value is not None}
    rest = {key: value for key, value in message.items() if value is not None}
    return {**rest, "content": blocks, "usage": usage}
