"""The values that a reader reports for any format, and the factories for values whose types depend on a format.

Positions count all tokens that the parser was given, from 0; an `end` is the position after the last token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .headers.header import Header
    from .recoveries import ReportedFault

__all__ = ["ContentDelta", "EventFactories", "MessageSpan", "Usage"]


@dataclass(slots=True, unsafe_hash=True)  # not frozen: a frozen one takes four times as long to make
class ContentDelta:
    """More text of the message with this index.

    `start` and `end` are the positions of the tokens of the text. Each delta of a message starts where the previous
    one ended.

    Example:
        for event in parser.feed(tokens):
            if isinstance(event, ContentDelta):
                print(event.text, end="")
    """

    index: int
    text: str
    start: int
    end: int

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.index, self.text, self.start, self.end)  # older protocols do not support slots


class MessageSpan(NamedTuple):
    """The positions of a message's tokens.

    Attributes:
        start: its first token, which is its start token if it has one.
        content_start: the first token of its content.
        content_end: the position after the last token of its content.
        end: the position after its last token, which is its stop token if it has one.
        stop: the id of the stop token; None if the input was cut off, or the engine removed the token.

    Example:
        >>> span = MessageSpan(start=0, content_start=3, content_end=5, end=6, stop=15)
        >>> [10, 11, 12, 13, 14, 15][span.content_start : span.content_end]
        [13, 14]
    """

    start: int
    content_start: int
    content_end: int
    end: int
    stop: int | None


@dataclass(frozen=True)
class Usage:
    """Counts of tokens by use. `framing`, `tool_calls` and the values of `content` add up to `total`.

    Attributes:
        total: all tokens given so far.
        content: the content tokens of messages that are not tool calls, by channel; the key None is for no channel.
        tool_calls: the tokens of the arguments of tool calls.
        framing: all other tokens: headers, special tokens, and tokens that a recovery left out.

    Example:
        >>> usage = Usage(total=6, content={None: 2}, tool_calls=0, framing=4)
        >>> usage.total - usage.framing
        2
    """

    total: int
    content: dict[str | None, int]
    tool_calls: int
    framing: int


class EventFactories(NamedTuple):
    """Functions that make the messages and events of a format.

    Attributes:
        message: makes a message from a header and a text.
        start: makes a start event from an index, a header, and the header's start and end.
        end: makes an end event from an index, a message, the id of its stop token, and that token's start and end.
        recovery: makes a recovery from a kind, a start, an end, a text and the index of a message.
        recovered: makes an event from a recovery.
    """

    message: Callable[[Header, str], Any]
    start: Callable[[int, Header, int, int], Any]
    end: Callable[[int, Any, int | None, int, int], Any]
    recovery: Callable[[Any, int, int, str, int], ReportedFault]
    recovered: Callable[[Any], Any]
