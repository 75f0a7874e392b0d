"""The data of an inspection: plain values that are JSON. How they are found or shown does not belong here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .._runtime.types.typed import JsonDict, JsonValue

__all__ = [
    "HeaderPiece",
    "Inspected",
    "InspectedMessage",
    "InspectedRecovery",
    "InspectedToken",
    "Kind",
    "ParserSteps",
    "Reading",
    "ReadingError",
    "StepEvent",
    "StepState",
    "Totals",
    "as_json",
]


class Kind:
    """What was inspected."""

    COMPLETION = "completion"  # tokens that begin inside the header that a prompt left open
    TRANSCRIPT = "transcript"  # tokens that begin between messages
    RENDERING = "rendering"  # the tokens of a conversation that was rendered


class InspectedToken(NamedTuple):
    """A token.

    Attributes:
        id: its id.
        text: its text; bytes that are no whole character are written as in `\\xe2`. U+FFFD for an unknown id.
        bytes: its bytes in hexadecimal; None for an unknown id.
        offset: the number of bytes before it.
        special: whether it is a special token.
        character: for a token with a part of a character, the text of the tokens that complete it; else None.
        message: the index of its message; None if it belongs to no message.
        part: what it is of the message, as in `Rendered.PART_NAMES`, or "other" for what parsing left out.
        sampled: whether a model samples it.
        loss: its weight in the loss; None if no loss mask is known.

    Example:
        for position, token in enumerate(inspection.tokens):
            print(position, token.id, token.text, token.part)
    """

    id: int
    text: str
    bytes: str | None
    offset: int
    special: bool
    character: str | None
    message: int | None
    part: str
    sampled: bool
    loss: float | None


class HeaderPiece(NamedTuple):
    """Consecutive tokens of a header with the same part: its name, the text, and the positions of the tokens.

    Example:
        for piece in inspection.messages[0].header:
            print(piece.part, piece.text)
    """

    part: str
    text: str
    start: int
    end: int


class InspectedMessage(NamedTuple):
    """A message.

    Attributes:
        role: the role of its author.
        name: the name of its author; None without one.
        fields: the header fields of the format, by name; None for one that is missing.
        header: the header as it was written.
        text: its content as text.
        start, content_start, content_end, end: positions of tokens, as in `MessageSpan`, with the fixed text that
            follows the stop token in some formats; all 0 if it was omitted.
        stop: the text of its stop token; None without one.
        is_call: whether it is a tool call.
        is_hidden: whether its channel must not be shown to the end user.
        omitted: whether rendering omitted it.
        recoveries: indices of the recoveries that concern it.

    Example:
        for message in inspection.messages:
            print(message.role, message.fields, message.text)
    """

    role: str
    name: str | None
    fields: Mapping[str, str | None]
    header: tuple[HeaderPiece, ...]
    text: str
    start: int
    content_start: int
    content_end: int
    end: int
    stop: str | None
    is_call: bool
    is_hidden: bool
    omitted: bool
    recoveries: tuple[int, ...]


class InspectedRecovery(NamedTuple):
    """A corrected fault: its kind and what the kind means, the tokens concerned, and the text that is in no message.

    Example:
        for recovery in inspection.recoveries:
            print(recovery.kind, recovery.start, recovery.meaning)
    """

    kind: str
    meaning: str
    start: int
    end: int
    text: str
    message: int | None


class ReadingError(NamedTuple):
    """An error of a parser: the position of the token, the message, and for a `ParseError` what it says further.

    Example:
        for error in inspection.readings[0].errors:
            print(error.position, error.message, error.expected)
    """

    position: int
    message: str
    state: str | None
    found: str | None
    expected: tuple[str, ...]


class Reading(NamedTuple):
    """What a mode of strictness makes of the tokens.

    Attributes:
        strictness: the mode, as `set_default_strictness` takes it.
        errors: the errors in their order; empty if it reads everything.
        messages: the number of messages that are complete before the first error.

    Example:
        accepted = [reading.strictness for reading in inspection.readings if not reading.errors]
    """

    strictness: str
    errors: tuple[ReadingError, ...]
    messages: int


class StepState(NamedTuple):
    """The state of a parser from a position on, until the next one.

    Attributes:
        position: the number of tokens that it has read; one more than there are after the end of input.
        state: the value of its `StreamState`.
        role: the author's role.
        fields: the header fields of the open message, by name.
        message: the index of the open message, or of the next one.

    Example:
        for state in inspection.steps.states:
            print(state.position, state.state, state.role)
    """

    position: int
    state: str
    role: str | None
    fields: Mapping[str, str | None]
    message: int


class StepEvent(NamedTuple):
    """An event of a parser: "start" or "end" of a message, or "recovery"; which one; and when it was told.

    Example:
        ends = [event.position for event in inspection.steps.events if event.event == "end"]
    """

    position: int
    event: str
    which: int


class ParserSteps(NamedTuple):
    """What a streaming parser shows after each token.

    Attributes:
        strictness: the mode of the parser.
        states: its states; each holds until the next one.
        deltas: for each token, the text that it added to the open message; None if it added none.
        events: its events, without those of the text.

    Example:
        text = "".join(delta for delta in inspection.steps.deltas if delta is not None)
    """

    strictness: str
    states: tuple[StepState, ...]
    deltas: tuple[str | None, ...]
    events: tuple[StepEvent, ...]


class Totals(NamedTuple):
    """Counts of tokens.

    Attributes:
        tokens: all of them.
        content: those of contents.
        special: special tokens.
        sampled: those that a model samples.
        loss: those with a weight in the loss; None if no loss mask is known.
        outside: those of no message.
        by_role: those of the messages of each role.
        by_channel: those of the messages on each channel; the key "" is for no channel.

    Example:
        assert sum(inspection.totals.by_role.values()) + inspection.totals.outside == inspection.totals.tokens
    """

    tokens: int
    content: int
    special: int
    sampled: int
    loss: int | None
    outside: int
    by_role: Mapping[str, int]
    by_channel: Mapping[str, int]


@dataclass(frozen=True, repr=False)
class Inspected:
    """What is known of tokens; `openai_harmony.inspection` adds the methods that show it.

    Attributes:
        encoding: the name of the encoding.
        kind: what was inspected: "completion", "transcript" or "rendering".
        role: for a completion, the role that the prompt left open; else None.
        tokens: the tokens.
        messages: the messages; of a conversation, also those that rendering omitted.
        recoveries: the faults that a parser corrected.
        readings: what each mode of strictness makes of the tokens.
        steps: what a streaming parser shows after each token.
        totals: counts of tokens.
    """

    encoding: str
    kind: str
    role: str | None
    tokens: tuple[InspectedToken, ...]
    messages: tuple[InspectedMessage, ...]
    recoveries: tuple[InspectedRecovery, ...]
    readings: tuple[Reading, ...]
    steps: ParserSteps
    totals: Totals


def as_json(value: object) -> JsonValue:
    """Return a value of this module as JSON: named tuples are objects, other tuples arrays."""
    if isinstance(value, tuple):
        names: tuple[str, ...] = getattr(value, "_fields", ())
        if names:
            return _object(zip(names, value))
        return [as_json(item) for item in value]
    if isinstance(value, Mapping):
        return _object(value.items())
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"no JSON: {type(value).__name__}")


def _object(pairs: Iterable[tuple[str, object]]) -> JsonDict:
    return {name: as_json(item) for name, item in pairs}
