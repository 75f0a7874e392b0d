"""Checks arguments of an encoding's methods that would otherwise fail late or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from ._generated.encodings import ENCODINGS
from ._generated.enumerations import HarmonyEncodingName
from ._generated.messages import Conversation, Message
from ._runtime.types.plain_text import plain

__all__ = ["expect", "known_name", "messages_of"]


def known_name(name: str | HarmonyEncodingName) -> str:
    """Return the name of an encoding as a string.

    Raises:
        ValueError: no encoding has this name.
    """
    if isinstance(name, str) and plain(name) in ENCODINGS:
        return plain(name)
    valid = ", ".join(repr(known) for known in ENCODINGS)
    raise ValueError(f"Invalid HarmonyEncodingName: {name} (expected one of {valid})")


def messages_of(conversation: Conversation) -> Sequence[Message]:
    """Return the messages of a conversation. Raises TypeError if the argument is not a Conversation."""
    if type(conversation) is not Conversation:
        expect(conversation, Conversation, "conversation")
    return conversation.messages


def expect(value: object, cls: type, argument: str) -> None:
    """Raise TypeError if the value of an argument is not an instance of a class."""
    if not isinstance(value, cls):
        raise TypeError(f"argument '{argument}': expected a {cls.__name__}, not {type(value).__name__}")
