"""Compares the letters of an input with the letters of the messages read from it: none may be lost or invented.

The comparison is made message by message. It ignores white space, which may vary in headers, and markers, which become
fields of headers. Comparisons of messages with messages do not belong here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from .._generated.events import Recovery
from .._generated.framing import FRAMING
from .._parsing import framing_of
from .._runtime.reading.machine import Framing, Phase
from ..encoding import HarmonyEncoding
from ..options import Strictness
from ..streaming import StreamableParser
from .example import Shape, shape_of

__all__ = ["letters", "text_difference", "text_of"]

# The terminals that are never text: those of the framing, and those with a reaction in content.
_MARKERS = FRAMING.known | FRAMING.reactions[Phase.CONTENT].keys()
_UNKNOWN = b"\xff"


class _Region(NamedTuple):
    """The tokens from the end of one message to the end of the next, and what was read from them."""

    tokens: Sequence[int]
    opened: bool  # whether a start token is among them
    message: Shape | None  # None after the last message
    recovered: list[str]  # the texts of the recoveries
    given: str | None  # the role given for the message
    author: tuple[str, str | None] | None  # of the message, or of the open turn after the last message
    turns: int  # how often the author's turn is opened again
    optional_words: set[str]  # words that the message may have although they are not here: "", and a channel
    ahead: str  # the channel of the next message, if its word may be here; else empty


def text_difference(
    encoding: HarmonyEncoding, tokens: Sequence[int], role: str | None, strict: Strictness = False
) -> str | None:
    """Read an input, and compare its letters with those of messages, fields and recoveries.

    Returns:
        A description of the letters that are lost or invented; None if there are none.
    """
    parser = StreamableParser(encoding, role, strict=strict)
    parser.feed(tokens)
    parser.feed_eos()
    ends = [span.end for span in parser.spans]
    for index, region in enumerate(_regions(encoding, parser, tokens, ends, role)):
        wrong = _difference(encoding, region)
        if wrong:
            return f"message {index}: {wrong}"
    return None


def text_of(encoding: HarmonyEncoding, tokens: Sequence[int]) -> str:
    """Return the text of tokens without markers; U+FFFD for a number that is not an id."""
    framing = framing_of(encoding.name)
    known = range(framing.last_special + 1)
    kept = [token for token in tokens if framing.terminal(token) not in _MARKERS]
    return b"".join(encoding.id_bytes.one(id) if id in known else _UNKNOWN for id in kept).decode("utf-8", "replace")


def letters(texts: Iterable[str]) -> Counter[str]:
    """Count the characters of some texts, without white space."""
    return Counter(letter for text in texts for letter in text if not letter.isspace())


def _regions(
    encoding: HarmonyEncoding, parser: StreamableParser, tokens: Sequence[int], ends: list[int], role: str | None
) -> Iterator[_Region]:
    framing = framing_of(encoding.name)
    shapes: list[Shape | None] = [*map(shape_of, parser.messages), None]
    turn = parser.open_author
    begin = 0
    # The messages whose header is split: a part of it comes before the text of the previous message.
    ahead = {index for index in range(1, len(ends)) if _reaches_back(parser, index, ends[index - 1])}
    for index, (shape, end) in enumerate(zip(shapes, [*ends, len(tokens)])):
        last = end if shape is not None else len(tokens) + 1
        here = [recovery for recovery in parser.recoveries if begin <= recovery.start < last]
        recovered = [_unmarked(framing, recovery, tokens) for recovery in here]
        author = None if turn is None else (str(turn.role.value), turn.name)
        author = author if shape is None else shape[:2]
        before, behind = (shapes[at] if 0 <= at < len(shapes) else None for at in (index - 1, index + 1))
        # A header with prose may yield no other message; its channel is then that of the prose.
        unfinished = any(recovery.message_index == len(ends) for recovery in parser.recoveries)
        parted = index in ahead or (behind is None and unfinished)
        optional_words = {"", _channel_from_elsewhere(shape, {_channel(before), _channel(behind)}, early=parted)}
        next_channel = _channel(behind) if index + 1 in ahead else ""
        if shape is None and unfinished:
            next_channel = _channel(before)
        given = role if index == 0 else None
        turns = _turns(encoding, tokens[begin:end], author[0]) if author else 0
        opened = framing.start_id in tokens[begin:end]
        yield _Region(tokens[begin:end], opened, shape, recovered, given, author, turns, optional_words, next_channel)
        begin = end


def _unmarked(framing: Framing, recovery: Recovery, tokens: Sequence[int]) -> str:
    """Return the text of a recovery without the markers that it spells out between pieces of text."""
    text, between, behind_text = recovery.text, list[str](), False
    for token in tokens[recovery.start : recovery.end]:
        terminal = framing.terminal(token)
        if terminal in framing.markers:
            between += [framing.spellings[terminal]] if behind_text else []
        elif terminal == framing.text:
            for spelled in between:
                text = text.replace(spelled, "", 1)
            between, behind_text = [], True
    return text


def _turns(encoding: HarmonyEncoding, tokens: Sequence[int], role: str) -> int:
    """Count the turns of a role that are opened again at once; their role's word is framing, not text."""
    framing = framing_of(encoding.name)
    starts = [at for at, token in enumerate(tokens) if token == framing.start_id]
    between = [tokens[start + 1 : again] for start, again in pairwise(starts)]
    unmarked = [part for part in between if not _MARKERS & {framing.terminal(token) for token in part}]
    return sum(" ".join(_runs(encoding, part)).split() == [role] for part in unmarked)


def _difference(encoding: HarmonyEncoding, region: _Region) -> str | None:
    """Describe the letters of a region that are lost or invented; None if there are none."""
    texts = _texts(encoding, region.tokens)
    inputs = letters(texts)
    more = less = Counter[str]()
    for optional_words in region.optional_words:
        outputs = letters([*region.recovered, *_message_texts(region.message)]) - letters([optional_words])
        more, less = inputs - outputs, outputs - inputs
        if not less and any(more == extra for extra in _optional_letters(region, texts)):
            return None
    lost, invented = "".join(more.elements()), "".join(less.elements())
    return f"lost letters (those of an author may be optional): {lost!r}; invented letters: {invented!r}"


def _reaches_back(parser: StreamableParser, index: int, begin: int) -> bool:
    """Whether a recovery of a message comes before it, in the region of the previous message."""
    return any(recovery.message_index == index and recovery.end < begin for recovery in parser.recoveries)


def _channel(shape: Shape | None) -> str:
    return "" if shape is None else FRAMING.channel_of(shape.fields) or ""


def _channel_from_elsewhere(message: Shape | None, beside: set[str], *, early: bool) -> str:
    """Return the channel of a message, if its word may be outside of the message's region; else an empty string.

    That is so if an adjacent message has the same channel, because both may share a header, or if a part of the
    message's own header comes before its region (`early`).
    """
    channel = _channel(message)
    return channel if early or channel in beside else ""


def _message_texts(message: Shape | None) -> Iterator[str]:
    """Yield the text of a message and the values of its fields, without the author."""
    if message is not None:
        yield message.text
        for field, value in zip(FRAMING.fields, message.fields):
            yield (value or "").removeprefix(field.marker or "")


def _optional_letters(region: _Region, texts: list[str]) -> Iterator[Counter[str]]:
    """Yield the possible letters of a region that are in no field or text.

    They are those of its author, of the given role, of the next message's channel, of literals, of a marker that the
    text of a field spells, and of the role of a turn that is opened again.
    """
    authors = _authors(region)
    again = {"", region.given or ""}
    ahead = {"", region.ahead}
    literals = [literal for literal, _ in FRAMING.literals] + [*_spelled_markers(region.message)]
    texts_of_framing = (FRAMING.header_end, FRAMING.behind_header, FRAMING.behind_stop)
    literals += [text for text in texts_of_framing if text.strip()]
    most = [min(1 + len(region.recovered), sum(text.count(literal) for text in texts)) for literal in literals]
    literals.append(region.author[0] if region.author else "")
    most.append(region.turns)
    for author, given, channel, counts in product(authors, again, ahead, product(*(range(n + 1) for n in most))):
        yield letters([author, given, channel, *(literal * count for literal, count in zip(literals, counts))])


def _authors(region: _Region) -> set[str]:
    """Return the possible spellings of the author; empty, too, if the author may not be written."""
    if region.author is None:
        return {""}
    role, name = region.author
    nameless = role if name is None else role + FRAMING.name_separator + name
    written = name if FRAMING.roles[role].named and name is not None else nameless
    unwritten = region.given is not None or region.recovered or not region.opened
    return {written, ""} if unwritten else {written}


def _spelled_markers(message: Shape | None) -> Iterator[str]:
    """Yield the markers that values of fields include; the input may have the marker's token, or its letters."""
    for field, value in zip(FRAMING.fields, message.fields if message is not None else ()):
        if value and field.marker is not None and value.startswith(field.marker):
            yield field.marker


def _texts(encoding: HarmonyEncoding, tokens: Sequence[int]) -> list[str]:
    """Return the texts of tokens. They are split at special tokens, which make a character incomplete."""
    framing = framing_of(encoding.name)
    specials = [token for token in tokens if _is_special(framing, token)]
    return [*_runs(encoding, tokens), text_of(encoding, specials)]


def _runs(encoding: HarmonyEncoding, tokens: Sequence[int]) -> Iterator[str]:
    """Yield the texts between special tokens."""
    framing, begin = framing_of(encoding.name), 0
    for at, token in enumerate(tokens):
        if _is_special(framing, token):
            yield text_of(encoding, tokens[begin:at])
            begin = at + 1
    yield text_of(encoding, tokens[begin:])


def _is_special(framing: Framing, token: int) -> bool:
    return framing.first_special <= token <= framing.last_special
