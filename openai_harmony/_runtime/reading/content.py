"""The text of one message, decoded from its ids on demand. Headers and markers do not belong here."""

from __future__ import annotations

from codecs import utf_8_decode
from collections.abc import Callable, Sequence
from typing import Any, Protocol, SupportsIndex, cast

__all__ = ["UNKNOWN", "ByteSource", "Bytes", "Content"]

MOST_TEXTS = 16_384  # the number of ids whose text is cached: about two megabytes
FIRST = 16_384  # ids that are decoded before the bytes of all ids are made, which are looked up in half the time
FEW = 16  # up to this many ids are decoded here, without a call of `quick`

UNKNOWN = b"\xff"  # the bytes of an unknown id: never valid UTF-8, so that it decodes to one U+FFFD


class ByteSource(Protocol):
    """A source of the bytes of ids."""

    texts: dict[int, str]
    """A cache: the text of some ids that are whole characters."""

    def one(self, token: int) -> bytes:
        """Return the bytes of an id; `UNKNOWN` if the id is unknown."""
        ...

    def text(self, token: int) -> str | None:
        """Return the text of an id; None if the source has none for it, or the id is not whole characters."""
        ...

    def many(self, ids: list[int]) -> bytes:
        """Return the bytes of ids, joined."""
        ...

    def knows(self, token: int) -> bool:
        """Whether the id exists."""
        ...


class Vocabulary(Protocol):
    """What has the bytes of ids."""

    def piece(self, id: int) -> bytes:
        """Return the bytes of one id; raises LookupError if it is unknown."""
        ...

    def pieces(self) -> Sequence[bytes | None]:
        """Return the bytes of all ids, by id; None for an unused one."""
        ...


class Bytes:
    """The bytes of the ids of a vocabulary.

    Args:
        vocabulary: returns what has the bytes of ids; called when they are needed.
        quick: returns the joined bytes of many ids; None if it cannot.
        ordinary: the number of ids of ordinary text; they are the lowest ids.
    """

    __slots__ = ("_left", "_ordinary", "_pieces", "_quick", "_vocabulary", "texts")

    def __init__(
        self,
        vocabulary: Callable[[], Vocabulary],
        quick: Callable[[list[int]], bytes | None],
        ordinary: int,
    ) -> None:
        self._vocabulary = vocabulary
        self._quick = quick
        self._ordinary = ordinary
        self._pieces: dict[int, bytes] | Sequence[bytes | None] = {}  # those that have been needed, then all
        self._left = FIRST
        self.texts: dict[int, str] = {}  # the results of `text`

    def one(self, token: int) -> bytes:
        try:
            return self._pieces[token] or UNKNOWN
        except LookupError:
            return self._first(token)

    def _first(self, token: int) -> bytes:
        """Return the bytes of an id that has not been needed so far, or is unknown."""
        pieces = self._pieces
        if not isinstance(pieces, dict):
            return UNKNOWN
        try:
            piece = pieces[token] = self._vocabulary().piece(token)
        except LookupError:
            return UNKNOWN
        self._decoded(1)
        return piece

    def _decoded(self, ids: int) -> None:
        """Count ids that are decoded before the bytes of all are made."""
        self._left -= ids
        if self._left <= 0:
            self._pieces = self._vocabulary().pieces()

    def text(self, token: int) -> str | None:
        """Return the text of an ordinary id and cache it; None for other ids, or if it has incomplete characters."""
        if not 0 <= token < self._ordinary:
            return None
        try:
            text = self.one(token).decode()
        except UnicodeDecodeError:
            return None
        if len(self.texts) >= MOST_TEXTS:
            self.texts.clear()
        self.texts[token] = text
        return text

    def many(self, ids: list[int]) -> bytes:
        if len(ids) > FEW:
            data = self._quick(ids)
            if data is not None:
                return data
        if self._left > 0:
            self._decoded(len(ids))
        pieces = self._pieces
        try:
            return b"".join([pieces[token] for token in ids])  # type: ignore[misc]  # None is a TypeError here
        except (LookupError, TypeError):
            return b"".join(map(self.one, ids))

    def knows(self, token: int) -> bool:
        return self.one(token) is not UNKNOWN


class Content:
    """The text of the ids from position `start` on. Each id is decoded once.

    The bytes of an incomplete character are held until the next id completes it. Positions are indices of ids.
    """

    __slots__ = (
        "_parts",
        "_text",
        "decoded",
        "emitted",
        "emitted_characters",
        "held",
        "last",
        "skipped",
        "start",
    )

    def __init__(self, start: int) -> None:
        self.start = start
        self.decoded = start  # the ids before this position are in the text, or in `held`
        self._text = ""
        self._parts: list[str] = []  # the text after `_text`, joined to it on demand
        self.held = b""
        self.last = ""  # the text that the last decoded piece added
        self.emitted = start  # the ids before this position have been reported by events
        self.emitted_characters = 0  # the number of characters that events have reported
        self.skipped = 0  # the number of ids that were left out

    @property
    def text(self) -> str:
        """The text decoded so far."""
        if self._parts:
            # CPython appends in place if the string has no other reference: reading after every id stays linear.
            text, self._text = self._text, ""
            text += "".join(self._parts)
            self._text = text
            self._parts.clear()
        return self._text

    def replace(self, text: str, decoded: int) -> None:
        """Set the text of the ids before position `decoded`, which was decoded elsewhere."""
        self._text, self._parts, self.held, self.decoded, self.last = text, [], b"", decoded, text

    def take(self, pieces: list[bytes], decoded: int) -> None:
        """Add the bytes of the ids before position `decoded`; a token between two pieces is left out."""
        for piece in pieces[:-1]:
            self._add(piece, final=True)
        for piece in pieces[-1:]:
            self._add(piece, final=False)
        self.decoded, self.last = decoded, self.text

    def take_whole(self, tokens: list[int], ids: list[int], source: ByteSource) -> str | None:
        """Add tokens that are whole characters to `ids`, mark them as reported, and return their text.

        All ids so far must be reported. Without effect, the result is None for other tokens and for no tokens.
        """
        found: list[str] = []
        texts = source.texts
        try:
            for token in tokens:  # most calls have few tokens, for which a loop is faster than `map` and `itemgetter`
                if token.__class__ is not int:
                    return None
                found.append(texts[token])
        except KeyError:  # a token is new, or a part of a character
            several = [source.text(token) if token.__class__ is int else None for token in tokens]
            if None in several:
                return None
            found = cast("list[str]", several)
        if not found:
            return None
        if self.decoded < self.emitted:
            self.decode(ids, self.emitted, source)
        text = "".join(found)
        self._parts.append(text)
        self.last = found[-1]
        ids += tokens
        self.decoded = self.emitted = len(ids)
        self.emitted_characters += len(text)
        return text

    def decode(self, ids: list[int], end: int, source: ByteSource) -> None:
        """Decode the ids before position `end`; the bytes of an incomplete character are held."""
        decoded = self.decoded
        if decoded == end - 1 and not self.held:  # the usual case when the text is read after every id
            new = source.texts.get(ids[decoded]) or source.text(ids[decoded])
            if new is not None:
                self.decoded = end
                self.last = new
                self._parts.append(new)
                return
        if decoded < end:
            if decoded < end - 1:
                self._add(source.many(ids[decoded : end - 1]), final=False)
            self._add(source.one(ids[end - 1]), final=False)
            self.decoded = end

    def read(self, ids: list[int], end: int, source: ByteSource) -> str:
        """Return the text of the ids before position `end`, without an incomplete character at its end."""
        self.decode(ids, end, source)
        return self.text

    def close(self, ids: list[int], end: int, source: ByteSource) -> str:
        """Return the whole text of the ids before position `end`; an incomplete character becomes U+FFFD."""
        self._add(source.many(ids[self.decoded : end]), final=True)
        self.decoded = max(self.decoded, end)
        return self.text

    def skip(self, ids: list[int], at: int, source: ByteSource) -> None:
        """Leave out the id at position `at`, which must be the last id."""
        self.decode(ids, at, source)
        self.last = ""
        if self.held:  # a token within a character makes the character incomplete
            self._add(b"", final=True)
        self.decoded = at + 1
        self.skipped += 1

    def take_unemitted(self, ids: list[int], end: int, source: ByteSource) -> str:
        """Return the text from the ids before position `end` that is not reported, and mark it as reported."""
        text = self.text
        new = text[self.emitted_characters :]
        if new:
            self.emitted = end - self._held_ids(ids, end, source)
            self.emitted_characters = len(text)
        return new

    def _held_ids(self, ids: list[int], end: int, source: ByteSource) -> int:
        """Return how many of the ids before position `end` add no text yet, because all their bytes are held."""
        held, count = len(self.held), 0
        while held > 0:
            held -= len(source.one(ids[end - count - 1]))
            count += held >= 0
        return count

    def copy(self) -> Content:
        twin = Content(self.start)
        for name in self.__slots__:
            setattr(twin, name, getattr(self, name))
        twin._parts = self._parts[:]
        return twin

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        return super().__reduce_ex__(max(protocol.__index__(), 2))  # older protocols do not support slots

    def _add(self, data: bytes, *, final: bool) -> None:
        if self.held:
            data = self.held + data
        new, consumed = utf_8_decode(data, "replace", final)
        self.held = data[consumed:]
        self.last = new
        if new:
            self._parts.append(new)
