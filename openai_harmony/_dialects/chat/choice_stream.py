"""The stream of a choice of the Chat Completions API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..heading import Undeclared
from ..ids import NewId, new_id
from ..stream import DialectStream
from ..token_feed import STOP, finish_reason
from .tools import chat_tools
from .types import ChatDelta, ChatMessage, CompletionUsageDetails, ReasoningTokens
from .writer import ChatWriter, CutCalls, ReasoningKey, options_of

if TYPE_CHECKING:
    from ..._runtime.types.typed import JsonDict
    from ...encoding import HarmonyEncoding
    from ..ids import IdMaker

__all__ = ["ChatStream"]


class ChatStream(DialectStream[ChatDelta]):
    """Turns the sampled tokens of one choice into deltas, which add up to `message`, however the tokens are cut.

    Args:
        encoding: The encoding.
        tools, parallel_tool_calls, reasoning_key, include_reasoning, separator, undeclared, aliases, new_id: As for
            `chat_message_from`.
        prompt_tokens: The prompt, if it left a message open. The text of that message is not repeated, except for the
            arguments of a call.
        cut_calls: "drop" to leave out a call that was cut off, so that no client runs it; a call is then sent when it
            has ended, and one that was left out is in `suppressed`. "keep" to send it as it arrives, and what there is
            of one that was cut off; its `finish_reason` is not "tool_calls".

    Raises:
        ConversionError: A tool has the wrong form.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> stream = ChatStream(encoding)
        >>> for token in encoding.encode("<|channel|>final<|message|>Hello<|return|>", allowed_special="all"):
        ...     for delta in stream.feed([token]):
        ...         print(delta["delta"])
        {'role': 'assistant', 'content': 'Hello'}
        >>> stream.finish()[-1]["finish_reason"]
        'stop'
    """

    _writer: ChatWriter
    _reason: str | None = None

    def __init__(
        self,
        encoding: HarmonyEncoding,
        *,
        tools: Iterable[object] | None = None,
        parallel_tool_calls: bool | None = None,
        reasoning_key: ReasoningKey = "reasoning",
        include_reasoning: bool = True,
        separator: str = "\n",
        undeclared: Undeclared = "call",
        aliases: bool = False,
        new_id: NewId = new_id,
        prompt_tokens: Sequence[int] | None = None,
        cut_calls: CutCalls = "keep",
    ) -> None:
        declared = chat_tools(tools, custom_tools=True, aliases=aliases).declared()
        settings: JsonDict = {
            "tools": declared.values(),
            "undeclared": undeclared,
            "parallel": parallel_tool_calls is not False,
            "options": [reasoning_key, include_reasoning, separator, cut_calls],
        }
        self._begin(encoding, settings, new_id, prompt_tokens)

    def feed(self, tokens: Iterable[int]) -> list[ChatDelta]:
        """Return the deltas that the tokens of a step add; the empty list if there is nothing to send.

        Behind the end of the choice, tokens add nothing.

        Raises:
            TypeError: a token is no integer.
            ConversionError: a call is undeclared, and that is to be an error. The next call returns the deltas.
        """
        return self._feed.feed(tokens) if self._reason is None else []

    def finish(self, reason: str | None = None) -> list[ChatDelta]:
        """End the choice, and return its last deltas. The last one has the reason.

        Args:
            reason: why the engine says that sampling ended, such as "stop" or "length"; None to tell it by the tokens.
        """
        if self._reason is not None:
            return []
        stopped = self._feed.stopped
        deltas = self._feed.end(cut=finish_reason(reason, called=False, stopped=stopped) != STOP)
        if self._writer.dropped:
            self.suppressed.append(self.messages[-1])
        self._reason = finish_reason(reason, called=self._writer.has_calls, stopped=stopped)
        return deltas + self._writer.finish(self._reason, self._feed.count)

    @property
    def message(self) -> ChatMessage:
        """The message so far."""
        return self._writer.message

    @property
    def finish_reason(self) -> str | None:
        """Why the choice ended; None before `finish`."""
        return self._reason

    @property
    def usage(self) -> CompletionUsageDetails:
        """The numbers of sampled tokens, and of those that are text of the reasoning."""
        details: ReasoningTokens = {"reasoning_tokens": self._feed.reasoning_tokens}
        return {"completion_tokens": self._feed.count, "completion_tokens_details": details}

    def _make_writer(self, settings: dict[str, Any], make_id: IdMaker) -> ChatWriter:
        self._writer = ChatWriter(options_of(*settings["options"]), make_id)
        return self._writer

    def _state(self) -> JsonDict:
        return {"writer": self._writer.state(), "reason": self._reason}

    def _restore(self, state: dict[str, Any]) -> None:
        self._writer.restore(state["writer"])
        self._reason = state["reason"]


ChatStream.__module__ = f"{__name__.partition('._')[0]}.chat"  # where users import it from
