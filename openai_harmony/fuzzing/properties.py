"""The properties of our parser, as functions that return a description of a violation, or None.

They hold for every input, well-formed or malformed. Properties of other parsers belong in targets.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from .._generated.events import ContentDelta, Event, MessageEnd, Recovered
from .._generated.framing import FRAMING
from ..encoding import HarmonyEncoding
from ..errors import ParseError
from ..options import Strictness
from ..streaming import StreamableParser
from .example import Example, shape_of, shapes_of
from .feeding import WAYS, Input, all_at_once, answer_of, fed, merged, read_properties
from .material import material
from .text_diff import text_difference

__all__ = [
    "PROPERTIES",
    "Property",
    "default_reads_as_recovering",
    "events_tell_what_was_read",
    "never_raises",
    "nothing_is_lost",
    "pedantic_is_never_silently_wrong",
    "same_answer_however_fed",
    "usage_counts_every_token",
]

# The mode that reads the most; a format without recoveries has the pedantic one alone.
MILDEST: Strictness = False if FRAMING.kinds else "pedantic"

Property = Callable[[Example], "str | None"]


def _encoding() -> HarmonyEncoding:
    return material().encoding


def _rng(example: Example) -> random.Random:
    """Return a random generator with a seed made from the input, so that a failure is reproducible."""
    return random.Random(f"{example.tokens} {example.role}")


def _input(example: Example, *, strict: Strictness) -> Input:
    return Input(_encoding(), list(example.tokens), example.role, strict, _rng(example))


def _is_read(example: Example) -> bool:
    """Whether the mildest mode reads an input to its end; only where it is the pedantic one it may not."""
    if MILDEST is False:
        return True
    try:
        all_at_once(_input(example, strict=MILDEST))
    except (ParseError, OverflowError):
        return False
    return True


def never_raises(example: Example) -> str | None:
    """Recovering mode never raises. The other modes raise only ParseError or OverflowError, and accept more tokens."""
    given = _input(example, strict=MILDEST)
    for way in (all_at_once, *WAYS) if _is_read(example) else ():
        try:
            way(given)
        except Exception as error:
            return f"recovering, {way.__name__}: raised {error!r}"
    return _raises_only_its_errors(example, True) or _raises_only_its_errors(example, "pedantic")


def _raises_only_its_errors(example: Example, strict: Strictness) -> str | None:
    parser = StreamableParser(_encoding(), example.role, strict=strict)
    for at, token in enumerate([*example.tokens, None]):
        try:
            parser.process_eos() if token is None else parser.process(token)
        except (ParseError, OverflowError):
            pass
        except Exception as error:
            return f"strict={strict!r} raised {error!r} at token {at}"
        try:
            read_properties(parser)
        except Exception as error:
            return f"after token {at}, strict={strict!r}: a property raised {error!r}"
    return None


def default_reads_as_recovering(example: Example) -> str | None:
    """The default mode gives the same results as recovering mode, even if it raises errors."""
    if not FRAMING.has_reference:  # the default mode is pedantic
        return None
    parsers = [StreamableParser(_encoding(), example.role, strict=strict) for strict in (True, False)]
    raised = False
    for token in example.tokens:
        for parser in parsers:
            try:
                parser.process(token)
            except OverflowError:  # the default mode does not accept a number that is not an id
                return None
            except ParseError:
                raised = True
    parsers[1].process_eos()
    answer = answer_of(parsers[1])
    try:
        parsers[0].process_eos()
    except ParseError:  # the incomplete header is left to the caller
        raised = True
        read = shapes_of(parsers[0].messages)
        if answer.messages[: len(read)] != read:
            return f"the default mode reads {read}, recovering mode reads {answer.messages}"
    else:
        if answer_of(parsers[0]) != answer:
            return f"the default mode gives {answer_of(parsers[0])}, recovering mode gives {answer}"
    if raised and example.messages is not None:
        return "an error is raised for a well-formed input"
    return None


def same_answer_however_fed(example: Example) -> str | None:
    """The answer does not depend on the size of the pieces, on reading properties, or on copy, pickle and reset."""
    if not _is_read(example):
        return None
    given = _input(example, strict=MILDEST)
    expected = all_at_once(given)
    for way in WAYS:
        answer = way(given)
        if answer != expected:
            return f"{way.__name__} gives {answer}, all at once gives {expected}"
    return None


def nothing_is_lost(example: Example) -> str | None:
    """Messages, header fields and recoveries contain all letters of the input, and no others."""
    return text_difference(_encoding(), example.tokens, example.role, MILDEST) if _is_read(example) else None


def usage_counts_every_token(example: Example) -> str | None:
    """After every token, `usage` counts each token exactly once."""
    if not _is_read(example):
        return None
    parser = StreamableParser(_encoding(), example.role, strict=MILDEST)
    for count, token in enumerate([*example.tokens, None]):
        parser.process_eos() if token is None else parser.process(token)
        usage, given = parser.usage, min(count + 1, len(example.tokens))
        parts = [usage.framing, usage.tool_calls, *usage.content.values()]
        if usage.total != given or sum(parts) != given or min(parts) < 0:
            return f"after token {count}: {usage}"
    return None


def pedantic_is_never_silently_wrong(example: Example) -> str | None:
    """If pedantic mode does not raise, recovering mode gives the same answer; otherwise it reports a recovery.

    A well-formed input gives its expected messages in both modes.
    """
    if not _is_read(example):
        return "pedantic mode refuses a well-formed input" if example.messages is not None else None
    lenient = all_at_once(_input(example, strict=MILDEST))
    try:
        pedantic = all_at_once(_input(example, strict="pedantic"))
    except (ParseError, OverflowError) as error:
        if example.messages is not None:
            return f"pedantic mode refuses a well-formed input: {error}"
        silent = example.tokens and not lenient.recoveries
        return f"pedantic mode raises {error!r}, recovering reports nothing" if silent else None
    if lenient.recoveries:
        return f"recovering reports {lenient.recoveries}, pedantic mode raises nothing"
    if pedantic != lenient:
        return f"pedantic mode gives {pedantic}, recovering gives {lenient}"
    if example.messages is not None and pedantic.messages != example.messages:
        return f"pedantic mode gives {pedantic.messages} for {example.messages}"
    return None


def events_tell_what_was_read(example: Example) -> str | None:
    """Events come in order, deltas join to the messages' texts, and events do not depend on the pieces that are fed."""
    if not _is_read(example):
        return None
    encoding, rng = _encoding(), _rng(example)
    parser, events = fed(encoding, example.tokens, example.role, MILDEST, lambda: 1)
    wrong = _disorder(parser, events)
    if wrong:
        return wrong
    for sizes in (lambda: max(1, len(example.tokens)), lambda: rng.randint(1, 5)):
        _, other = fed(encoding, example.tokens, example.role, MILDEST, sizes)
        if merged(other) != merged(events):
            return f"events differ by how tokens are fed: {merged(events)} and {merged(other)}"
    return None


def _disorder(parser: StreamableParser, events: Sequence[Event]) -> str | None:
    """Return what is wrong with the events of a parser at the end of its input; None if nothing is."""
    fields: tuple[str | None, ...] | None = None
    text, ended, reported = "", 0, []
    for event in events:
        if isinstance(event, Recovered):
            reported.append(event.recovery)
            continue
        if event.index != ended or (fields is None) != (not isinstance(event, (ContentDelta, MessageEnd))):
            return f"{event} comes when message {ended} is {'not ' if fields is None else ''}open"
        if isinstance(event, ContentDelta):
            text += event.text
            if not event.text:
                return f"{event} has no text"
        elif isinstance(event, MessageEnd):
            shape = shape_of(event.message)
            alike = shape.text == text and (*shape[:2], *shape.fields) == fields
            if event.message is not parser.messages[ended] or not alike:
                return f"{event} follows {fields} and deltas that join to {text!r}"
            fields, text, ended = None, "", ended + 1
        else:
            told = vars(event)
            author = told["author"]
            rest = [value for name, value in told.items() if name not in ("index", "author", "start", "end")]
            fields = (str(author.role.value), author.name, *rest)
    if ended != len(parser.messages) or fields is not None:
        return f"{ended} messages ended in events, {len(parser.messages)} were read"
    return None if reported == parser.recoveries else f"events report {reported}, the parser {parser.recoveries}"


PROPERTIES: tuple[Property, ...] = (
    never_raises,
    same_answer_however_fed,
    nothing_is_lost,
    usage_counts_every_token,
    default_reads_as_recovering,
    pedantic_is_never_silently_wrong,
    events_tell_what_was_read,
)
