# Generated from spec/messages
# by codegen/templates/events.py.jinja; edit those and run `make generate`.
"""The start of a message as an event, and the open message's header as attributes of a parser."""

from __future__ import annotations

from dataclasses import dataclass

from .._runtime.header import Header
from .._runtime.shown import Shown, setter
from .contents import make_text
from .framing import FRAMING
from .messages import Author, Message, make_author, make_message

__all__ = ["CurrentFields", "MessageStart", "author_of", "message_of", "start_of"]


@dataclass(frozen=True)
class MessageStart:
    """A header is complete, or what stands for one; the message's content follows."""

    index: int
    """The message's index in `messages`."""
    author: Author
    """Who wrote it."""
    channel: str | None
    """The channel that the message is on."""
    recipient: str | None
    """Whom the message is for, a tool's name when the assistant calls one."""
    content_type: str | None
    """The data type of the content, such as `json`, `code` or `<|constrain|>json`."""


class CurrentFields(Shown):
    """The fields of the open message's header; None outside its content."""

    __slots__ = {
        "current_channel": """The channel that the message is on.""",
        "current_content_type": """The data type of the content, such as `json`, `code` or
                                `<|constrain|>json`.
                                """,
        "current_recipient": """Whom the message is for, a tool's name when the assistant calls
                             one.
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


def start_of(index: int, header: Header) -> MessageStart:
    """The event of a header."""
    return MessageStart(index, author_of(header), *header.fields)
