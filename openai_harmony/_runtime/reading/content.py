"""The text of one message, decoded from its ids when somebody reads it; headers and markers are not known here."""

from __future__ import annotations

from codecs import utf_8_decode
from collections.abc import Callable, Sequence
from typing import Any, Protocol, SupportsIndex

__all__ = ["UNKNOWN", "ByteSource", "Bytes", "Content"]

MOST_TEXTS = 16_384  # ids whose text is kept at a time: about two megabytes
FEW = 16  # no more ids than these are decoded without a call

UNKNOWN = b"\xff"  # what an unknown id decodes to: a byte that is never UTF-8, and so one U+FFFD


class ByteSource(Protocol):
    """What gives the bytes of ids."""

    texts: dict[int, str]
    """The characters of some ids of ordinary text, found at once."""

    def one(self, token: int) -> bytes:
        """An id's bytes; of an unknown one, a byte that is never UTF-8."""
        ...

    def text(self, token: int) -> str | None:
        """An ordinary id's characters; None of any other, and if it ends or begins within a character."""
        ...

    def many(self, ids: list[int]) -> bytes:
        """The bytes of ids, joined."""
        ...

    def knows(self, token: int) -> bool:
        """Whether there is such an id."""
        ...


class Bytes:
    """The bytes of ids, unknown ones included.

    Args:
        load: gives the bytes of each known id; called when first needed.
        quick: gives the bytes of many ids together, if it can.
        ordinary: how many ids are ordinary text; they come before all others.
    """

    __slots__ = ("_load", "_ordinary", "_pieces", "_quick", "texts")

    def __init__(
        self,
        load: Callable[[], Sequence[bytes | None]],
        quick: Callable[[list[int]], bytes | None],
        ordinary: int,
    ) -> None:
        self._load = load
        self._quick = quick
        self._ordinary = ordinary
        self._pieces: Sequence[bytes | None] = ()
        self.texts: dict[int, str] = {}  # of ordinary ids that are whole characters, if asked for one by one

    def one(self, token: int) -> bytes:
        try:
            return self._pieces[token] or UNKNOWN
        except IndexError:
            if self._pieces:
                return UNKNOWN
        self._pieces = self._load()
        return self.one(token)

    def text(self, token: int) -> str | None:
        """An ordinary id's characters; None of any other, and if it ends or begins within a character."""
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
        pieces = self._pieces
        try:
            return b"".join([pieces[token] for token in ids])  # type: ignore[misc]  # None is a TypeError here
        except (IndexError, TypeError):
            return b"".join(map(self.one, ids))

    def knows(self, token: int) -> bool:
        return self.one(token) is not UNKNOWN


class Content:
    """Ids from `start` on as text, each decoded once. Bytes of an incomplete character wait for the next id."""

    __slots__ = (
        "_characters",
        "_counted",
        "_parts",
        "_text",
        "decoded",
        "emitted",
        "held",
        "last",
        "skipped",
        "start",
    )

    def __init__(self, start: int) -> None:
        self.start = start
        self.decoded = start  # the ids before this are in the text, or in `held`
        self._text = ""
        self._parts: list[str] = []  # what comes behind `_text`; joined when somebody asks for the whole
        self.held = b""
        self.last = ""  # what the last decoded id added
        self.emitted = start  # the ids before this are in events
        self._characters = 0  # characters that events have told, of the ids before `_counted`
        self._counted = start
        self.skipped = 0  # ids that were left out

    @property
    def text(self) -> str:
        """All that is decoded."""
        if self._parts:
            # With no other name for the string, CPython appends in place: reading after every id stays linear.
            text, self._text = self._text, ""
            text += "".join(self._parts)
            self._text = text
            self._parts.clear()
        return self._text

    def replace(self, text: str, decoded: int) -> None:
        """Takes a text that was decoded elsewhere, of the ids before `decoded`."""
        self._text, self._parts, self.held, self.decoded, self.last = text, [], b"", decoded, text

    def take(self, pieces: list[bytes], decoded: int) -> None:
        """Takes the bytes of the ids before `decoded`, in pieces that tokens part which are left out."""
        for piece in pieces[:-1]:
            self._add(piece, final=True)
        for piece in pieces[-1:]:
            self._add(piece, final=False)
        self.decoded, self.last = decoded, self.text

    def decode(self, ids: list[int], end: int, source: ByteSource) -> None:
        """Decodes up to the id at `end`; bytes that are no character yet wait."""
        decoded = self.decoded
        if decoded == end - 1 and not self.held:  # as after nearly every id, when somebody reads after each
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
        """The text up to the id at `end`, without bytes that are no character yet."""
        self.decode(ids, end, source)
        return self.text

    def close(self, ids: list[int], end: int, source: ByteSource) -> str:
        """The whole text; an incomplete character becomes U+FFFD."""
        self._add(source.many(ids[self.decoded : end]), final=True)
        self.decoded = max(self.decoded, end)
        return self.text

    def skip(self, ids: list[int], at: int, source: ByteSource) -> None:
        """Leaves out the id at `at`, the last one so far."""
        self.decode(ids, at, source)
        self.last = ""
        if self.held:  # a character in two halves is none with a token in its middle
            self._add(b"", final=True)
        self.decoded = at + 1
        self.skipped += 1

    def emitted_characters(self, ids: list[int], source: ByteSource) -> int:
        """How many characters events have told; of ids that are whole characters, `told` alone is kept up to date."""
        if self._counted < self.emitted:
            self._characters += len(source.many(ids[self._counted : self.emitted]).decode())
            self._counted = self.emitted
        return self._characters

    def set_emitted(self, emitted: int, emitted_characters: int) -> None:
        """Events have told the ids before `told`, which are `sent` characters."""
        self.emitted = self._counted = emitted
        self._characters = emitted_characters

    def take_unemitted(self, ids: list[int], end: int, source: ByteSource) -> str:
        """The text that events have not told yet, from the ids before `end`; told from now on."""
        if self._counted < self.emitted:
            self.emitted_characters(ids, source)
        text = self.text
        new = text[self._characters :]
        if new:
            self.emitted = self._counted = end - self._waiting(ids, end, source)
            self._characters = len(text)
        return new

    def _waiting(self, ids: list[int], end: int, source: ByteSource) -> int:
        """How many of the ids before `end` are in no text yet, since all of their bytes wait for the next id."""
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
        return super().__reduce_ex__(max(protocol.__index__(), 2))  # older protocols do not know slots

    def _add(self, data: bytes, *, final: bool) -> None:
        if self.held:
            data = self.held + data
        new, consumed = utf_8_decode(data, "replace", final)
        self.held = data[consumed:]
        self.last = new
        if new:
            self._parts.append(new)
