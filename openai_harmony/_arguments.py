"""Checks arguments of an encoding's methods that would otherwise fail late or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import index
from typing import SupportsIndex, TypeVar

from ._generated.encodings import ENCODINGS
from ._generated.enumerations import HISTORY_OF_STYLE, HarmonyEncodingName, Role
from ._generated.messages import Conversation, Message
from ._runtime.types.plain_text import plain
from ._runtime.writing.history import ALL, HISTORY_POLICIES, REFERENCE, History
from .options import RenderConversationConfig

__all__ = ["expect", "expect_closed", "expect_one_end", "history_of", "integer", "known_name", "listed", "messages_of"]

_T = TypeVar("_T")


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
        article = "an" if cls.__name__[0] in "AEIOU" else "a"
        raise TypeError(f"argument '{argument}': expected {article} {cls.__name__}, not {type(value).__name__}")


def listed(values: Iterable[_T], argument: str, what: str) -> list[_T]:
    """Return the items of an argument as a list.

    Raises:
        TypeError: the argument is a single value; `what` is what is expected, in words.
    """
    value: object = values
    single = isinstance(value, (str, bytes, bytearray, Mapping, Conversation, Message))
    if single or not isinstance(value, Iterable):
        raise TypeError(f"argument '{argument}': expected {what}, not {type(value).__name__}")
    return list(values)


def integer(value: SupportsIndex, argument: str) -> int:
    """Return the value of an argument as an integer. Raises TypeError if it is none."""
    try:
        return index(value)
    except TypeError:
        raise TypeError(f"argument '{argument}': expected an integer, not {type(value).__name__}") from None


def history_of(config: RenderConversationConfig | None) -> History:
    """Return which messages a configuration omits.

    Raises:
        TypeError: the argument is not a RenderConversationConfig.
        ValueError: the policy is unknown.
    """
    if config is None:
        return REFERENCE
    expect(config, RenderConversationConfig, "config")
    if not config.auto_drop_analysis:
        return ALL
    policy: str = config.analysis
    if policy not in tuple(HISTORY_POLICIES):  # a value that was set later need not be hashable
        raise ValueError(f"unknown policy of analysis: {policy!r} (expected one of {tuple(HISTORY_POLICIES)})")
    if policy == REFERENCE.policy:
        policy = HISTORY_OF_STYLE.get(config.style, policy)
    return History(policy, config.keep_last_turn, config.keep_calls)


def expect_one_end(training: bool, next_turn_role: Role | str | None, config: RenderConversationConfig | None) -> None:
    """Raise ValueError if arguments ask for more than one end of a rendered conversation."""
    opened = config is not None and config.open_last
    if training + opened + (next_turn_role is not None) > 1:
        ends = "for training, for a next turn or with its last message open"
        raise ValueError(f"a conversation is rendered {ends}, not for two of these")


def expect_closed(config: RenderConversationConfig | None) -> None:
    """Raise ValueError if a configuration for a bridge leaves the last message open."""
    if config is not None and config.open_last:
        told = "a bridge ends the last message; give it the configuration without open_last"
        raise ValueError(f"argument 'config': {told}")
