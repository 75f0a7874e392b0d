# Generated from spec/messages
# by codegen/templates/events.py.jinja; edit those and run `make generate`.
"""What a parser tells of messages and faults, and its attributes for the open message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from .._runtime.reading.events import ContentDelta, EventFactories, MessageSpan, Usage
from .._runtime.reading.headers.header import Header
from .._runtime.reading.recoveries import ReportedFault
from .._runtime.types.read_only import ReadOnlyAttributes, setter
from .contents import make_text
from .enumerations import RecoveryKind, Role
from .framing import FRAMING
from .messages import Author, Message, make_author, make_message

__all__ = [
    "EVENT_FACTORIES",
    "ContentDelta",
    "CurrentFields",
    "Event",
    "MessageEnd",
    "MessageSpan",
    "MessageStart",
    "ParseResult",
    "Recovered",
    "Recovery",
    "Usage",
    "author_of",
    "message_of",
]


class Recovery(ReportedFault):
    """Something wrong that was read all the same.

    A run of equal faults in neighbouring tokens is one recovery, whose `end` and `text` grow
    while the run goes on.

    Attributes:
        kind: what was wrong.
        start: position of the first token concerned, among all tokens given so far, from 0.
        end: position behind the last one.
        text: the text that was left out of the messages; empty where all of it is in them.
        message_index: index in `messages` of the message concerned, or of the next one where
            none is.
    """

    __slots__ = ()
    kind: RecoveryKind

    if TYPE_CHECKING:

        def __init__(
            self,
            kind: RecoveryKind,
            start: int,
            end: int,
            text: str,
            message_index: int,
        ) -> None: ...


@dataclass(frozen=True)
class MessageStart:
    """A header is complete, or what stands for one; the message's content follows."""

    index: int
    """The message's index in `messages`."""
    author: Author
    """Who wrote it."""
    channel: str | None
    """The channel of the message."""
    recipient: str | None
    """The addressee of the message; in a tool call of the assistant, the name of the tool."""
    content_type: str | None
    """The data type of the content, such as `json`, `code` or `<|constrain|>json`."""
    start: int
    """Position of the message's first token: a start token, if it has one."""
    end: int
    """Position behind the header's last token."""


@dataclass(frozen=True)
class MessageEnd:
    """A message is complete."""

    index: int
    """The message's index in `messages`."""
    message: Message
    """The message."""
    stop: int | None
    """The id of its stop token; None where there was none."""
    start: int
    """Position of the stop token."""
    end: int
    """Position behind it; the same as `start` where there was none."""


@dataclass(frozen=True)
class Recovered:
    """Something was wrong and is repaired; it is in `recoveries` too."""

    recovery: Recovery


Event: TypeAlias = MessageStart | ContentDelta | MessageEnd | Recovered


@dataclass
class ParseResult:
    """All that was read."""

    messages: list[Message]
    """The messages, complete or ended by the end of input."""
    recoveries: list[Recovery] = field(default_factory=list)
    """What was wrong with the tokens and read all the same, in the order in which it was met."""
    open_turn: Role | None = None
    """Role of the turn that the tokens leave open, with a start token and an author at the end."""
    open_author: Author | None = None
    """That author, with the name that it may have."""
    find_spans: Callable[[], list[MessageSpan]] = field(default=list, repr=False, compare=False)
    """What finds `spans`; called once, when they are asked for."""

    @cached_property
    def spans(self) -> list[MessageSpan]:
        """For each message, where its tokens are, and its stop token."""
        return self.find_spans()

    @property
    def complete(self) -> bool:
        """Whether the last message has its stop token; False too where there is no message.

        A tool call without one may have been cut off: its arguments need not be complete. An
        engine that strips the stop token from what it hands on hides the difference.
        """
        return bool(self.spans) and self.spans[-1].stop is not None


class CurrentFields(ReadOnlyAttributes):
    """The fields of the open message's header; None outside its content."""

    __slots__ = {
        "current_channel": """The channel of the message.""",
        "current_content_type": """The data type of the content, such as `json`, `code` or
                                `<|constrain|>json`.
                                """,
        "current_recipient": """The addressee of the message; in a tool call of the assistant,
                             the name of the tool.
                             """,
    }
    current_channel: str | None
    current_recipient: str | None
    current_content_type: str | None

    def _show_fields(self, fields: tuple[str | None, ...]) -> None:
        for show, value in zip(_SHOW, fields):
            show(self, value)


_SHOW = [
    setter(CurrentFields, "current_channel"),
    setter(CurrentFields, "current_recipient"),
    setter(CurrentFields, "current_content_type"),
]


def author_of(header: Header) -> Author:
    """The author that a header names."""
    return make_author(FRAMING.roles[header.role].value, header.name)


def message_of(header: Header, text: str) -> Message:
    """The message of a header and its content."""
    return make_message(author_of(header), [make_text(text)], *header.fields)


def start_of(index: int, header: Header, start: int, end: int) -> MessageStart:
    """The event of a header."""
    return MessageStart(
        index,
        author_of(header),
        header.fields[0],
        header.fields[1],
        header.fields[2],
        start,
        end,
    )


EVENT_FACTORIES = EventFactories(message_of, start_of, MessageEnd, Recovery, Recovered)
