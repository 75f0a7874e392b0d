"""What a reader reports of any format, and how it makes what only a format can type.

Positions are those of tokens, among all that the parser was given so far, from 0; an `end` is the position behind the
last one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .headers.header import Header
    from .recoveries import ReportedFault

__all__ = ["ContentDelta", "EventFactories", "MessageSpan", "Usage"]


@dataclass(slots=True, unsafe_hash=True)  # not frozen, which would take four times as long to make
class ContentDelta:
    """Text of the message with this index, behind what came before.

    `start` and `end` are the positions of the tokens that it came from; the spans of a message's deltas adjoin.
    """

    index: int
    text: str
    start: int
    end: int

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.index, self.text, self.start, self.end)  # older protocols do not know slots


class MessageSpan(NamedTuple):
    """The positions of a message's tokens.

    Attributes:
        start: its first token, a start token if it has one.
        content_start: the first token of its content.
        content_end: behind the last token of its content.
        end: behind its last token, a stop token if it has one.
        stop: the id of the stop token; None where there was none: the input was cut off, or the engine stripped it.
    """

    start: int
    content_start: int
    content_end: int
    end: int
    stop: int | None


@dataclass(frozen=True)
class Usage:
    """How many tokens were for what; `framing`, `tool_calls` and the values of `content` add up to `total`.

    Attributes:
        total: all tokens given so far.
        content: tokens of content by channel, of messages that are no tool calls; None for no channel.
        tool_calls: tokens of the arguments of tool calls.
        framing: all others: headers, special tokens, what a recovery left out.
    """

    total: int
    content: dict[str | None, int]
    tool_calls: int
    framing: int


class EventFactories(NamedTuple):
    """What makes the messages and events of a format.

    Attributes:
        message: of a header and a text.
        start: of an index, a header and the header's span.
        end: of an index, a message, the id of its stop token and that token's span.
        recovery: of a kind, a span, a text and the index of a message.
        recovered: of a recovery.
    """

    message: Callable[[Header, str], Any]
    start: Callable[[int, Header, int, int], Any]
    end: Callable[[int, Any, int | None, int, int], Any]
    recovery: Callable[[Any, int, int, str, int], ReportedFault]
    recovered: Callable[[Any], Any]
