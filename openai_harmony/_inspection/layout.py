"""An inspection as blocks of styled text, which a terminal or a plain text shows. No colour belongs here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from .model import Inspected, InspectedMessage, InspectedRecovery, InspectedToken, Kind, Reading, ReadingError
from .parsed import CONTENT

__all__ = ["BOUNDARY", "Block", "Run", "Style", "blocks", "counted", "fault_lines", "named", "reading_of", "verdict"]

BOUNDARY = "\N{BOX DRAWINGS LIGHT VERTICAL}"
# What would move the cursor, or be invisible. A line break is shown, and breaks the line.
_VISIBLE = {"\n": "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}\n", "\t": "\N{RIGHTWARDS ARROW}"}


class Style:
    """What a piece of text is."""

    BOUNDARY = "boundary"
    CONTENT = "content"
    ERROR = "error"
    FIELD = "field"
    FRAMING = "framing"
    OUTSIDE = "outside"
    RECOVERY = "recovery"
    UNREAD = "unread"


class Run(NamedTuple):
    """Text of one style."""

    text: str
    style: str


class Block(NamedTuple):
    """A message, or consecutive tokens outside messages, whose role is None.

    Attributes:
        author: the index of the message, and who wrote it.
        fields: the fields of its header, and what follows from them; empty if there are none.
        note: which tokens they are.
        role: the role of the author.
        is_hidden: whether its channel must not be shown to the end user.
        runs: the tokens, with the boundaries between them and the marks of faults.
    """

    author: str
    fields: str
    note: str
    role: str | None
    is_hidden: bool
    runs: list[Run]


def reading_of(inspected: Inspected, strictness: str) -> Reading:
    """Return what a mode makes of the tokens.

    Raises:
        ValueError: the mode is unknown, or the format does not have it.
    """
    known = {reading.strictness: reading for reading in inspected.readings}
    if strictness not in known:
        raise ValueError(f"argument 'strictness': {strictness!r} is not one of {', '.join(map(repr, known))}")
    return known[strictness]


def blocks(inspected: Inspected, strictness: str) -> Iterator[Block]:
    """Yield the messages and what is between them, in the order of their tokens."""
    reading = reading_of(inspected, strictness)
    error = reading.errors[0] if reading.errors else None
    marks = _marks(inspected, error, reports=strictness == inspected.steps.strictness)
    written = 0
    for index, run in groupby(range(len(inspected.tokens)), lambda at: inspected.tokens[at].message):
        positions = list(run)
        if index is not None:
            yield from _omitted(inspected.messages, written, index)
            written = index + 1
        yield _block(inspected, index, positions, marks, error)
    yield from _omitted(inspected.messages, written, len(inspected.messages))


def _omitted(messages: tuple[InspectedMessage, ...], start: int, end: int) -> Iterator[Block]:
    for index in range(start, end):
        message = messages[index]
        if message.omitted:
            runs = [Run(_visible(message.text), Style.UNREAD)]
            yield Block(*_heading(index, message), "omitted when rendered", message.role, message.is_hidden, runs)


def _block(
    inspected: Inspected,
    index: int | None,
    positions: list[int],
    marks: dict[int, list[Run]],
    error: ReadingError | None,
) -> Block:
    runs: list[Run] = []
    unread_from = len(inspected.tokens) if error is None else error.position
    for at in positions:
        if runs and not runs[-1].text.endswith("\n"):
            runs.append(Run(BOUNDARY, Style.BOUNDARY))
        runs += marks.get(at, [])
        token = inspected.tokens[at]
        runs.append(Run(_visible(_shown(inspected.tokens, at)), Style.UNREAD if at > unread_from else _style(token)))
    end = positions[-1] + 1
    if end == len(inspected.tokens):
        runs += marks.get(end, [])
    count = f"{_counted(len(positions), 'token')}, {positions[0]} to {end}"
    if index is None:
        return Block("outside messages", "", count, None, False, runs)
    message = inspected.messages[index]
    return Block(*_heading(index, message), count, message.role, message.is_hidden, runs)


def _shown(tokens: tuple[InspectedToken, ...], at: int) -> str:
    """Return the text of a token; behind the last part of a character, the whole one."""
    token = tokens[at]
    if token.character is None or (at + 1 < len(tokens) and tokens[at + 1].character is not None):
        return token.text
    return f"{token.text}\N{MATHEMATICAL LEFT ANGLE BRACKET}{token.character}\N{MATHEMATICAL RIGHT ANGLE BRACKET}"


def _style(token: InspectedToken) -> str:
    if token.message is None:
        return Style.OUTSIDE
    if token.part == CONTENT:
        return Style.CONTENT
    return Style.FRAMING if token.special or token.part == "marker" else Style.FIELD


def _visible(text: str) -> str:
    return "".join(_VISIBLE.get(c) or (c if c.isprintable() else c.encode("unicode_escape").decode()) for c in text)


def _heading(index: int, message: InspectedMessage) -> tuple[str, str]:
    author = message.role if message.name is None else f"{message.role} {message.name}"
    fields = [f"{name}={value}" for name, value in message.fields.items() if value is not None]
    notes = [note for note, holds in (("hidden", message.is_hidden), ("call", message.is_call)) if holds]
    return f"{index} {_visible(author)}", _visible(" ".join([*fields, *([f"({', '.join(notes)})"] if notes else [])]))


def _marks(inspected: Inspected, error: ReadingError | None, reports: bool) -> dict[int, list[Run]]:
    """Return the marks in front of tokens, by position."""
    marks: dict[int, list[Run]] = {}
    for number, recovery in enumerate(inspected.recoveries if reports else (), 1):
        marks.setdefault(recovery.start, []).append(Run(f"[!{number} {recovery.kind}]", Style.RECOVERY))
    if error is not None:
        marks.setdefault(error.position, []).append(Run("[error: the mode stops here]", Style.ERROR))
    return marks


def named(inspected: Inspected) -> str:
    """Return what was inspected."""
    what = f"{inspected.kind} of {inspected.role}" if inspected.kind == Kind.COMPLETION else inspected.kind
    return f"{what}, {inspected.encoding}"


def counted(inspected: Inspected) -> str:
    """Return how many tokens, messages and recoveries there are."""
    totals = inspected.totals
    counts = [_counted(totals.tokens, "token"), f"{totals.content} of contents", f"{totals.special} special"]
    if totals.loss is not None:
        counts.append(f"{totals.loss} in the loss")
    counts += [_counted(len(inspected.messages), "message"), _counted(len(inspected.recoveries), "recovery")]
    return ", ".join(counts)


def _counted(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{count} {noun}s"


def verdict(reading: Reading) -> str:
    """Return what a mode makes of the tokens, in a line."""
    if not reading.errors:
        return f"{reading.strictness}: reads everything"
    error = reading.errors[0]
    more = f", and {_counted(len(reading.errors) - 1, 'error')} more" if len(reading.errors) > 1 else ""
    return f"{reading.strictness}: raises at token {error.position}{more}: {error.message}"


def fault_lines(inspected: Inspected, strictness: str) -> list[str]:
    """Return a line for each fault that a mode reports."""
    if strictness == inspected.steps.strictness:
        return [f"!{number} {_told(recovery)}" for number, recovery in enumerate(inspected.recoveries, 1)]
    return [f"token {error.position}: {error.message}" for error in reading_of(inspected, strictness).errors]


def _told(recovery: InspectedRecovery) -> str:
    left_out = f" Left out: {recovery.text!r}" if recovery.text else ""
    return f"{recovery.kind}, tokens {recovery.start} to {recovery.end}: {recovery.meaning}{left_out}"
