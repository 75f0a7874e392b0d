"""The stream of a response of the Responses API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ..given import given, plain_value
from ..ids import NewId, id_maker, new_id
from ..stream import DialectStream
from ..token_feed import LENGTH, STOP, finish_reason
from .items import COMPLETED, FAILED, IN_PROGRESS, INCOMPLETE
from .tools import responses_tools
from .types import Event, OutputItem, ResponseUsage
from .writer import FIRST, ResponsesWriter

if TYPE_CHECKING:
    from ..._generated.messages import Message
    from ..._runtime.types.typed import JsonDict
    from ...encoding import HarmonyEncoding
    from ..ids import IdMaker

__all__ = ["ResponsesStream"]

# Why a response is incomplete, by the reason of the engine.
_DETAILS = {LENGTH: "max_output_tokens", "content_filter": "content_filter"}

_DEFAULTS: dict[str, Any] = {
    "object": "response",
    "created_at": 0,
    "model": "",
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
}


class ResponsesStream(DialectStream[Event]):
    """Turns the sampled tokens of a response into events, which build the same output however the tokens are cut.

    Args:
        encoding: The encoding.
        response: What the response object has beside its output: `id`, `model`, `created_at`, and what else of the
            request is to be echoed. What the API requires and is absent gets a usual value; `created_at` is then 0.
        tools: The tools of the request; by default those of `response`.
        parallel_tool_calls: False to pass on the first call alone.
        aliases: Whether the tools had other names in the prompt, as with `conversation_from_responses`.
        new_id: Returns the id of an item or of a call; it may take the kind of the id, such as "msg" or "call".
        prompt_tokens: The prompt, which the usage counts. If it left a message open, that goes on; its text is not
            repeated, except for the arguments of a call.

    Raises:
        ConversionError: A tool has the wrong form.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> stream = ResponsesStream(encoding, {"id": "resp_1", "model": "gpt-oss-20b"})
        >>> events = stream.start()
        >>> tokens = encoding.encode("<|channel|>final<|message|>Hello<|return|>", allowed_special="all")
        >>> for event in [*stream.feed(tokens), *stream.finish()]:
        ...     print(event["type"])
        response.output_item.added
        response.content_part.added
        response.output_text.delta
        response.output_text.done
        response.content_part.done
        response.output_item.done
        response.completed
    """

    _writer: ResponsesWriter
    _begun: bool = False
    _status: str = IN_PROGRESS
    _extra: dict[str, Any]  # keys that the end adds to the response

    def __init__(
        self,
        encoding: HarmonyEncoding,
        response: Mapping[str, object],
        *,
        tools: Iterable[object] | None = None,
        parallel_tool_calls: bool | None = None,
        aliases: bool = False,
        new_id: NewId = new_id,
        prompt_tokens: Sequence[int] | None = None,
    ) -> None:
        told = given(response, "response")
        echoed: dict[str, Any] = {**_DEFAULTS, **dict(told.fields())}
        if told.text_or_none("id") is None:
            echoed = {"id": id_maker(new_id)("resp"), **echoed}
        used: Any = told.get("tools") if tools is None else tools
        declared = responses_tools(used, custom_tools=True, aliases=aliases).declared()
        settings: JsonDict = {
            "tools": declared.values(),
            "undeclared": "call",
            "parallel": parallel_tool_calls is not False,
            "response": cast("JsonDict", plain_value(echoed, "response")),
            "input_tokens": 0 if prompt_tokens is None else len(prompt_tokens),
        }
        self._extra = {}
        self._begin(encoding, settings, new_id, prompt_tokens)

    def start(self) -> list[Event]:
        """Return the events that a stream begins with. `feed` returns them first if this was not called."""
        if self._begun:
            return []
        self._begun = True
        kinds = ("response.created", "response.in_progress")
        return [
            {"type": kind, "sequence_number": number, "response": {**self.response, "output": []}}
            for number, kind in zip(range(FIRST), kinds, strict=True)
        ]

    def feed(self, tokens: Iterable[int]) -> list[Event]:
        """Return the events that the tokens of a step add; the empty list if there is nothing to send.

        Behind the end of the response, tokens add nothing.

        Raises:
            TypeError: a token is no integer.
        """
        self._writer.ranges.clear()
        if self._begun and self._status == IN_PROGRESS:
            return self._feed.feed(tokens)
        return self.start() + self._feed.feed(tokens if self._status == IN_PROGRESS else ())

    def tool_result(self, results: Iterable[Message]) -> list[Event]:
        """Take the results of calls of tools that the server runs, which close their items, and begin the next turn.

        The tokens that follow are sampled from a prompt that ends in these messages and the start of a new turn.

        Args:
            results: the messages of the tools, as the prompt has them.

        Raises:
            TypeError: a result is not a message. The turn goes on.
        """
        self._writer.ranges.clear()
        return self.start() + self._feed.next_turn(results) if self._status == IN_PROGRESS else []

    def finish(self, reason: str | None = None, *, usage: Mapping[str, object] | None = None) -> list[Event]:
        """End the response, and return its last events.

        Args:
            reason: why the engine says that sampling ended, such as "stop" or "length"; None to tell it by the tokens.
            usage: counts of tokens that take the place of those of `usage`, such as `input_tokens`.
        """
        if self._status != IN_PROGRESS:
            return []
        why = finish_reason(reason, called=False, stopped=self._feed.stopped)
        cut = why != STOP  # other words of engines mean that something broke off
        events = self._ended(cut=cut)
        self._status = INCOMPLETE if cut else COMPLETED
        if why in _DETAILS:
            self._extra["incomplete_details"] = {"reason": _DETAILS[why]}
        self._extra["usage"] = self._counted(usage)
        return [*events, self._writer.event(f"response.{self._status}", response=self.response)]

    def fail(self, code: str, message: str) -> list[Event]:
        """End the response with an error, and return its last events."""
        if self._status != IN_PROGRESS:
            return []
        events = self._ended(cut=True)
        self._status = FAILED
        self._extra["error"] = {"code": code, "message": message}
        return [*events, self._writer.event("response.failed", response=self.response)]

    def tokens_of(self, event: Event) -> tuple[int, int] | None:
        """Return the positions of the tokens of the text of an event among those that were sampled.

        The positions are the first one, and the one behind the last. They are known for the events of the last call;
        None for events without text of the model.
        """
        return self._writer.ranges.get(event["sequence_number"])

    @property
    def output(self) -> list[OutputItem]:
        """The output so far."""
        return self._writer.output

    @property
    def response(self) -> dict[str, object]:
        """The response so far."""
        whole: Any = plain_value({**cast("dict[str, Any]", self._settings["response"]), **self._extra})
        return {**whole, "output": self.output, "status": self._status}

    @property
    def usage(self) -> ResponseUsage:
        """The numbers of tokens: of the prompt, if it was given; sampled; and those that are text of the reasoning."""
        before, sampled = cast(int, self._settings["input_tokens"]), self._feed.count
        return {
            "input_tokens": before,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": sampled,
            "output_tokens_details": {"reasoning_tokens": self._feed.reasoning_tokens},
            "total_tokens": before + sampled,
        }

    def _ended(self, *, cut: bool) -> list[Event]:
        self._writer.ranges.clear()
        return [*self.start(), *self._feed.end(cut=cut), *self._writer.close()]

    def _counted(self, usage: Mapping[str, object] | None) -> dict[str, Any]:
        counts: dict[str, Any] = dict(self.usage)
        if usage is not None:
            told = given(usage, "usage")
            counts |= {key: plain_value(value) for key, value in told.fields()}
            if "total_tokens" not in told:
                counts["total_tokens"] = counts["input_tokens"] + counts["output_tokens"]
        return counts

    def _make_writer(self, settings: dict[str, Any], make_id: IdMaker) -> ResponsesWriter:
        servers = settings["tools"][3]
        self._writer = ResponsesWriter(make_id, servers)
        return self._writer

    def _state(self) -> JsonDict:
        return {
            "writer": self._writer.state(),
            "begun": self._begun,
            "status": self._status,
            "extra": dict(self._extra),
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self._writer.restore(state["writer"])
        self._begun, self._status, self._extra = state["begun"], state["status"], dict(state["extra"])


ResponsesStream.__module__ = f"{__name__.partition('._')[0]}.responses"  # where users import it from
