"""The ways to feed tokens to our parser, and the result of each. What the results must be does not belong here."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from .._generated.events import ContentDelta, Event, Recovery
from ..encoding import HarmonyEncoding
from ..errors import ParseError
from ..options import Strictness
from ..streaming import StreamableParser
from .example import Shape, shapes_of

__all__ = ["WAYS", "Answer", "Input", "Way", "answer_of", "fed", "merged"]

Tokens = Sequence[int]


class Answer(NamedTuple):
    """The results of a parser at the end of its input."""

    messages: tuple[Shape, ...]
    recoveries: tuple[Recovery, ...]
    open_turn: Any
    open_author: Any


class Input(NamedTuple):
    """The argument of a way; `rng` is the random generator that chooses where to split the tokens."""

    encoding: HarmonyEncoding
    tokens: Tokens
    role: str | None
    strict: Strictness
    rng: random.Random

    def parser(self) -> StreamableParser:
        return StreamableParser(self.encoding, self.role, strict=self.strict)

    def answer(self, sizes: Callable[[], int]) -> Answer:
        """Return the answer of a parser that is fed pieces of the given sizes, in tokens."""
        return answer_of(fed(*self[:4], sizes)[0])

    def cut(self) -> int:
        return self.rng.randint(0, len(self.tokens))


Way = Callable[[Input], Answer]


def answer_of(parser: Any) -> Answer:
    """Return the answer of a parser at the end of its input, or of a parse result."""
    return Answer(shapes_of(parser.messages), tuple(parser.recoveries), parser.open_turn, parser.open_author)


def fed(
    encoding: HarmonyEncoding, tokens: Tokens, role: str | None, strict: Strictness, sizes: Callable[[], int]
) -> tuple[StreamableParser, list[Event]]:
    """Feed a parser pieces of the given sizes, in tokens, and the end of input.

    Returns:
        The parser and its events.
    """
    parser = StreamableParser(encoding, role, strict=strict)
    events: list[Event] = []
    at = 0
    while at < len(tokens):
        size = sizes()
        events += parser.feed(tokens[at : at + size])
        at += size
    return parser, events + parser.feed_eos()


def merged(events: Sequence[Event]) -> list[Event]:
    """Join adjacent deltas of a message; the result does not depend on the pieces that were fed."""
    found: list[Event] = []
    for event in events:
        last = found[-1] if found else None
        if isinstance(event, ContentDelta) and isinstance(last, ContentDelta) and last.index == event.index:
            found[-1] = ContentDelta(event.index, last.text + event.text, last.start, event.end)
        else:
            found.append(event)
    return found


def all_at_once(given: Input) -> Answer:
    if given.strict is not False:
        bulk = given.encoding.parse_messages_from_completion_tokens(given.tokens, given.role, strict=given.strict)
        return in_one_feed(given)._replace(messages=shapes_of(bulk))
    return answer_of(given.encoding.parse(given.tokens, given.role))


def in_one_feed(given: Input) -> Answer:
    return given.answer(lambda: len(given.tokens))


def in_random_pieces(given: Input) -> Answer:
    return given.answer(lambda: given.rng.randint(1, 4))


def one_by_one(given: Input) -> Answer:
    parser = given.parser()
    for token in given.tokens:
        parser.process(token)
    return answer_of(parser.process_eos())


def while_being_watched(given: Input) -> Answer:
    """Read all properties between tokens, which must change nothing."""
    parser = given.parser()
    for token in given.tokens:
        parser.process(token)
        if given.rng.random() < 0.5:
            read_properties(parser)
    return answer_of(parser.process_eos())


def through_a_copy(given: Input) -> Answer:
    """Continue with a copy, which must not depend on what the original is fed afterwards."""
    half = given.cut()
    parser = given.parser()
    parser.feed(given.tokens[:half])
    twin = parser.copy()
    with suppress(ParseError, OverflowError):
        parser.feed(given.tokens[half:][::-1])
        parser.feed_eos()
    for token in given.tokens[half:]:
        twin.process(token)
    return answer_of(twin.process_eos())


def through_a_pickle(given: Input) -> Answer:
    half = given.cut()
    parser = given.parser()
    parser.feed(given.tokens[:half])
    parser = pickle.loads(pickle.dumps(parser))
    parser.feed(given.tokens[half:])
    return answer_of(parser.process_eos())


def after_a_reset(given: Input) -> Answer:
    parser = given.parser()
    parser.feed(given.tokens[: given.cut()])
    parser.reset(given.role)
    parser.feed(given.tokens)
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


def read_properties(parser: StreamableParser) -> list[object]:
    """Read all properties of a parser."""
    return [getattr(parser, name) for name in PROPERTY_NAMES]


PROPERTY_NAMES = [name for name in dir(StreamableParser) if isinstance(getattr(StreamableParser, name), property)]
