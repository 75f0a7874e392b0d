"""Renders conversations and records the part of a message that each token belongs to.

The inherited renderer renders the messages, and tells where each ends. The parts of a header's tokens are cached as a
note on the header.
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
from .rules import Header, Rules, Written

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
        self._pieces = rules.part_pieces or parts.pieces
        self._numbers = {name: number for number, name in enumerate(parts.names)}
        self._size_of = size_of
        self._in_front = any(rule.behind is not None for rule in rules.contents.by_class.values())
        self._begins = self.conversation((), ALL)

    def _with_rules(self, rules: Rules) -> Self:
        return type(self)(rules, self._encode, self._cache, self._parts, self._size_of)

    def in_parts(
        self, messages: Sequence[Any], history: History, training: bool, next_turn: str | None, open_last: bool = False
    ) -> Parted:
        """Render a conversation like `conversation`, or like `training`; add the `opening` of a next turn, if given."""
        written: list[Written] = []
        try:
            prepared, policy = self._prepared(messages, history, training)
            places = kept_places(prepared, self._history, policy)
            kept = prepared if len(places) == len(prepared) else [prepared[place] for place in places]
            tokens = self._written(kept, messages, written=written)
            sizes, codes = self._sizes_and_codes(kept, written)
        except Exception:
            self.conversation(messages, history, training)  # raises an error that includes the position of the fault
            raise
        headers: list[Header] = [()] * len(messages)
        for place, (header, _) in zip(places, written):
            headers[place] = header
        indices = list(places)
        if training:
            self._end_as_sampled(tokens, messages)
        if open_last:
            self.open_end(tokens, messages)
            sizes[-1] -= len(codes.pop())
        if self._begins:
            tokens = self._begins + tokens
            size = len(self._begins)
            indices, sizes, codes = [NO_MESSAGE, *indices], [size, *sizes], [bytes((_BEGIN,)) * size, *codes]
        if next_turn is not None:
            opening = self.opening(next_turn)
            tokens += opening
            indices.append(NO_MESSAGE)
            sizes.append(len(opening))
            codes.append(bytes((_OPENING,)) * len(opening))
        return Parted(tokens, indices, sizes, b"".join(codes), headers)

    def _sizes_and_codes(self, kept: Sequence[Any], written: Sequence[Written]) -> tuple[list[int], list[bytes]]:
        """Return the number of tokens of each message, and the codes of its start, of its contents and of its end."""
        noted = self._cache.notes.get
        fresh: dict[Header, Note] = {}  # created in this rendering: the cache may not store them
        sizes: list[int] = []
        codes: list[bytes] = []
        begin = 0
        for message, (header, end) in zip(kept, written):
            note = noted(header) or fresh.get(header)
            if note is None:
                note = self._note(header)
                if is_safe_key(header):
                    fresh[header] = note
                    self._cache.note(header, note)
            first, content_code, last, around = note
            if self._in_front and self._has_marker(message):
                first += bytes((_MARKER | content_code[0] & _SAMPLED,))
                around += 1
            size = end - begin
            sizes.append(size)
            codes += first, content_code * (size - around), last
            begin = end
        return sizes, codes

    def _has_marker(self, message: Any) -> bool:
        """Return whether a special token is written in front of a content of a message."""
        rule_for = self.rules.contents.rule_for
        return any(rule_for(content)[0].behind is not None for content in message.content)

    def _note(self, header: Header) -> Note:
        """Return the note on a header: the codes before contents, in them and after them, and the number of others."""
        *before, _ = self._frame(header, [])
        words = tuple(None if value is None else well_formed(value) for value in header)
        bit = _SAMPLED if header[0] in self._history.sampled else 0
        parts = self._header_parts(words, before)
        # The parts that are not sampled, since the opening of a turn contains them: in some formats, the whole header.
        given = set(parts) if self.rules.behind_role else {_START, _ROLE}
        first = bytes(part if part in given else part | bit for part in parts)
        last = bytes((_STOP | bit, *(_STOP for _ in self._behind_stop)))
        return first, bytes((_CONTENT | bit,)), last, len(first) + len(last)

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
