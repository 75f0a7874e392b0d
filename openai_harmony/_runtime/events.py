"""What a reader reports, in any format whose messages have an author, a text and an end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["ContentDelta", "MessageEnd", "ParseResult", "Recovered", "Recovery", "Usage"]


@dataclass(frozen=True)
class Recovery:
    """Something wrong that was read all the same.

    Attributes:
        kind: a `RecoveryKind`.
        start: position of the first token concerned, among all tokens given so far, from 0.
        end: position behind the last one.
        text: the text that was left out of the messages; empty where all of it is in them.
        message_index: index in `messages` of the message concerned, or of the next one where none is.
    """

    kind: Any
    start: int
    end: int
    text: str
    message_index: int


@dataclass(frozen=True)
class ContentDelta:
    """Text of the message with this index, behind what came before."""

    index: int
    text: str


@dataclass(frozen=True)
class MessageEnd:
    """A message is complete; `stop` is the id of the stop token, None where there was none."""

    index: int
    message: Any
    stop: int | None


@dataclass(frozen=True)
class Recovered:
    """Something was wrong and is repaired; it is in `recoveries` too."""

    recovery: Recovery


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


@dataclass
class ParseResult:
    """What was read.

    Attributes:
        messages: the messages, complete or ended by the end of input.
        recoveries: what was wrong with the tokens and read all the same, in the order in which it was met.
        open_turn: role of the turn that the tokens leave open, with a start token and an author at the very end.
        open_author: that author, with the name that it may have.
    """

    messages: list[Any]
    recoveries: list[Recovery] = field(default_factory=list)
    open_turn: Any = None
    open_author: Any = None
