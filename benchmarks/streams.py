"""Streaming: a completion read token by token, or in pieces, and what programs read on the way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from .inputs import completion, many_messages, one_message
from .libraries import Harmony
from .task import Pair, Task

__all__ = ["EVENTS", "feed", "stream", "stream_content", "stream_delta", "stream_fields", "stream_messages"]

PARSERS = 20  # of which one snapshot each is made: a parser's first one is the most work

# Makes a completion with an encoder: so many tokens, from a seed.
Source: TypeAlias = "Callable[[Callable[[str], list[int]], int, str], list[int]]"


def stream(tokens: int, lib: Harmony, seed: str) -> Task:
    ids = completion(lib.encode, tokens, seed)

    def body() -> Any:
        parser = lib.parser()
        process = parser.process
        for token in ids:
            process(token)
        return parser.messages

    return Task(body, len(ids))


def stream_fields(tokens: int, lib: Harmony, seed: str, source: Source = completion) -> Task:
    ids = source(lib.encode, tokens, seed)

    def body() -> None:
        parser = lib.parser()
        for token in ids:
            parser.process(token)
            parser.last_content_delta  # noqa: B018
            parser.current_channel  # noqa: B018
            parser.current_recipient  # noqa: B018
            parser.current_role  # noqa: B018
            parser.state  # noqa: B018

    def fields(parser: Any) -> tuple[Any, ...]:
        where = (parser.current_channel, parser.current_recipient, parser.current_role, parser.state.name)
        return (parser.last_content_delta, *where)

    return Task(body, len(ids), check=partial(_read_after_each, lib, ids, fields))


def stream_delta(tokens: int, lib: Harmony, seed: str) -> Task:
    ids = completion(lib.encode, tokens, seed)

    def body() -> None:
        parser = lib.parser()
        for token in ids:
            parser.process(token)
            parser.last_content_delta  # noqa: B018
            parser.current_channel  # noqa: B018

    return Task(body, len(ids), check=partial(_read_after_each, lib, ids, _delta_and_channel))


def feed(tokens: int, size: int, lib: Harmony, seed: str) -> Task:
    """Pieces of `size` tokens through `feed`; where there is none, through `process` and `last_content_delta`."""
    ids = completion(lib.encode, tokens, seed)
    pieces = [ids[at : at + size] for at in range(0, len(ids), size)]

    def fed() -> None:
        feed = lib.parser().feed
        for piece in pieces:
            feed(piece)

    def processed() -> None:
        parser = lib.parser()
        for piece in pieces:
            for token in piece:
                parser.process(token)
                parser.last_content_delta  # noqa: B018

    feeds = hasattr(lib.parser(), "feed")
    return Task(fed if feeds else processed, len(ids), check=partial(_texts_of, lib, pieces))


def _texts_of(lib: Harmony, pieces: list[list[int]]) -> list[str]:
    """The text that each piece gives."""
    parser = lib.parser()
    if hasattr(parser, "feed"):
        return ["".join(getattr(event, "text", "") for event in parser.feed(piece)) for piece in pieces]
    return ["".join(parser.process(token).last_content_delta or "" for token in piece) for piece in pieces]


def _delta_and_channel(parser: Any) -> tuple[Any, ...]:
    return parser.last_content_delta, parser.current_channel


def stream_content(tokens: int, lib: Harmony, seed: str) -> Task:
    ids = completion(lib.encode, tokens, seed)

    def body() -> None:
        parser = lib.parser()
        for token in ids:
            parser.process(token)
            parser.current_content  # noqa: B018

    def end_and_size(parser: Any) -> tuple[str, int]:
        text = parser.current_content
        return text[-20:], len(text)

    return Task(body, len(ids), check=partial(_read_after_each, lib, ids, end_and_size))


def stream_messages(messages: int, lib: Harmony, seed: str) -> Task:
    ids = many_messages(lib.encode, messages, seed)

    def body() -> Any:
        parser = lib.parser()
        for token in ids:
            parser.process(token)
            parser.messages  # noqa: B018
        return parser.messages

    return Task(body, len(ids))


def _read_after_each(lib: Harmony, ids: list[int], read: Callable[[Any], Any]) -> list[Any]:
    parser = lib.parser()
    return [read(parser.process(token)) for token in ids]


# What events and snapshots cost ---------------------------------------------------------------------


def _fed_and_processed(size: int, tokens: int, lib: Harmony, seed: str) -> tuple[Task, Task]:
    """A completion through `feed` in pieces of `size` tokens, and through `process` with nothing read."""
    return feed(tokens, size, lib, seed), stream(tokens, lib, seed)


def _snapshots(tokens: int, lib: Harmony, seed: str) -> tuple[Task, Task]:
    """Snapshots of parsers within a message of so many tokens, which were fed one by one; and nothing."""
    ids = one_message(lib.encode, tokens + 1, seed)[:-1]
    parsers = [lib.parser() for _ in range(PARSERS)]
    for parser in parsers:
        for token in ids:
            parser.feed([token])

    def body() -> None:
        for parser in parsers:
            parser.snapshot()

    return Task(body, len(parsers), fresh=True), Task(lambda: None, len(parsers))


EVENTS = (
    Pair("feed-one-bare", "`feed` of one token / bare `process`", "token", 5, partial(_fed_and_processed, 1, 4000)),
    Pair(
        "feed-eight-bare",
        "`feed` of eight tokens / bare `process` of each",
        "token",
        2,
        partial(_fed_and_processed, 8, 4000),
    ),
    Pair(
        "snapshot",
        "a parser's first snapshot, within a message of 10,000 tokens, microseconds",
        "snapshot",
        50,
        partial(_snapshots, 10_000),
        more=True,
    ),
)
