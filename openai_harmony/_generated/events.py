# Generated from spec/messages
# by codegen/templates/events.py.jinja; edit those and run `make generate`.
"""The events and results of parsing, and the parser attributes for the open message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from .._runtime.locks import loading
from .._runtime.reading.events import ContentDelta, EventFactories, MessageSpan, Usage
from .._runtime.reading.headers.header import Header
from .._runtime.reading.recoveries import ReportedFault
from .._runtime.types.read_only import ReadOnlyAttributes, setter
from .contents import make_text
from .enumerations import RecoveryKind, Role
from .framing import FRAMING
from .messages import Author, Message, make_author, make_message

if TYPE_CHECKING:
    from .._runtime.reading.blocks import Block

__all__ = [
    "BLOCKS",
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
    """The report of a fault that the parser corrected.

    A run of equal faults in adjacent tokens is one recovery, whose `end` and `text` grow while
    the run continues.

    Attributes:
        kind: The kind of fault.
        start: Position of the first token concerned. Positions count all tokens so far, from 0.
        end: Position after the last token concerned.
        text: The text that is in no message; empty if all text is in the messages.
        message_index: Index in `messages` of the message concerned, or of the next message if
            the fault belongs to none.

    Example:
        for recovery in parser.recoveries:
            log.warning("%s at tokens %d:%d", recovery.kind, recovery.start, recovery.end)
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
    """The event for a complete header, or for the end of a broken one; content follows.

    Example:
        for event in parser.feed(tokens):
            if isinstance(event, MessageStart):
                print(event.index, event.author.role)
    """

    index: int
    """Index of the message in `messages`."""
    author: Author
    """The author."""
    channel: str | None
    """The channel of the message."""
    recipient: str | None
    """The addressee of the message; in a tool call of the assistant, the name of the tool."""
    content_type: str | None
    """The data type of the content, such as `json`, `code` or `<|constrain|>json`."""
    start: int
    """Position of the first token of the message: a start token, if it has one."""
    end: int
    """Position after the last token of the header."""


@dataclass(frozen=True)
class MessageEnd:
    """The event for a complete message.

    Example:
        for event in parser.feed(tokens):
            if isinstance(event, MessageEnd):
                print(event.message.text)
    """

    index: int
    """Index of the message in `messages`."""
    message: Message
    """The complete message."""
    stop: int | None
    """The id of its stop token; None if it has none."""
    start: int
    """Position of the stop token."""
    end: int
    """Position after the stop token; equal to `start` if there is none."""


@dataclass(frozen=True)
class Recovered:
    """The event for a corrected fault, which is also in `recoveries`.

    Example:
        for event in parser.feed(tokens):
            if isinstance(event, Recovered):
                print(event.recovery.kind)
    """

    recovery: Recovery


Event: TypeAlias = MessageStart | ContentDelta | MessageEnd | Recovered


@dataclass
class ParseResult:
    """The result of parsing a whole input.

    Example:
        result = encoding.parse(tokens, role)
        if not result.complete:
            ...  # the last message has no stop token: it may be cut off
    """

    messages: list[Message]
    """The messages, including one that only the end of input ended."""
    recoveries: list[Recovery] = field(default_factory=list)
    """The corrected faults, in the order in which they were found."""
    open_turn: Role | None = None
    """Role of the open turn; None if the tokens do not end in a start token and an author."""
    open_author: Author | None = None
    """Author of the open turn, including the name."""
    find_spans: Callable[[], list[MessageSpan]] = field(default=list, repr=False, compare=False)
    """Computes `spans`; called once, when `spans` is first read."""

    @cached_property
    def spans(self) -> list[MessageSpan]:
        """For each message, the positions of its tokens, and its stop token."""
        return self.find_spans()

    @property
    def complete(self) -> bool:
        """Whether the last message has a stop token; False if there is no message.

        The arguments of a tool call without a stop token may be incomplete. If an engine strips
        the stop token from its output, this is always False.
        """
        return bool(self.spans) and self.spans[-1].stop is not None

    def _repr_html_(self) -> str:
        """Return the result as notebooks show it."""
        with loading():
            from .._runtime.showing.fragments import result_html

        turn = None if self.open_turn is None else self.open_turn.value
        return result_html(self.messages, self.recoveries, turn, self.complete)


class CurrentFields(ReadOnlyAttributes):
    """The header fields of the open message; None unless its content is being parsed."""

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


# The contents that are read back out of a message's text.
BLOCKS: tuple[Block, ...] = ()


def author_of(header: Header) -> Author:
    """Create the author of a header."""
    return make_author(FRAMING.roles[header.role].value, header.name)


def message_of(header: Header, text: str) -> Message:
    """Create a message from a header and its content."""
    return make_message(author_of(header), [make_text(text)], *header.fields)


def start_of(index: int, header: Header, start: int, end: int) -> MessageStart:
    """Create the event of a header."""
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
