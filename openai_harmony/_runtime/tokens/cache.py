"""A cache of token sequences with a limit in bytes, whose keys are texts and other values.

Two generations approximate least-recently-used order, so that a hit in the recent one is a single dictionary lookup.

An integer takes 32 bytes. So the tokens of a text that may be used only once can be stored packed, in an array, and the
memory of the integers is free for the next text. When they are used again they become a tuple, which is faster to read.
Tokens that are too many for a tuple stay packed.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from ..locks import Locked

Tokens = tuple[int, ...]  # not a list: the garbage collector stops tracking a tuple of integers, but never a list
Stored: TypeAlias = "Tokens | array[int]"
Note = tuple[Any, ...]  # what is known of an entry besides its tokens
Key = str | tuple[Any, ...]  # a text, or texts and other values, and tuples of them

_MANY = 3000
_ENTRY = 320  # bytes: a tuple for the key, its short parts, a tuple for the tokens, and a dictionary slot
_TOKEN = 40  # bytes: a slot in a tuple, and the integer
_PACKED = array("I").itemsize  # bytes: an item of an array
_NOTE = 600  # bytes: a tuple for a note, its short parts, and a dictionary slot
_WIDE = 7  # bytes at most: four for a character outside ASCII, and its UTF-8 form, which Python may keep


class CacheInfo(NamedTuple):
    """The counters and sizes of the cache of rendered text."""

    hits: int  # messages that were not tokenized
    misses: int  # messages that were tokenized, at least in part
    entries: int
    bytes: int
    limit: int
    characters: int  # tokenized characters


class TokenCache(Locked):
    """A cache of tokens by content. Callers must not modify the keys or tokens."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.recent: dict[Key, Tokens] = {}  # with `packed`, the recent generation
        self.packed: dict[Key, Stored] = {}  # the packed entries of the recent generation
        self.notes: dict[Key, Note] = {}  # of entries of `recent`
        self._note_bytes = 0  # which `_recent_bytes` includes
        self.previous: dict[Key, Stored] = {}
        self._recent_bytes = 0  # of the recent generation, with its notes
        self._previous_bytes = 0
        self._limit = limit
        self._half = limit // 2  # the limit of each generation, so that both together never exceed the limit
        # Counts of renderings that are not yet summed, three of each: extending needs no lock.
        self._counts: list[int] = []
        self._messages = self._misses = self._characters = 0

    def find(self, key: Key) -> Tokens | None:
        """Return the tokens of a key, or None; moves them to `recent`, unless they are too many for a tuple."""
        found = self.recent.get(key)
        return self.find_old(key) if found is None else found

    def find_old(self, key: Key) -> Tokens | None:
        """The same, for a key that is not in `recent`."""
        found = self.packed.get(key)
        if found is None:
            found = self.previous.get(key)
            if found is None:
                return None
        tokens = found if isinstance(found, tuple) else tuple(found.tolist())
        self.keep(key, tokens)
        return tokens

    def keep(self, key: Key, tokens: Sequence[int]) -> None:
        """Store tokens, unless they would use more than a quarter of the limit.

        Args:
            key: The key.
            tokens: A tuple, which is stored as it is unless it is too large; or another sequence, which is packed.
        """
        size = weight(key, tokens)
        if size > self._half // 2:
            if type(tokens) is tuple:
                self.keep(key, list(tokens))
            return
        lock = self._lock
        lock.acquire()  # a `with` statement would take twice the time of this, for each new text
        try:
            if key in self.recent:
                return
            if key in self.packed or key in self.previous:
                self._remove(key)
            if self._recent_bytes + size > self._half:
                if size > self._half // 2:  # since the limit has been lowered
                    return
                self._age()
            if type(tokens) is tuple:
                self.recent[key] = tokens
            else:
                self.packed[key] = array("I", tokens)
            self._recent_bytes += size
        finally:
            lock.release()

    def note(self, key: Key, note: Note) -> None:
        """Keep a note beside an entry of `recent`, if there is room for it; it is discarded with that."""
        with self._lock:
            size = _NOTE + _TOKEN * len(self.recent.get(key, ()))
            if key in self.recent and key not in self.notes and self._recent_bytes + size <= self._half:
                self.notes[key] = note
                self._note_bytes += size
                self._recent_bytes += size

    def count(self, messages: int, misses: int, characters: int) -> None:
        """Count a rendering: its messages, those that were tokenized at least in part, and the tokenized characters."""
        counts = self._counts
        counts += (messages, misses, characters)
        if len(counts) >= _MANY:
            with self._lock:
                self._add_up()

    def resize(self, limit: int) -> None:
        """Set the limit in bytes; discard a generation that no longer fits. 0 disables the cache."""
        with self._lock:
            self._limit, self._half = limit, limit // 2
            if self._previous_bytes > self._half:
                self.previous, self._previous_bytes = {}, 0
            if self._recent_bytes > self._half:
                self._discard_recent()

    def clear(self) -> None:
        """Discard all entries and reset the counters."""
        with self._lock:
            self._discard_recent()
            self.previous, self._previous_bytes = {}, 0
            self._add_up()
            self._messages = self._misses = self._characters = 0

    def info(self) -> CacheInfo:
        """Return a consistent snapshot of the counters and sizes."""
        with self._lock:
            entries = len(self.recent) + len(self.packed) + len(self.previous)
            used = self._recent_bytes + self._previous_bytes
            self._add_up()
            hits = self._messages - self._misses
            return CacheInfo(hits, self._misses, entries, used, self._limit, self._characters)

    def _forked(self) -> None:
        half_done = self._lock.locked()
        super()._forked()
        if half_done:  # sizes, generations and counters may be inconsistent
            self.clear()

    def _remove(self, key: Key) -> None:
        """Remove an entry that is not in `recent`."""
        old = self.packed.pop(key, None)
        if old is not None:
            self._recent_bytes -= weight(key, old)
        old = self.previous.pop(key, None)
        if old is not None:
            self._previous_bytes -= weight(key, old)

    def _age(self) -> None:
        """Make the recent generation the previous one."""
        self.previous, self._previous_bytes = self.packed, self._recent_bytes - self._note_bytes
        self.previous.update(self.recent)
        self._discard_recent()

    def _discard_recent(self) -> None:
        self.recent, self.packed, self.notes = {}, {}, {}
        self._recent_bytes = self._note_bytes = 0

    def _add_up(self) -> None:
        counts = self._counts
        taken = counts[:]
        del counts[: len(taken)]  # counts that another thread adds meanwhile stay
        self._messages += sum(taken[::3])
        self._misses += sum(taken[1::3])
        self._characters += sum(taken[2::3])


def weight(key: Key, tokens: Sequence[int]) -> int:
    """Estimate the size of an entry in bytes."""
    held = len(key) if type(key) is str and key.isascii() else _held(key)
    return _ENTRY + held + (_TOKEN if type(tokens) is tuple else _PACKED) * len(tokens)


def _held(part: Any) -> int:
    """Estimate the size of a key, or of a part of one, in bytes, without its fixed size."""
    if isinstance(part, str):
        return len(part) if part.isascii() else _WIDE * len(part)
    if isinstance(part, tuple):
        return sum(map(_held, part))
    return len(part) if isinstance(part, bytes) else 0
