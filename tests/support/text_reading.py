"""The same input read from its tokens and from its text, told in a form in which the two can be compared."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from openai_harmony import (
    ContentDelta,
    Event,
    MessageEnd,
    MessageStart,
    ParseError,
    Recovered,
    StreamableParser,
    TextParser,
    load_harmony_encoding,
)
from openai_harmony.fuzzing.example import shapes_of
from openai_harmony.fuzzing.feeding import merged
from openai_harmony.strictness import Strictness

ENCODING = load_harmony_encoding("HarmonyGptOss")
SPECIALS = tuple(ENCODING.tokenizer.vocabulary.specials.values())

CALL = '<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"a": "é😀"}<|call|>'
TURN = "<|channel|>analysis<|message|>Need it.<|end|><|start|>assistant" + CALL


class Reading(NamedTuple):
    """What a parser said in the end, without positions, and the errors that it raised on the way."""

    told: list[Any]
    messages: Any
    recoveries: list[Any]
    rest: Any
    errors: list[str]


def tokens_of(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


def text_of(tokens: Iterable[int]) -> str:
    """The text of those tokens that are some, without bytes that are none."""
    return ENCODING.decode([t for t in tokens if 0 <= t < 2**32 and ENCODING.id_bytes.knows(t)], "ignore")


def from_tokens(text: str, role: str | None, strict: Strictness) -> Reading:
    return _read(StreamableParser(ENCODING, role, strict=strict), [[token] for token in tokens_of(text)])


def from_text(pieces: Sequence[str], role: str | None, strict: Strictness) -> Reading:
    return _read(TextParser(ENCODING, role, strict=strict), pieces)


def _read(parser: Any, pieces: Sequence[Any]) -> Reading:
    events: list[Event] = []
    errors = []
    for piece in [*pieces, None]:
        try:
            events += parser.feed_eos() if piece is None else parser.feed(piece)
        except ParseError as error:
            errors.append(first_words(error))
    events += parser._waiting
    recoveries = [(recovery.kind, recovery.text, recovery.message_index) for recovery in parser.recoveries]
    rest = parser.open_turn, parser.open_author, parser.state, [span.stop for span in parser.spans]
    return Reading(list(map(_shape, merged(events))), shapes_of(parser.messages), recoveries, rest, errors)


def _shape(event: Event) -> tuple[Any, ...]:
    if isinstance(event, MessageStart):
        return event.index, event.author, event.channel, event.recipient, event.content_type
    if isinstance(event, ContentDelta):
        return event.index, event.text
    if isinstance(event, MessageEnd):
        return event.index, event.message, event.stop
    assert isinstance(event, Recovered)
    return event.recovery.kind, event.recovery.text, event.recovery.message_index


def first_words(error: ParseError) -> str:
    """What is wrong, without the token or word that it is wrong with."""
    return re.split(r"[\d'\":(]", str(error))[0].strip()


def in_pieces(text: str, dice: random.Random, longest: int = 9) -> list[str]:
    """The text, cut at random."""
    pieces, at = [], 0
    while at < len(text):
        size = dice.randint(1, longest)
        pieces.append(text[at : at + size])
        at += size
    return pieces


def halves(text: str) -> Iterator[list[str]]:
    """The text, cut once at each position."""
    return ([text[:at], text[at:]] for at in range(len(text) + 1))


def recovering(text: str = "", role: str | None = "assistant") -> TextParser:
    return TextParser(ENCODING, role, strict=False).process(text)


def texts(parser: TextParser) -> list[str]:
    return [message.content[0].text for message in parser.messages]  # type: ignore[attr-defined]
