"""Every way in which tokens can be given to our parser, and the answer that comes out of each."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .._runtime.events import ContentDelta, Recovery
from ..encoding import HarmonyEncoding
from ..streaming import Event, StreamableParser
from .example import Shape, shapes_of

__all__ = ["WAYS", "Answer", "Way", "answer_of", "fed", "merged"]

Tokens = Sequence[int]


class Answer(NamedTuple):
    """All that a parser says in the end."""

    messages: tuple[Shape, ...]
    recoveries: tuple[Recovery, ...]
    open_turn: Any


Way = Callable[[HarmonyEncoding, Tokens, "str | None", bool, random.Random], Answer]


def answer_of(parser: Any) -> Answer:
    """Of a parser at the end of its input, or of a result."""
    return Answer(shapes_of(parser.messages), tuple(parser.recoveries), parser.open_turn)


def fed(
    encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: bool, sizes: Callable[[], int]
) -> tuple[StreamableParser, list[Event]]:
    """A parser that was fed pieces of some sizes and the end of input, and its events."""
    parser = StreamableParser(encoding, role, strict=strict)
    events: list[Event] = []
    at = 0
    while at < len(tokens):
        size = sizes()
        events += parser.feed(tokens[at : at + size])
        at += size
    return parser, events + parser.feed_eos()


def merged(events: Sequence[Event]) -> list[Event]:
    """Events with the deltas between two others joined: what is left does not depend on how tokens were fed."""
    found: list[Event] = []
    for event in events:
        last = found[-1] if found else None
        if isinstance(event, ContentDelta) and isinstance(last, ContentDelta) and last.index == event.index:
            found[-1] = ContentDelta(event.index, last.text + event.text)
        else:
            found.append(event)
    return found


def all_at_once(encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: bool, dice: random.Random) -> Answer:
    if strict:
        parser, _ = fed(encoding, tokens, role, strict, lambda: len(tokens))
        bulk = encoding.parse_messages_from_completion_tokens(tokens, role)
        return answer_of(parser)._replace(messages=shapes_of(bulk))
    return answer_of(encoding.parse(tokens, role))


def in_one_feed(encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: bool, dice: random.Random) -> Answer:
    return answer_of(fed(encoding, tokens, role, strict, lambda: len(tokens))[0])


def in_random_pieces(
    encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: bool, dice: random.Random
) -> Answer:
    return answer_of(fed(encoding, tokens, role, strict, lambda: dice.randint(1, 4))[0])


def one_by_one(encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: bool, dice: random.Random) -> Answer:
    parser = StreamableParser(encoding, role, strict=strict)
    for token in tokens:
        parser.process(token)
    return answer_of(parser.process_eos())


def while_being_watched(
    encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: bool, dice: random.Random
) -> Answer:
    """Reading a property changes nothing."""
    parser = StreamableParser(encoding, role, strict=strict)
    for token in tokens:
        parser.process(token)
        if dice.random() < 0.5:
            watch(parser)
    return answer_of(parser.process_eos())


def through_a_copy(
    encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: bool, dice: random.Random
) -> Answer:
    """A snapshot goes on as the original would have, which has gone another way meanwhile."""
    half = dice.randint(0, len(tokens))
    parser = StreamableParser(encoding, role, strict=False)
    parser.feed(tokens[:half])
    twin = parser.copy()
    parser.feed(tokens[half:][::-1])
    parser.feed_eos()
    for token in tokens[half:]:
        twin.process(token)
    return answer_of(twin.process_eos())


def through_a_pickle(
    encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: bool, dice: random.Random
) -> Answer:
    half = dice.randint(0, len(tokens))
    parser = StreamableParser(encoding, role, strict=strict)
    parser.feed(tokens[:half])
    parser = pickle.loads(pickle.dumps(parser))
    parser.feed(tokens[half:])
    return answer_of(parser.process_eos())


def after_a_reset(
    encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: bool, dice: random.Random
) -> Answer:
    parser = StreamableParser(encoding, role, strict=False)
    parser.feed(tokens[: dice.randint(0, len(tokens))])
    parser.reset(role)
    parser.feed(tokens)
    return answer_of(parser.process_eos())


WAYS: tuple[Way, ...] = (
    in_one_feed,
    in_random_pieces,
    one_by_one,
    while_being_watched,
    through_a_copy,
    through_a_pickle,
    after_a_reset,
)


def watch(parser: StreamableParser) -> list[object]:
    """Everything that a parser shows."""
    return [getattr(parser, name) for name in SHOWN]


SHOWN = [name for name, value in vars(StreamableParser).items() if isinstance(value, property)]
SHOWN += [name for base in StreamableParser.__mro__[1:] for name, value in vars(base).items() if isinstance(value, property)]
