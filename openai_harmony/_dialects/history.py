"""Leaves out the reasoning of answers that were given: models are trained on prompts without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from .._generated.enumerations import SAMPLED_ROLE
from .._generated.messages import Message
from .._runtime.types.dialects import Dialects
from .heading import channel_of, is_reasoning, recipient_of

__all__ = ["ReasoningPolicy", "without_old_reasoning"]

ReasoningPolicy: TypeAlias = Literal["finished_turns", "keep"]
"""Whether the reasoning before the last answer is left out, or kept."""


def without_old_reasoning(messages: Sequence[Message], policy: ReasoningPolicy, table: Dialects) -> list[Message]:
    """Return the messages without the reasoning before the last answer of the model. Calls and their results stay.

    Raises:
        ValueError: the policy is unknown.
    """
    if policy == "keep":
        return list(messages)
    if policy != "finished_turns":
        raise ValueError(f"argument 'analysis': {policy!r} is not 'finished_turns' or 'keep'")
    answers = (index for index in reversed(range(len(messages))) if _is_answer(messages[index], table))
    last = next(answers, 0)
    return [*(each for each in messages[:last] if not is_reasoning(each)), *messages[last:]]


def _is_answer(message: Message, table: Dialects) -> bool:
    if message.author.role != SAMPLED_ROLE or recipient_of(message) is not None or not table.ends_turn:
        return False
    return channel_of(message) in table.ends_turn
