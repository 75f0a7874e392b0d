"""Server-sent events, in which servers stream chunks and events."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .given import surrogate_in

__all__ = ["SSE_DONE", "to_sse"]

SSE_DONE = "data: [DONE]\n\n"
"""What ends a stream of chunks of the Chat Completions API."""


def to_sse(event_or_chunk: Mapping[str, object]) -> str:
    """Return a chunk, or an event with a type, as a server-sent event.

    Raises:
        TypeError: the argument is no dictionary.
        ValueError: a value in it is no JSON, such as a number that is not finite.

    Example:
        >>> to_sse({"type": "ping"})
        'event: ping\\ndata: {"type":"ping"}\\n\\n'
    """
    if not isinstance(event_or_chunk, Mapping):
        raise TypeError(f"argument 'event_or_chunk': expected a dictionary, not {type(event_or_chunk).__name__}")
    data = json.dumps(event_or_chunk, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if surrogate_in(data) is not None:  # the text could not be sent
        data = json.dumps(event_or_chunk, separators=(",", ":"), allow_nan=False)
    kind = event_or_chunk.get("type")
    return f"event: {kind}\ndata: {data}\n\n" if isinstance(kind, str) else f"data: {data}\n\n"
