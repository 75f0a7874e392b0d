"""Parses sampled tokens and tells a writer what the model says: the one way from tokens to the answers of every API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from .._arguments import expect, listed
from .._generated.enumerations import SAMPLED_ROLE, StreamState
from .._generated.events import ContentDelta, Event, MessageEnd, MessageStart
from .._generated.messages import Conversation, Message
from ..errors import ConversionError
from ..streaming import StreamableParser
from .heading import BLOCKS, NOTHING, Heading, Reading
from .making import REASONING

if TYPE_CHECKING:
    from .._generated.events import Recovery
    from ..encoding import HarmonyEncoding

__all__ = ["STOP", "TokenFeed", "Writer", "finish_reason", "told"]

D = TypeVar("D")

STOP, CALLED, LENGTH = "stop", "tool_calls", "length"  # why a choice of the Chat Completions API ends
_ENDED = frozenset({STOP, CALLED})


class Writer(Protocol[D]):
    """Turns what the model says into pieces of an answer. Positions count the sampled tokens, from 0."""

    def begin(self, heading: Heading, at: int) -> list[D]:
        """Begin a message."""
        ...

    def text(self, text: str, start: int, end: int) -> list[D]:
        """Add text to the open message."""
        ...

    def end(self, at: int, *, cut: bool = False) -> list[D]:
        """End the open message; `cut` if the model was to write more of it."""
        ...

    def result(self, message: Message) -> list[D]:
        """Take the result of a call: a message that the model did not write."""
        ...


class TokenFeed(Generic[D]):
    """The parser of a stream, in recovering mode, and what it has told the writer.

    Args:
        reading: what messages are to a client.
        prompt_tokens: the prompt, if a message of it may be open; None if it ends in the start of the model's turn.
        parallel: whether more than one call is passed on.

    Attributes:
        parser: the parser.
        reasoning_tokens: the number of tokens of the text of reasoning.
        suppressed: the calls that were not passed on.
        before: the messages and the recoveries of the turns before this one.
    """

    def __init__(
        self,
        encoding: HarmonyEncoding,
        reading: Reading,
        writer: Writer[D],
        prompt_tokens: Sequence[int] | None,
        parallel: bool,
    ) -> None:
        self._encoding, self._reading, self._writer, self._parallel = encoding, reading, writer, parallel
        self.before: tuple[list[Message], list[Recovery]] = ([], [])
        self.reasoning_tokens = 0
        self.suppressed: list[Message] = []
        self._heading = NOTHING
        self._called = False  # whether a call was passed on
        self._suppressing = False
        self._was_stopped: bool | None = None  # at the end of input; None before it
        self._problem: ConversionError | None = None
        self._pending: list[D] = []  # what the next call returns beside its own
        self._offset = 0
        if prompt_tokens is None:
            self.parser = StreamableParser(encoding, SAMPLED_ROLE, strict=False)
        else:
            self.parser = StreamableParser.resume(encoding, prompt_tokens, strict=False)
            self._offset = len(self.parser.tokens)
            self._pending = self._tell(self.parser.feed([]))

    @property
    def count(self) -> int:
        """The number of sampled tokens."""
        return self.parser.usage.total - self._offset

    @property
    def stopped(self) -> bool:
        """Whether the last message has ended."""
        if self._was_stopped is not None:
            return self._was_stopped
        return self.parser.state == StreamState.EXPECT_START and self.count > 0

    @property
    def messages(self) -> list[Message]:
        """The complete messages, with the results of calls between turns."""
        return self.before[0] + self.parser.messages if self.before[0] else self.parser.messages

    @property
    def recoveries(self) -> list[Recovery]:
        """The corrected faults; the positions of each turn count from 0."""
        return self.before[1] + self.parser.recoveries if self.before[1] else self.parser.recoveries

    def feed(self, tokens: Iterable[int]) -> list[D]:
        """Return what tokens add."""
        events = self.parser.feed(tokens)
        if self._pending or self._problem is not None:
            return self._told(self._tell(events))
        if len(events) == 1 and type(event := events[0]) is ContentDelta:  # nearly every step of an engine
            return self._text(event)
        if not events:
            return []
        return self._told(self._tell(events))

    def end(self, *, cut: bool) -> list[D]:
        """Return what the end of input adds; `cut` if the model was to write more."""
        self._was_stopped = self.stopped
        events = self.parser.feed_eos()
        ends = [event for event in events if type(event) is MessageEnd] if cut else []
        return self._told(self._tell(events, ends[-1] if ends else None))

    def next_turn(self, results: Iterable[Message]) -> list[D]:
        """End the turn of the model, take the results of its calls, and begin the next turn.

        Raises:
            TypeError: a result is no message; the turn goes on.
        """
        given = _checked(results, "results")
        pieces = self._tell(self.parser.feed_eos())
        for message in given:
            pieces += self._writer.result(message)
        self.before = ([*self.messages, *given], [*self.recoveries])
        self._offset = -self.count
        self._called = False  # a call behind a result is not beside the one that has it
        self.parser = StreamableParser(self._encoding, SAMPLED_ROLE, strict=False)
        return self._told(pieces)

    def _told(self, pieces: list[D]) -> list[D]:
        """Return the pieces that were kept back, and these. Raises the error that was met, and keeps them back."""
        if self._pending:
            pieces, self._pending = self._pending + pieces, []
        if self._problem is not None:
            problem, self._problem, self._pending = self._problem, None, pieces
            raise problem
        return pieces

    def _tell(self, events: list[Event], cut: MessageEnd | None = None) -> list[D]:
        pieces: list[D] = []
        for event in events:
            if type(event) is ContentDelta:
                pieces += self._text(event)
            elif type(event) is MessageStart:
                pieces += self._begin(event)
            elif type(event) is MessageEnd:
                pieces += self._end(event, event is cut)
        return pieces

    def _begin(self, event: MessageStart) -> list[D]:
        if BLOCKS:
            return []
        try:
            heading = self._reading.heading(event)
        except ConversionError as problem:
            self._problem, heading = problem, NOTHING
        return self._open(heading, self._place(event.end))

    def _open(self, heading: Heading, at: int) -> list[D]:
        is_call = heading.is_call
        self._suppressing = is_call and self._called and not self._parallel
        if self._suppressing:
            heading = NOTHING
        self._called = self._called or is_call
        self._heading = heading
        return self._writer.begin(heading, at)

    def _text(self, event: ContentDelta) -> list[D]:
        start, end = event.start - self._offset, event.end - self._offset
        heading = self._heading
        if end <= 0 < self._offset:  # the prompt has it already; but a call needs all of its arguments
            return self._writer.text(event.text, 0, 0) if heading.is_call else []
        start = max(start, 0)
        if heading.part == REASONING:
            self.reasoning_tokens += end - start
        return [] if BLOCKS else self._writer.text(event.text, start, end)

    def _end(self, event: MessageEnd, cut: bool) -> list[D]:
        at = self._place(event.start)
        if BLOCKS:
            return self._parts(event, at, cut)
        if self._suppressing:
            self.suppressed.append(event.message)
        heading, self._heading, self._suppressing = self._heading, NOTHING, False
        pieces = self._writer.end(at, cut=cut and event.stop is None)
        if heading == NOTHING and event.message.author.role != SAMPLED_ROLE:
            pieces += self._writer.result(event.message)
        return pieces

    def _parts(self, event: MessageEnd, at: int, cut: bool) -> list[D]:
        """Return what the contents of a complete message add; the model was writing the last one if it was cut off."""
        pieces: list[D] = []
        begun = suppressing = False
        try:
            for heading, text in self._reading.pieces(event.message):
                pieces += self._writer.end(at) if begun else ()
                pieces += [*self._open(heading, at), *self._writer.text(text, at, at)]
                begun, suppressing = True, suppressing or self._suppressing
        except ConversionError as problem:
            self._problem = problem
        if suppressing:
            self.suppressed.append(event.message)
        self._heading, self._suppressing = NOTHING, False
        return [*pieces, *(self._writer.end(at, cut=cut and event.stop is None) if begun else ())]

    def _place(self, position: int) -> int:
        return max(position - self._offset, 0)

    # state ----------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return the state without the parser, as JSON values."""
        return {
            "offset": self._offset,
            "reasoning_tokens": self.reasoning_tokens,
            "suppressed": [message.to_dict() for message in self.suppressed],
            "heading": [*self._heading],
            "called": self._called,
            "suppressing": self._suppressing,
            "pending": self._pending,
        }

    def restore(self, parser: StreamableParser, state: dict[str, Any]) -> None:
        """Take over a parser and a state."""
        self.parser = parser
        self._offset = index(state["offset"])
        self.reasoning_tokens = index(state["reasoning_tokens"])
        self.suppressed = [Message.from_dict(message) for message in state["suppressed"]]
        self._heading = Heading(*state["heading"])
        self._called, self._suppressing = state["called"], state["suppressing"]
        self._pending = list(state["pending"])


def told(
    reading: Reading, writer: Writer[D], messages: Iterable[Message], *, parallel: bool = True, cut: bool = False
) -> list[D]:
    """Tell a writer complete messages, and return the pieces; `cut` if the model was to write more of the last one."""
    pieces: list[D] = []
    given = _checked(messages, "messages")
    called = False
    for number, message in enumerate(given, 1):
        if message.author.role != SAMPLED_ROLE:
            pieces += writer.result(message)
            continue
        parts = list(reading.pieces(message))
        for place, (heading, text) in enumerate(parts, 1):
            is_call = heading.is_call
            if is_call and called and not parallel:
                continue
            called = called or is_call
            pieces += [*writer.begin(heading, 0), *writer.text(text, 0, 0)]
            pieces += writer.end(0, cut=cut and number == len(given) and place == len(parts))
    return pieces


def _checked(messages: Iterable[Message], argument: str) -> list[Message]:
    found = list(messages) if isinstance(messages, Conversation) else listed(messages, argument, "messages")
    for place, message in enumerate(found):
        expect(message, Message, f"{argument}[{place}]")
    return found


def finish_reason(reason: str | None, *, called: bool, stopped: bool) -> str:
    """Return why a choice ends, as the Chat Completions API says it.

    Args:
        reason: why the engine says it ends; None if that is not known.
        called: whether the model called a tool.
        stopped: whether the last message has ended.
    """
    if reason is None and not stopped:
        return LENGTH
    if reason is None or reason in _ENDED:
        return CALLED if called else STOP
    return reason
