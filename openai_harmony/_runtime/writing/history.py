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
    if not rule.dropped:
        return messages
    sampled = rule.sampled
    for message in reversed(messages):
        if message.author.role in sampled:
            return _without_dropped(messages, rule) if message.channel in rule.ends_turn else messages
    return messages


def _without_dropped(messages: Sequence[Any], rule: HistoryRule) -> Sequence[Any]:
    ends_turn, dropped = rule.ends_turn, rule.dropped
    first = next(index for index, message in enumerate(messages) if message.channel in ends_turn)
    before = [message for message in messages[:first] if message.channel not in dropped]
    return messages if len(before) == first else [*before, *messages[first:]]
