"""Renders conversations and records the part of a message that each token belongs to.

The inherited renderer renders the messages. Only a message that is completely in the recent generation of the cache is
assembled here, which avoids a second lookup. The parts of a header's tokens are cached as a note on the header.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import chain
from operator import mul
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..tokens.cache import Note, TokenCache
from ..types.json_text import well_formed
from ..types.plain_text import is_safe_key, plain
from .history import ALL, History, kept_places
from .rendering import Renderer
from .rules import Header, Rules

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "FIXED",
    "NO_MESSAGE",
    "HeaderParts",
    "Parted",
    "PartedRenderer",
    "Piece",
    "mask_table",
    "message_indices",
    "of_contents",
    "part_numbers",
    "sampled",
]

Piece: TypeAlias = "tuple[str, str | None]"  # the name of a part, and its text; None for a special token

# The parts that all formats have, by number. The numbers after them are the fields of a format's headers.
FIXED = ("begin", "start", "role", "name", "marker", "header_end", "content", "stop", "opening")
_BEGIN, _START, _ROLE, _, _MARKER, _, _CONTENT, _STOP, _OPENING = range(len(FIXED))

NO_MESSAGE = -1  # the index for tokens outside messages

_INDEX = Struct(f"{array('i').itemsize}s")

# A code is the number of a part, plus a bit for tokens that the model samples.
_SAMPLED = 0x80
_PART_OF = bytes(code & ~_SAMPLED for code in range(256))
_IS_SAMPLED = bytes(code >= _SAMPLED for code in range(256))
_IS_CONTENT = bytes(code & ~_SAMPLED == _CONTENT for code in range(256))
_MASKS = {
    (sampled, stop): bytes(
        (code >= _SAMPLED if sampled else code & ~_SAMPLED in (_CONTENT, _STOP)) and (stop or code & ~_SAMPLED != _STOP)
        for code in range(256)
    )
    for sampled in (True, False)
    for stop in (True, False)
}


def mask_table(*, sampled: bool, stop: bool) -> bytes:
    """Return a table for `bytes.translate` that maps codes to 1 for tokens to train on, else to 0.

    Args:
        sampled: whether the model samples the message. In other messages, the content and the stop token count.
        stop: whether to train on stop tokens.
    """
    return _MASKS[sampled, stop]


class HeaderParts(NamedTuple):
    """The structure of a format's headers.

    Attributes:
        fields: the names of the fields, in the order of the values in a `Header`.
        pieces: a function that returns the parts of a rendered header, from its first token to its last.
        channel: the index of the channel in a `Header`; None if the format has no channels.
        recipient: the index of the recipient; None if the format has none.
    """

    fields: tuple[str, ...]
    pieces: Callable[[Header], list[Piece]]
    channel: int | None = None
    recipient: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, indexed by their number."""
        return (*FIXED, *self.fields)

    def channel_of(self, header: Header) -> str | None:
        """Return the channel of a header; None if it has none."""
        channel = None if self.channel is None else header[self.channel]
        return None if channel is None else plain(channel)


class Parted(NamedTuple):
    """A rendered conversation and the parts of its tokens.

    Attributes:
        tokens: the ids.
        indices: the index of each rendered message, and `NO_MESSAGE` for each run of tokens outside messages.
        sizes: the number of tokens of each item of `indices`.
        codes: the code of each token: the number of its part, and whether the model samples it.
        headers: the header of each message, which is empty if the message was omitted.
    """

    tokens: list[int]
    indices: list[int]
    sizes: list[int]
    codes: bytes
    headers: list[Header]


def message_indices(indices: Sequence[int], sizes: Sequence[int]) -> array[int]:
    """Return the index of each token's message, or `NO_MESSAGE`."""
    # Repeating and joining bytes is fast.
    packed = chain.from_iterable(_INDEX.iter_unpack(array("i", indices)))
    return array("i", b"".join(map(mul, packed, sizes)))


def part_numbers(codes: bytes) -> bytes:
    """Return the number of each token's part."""
    return codes.translate(_PART_OF)


def sampled(codes: bytes) -> bytes:
    """Return 1 for each token that the model samples, else 0."""
    return codes.translate(_IS_SAMPLED)


def of_contents(codes: bytes) -> bytes:
    """Return 1 for each token of a message's content, else 0."""
    return codes.translate(_IS_CONTENT)


class _Work:
    """A rendering in progress. Its lists have one item for each message or run of tokens."""

    __slots__ = ("codes", "headers", "indices", "messages", "notes", "sizes", "tokens", "tools")

    def __init__(self, messages: Sequence[Any]) -> None:
        self.messages = messages
        self.headers: list[Header] = [()] * len(messages)
        self.notes: dict[Header, Note] = {}  # created in this rendering: the cache may not store them
        self.tools: bool | None = None  # whether function tools are declared; None if not known yet
        self.tokens: list[int] = []
        self.codes: list[bytes] = []
        self.indices: list[int] = []
        self.sizes: list[int] = []

    def add_outside(self, tokens: Sequence[int], part: int) -> None:
        """Add tokens that belong to no message."""
        self.tokens += tokens
        self.codes.append(bytes((part,)) * len(tokens))
        self.indices.append(NO_MESSAGE)
        self.sizes.append(len(tokens))


class PartedRenderer(Renderer):
    """A renderer that records the parts of tokens.

    Args:
        rules, encode, cache: the arguments of `Renderer`.
        parts: the structure of the format's headers.
        size_of: a function that returns the number of bytes of a token.
    """

    def __init__(
        self,
        rules: Rules,
        encode: Callable[[str], list[int]],
        cache: TokenCache,
        parts: HeaderParts,
        size_of: Callable[[int], int],
    ) -> None:
        super().__init__(rules, encode, cache)
        self._parts = parts
        self._pieces = parts.pieces
        self._numbers = {name: number for number, name in enumerate(parts.names)}
        self._size_of = size_of
        self._in_front = any(rule.behind is not None for rule in rules.contents.by_class.values())
        self._begins = self.conversation((), ALL)

    def _with_rules(self, rules: Rules) -> Self:
        return type(self)(rules, self._encode, self._cache, self._parts, self._size_of)

    def in_parts(
        self,
        messages: Sequence[Any],
        history: History,
        training: bool,
        next_turn: str | None,
        open_last: bool = False,
    ) -> Parted:
        """Render a conversation like `conversation`, or like `training`; add the `opening` of a next turn, if given."""
        try:
            work = _Work(messages)
            if self._begins:
                work.add_outside(self._begins, _BEGIN)
            self._put_together(work, kept_places(messages, self._history, history))
        except Exception:
            self.conversation(messages, history)  # raises an error that includes the position of the fault
            raise
        if training:
            self._end_as_sampled(work.tokens, messages)
        if next_turn is not None:
            work.add_outside(self.opening(next_turn), _OPENING)
        if open_last:
            self.open_end(work.tokens, messages)
            work.sizes[-1] -= len(work.codes.pop())
        return Parted(work.tokens, work.indices, work.sizes, b"".join(work.codes), work.headers)

    def _put_together(self, work: _Work, places: Sequence[int]) -> None:
        """Add the messages at the given indices."""
        cache, header_of, plain_class, text_of = self._cache, self._header, self._plain_class, self._text_of
        recent, noted = cache.recent.get, cache.notes.get
        messages, tokens, headers, codes, sizes = work.messages, work.tokens, work.headers, work.codes, work.sizes
        work.indices += places
        anew = 0
        for place in places:
            message = messages[place]
            headers[place] = header = header_of(message)
            note, contents, begin = noted(header), message.content, len(tokens)
            if note is None or type(contents) is not list:
                note = self._write(work, message, header)
                anew += 1
            else:
                tokens += note[0]
                for content in contents:
                    text = text_of(content) if type(content) is plain_class else None
                    found = recent(text) if type(text) is str else None
                    if found is None:
                        del tokens[begin:]
                        note = self._write(work, message, header)
                        anew += 1
                        break
                    tokens += found
                else:
                    tokens += note[1]
            _, _, first, content_code, last, around = note
            size = len(tokens) - begin
            sizes.append(size)
            codes += first, content_code * (size - around), last
        cache.count(len(places) - anew, 0, 0)

    def _write(self, work: _Work, message: Any, header: Header) -> Note:
        """Add the tokens of a message and return the note on its header."""
        if work.tools is None and any(type(content) is not self._plain_class for content in message.content):
            work.tools = self.declares_tools(work.messages)
        written = self._written((message,), work.messages, work.tools)
        work.tokens += written
        note = self._cache.notes.get(header) or work.notes.get(header)
        if note is None:
            note = self._note(header)
            if is_safe_key(header):
                work.notes[header] = note
                self._cache.note(header, note)
        rule_for = self._rules.contents.rule_for
        if not (self._in_front and any(rule_for(content)[0].behind is not None for content in message.content)):
            return note
        before, behind, first, content_code, last, around = note
        return before, behind, first + bytes((_MARKER | content_code[0] & _SAMPLED,)), content_code, last, around + 1

    def _note(self, header: Header) -> Note:
        """Return the note on a header: the tokens before and after contents; the codes before, in and after them."""
        *before, stop = self._frame(header, [])
        words = tuple(None if value is None else well_formed(value) for value in header)
        bit = _SAMPLED if header[0] in self._history.sampled else 0
        parts = self._header_parts(words, before)
        # The parts that are not sampled, since the opening of a turn contains them: in some formats, the whole header.
        given = set(parts) if self._rules.behind_role else {_START, _ROLE}
        first = bytes(part if part in given else part | bit for part in parts)
        last = bytes((_STOP | bit, *(_STOP for _ in self._behind_stop)))
        content_code, around = bytes((_CONTENT | bit,)), len(first) + len(last)
        return tuple(before), (stop, *self._behind_stop), first, content_code, last, around

    def _header_parts(self, header: Header, tokens: list[int]) -> list[int]:
        """Return the number of the part of each token of a header.

        A token with bytes of several parts belongs to the first part other than a marker, since it contains bytes of
        that field's value.
        """
        parts: list[int] = []
        waiting = bytearray()  # the parts of the bytes whose tokens have no part yet
        for name, text in (*self._pieces(header), ("", None)):
            if text is not None:
                waiting += bytes((self._numbers[name],)) * len(text.encode())
                continue
            while waiting:
                size = self._size_of(tokens[len(parts)])
                parts.append((waiting[:size].lstrip(bytes((_MARKER,))) or waiting)[0])
                del waiting[:size]
            if name:
                parts.append(self._numbers[name])
        return parts
