"""The stream of a message of the Messages API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ..heading import Undeclared
from ..ids import NewId, id_maker, new_id
from ..stream import DialectStream
from .message import copied, message_of, stop_reason_of, usage_of
from .tools import anthropic_tools
from .types import AnthropicEvent, AnthropicMessage, AnthropicUsage
from .writer import BlockWriter

if TYPE_CHECKING:
    from ..._runtime.types.typed import JsonDict
    from ...encoding import HarmonyEncoding
    from ..ids import IdMaker

__all__ = ["AnthropicStream"]


class AnthropicStream(DialectStream[AnthropicEvent]):
    """Turns the sampled tokens of a message into events, which add up to `message`, however the tokens are cut.

    Args:
        encoding: The encoding.
        message: What the server knows of the message, such as `id`, `model` and `usage`. Without an id, one is made.
        tools, parallel_tool_calls, include_thinking, undeclared, aliases, new_id: As for `anthropic_message_from`.
        prompt_tokens: The prompt, if it may have left a message open. The text of that message is not repeated.

    Raises:
        ConversionError: A tool, or `message`, has the wrong form.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> stream = AnthropicStream(encoding, {"id": "msg_1", "model": "gpt-oss-20b"})
        >>> events = stream.start()
        >>> for token in encoding.encode("<|channel|>final<|message|>Hello<|return|>", allowed_special="all"):
        ...     events += stream.feed([token])
        >>> for event in events + stream.finish():
        ...     print(event["type"])
        message_start
        content_block_start
        content_block_delta
        content_block_stop
        message_delta
        message_stop
    """

    _writer: BlockWriter
    _message: dict[str, Any]
    _started = False
    _ended = False

    def __init__(
        self,
        encoding: HarmonyEncoding,
        message: Mapping[str, object],
        *,
        tools: Iterable[object] | None = None,
        parallel_tool_calls: bool | None = None,
        include_thinking: bool = True,
        undeclared: Undeclared = "call",
        aliases: bool = False,
        new_id: NewId = new_id,
        prompt_tokens: Sequence[int] | None = None,
    ) -> None:
        declared = anthropic_tools(tools, aliases=aliases).declared()
        settings: JsonDict = {
            "tools": declared.values(),
            "undeclared": undeclared,
            "parallel": parallel_tool_calls is not False,
            "thinking": include_thinking,
        }
        self._message = message_of(message, id_maker(new_id), 0 if prompt_tokens is None else len(prompt_tokens))
        self._begin(encoding, settings, new_id, prompt_tokens)

    def start(self) -> list[AnthropicEvent]:
        """Return the event that begins the message. The first `feed` or `finish` returns it, if this is not called."""
        if self._started or self._ended:
            return []
        self._started = True
        return [{"type": "message_start", "message": cast("AnthropicMessage", copied(self._message, "message"))}]

    def feed(self, tokens: Iterable[int]) -> list[AnthropicEvent]:
        """Return the events that the tokens of a step add; the empty list if there is nothing to send.

        Behind the end of the message, tokens add nothing.

        Raises:
            TypeError: a token is no integer.
            ConversionError: a call is undeclared, and that is to be an error. The next call returns the events.
        """
        if self._ended:
            return []
        events = self._feed.feed(tokens)
        return events if self._started else [*self.start(), *events]

    def finish(
        self,
        reason: str | None = None,
        *,
        usage: Mapping[str, object] | None = None,
        stop_sequence: str | None = None,
    ) -> list[AnthropicEvent]:
        """End the message, and return its last events.

        Args:
            reason: why the engine says that sampling ended, such as "stop" or "length", or a stop reason of the API;
                None to tell it by the tokens.
            usage: counts of tokens that take the place of the stream's own, or stand beside them.
            stop_sequence: the stop sequence of the request that ended sampling.
        """
        if self._ended:
            return []
        stopped = self._feed.stopped
        last = self._feed.end(cut=not stopped)
        events = [*self.start(), *last]
        told = stop_reason_of(reason, stop_sequence, called=self._writer.has_calls, stopped=stopped)
        counted = {**self._counts(), **({} if usage is None else copied(usage, "usage"))}
        self._ended = True
        self._message |= {"stop_reason": told, "stop_sequence": stop_sequence}
        self._message["usage"] = {**self._message["usage"], **counted}
        delta: Any = {"type": "message_delta", "usage": counted}
        delta["delta"] = {"stop_reason": told, "stop_sequence": stop_sequence}
        return [*events, delta, {"type": "message_stop"}]

    def fail(self, kind: str, message: str) -> list[AnthropicEvent]:
        """End the stream with an error.

        Args:
            kind: the type of the error, such as "overloaded_error" or "api_error".
            message: what is said of it.
        """
        if self._ended:
            return []
        self._ended = True
        return [{"type": "error", "error": {"type": kind, "message": message}}]

    @property
    def message(self) -> AnthropicMessage:
        """The message so far."""
        message = {**self._message, "content": self._writer.content, "usage": self.usage}
        return cast("AnthropicMessage", copied(message, "message"))

    @property
    def stop_reason(self) -> str | None:
        """Why the message ended; None before `finish`."""
        reason: str | None = self._message["stop_reason"]
        return reason

    @property
    def usage(self) -> AnthropicUsage:
        """The counts of tokens so far."""
        usage: dict[str, Any] = self._message["usage"]
        counted = self._counts() if self._message["stop_reason"] is None else {}
        return cast("AnthropicUsage", {**usage, **counted})

    def _counts(self) -> JsonDict:
        return usage_of(self._feed.count, self._feed.reasoning_tokens)

    def _make_writer(self, settings: dict[str, Any], make_id: IdMaker) -> BlockWriter:
        self._writer = BlockWriter(settings["thinking"], make_id)
        return self._writer

    def _state(self) -> JsonDict:
        return {
            "writer": self._writer.state(),
            "message": self._message,
            "started": self._started,
            "ended": self._ended,
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self._writer.restore(state["writer"])
        self._message = copied(state["message"], "message")
        self._started, self._ended = state["started"], state["ended"]


AnthropicStream.__module__ = f"{__name__.partition('._')[0]}.anthropic"  # where users import it from
