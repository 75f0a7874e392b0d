"""Conversations within a number of tokens: old turns are dropped as a whole. `HarmonyEncoding.fit` calls this."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from ._arguments import expect_one_end, history_of, integer, messages_of
from ._generated.messages import Conversation, Message
from ._generated.renderer import RULES
from ._runtime.writing.history import in_turn, kept_places
from ._styles import as_rendered
from .options import RenderConversationConfig

if TYPE_CHECKING:
    from ._generated.enumerations import Role
    from .rendered import Rendered

__all__ = ["Fitted"]


@dataclass(frozen=True)
class Fitted:
    """A conversation that was shortened to fit a number of tokens.

    Attributes:
        conversation: the conversation without the messages that were dropped. It shares the messages of the given one.
        dropped: the indices of the messages that were dropped, in the given conversation.
        tokens: the ids of the shortened conversation.

    Example:
        fitted = encoding.fit(conversation, 100_000, next_turn_role="assistant")
        prompt = fitted.tokens
    """

    conversation: Conversation
    dropped: list[int]
    tokens: list[int]


class Encoding(Protocol):
    """The methods of an encoding that this module uses."""

    def render_conversation(
        self, conversation: Conversation, config: RenderConversationConfig | None = None
    ) -> list[int]: ...

    def render_conversation_for_completion(
        self, conversation: Conversation, next_turn_role: Role | str, config: RenderConversationConfig | None = None
    ) -> list[int]: ...

    def render_with_spans(
        self, conversation: Conversation, *, config: RenderConversationConfig | None = None
    ) -> Rendered: ...


def fitted(
    encoding: Encoding,
    conversation: Conversation,
    max_tokens: int,
    keep: int,
    next_turn_role: Role | str | None,
    config: RenderConversationConfig | None,
) -> Fitted:
    """Return the conversation with as many of its last turns as fit; see `HarmonyEncoding.fit`."""
    max_tokens, keep = integer(max_tokens, "max_tokens"), integer(keep, "keep")
    if keep < 0:
        raise ValueError(f"argument 'keep': must not be negative: {keep}")
    messages = messages_of(conversation)
    size_without = _Sizes(encoding, messages, next_turn_role, config)
    turns = size_without.turns
    if config is not None and config.open_last:
        keep = max(1, keep)  # the open message stays
    most = max(0, len(turns) - keep)
    # Each further turn that is dropped makes the prompt shorter, so the first number that fits is found by bisection.
    count = bisect_left(range(most), True, key=lambda count: size_without(count) <= max_tokens)
    need = size_without(count)
    if need > max_tokens:
        kept = len(turns) - count
        turns_kept = f"{kept} turn" if kept == 1 else f"{kept} turns"
        raise ValueError(f"argument 'max_tokens': {need} tokens are needed to keep {turns_kept}, found {max_tokens}")
    dropped = sorted(chain.from_iterable(turns[:count]))
    gone = frozenset(dropped)
    rest = Conversation([message for index, message in enumerate(messages) if index not in gone])
    return Fitted(rest, dropped, rendered(encoding, rest, next_turn_role, config))


def rendered(
    encoding: Encoding,
    conversation: Conversation,
    next_turn_role: Role | str | None,
    config: RenderConversationConfig | None,
) -> list[int]:
    """Return the tokens of a conversation, with the opening of a next turn if there is one."""
    if next_turn_role is None:
        return encoding.render_conversation(conversation, config)
    return encoding.render_conversation_for_completion(conversation, next_turn_role, config)


def turns_of(messages: Sequence[Message]) -> list[list[int]]:
    """Return the indices of the messages of each turn: what is asked, and what the model and its tools answer.

    Messages that hold for the whole conversation belong to no turn.
    """
    rule = RULES.history
    turns: list[list[int]] = []
    answered = True  # whether the last turn has a message of the model or of a tool
    for index, message in enumerate(messages):
        if message.author.role in rule.instructs:
            continue
        answers = in_turn(message, rule)
        if not turns or (answered and not answers):
            turns.append([])
        turns[-1].append(index)
        answered = answers
    return turns


class _Sizes:
    """The number of tokens of a conversation without its first turns. Each message is rendered once."""

    def __init__(
        self,
        encoding: Encoding,
        messages: Sequence[Message],
        next_turn_role: Role | str | None,
        config: RenderConversationConfig | None,
    ) -> None:
        self._history = history_of(config)
        expect_one_end(False, next_turn_role, config)
        # What is dropped is not checked, so neither is anything here: the shortened conversation is.
        changed = {"auto_drop_analysis": False, "on_ambiguous": "write"}
        whole = (config or RenderConversationConfig()).model_copy(update=changed)
        conversation = Conversation(list(messages))
        self._sizes = encoding.render_with_spans(conversation, config=whole).token_counts().messages
        closed = whole.model_copy(update={"open_last": False})  # an empty conversation has no message to leave open
        self._around = len(rendered(encoding, Conversation([]), next_turn_role, closed))
        self._messages = as_rendered(messages, config)
        self.turns = turns_of(messages)

    def __call__(self, count: int) -> int:
        gone = frozenset(chain.from_iterable(self.turns[:count]))
        rest = [index for index in range(len(self._messages)) if index not in gone]
        kept = kept_places([self._messages[index] for index in rest], RULES.history, self._history)
        return self._around + sum(self._sizes[rest[place]] for place in kept)
