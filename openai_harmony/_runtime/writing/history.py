"""Selects the messages of a conversation to render. The roles and channels of a format are parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, eq=False, repr=False)  # slots: attribute access is faster than in a tuple
class HistoryRule:
    """The roles and channels that decide which messages are omitted.

    Attributes:
        sampled: the roles whose messages a model samples.
        ends_turn: the channels on which a message ends a turn.
        dropped: the channels whose messages are omitted before such a message.
    """

    sampled: frozenset[str]
    ends_turn: frozenset[str]
    dropped: frozenset[str]


def kept_messages(messages: Sequence[Any], rule: HistoryRule) -> Sequence[Any]:
    """Return the messages without those that the reference library omits.

    Messages are omitted only if the last sampled message ends a turn, and only before the first message on a channel
    that ends a turn, whatever its role. Later turns are complete, whether or not they are finished.
    """
    first, dropped = _whole_from(messages, rule), rule.dropped
    if first == 0:
        return messages
    before = [message for message in messages[:first] if message.channel not in dropped]
    return messages if len(before) == first else [*before, *messages[first:]]


def kept_places(messages: Sequence[Any], rule: HistoryRule) -> Sequence[int]:
    """Return the indices of the messages that `kept_messages` returns."""
    first, dropped = _whole_from(messages, rule), rule.dropped
    before = [index for index, message in enumerate(messages[:first]) if message.channel not in dropped]
    return [*before, *range(first, len(messages))]


def _whole_from(messages: Sequence[Any], rule: HistoryRule) -> int:
    """Return the index from which no message is omitted."""
    if rule.dropped:
        sampled, ends_turn = rule.sampled, rule.ends_turn
        for message in reversed(messages):
            if message.author.role in sampled:
                if message.channel not in ends_turn:
                    break
                return next(index for index, message in enumerate(messages) if message.channel in ends_turn)
    return 0
