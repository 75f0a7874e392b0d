"""The command `stream`: the events of a parser while tokens arrive."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

import typer

from .._generated.events import ContentDelta, Event, MessageEnd, MessageStart
from .arguments import (
    DEFAULT_ENCODING,
    STANDARD_INPUT,
    Encoding,
    From,
    Input,
    Json,
    Role,
    Strictness,
    encoding_of,
    strict_of,
)
from .failing import Failure, at
from .inputs import BETWEEN_IDS, TEXT, TOKENS, Item, id_of, name_of, read_one, standard_input
from .output import json_line, write_now
from .parsers import event_dict, fed, heading, parser_of, recovery_line, unit_of

EXAMPLES = (
    "harmony stream ids.txt",
    "my-engine --print-ids | harmony stream --from tokens --json",
    "harmony stream completion.txt --chunk 7",
)

if TYPE_CHECKING:
    from io import BufferedReader

Piece: TypeAlias = Any  # ids or a text, as the kind of the input says


def run(
    source: Input = STANDARD_INPUT,
    kind: From = None,
    role: Role = None,
    strictness: Strictness = None,
    chunk: Annotated[int, typer.Option(min=1, help="How many tokens, or characters of a text, are fed at once.")] = 1,
    as_json: Json = False,
    encoding: Encoding = DEFAULT_ENCODING,
) -> None:
    """Parse a completion piece by piece, and write each event when it happens.

    With `--from tokens` or `--from text`, standard input is parsed while it arrives. Writes the text of messages as it
    grows, or one event in JSON on each line.
    """
    using, strict = encoding_of(encoding), strict_of(strictness)
    live = source == STANDARD_INPUT and kind in (TOKENS, TEXT)
    item = Item(name_of(source), kind, "" if kind == TEXT else []) if live and kind else read_one(source, kind)
    parser = parser_of(item, using, role, strict)
    pieces = _arriving(item, chunk) if live else _cut(item.value, chunk)
    show = _as_json if as_json else _as_text
    unit = unit_of(parser)
    with at(item.place):
        for events in fed(parser, pieces):
            write_now("".join([show(event, unit) for event in events]))


def _cut(whole: Piece, chunk: int) -> Iterator[Piece]:
    """Yield the pieces of an input."""
    return (whole[start : start + chunk] for start in range(0, len(whole), chunk))


def _arriving(item: Item, chunk: int) -> Iterator[Piece]:
    """Yield the pieces of standard input, each as soon as it is there."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    arriving = cast("BufferedReader", standard_input())
    waiting, more, before = "", True, 0
    while more:
        arrived = arriving.read1()
        more = bool(arrived)
        held = len(decoder.getstate()[0])  # bytes of a character that is not complete
        try:
            waiting += decoder.decode(arrived, final=not more)
        except UnicodeDecodeError as error:
            raise Failure(f"{item.place}: not UTF-8, at byte {before - held + error.start}") from None
        before += len(arrived)
        if item.kind == TEXT:
            yield from _cut(waiting, chunk)
            waiting = ""
        else:
            *words, waiting = BETWEEN_IDS.split(waiting if more else f"{waiting} ")  # the last one may not be complete
            yield from _cut([id_of(word, item.place) for word in words if word], chunk)


def _as_json(event: Event, unit: str) -> str:
    return f"{json_line(event_dict(event))}\n"


def _as_text(event: Event, unit: str) -> str:
    if isinstance(event, ContentDelta):
        return event.text
    if isinstance(event, MessageStart):
        return f"{heading(event.author, event)}\n"
    if isinstance(event, MessageEnd):
        return "\n\n"
    return f"\n{recovery_line(event.recovery, unit)}\n"
