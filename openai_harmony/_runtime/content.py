"""The text of one message, decoded from its ids when somebody reads it; headers and markers are not known here."""

from __future__ import annotations

from array import array
from codecs import utf_8_decode
from collections.abc import Callable, Iterable

__all__ = ["Bytes", "Content"]

UNKNOWN = b"\xff"  # what an unknown id decodes to: a byte that is never UTF-8, and so one U+FFFD


class Bytes:
    """The bytes of ids, unknown ones included; `load` gives those of each known id, and is called when first needed."""

    __slots__ = ("_load", "_pieces")

    def __init__(self, load: Callable[[], list[bytes | None]]) -> None:
        self._load = load
        self._pieces: list[bytes | None] = []

    def one(self, token: int) -> bytes:
        try:
            return self._pieces[token] or UNKNOWN
        except IndexError:
            if self._pieces:
                return UNKNOWN
        self._pieces = self._load()
        return self.one(token)

    def many(self, ids: Iterable[int]) -> bytes:
        try:
            return b"".join(map(self._pieces.__getitem__, ids))  # type: ignore[arg-type]  # None is a TypeError here
        except (IndexError, TypeError):
            return b"".join(map(self.one, ids))

    def knows(self, token: int) -> bool:
        return self.one(token) is not UNKNOWN


class Content:
    """Ids from `start` on as text, each decoded once. Bytes of an incomplete character wait for the next id."""

    __slots__ = ("_parts", "_text", "decoded", "held", "last", "sent", "skipped", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.decoded = start  # the ids before this are in the text, or in `held`
        self._text = ""
        self._parts: list[str] = []  # what comes behind `_text`; joined when somebody asks for the whole
        self.held = b""
        self.last = ""  # what the last decoded id added
        self.sent = 0  # characters that events have told
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
        self._text, self._parts, self.held, self.decoded = text, [], b"", decoded

    def decode(self, ids: array[int], end: int, source: Bytes) -> None:
        """Decodes up to the id at `end`; bytes that are no character yet wait."""
        if self.decoded < end:
            if self.decoded < end - 1:
                self._add(source.many(ids[self.decoded : end - 1]), final=False)
            data = source.one(ids[end - 1])
            self.decoded = end
            if not self.held:  # as after nearly every id; then whole characters need no more than this
                try:
                    self.last = new = data.decode()
                except UnicodeDecodeError:
                    self._add(data, final=False)
                else:
                    self._parts.append(new)
                return
            self._add(data, final=False)

    def read(self, ids: array[int], end: int, source: Bytes) -> str:
        """The text up to the id at `end`, without bytes that are no character yet."""
        self.decode(ids, end, source)
        return self.text

    def close(self, ids: array[int], end: int, source: Bytes) -> str:
        """The whole text; an incomplete character becomes U+FFFD."""
        self._add(source.many(ids[self.decoded : end]), final=True)
        self.decoded = max(self.decoded, end)
        return self.text

    def skip(self, ids: array[int], at: int, source: Bytes) -> None:
        """Leaves out the id at `at`, the last one so far."""
        self.decode(ids, at, source)
        self.decoded = at + 1
        self.last = ""
        self.skipped += 1

    def unsent(self) -> str:
        """The text that events have not told yet; told from now on."""
        text = self.text
        new, self.sent = text[self.sent :], len(text)
        return new

    def copy(self) -> Content:
        twin = Content(self.start)
        for name in self.__slots__:
            setattr(twin, name, getattr(self, name))
        twin._parts = self._parts[:]
        return twin

    def _add(self, data: bytes, *, final: bool) -> None:
        if self.held:
            data = self.held + data
        new, consumed = utf_8_decode(data, "replace", final)
        self.held = data[consumed:]
        self.last = new
        if new:
            self._parts.append(new)
