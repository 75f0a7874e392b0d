"""The ways in which an input can be read that must all tell the same: as text in pieces, and by way of snapshots."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from tests.formats.made import Made
from tests.support.promises import shapes
from tests.support.text_reading import in_pieces

__all__ = ["text_reads_otherwise", "travelling_tells_otherwise", "unlike_in_text"]

Told = list[Any]


# by way of snapshots ---------------------------------------------------------------------------------


def travelling_tells_otherwise(format: Made, tokens: Sequence[int], role: str | None, strict: Any) -> str | None:
    """Where a parser that goes on from a snapshot behind each token tells what one that stays does not."""
    stays = format.StreamableParser(format.encoding, role, strict=strict)
    travels = format.StreamableParser(format.encoding, role, strict=strict)
    messages: Told = []
    for at, token in enumerate([*tokens, None]):
        expected, found = (told(format, parser, token) for parser in (stays, travels))
        if found != expected or seen(travels) != seen(stays):
            return f"behind token {at}, strict={strict!r}: {found}, {seen(travels)}; it is {expected}, {seen(stays)}"
        messages += travels.messages
        if travels._waiting:  # events that a call which raised has not returned are not in a snapshot
            return None
        data = json.loads(json.dumps(travels.snapshot(), allow_nan=False))
        travels = format.StreamableParser.restore(format.encoding, data)
    return None if messages == stays.messages else f"{messages} are read, {stays.messages} by a parser that stays"


def told(format: Made, parser: Any, token: int | None) -> Told:
    """The events of one token, or of the end of input; of an error its first words."""
    try:
        return list(parser.feed_eos() if token is None else parser.feed([token]))
    except (format.HarmonyError, OverflowError) as error:
        return [(type(error).__name__, str(error), getattr(error, "index", None))]


def seen(parser: Any) -> Told:
    """What a parser shows of the open message, and of the whole stream in numbers."""
    usage = parser.usage
    counts = (usage.total, usage.content, usage.tool_calls, usage.framing)
    return [
        parser.state,
        parser.current_role,
        parser.current_content,
        parser.last_content_delta,
        parser.open_author,
        counts,
    ]


# as text ---------------------------------------------------------------------------------------------


def text_reads_otherwise(format: Made, text: str, role: str | None, dice: random.Random) -> str | None:
    """Where a text, by characters and in pieces, does not read as its tokens do; None if it does."""
    ways = {"by characters": list(text), "in pieces": in_pieces(text, dice), "as a whole": [text] if text else []}
    for strict in (False, "pedantic"):
        expected = reading(format, format.StreamableParser, [[token] for token in format.tokens(text)], role, strict)
        for name, pieces in ways.items():
            found = reading(format, format.TextParser, pieces, role, strict)
            for key, value in found.items():
                # How much was told of a message that an error ends, and how often, depends on the pieces.
                if key in ("told", "errors") and expected["errors"]:
                    if found["errors"][:1] != expected["errors"][:1]:
                        return f"{name}, {found['errors'][:1]} is raised, {expected['errors'][:1]} by its tokens"
                elif value != expected[key]:
                    return f"{name}, strict={strict!r}, {key}: {_first_unlike(value, expected[key])}"
    return None


def _first_unlike(found: Sequence[Any], expected: Sequence[Any]) -> str:
    unlike = (pair for pair in zip_longest(found, expected) if pair[0] != pair[1])
    return "{}; by its tokens {}".format(*next(unlike, ("nothing", "nothing")))


def unlike_in_text(format: Made, tokens: Sequence[int]) -> bool:
    """Whether tokens are none that their text is encoded as, so that a text cannot be held against them."""
    known = all(0 <= token < 2**32 and format.encoding.id_bytes.knows(token) for token in tokens)
    return not known or format.tokens(format.encoding.decode(tokens, "ignore")) != list(tokens)


def reading(format: Made, cls: Any, pieces: Sequence[Any], role: str | None, strict: Any) -> dict[str, Any]:
    """What a parser said in the end, without positions, and the errors that it raised on the way."""
    parser = cls(format.encoding, role, strict=strict)
    events: Told = []
    errors: list[str] = []
    for piece in [*pieces, None]:
        try:
            events += parser.feed_eos() if piece is None else parser.feed(piece)
        except format.ParseError as error:
            errors.append(re.split(r"[\d'\":(]", str(error))[0].strip())
    events += parser._waiting
    return {
        "told": [_placeless(format, event) for event in format.part("fuzzing.feeding").merged(events)],
        "messages": shapes(parser.messages) if parser.messages else (),
        "contents": [message.content for message in parser.messages],
        "recoveries": [(fault.kind.value, fault.text, fault.message_index) for fault in parser.recoveries],
        "rest": [parser.open_turn, parser.state, [span.stop for span in parser.spans]],
        "errors": errors,
    }


def _placeless(format: Made, event: Any) -> tuple[Any, ...]:
    if isinstance(event, format.Recovered):
        return event.recovery.kind, event.recovery.text, event.recovery.message_index
    if isinstance(event, format.ContentDelta):
        return event.index, event.text
    if isinstance(event, format.MessageEnd):
        return event.index, event.message, event.stop
    return event.index, event.author
