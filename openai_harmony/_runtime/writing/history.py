"""Which messages of a conversation are left out when it is written again; roles and channels come in as words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, eq=False, repr=False)  # read for every conversation: slots are found sooner than a tuple's names
class HistoryRule:
    """The words on which the choice rests.

    Attributes:
        sampled: roles whose messages a model samples.
        ends_turn: channels on which a message ends a turn.
        dropped: channels whose messages are left out before such a message.
    """

    sampled: frozenset[str]
    ends_turn: frozenset[str]
    dropped: frozenset[str]


def kept_messages(messages: Sequence[Any], rule: HistoryRule) -> Sequence[Any]:
    """The messages without those that the reference library leaves out.

    Something is left out only if the last sampled message ends a turn, and then only before the first message that ends
    one, whoever wrote it; later turns keep everything, finished or not.
    """
    first, dropped = _whole_from(messages, rule), rule.dropped
    if first == 0:
        return messages
    before = [message for message in messages[:first] if message.channel not in dropped]
    return messages if len(before) == first else [*before, *messages[first:]]


def kept_places(messages: Sequence[Any], rule: HistoryRule) -> Sequence[int]:
    """Where the messages that `kept_messages` gives stand among all."""
    first, dropped = _whole_from(messages, rule), rule.dropped
    before = [index for index, message in enumerate(messages[:first]) if message.channel not in dropped]
    return [*before, *range(first, len(messages))]


def _whole_from(messages: Sequence[Any], rule: HistoryRule) -> int:
    """From where on nothing is left out."""
    if rule.dropped:
        sampled, ends_turn = rule.sampled, rule.ends_turn
        for message in reversed(messages):
            if message.author.role in sampled:
                if message.channel not in ends_turn:
                    break
                return next(index for index, message in enumerate(messages) if message.channel in ends_turn)
    return 0
