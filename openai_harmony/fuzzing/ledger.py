"""The text of an input against the text of what was read from it: nothing is lost, and nothing is made up.

The books are kept message by message. White space is left out, as headers may be spaced in any way; the markers are,
because they are what the headers say. Everything else is on both sides.
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

__all__ = ["imbalance", "letters", "text_of"]

# What is no text wherever it stands: the tokens of the framing, and those that content knows in the place of one.
_MARKERS = FRAMING.known | FRAMING.reactions[Phase.CONTENT].keys()
_UNKNOWN = b"\xff"


class _Region(NamedTuple):
    """The tokens from behind one message up to the end of the next, and what was read there."""

    tokens: Sequence[int]
    opened: bool  # whether a start token is among them
    message: Shape | None  # None behind the last message
    recovered: list[str]
    given: str | None  # the role that was given for it
    author: tuple[str, str | None] | None  # of the message, or of the turn that is open behind the last one
    turns: int  # how often the author's turn is opened once more
    unsaid: set[str]  # what the message may say without its words here: a channel from the header of the one before
    ahead: str  # the channel of the next message, if its word stands here


def imbalance(
    encoding: HarmonyEncoding, tokens: Sequence[int], role: str | None, strict: Strictness = False
) -> str | None:
    """What text of an input is in no message, header field or recovery of a mode that reads it, or in too many."""
    parser = StreamableParser(encoding, role, strict=strict)
    parser.feed(tokens)
    parser.feed_eos()
    ends = [span.end for span in parser.spans]
    for index, region in enumerate(_regions(encoding, parser, tokens, ends, role)):
        wrong = _weigh(encoding, region)
        if wrong:
            return f"message {index}: {wrong}"
    return None


def text_of(encoding: HarmonyEncoding, tokens: Sequence[int]) -> str:
    """The text of tokens less the markers; U+FFFD for what is no id."""
    framing = framing_of(encoding.name)
    known = range(framing.last_special + 1)
    kept = [token for token in tokens if framing.terminal(token) not in _MARKERS]
    return b"".join(encoding.id_bytes.one(id) if id in known else _UNKNOWN for id in kept).decode("utf-8", "replace")


def letters(texts: Iterable[str]) -> Counter[str]:
    """How often each letter is in some texts, white space left out."""
    return Counter(letter for text in texts for letter in text if not letter.isspace())


def _regions(
    encoding: HarmonyEncoding, parser: StreamableParser, tokens: Sequence[int], ends: list[int], role: str | None
) -> Iterator[_Region]:
    framing = framing_of(encoding.name)
    shapes: list[Shape | None] = [*map(shape_of, parser.messages), None]
    turn = parser.open_author
    begin = 0
    # The messages whose header is parted: some of it stands before the text of the message before.
    ahead = {index for index in range(1, len(ends)) if _reaches_back(parser, index, ends[index - 1])}
    for index, (shape, end) in enumerate(zip(shapes, [*ends, len(tokens)])):
        last = end if shape is not None else len(tokens) + 1
        here = [recovery for recovery in parser.recoveries if begin <= recovery.start < last]
        recovered = [_unmarked(framing, recovery, tokens) for recovery in here]
        author = None if turn is None else (str(turn.role.value), turn.name)
        author = author if shape is None else shape[:2]
        before, behind = (shapes[at] if 0 <= at < len(shapes) else None for at in (index - 1, index + 1))
        # The rest of a header that prose was taken from may come to no message; its channel is the prose's.
        unfinished = any(recovery.message_index == len(ends) for recovery in parser.recoveries)
        parted = index in ahead or (behind is None and unfinished)
        unsaid = {"", _channel_said_elsewhere(shape, {_channel(before), _channel(behind)}, early=parted)}
        next_channel = _channel(behind) if index + 1 in ahead else ""
        if shape is None and unfinished:
            next_channel = _channel(before)
        given = role if index == 0 else None
        turns = _turns(encoding, tokens[begin:end], author[0]) if author else 0
        opened = framing.start_id in tokens[begin:end]
        yield _Region(tokens[begin:end], opened, shape, recovered, given, author, turns, unsaid, next_channel)
        begin = end


def _unmarked(framing: Framing, recovery: Recovery, tokens: Sequence[int]) -> str:
    """The text of a recovery without the markers that it spells out because they stood between pieces of text."""
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
    """How often a turn of a role is opened again at once, whose word is framing if a message says the role."""
    framing = framing_of(encoding.name)
    starts = [at for at, token in enumerate(tokens) if token == framing.start_id]
    between = [tokens[start + 1 : again] for start, again in pairwise(starts)]
    unmarked = [part for part in between if not _MARKERS & {framing.terminal(token) for token in part}]
    return sum(" ".join(_runs(encoding, part)).split() == [role] for part in unmarked)


def _weigh(encoding: HarmonyEncoding, region: _Region) -> str | None:
    texts = _texts(encoding, region.tokens)
    inputs = letters(texts)
    more = less = Counter[str]()
    for unsaid in region.unsaid:
        outputs = letters([*region.recovered, *_said(region.message)]) - letters([unsaid])
        more, less = inputs - outputs, outputs - inputs
        if not less and any(more == extra for extra in _implied(region, texts)):
            return None
    lost, made_up = "".join(more.elements()), "".join(less.elements())
    return f"letters without a place (an author's may have one): {lost!r}; out of nowhere: {made_up!r}"


def _reaches_back(parser: StreamableParser, index: int, begin: int) -> bool:
    """Whether something of a message's header stands before the message, in the region of the one before it."""
    return any(recovery.message_index == index and recovery.end < begin for recovery in parser.recoveries)


def _channel(shape: Shape | None) -> str:
    return "" if shape is None else FRAMING.channel_of(shape.fields) or ""


def _channel_said_elsewhere(message: Shape | None, beside: set[str], *, early: bool) -> str:
    """The channel of a message, if its word may stand elsewhere: a message beside it is on it, with which it shares a
    header, or some of its own header stands before it.
    """
    channel = _channel(message)
    return channel if early or channel in beside else ""


def _said(message: Shape | None) -> Iterator[str]:
    """The text of a message and the words of its header that a field keeps; the author's may be written or not."""
    if message is not None:
        yield message.text
        for field, value in zip(FRAMING.fields, message.fields):
            yield (value or "").removeprefix(field.marker or "")


def _implied(region: _Region, texts: list[str]) -> Iterator[Counter[str]]:
    """What a region's words may be beyond fields and texts.

    Its author, the given role again, the literals of fields, a marker that a field's text happened to spell, and the
    role of a turn that is opened again.
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
    """The author as written; nothing where one was given or where a recovery stands in for it."""
    if region.author is None:
        return {""}
    role, name = region.author
    nameless = role if name is None else role + FRAMING.name_separator + name
    written = name if FRAMING.roles[role].named and name is not None else nameless
    unwritten = region.given is not None or region.recovered or not region.opened
    return {written, ""} if unwritten else {written}


def _spelled_markers(message: Shape | None) -> Iterator[str]:
    """Markers that fields keep: whether the input had the token or its letters, a value cannot tell."""
    for field, value in zip(FRAMING.fields, message.fields if message is not None else ()):
        if value and field.marker is not None and value.startswith(field.marker):
            yield field.marker


def _texts(encoding: HarmonyEncoding, tokens: Sequence[int]) -> list[str]:
    """The texts of tokens; a character in two halves, with a special token between them, is none."""
    framing = framing_of(encoding.name)
    specials = [token for token in tokens if _is_special(framing, token)]
    return [*_runs(encoding, tokens), text_of(encoding, specials)]


def _runs(encoding: HarmonyEncoding, tokens: Sequence[int]) -> Iterator[str]:
    """The texts of tokens between special ones."""
    framing, begin = framing_of(encoding.name), 0
    for at, token in enumerate(tokens):
        if _is_special(framing, token):
            yield text_of(encoding, tokens[begin:at])
            begin = at + 1
    yield text_of(encoding, tokens[begin:])


def _is_special(framing: Framing, token: int) -> bool:
    return framing.first_special <= token <= framing.last_special
