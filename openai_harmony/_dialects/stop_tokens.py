"""The tokens at which an engine stops sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._parser_base import checked_encoding
from .making import dialects

if TYPE_CHECKING:
    from ..encoding import HarmonyEncoding

__all__ = ["stop_tokens"]


def stop_tokens(encoding: HarmonyEncoding, *, parallel_tool_calls: bool | None = None) -> list[int]:
    """Return the ids at which an engine stops, for a request.

    Args:
        encoding: the encoding.
        parallel_tool_calls: True if the model may make further calls in its turn: the engine then stops at the end of
            an answer, but not after a call. A model that is used to stopping there may go on with a result of its own
            making, so give the engine a limit as well. None and False: the engine stops after a call.

    Raises:
        TypeError: `encoding` is not an encoding.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> stop_tokens(encoding), stop_tokens(encoding, parallel_tool_calls=True)
        ([200002, 200012], [200002])
    """
    stops = checked_encoding(encoding).stop_tokens_for_assistant_actions()
    if not parallel_tool_calls:
        return stops
    calls = {encoding.encode(text, allowed_special="all")[0] for text in dialects().call_stops}
    return [stop for stop in stops if stop not in calls]
