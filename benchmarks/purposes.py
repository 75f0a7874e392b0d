"""Rendering for other purposes than a prompt, against what programs do without it, or against another way of ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from .cores import CORES
from .dialects import STEPS
from .inputs import Chat, chat_turns
from .streams import EVENTS
from .task import Pair, Task

__all__ = ["PAIRS", "masks", "pair"]


# Loss masks ---------------------------------------------------------------------------------------


def masks(conversations: int, lib: Any, seed: str) -> Task:
    """Ids and loss masks of conversations; of a library that tells nothing of its tokens, by rendering prefixes."""
    made = _conversations(conversations, lib, seed)
    masked = _masked if hasattr(lib.encoding, "render_with_spans") else _masked_by_hand
    return _each(partial(masked, lib, lib.module.RenderConversationConfig(auto_drop_analysis=False)), made)


def _conversations(count: int, lib: Any, seed: str) -> list[Any]:
    """Conversations to train on: two questions, each with a thought and an answer."""
    chats = (Chat(chat_turns(3, 150, f"{seed} {number}")[:-1], "Answer briefly.") for number in range(count))
    return [lib.conversation(chat) for chat in chats]


def _masked(lib: Any, config: Any, conversation: Any) -> tuple[list[int], list[int]]:
    rendered = lib.encoding.render_with_spans(conversation, config=config)
    return rendered.tokens, list(rendered.loss_mask("all_assistant_messages"))


def _masked_by_hand(lib: Any, config: Any, conversation: Any) -> tuple[list[int], list[int]]:
    """As trainers do: what a message adds to the prompt before it was sampled."""
    encoding, messages = lib.encoding, conversation.messages
    tokens = encoding.render_conversation(conversation, config)
    mask = [0] * len(tokens)
    for index, message in enumerate(messages):
        if message.author.role == lib.assistant:
            before, after = (lib.module.Conversation.from_messages(messages[:end]) for end in (index, index + 1))
            start = len(encoding.render_conversation_for_completion(before, lib.assistant, config))
            end = len(encoding.render_conversation(after, config))
            mask[start:end] = [1] * (end - start)
    return tokens, mask


def _each(work: Callable[[Any], Any], conversations: list[Any], *, fresh: bool = True) -> Task:
    return Task(lambda: [work(conversation) for conversation in conversations], len(conversations), fresh)


# Ways of ours -------------------------------------------------------------------------------------


def _mask_pair(count: int, lib: Any, seed: str) -> tuple[Task, Task]:
    config = lib.module.RenderConversationConfig(auto_drop_analysis=False)
    ways = enumerate((_masked, _masked_by_hand))
    one, other = (_each(partial(way, lib, config), _conversations(count, lib, f"{seed} {n}")) for n, way in ways)
    return one, other


def _spans_pair(count: int, known: bool, lib: Any, seed: str) -> tuple[Task, Task]:
    """Rendering with spans and without; of text that the cache knows, the same conversations."""
    ways = (lib.encoding.render_with_spans, lib.encoding.render_conversation)
    sets = [_conversations(count, lib, f"{seed} {number}") for number in range(1 if known else 2)]
    if known:
        for conversation in chain(*sets):
            lib.encoding.render_with_spans(conversation)
    one, other = (_each(way, made, fresh=not known) for way, made in zip(ways, sets * 2, strict=False))
    return one, other


class Rollout(NamedTuple):
    """A history that the cache knows, the prompt that ends in it, what was sampled, and the result of the call."""

    history: list[Any]
    prompt: list[int]
    sampled: list[int]
    result: Any


def _rollouts(count: int, turns: int, lib: Any, seed: str) -> list[Rollout]:
    """Calls of a tool after a history of so many turns; what was sampled is new text."""
    module, encoding = lib.module, lib.encoding
    history = lib.conversation(Chat(chat_turns(turns + 1, 150, seed), "Answer briefly.")).messages
    prompt = encoding.render_conversation_for_completion(module.Conversation.from_messages(history), lib.assistant)
    result = module.Message.from_author_and_content(module.Author.new(module.Role.TOOL, "functions.f"), "Sunny.")
    chats = (chat_turns(3, 50, f"{seed} {number}") for number in range(count))
    texts = (f"<|channel|>analysis<|message|>{chat[1][1]}<|end|><|start|>assistant{CALL}" for chat in chats)
    return [Rollout(history, prompt, encoding.encode(text, allowed_special="all"), result) for text in texts]


CALL = '<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"city": "Rome"}<|call|>'


def _bridged(lib: Any, rollout: Rollout) -> list[int]:
    tokens: list[int] = lib.encoding.bridge(rollout.prompt + rollout.sampled, [rollout.result]).tokens
    return tokens


def _rendered_anew(lib: Any, rollout: Rollout) -> list[int]:
    answer = lib.encoding.parse_messages_from_completion_tokens(rollout.sampled, lib.assistant)
    whole = lib.module.Conversation.from_messages([*rollout.history, *answer, rollout.result])
    tokens: list[int] = lib.encoding.render_conversation_for_completion(whole, lib.assistant)
    return tokens


def _bridge_pair(turns: int, lib: Any, seed: str) -> tuple[Task, Task]:
    ways = enumerate((_bridged, _rendered_anew))
    one, other = (_each(partial(way, lib), _rollouts(20, turns, lib, f"{seed} {n}")) for n, way in ways)
    return one, other


PAIRS = (
    Pair("spans", "spans: rendering with / without, known text", "conversation", 2, partial(_spans_pair, 300, True)),
    Pair("spans-new", "spans: the same, new text", "conversation", 2, partial(_spans_pair, 300, False)),
    Pair(
        "masks-ours",
        "loss masks: of spans / of rendered prefixes, new text",
        "conversation",
        1,
        partial(_mask_pair, 300),
    ),
    *(
        Pair(
            f"bridge-{turns}",
            f"bridge / rendering anew, after {turns} turns",
            "rollout",
            most,
            partial(_bridge_pair, turns),
        )
        for turns, most in ((10, 1.5), (100, 1), (1000, 1))
    ),
    *STEPS,
    *EVENTS,
    *CORES,
)


def pair(name: str, lib: Any, seed: str) -> tuple[Task, Task]:
    """The tasks of a pair."""
    return next(each for each in PAIRS if each.name == name).make(lib, seed)
