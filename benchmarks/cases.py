"""The works that are measured, each with what it has to reach; how they are measured is not known here.

A work is made anew from a seed: setup happens in the function, what is timed is the body of the task that it returns.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

from .dialects import requests
from .inputs import Chat, Turn, chat_turns, completion, one_message, short_chat, tools
from .libraries import Harmony
from .purposes import masks
from .streams import feed, stream, stream_content, stream_delta, stream_fields, stream_messages
from .task import Task
from .texts import KINDS, Texts

__all__ = ["BACKENDS", "CASES", "FRESH", "Case", "Fresh", "growth", "turn_costs"]

HARMONY = ("ours", "reference", "oss-harmony")
BACKENDS = ("splintr", "fastokens")  # ours, with another tokenizer than tiktoken
ALL = (*HARMONY, "template", *BACKENDS)
AT_HAND = 20  # conversations that are made right before they are rendered, and so are in the processor's caches
FEW = (
    "ours",
    "reference",
    "template",
    *BACKENDS,
)  # without the fork, which takes as long as the reference: half a minute


class Case(NamedTuple):
    """A row of the table."""

    name: str
    title: str
    unit: str
    target: float | None  # the reference's time through ours must be at least this; None: no target
    libraries: tuple[str, ...]
    make: Callable[[Any, str], Task]
    fast_target: float | None = None  # the same, for ours with splintr


class Fresh(NamedTuple):
    """A row of the table whose work is a whole process: `work` is a function of `fresh.py`."""

    name: str
    title: str
    target: float
    work: str
    libraries: tuple[str, ...]
    fast_target: float | None = None


# Whole completions -------------------------------------------------------------------------------


def _bulk(tokens: int, lib: Harmony, seed: str) -> Task:
    ids = completion(lib.encode, tokens, seed)
    return Task(lambda: lib.encoding.parse_messages_from_completion_tokens(ids, lib.assistant), len(ids))


# Rendering ---------------------------------------------------------------------------------------


def _render_short(chats: int, sentences: int, together: int, lib: Any, seed: str) -> Task:
    """Conversations that are made before they are rendered, so many `together`; making them is not timed."""
    asked = [short_chat(f"{seed} {number}", sentences) for number in range(chats)]

    def made(first: int) -> list[Any]:
        return [lib.conversation(chat) for chat in asked[first : first + together]]

    render = lib.render
    inputs = [partial(made, first) for first in range(0, chats, together)]
    return Task(lambda made: [render(conversation) for conversation in made], chats, fresh=True, inputs=inputs)


def _render_long(characters: int, lib: Any, seed: str) -> Task:
    turns = tuple(
        Turn("assistant" if number % 2 else "user", Texts(f"{seed} {number}").mixed(characters // 100))
        for number in range(99)
    )
    made = lib.conversation(Chat(turns))
    return Task(lambda: lib.render(made), sum(len(turn.text) for turn in turns), fresh=True)


def _render_kind(kind: str, characters: int, chats: int, lib: Any, seed: str) -> Task:
    texts = [KINDS[kind](Texts(f"{seed} {number}"), characters) for number in range(chats)]
    made = [lib.conversation(Chat((Turn("user", text),))) for text in texts]
    return Task(lambda: [lib.render(conversation) for conversation in made], sum(map(len, texts)), fresh=True)


def _session(turns: int, lib: Any, seed: str) -> list[Any]:
    """The conversations that a chat program renders, one for each turn."""
    chat = Chat(chat_turns(turns, 900, seed), "Answer briefly, and say so when something is not known.")
    return list(lib.prefixes(chat, list(range(1, len(chat.turns) + 1, 3))))


def _chat(turns: int, lib: Any, seed: str) -> Task:
    session = _session(turns, lib, seed)
    render = lib.render
    return Task(lambda: [render(conversation) for conversation in session], 1, fresh=True)


def _tools(count: int, lib: Any, seed: str) -> Task:
    described = Chat((), Texts(seed).prose(400), tools(count, seed))
    chats = [described._replace(turns=short_chat(f"{seed} {number}").turns) for number in range(9)]
    lib.render(lib.conversation(chats[0]))
    made = [lib.conversation(chat) for chat in chats[1:]]
    return Task(lambda: [lib.render(conversation) for conversation in made], len(made), fresh=True)


def _run(unit: str, count: int, lib: Any, seed: str) -> Task:
    made = lib.conversation(Chat((Turn("user", f"{seed}:{unit * count}"),)))
    return Task(lambda: lib.render(made), count, fresh=True)


CASES = (
    Case("stream", "streaming, nothing read, 4,000 tokens", "token", 12, HARMONY, partial(stream, 4000)),
    Case(
        "stream-delta",
        "streaming, `last_content_delta` and `current_channel` read after each of 4,000 tokens",
        "token",
        None,
        HARMONY,
        partial(stream_delta, 4000),
    ),
    Case(
        "feed-one",
        "`feed` of one token; else `process` and the delta",
        "token",
        2.5,
        HARMONY,
        partial(feed, 4000, 1),
    ),
    Case("feed-eight", "`feed` of eight tokens; else the same", "token", 8, HARMONY, partial(feed, 4000, 8)),
    Case(
        "stream-fields",
        "streaming, five properties read after each of 4,000 tokens",
        "token",
        150,
        HARMONY,
        partial(stream_fields, 4000),
    ),
    Case(
        "stream-fields-one",
        "the same, the 4,000 tokens being one message",
        "token",
        150,
        HARMONY,
        partial(stream_fields, 4000, source=one_message),
    ),
    Case(
        "stream-content",
        "streaming, `current_content` read after each of 16,000",
        "token",
        50,
        HARMONY,
        partial(stream_content, 16000),
    ),
    Case(
        "stream-messages",
        "streaming, `messages` read after each token of 160 of them",
        "token",
        300,
        HARMONY,
        partial(stream_messages, 160),
    ),
    Case("parse", "parsing a whole completion, 4,000 tokens", "token", 30, HARMONY, partial(_bulk, 4000)),
    Case("parse-16000", "parsing a whole completion, 16,000 tokens", "token", None, HARMONY, partial(_bulk, 16000)),
    Case(
        "render-short",
        "rendering system + user, new text of three sentences",
        "conversation",
        20,
        ALL,
        partial(_render_short, 1000, 3, AT_HAND),
        fast_target=30,
    ),
    Case(
        "render-short-ahead",
        "the same, 1,000 conversations made before the first is rendered",
        "conversation",
        None,
        ALL,
        partial(_render_short, 1000, 3, 1000),
    ),
    Case(
        "render-line",
        "rendering system + user, new text of one sentence",
        "conversation",
        20,
        ALL,
        partial(_render_short, 1000, 1, AT_HAND),
    ),
    Case(
        "render-long", "rendering 1,000,000 characters, new text", "character", 2.5, ALL, partial(_render_long, 10**6)
    ),
    *(
        Case(
            f"render-{kind.lower()}",
            f"rendering 100,000 characters of {kind}, new text",
            "character",
            None,
            ALL,
            partial(_render_kind, kind, 10**5, 1),
        )
        for kind in KINDS
    ),
    Case(
        "render-cjk-5000",
        "rendering 20 texts of 5,000 characters of CJK, new text",
        "character",
        None,
        ALL,
        partial(_render_kind, "CJK", 5000, 20),
    ),
    Case("chat", "a chat of 40 turns, rendered for each, new text", "session", 20, ALL, partial(_chat, 40)),
    Case("tools", "100 tools rendered for a second conversation", "conversation", 30, ALL, partial(_tools, 100)),
    Case(
        "masks",
        "tokens and loss masks of 1,000 conversations, new text; else by rendering prefixes",
        "conversation",
        None,
        ("ours", "reference"),
        partial(masks, 1000),
    ),
    Case(
        "chat-request",
        "requests of 200 messages, converted and rendered, new text; else a plain loop",
        "request",
        None,
        ("ours", "reference"),
        partial(requests, 5),
    ),
    Case("spaces", "rendering 200,000 spaces", "character", 100, FEW, partial(_run, " ", 200_000)),
    Case("letters", "rendering 200,000 times `a`", "character", 100, FEW, partial(_run, "a", 200_000)),
)


FRESH = (
    Fresh("fresh-parse", "new process: import, load, 4,000 tokens streamed", 4, "parse", HARMONY),
    Fresh(
        "fresh-render",
        "new process: import, load, a conversation rendered",
        1 / 0.55,
        "render",
        ALL,
        fast_target=1 / 0.35,
    ),
)


# What grows --------------------------------------------------------------------------------------


def growth(kind: str, size: int, lib: Any, seed: str) -> Task:
    """A work of any size, to see whether its cost for each unit stays the same."""
    makers: dict[str, Callable[[Any, str], Task]] = {
        "stream": partial(stream, size),
        "stream-fields": partial(stream_fields, size),
        "stream-content": partial(stream_content, size),
        "spaces": partial(_run, " ", size),
    }
    return makers[kind](lib, seed)


def turn_costs(turns: int, lib: Any, seed: str) -> list[tuple[float, float]]:
    """Of each turn of a chat the seconds that rendering takes, and those that a copy of as many tokens takes."""
    session = _session(turns, lib, seed)
    lib.forget()
    costs = []
    for conversation in session:
        start = perf_counter()
        tokens = lib.render(conversation)
        rendered = perf_counter()
        tokens.copy()
        costs.append((rendered - start, perf_counter() - rendered))
    return costs
