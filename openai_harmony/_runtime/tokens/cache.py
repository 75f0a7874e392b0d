"""A cache of token sequences, bounded by bytes and keyed by content; what keys and tokens stand for is not known here.

Two generations stand in for an order of use, so that a hit in the young one is a dictionary look-up and nothing else.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..locks import Locked

Tokens = tuple[int, ...]  # not a list: the garbage collector looks at a tuple of numbers once, and at a list for ever
Note = tuple[Any, ...]  # what is told of an entry besides
Key = str | tuple[Any, ...]  # a text, or texts and other values, and tuples of them

_MANY = 1000
_ENTRY = 320  # a tuple for the key, its short parts, a tuple for the tokens, and a place in a dictionary
_TOKEN = 40  # a slot in a tuple and the integer that it points to
_NOTE = 600  # a tuple for a note, its short parts, and a place in a dictionary
_WIDE = 7  # at most: four bytes for a character that is not ASCII, and the UTF-8 that Python keeps with its text


class CacheInfo(NamedTuple):
    """What rendering has done so far, and what it keeps."""

    hits: int  # messages that needed no tokenizing
    misses: int  # messages of which a part at least was tokenized
    entries: int
    bytes: int
    limit: int
    characters: int  # that were tokenized


class TokenCache(Locked):
    """Tokens by content. Whoever is given an entry must not change it."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.recent: dict[Key, Tokens] = {}
        self.notes: dict[Key, Note] = {}  # of young entries
        self._note_bytes = 0  # which are among those of the young
        self._previous: dict[Key, Tokens] = {}
        self._young_bytes = 0
        self._previous_bytes = 0
        self._limit = limit
        self._half = limit // 2  # each generation may fill half of the bound, so that both together never exceed it
        # Counts of renderings that are not added up yet: to append one needs no lock.
        self._written: list[int] = []
        self._missed: list[int] = []
        self._tokenized: list[int] = []
        self._messages = self._misses = self._characters = 0

    def find(self, key: Key) -> Tokens | None:
        """The tokens kept under a key; an old entry that is asked for is young again."""
        found = self.recent.get(key)
        return self.find_old(key) if found is None else found

    def find_old(self, key: Key) -> Tokens | None:
        """The same, of a key that is not young."""
        if not self._previous:
            return None
        with self._lock:
            found = self._previous.pop(key, None)
            if found is not None:
                size = weight(key, found)
                self._previous_bytes -= size
                self._put(key, found, size)
        return found

    def keep(self, key: Key, tokens: Tokens) -> None:
        """Keeps tokens, unless they would take more than a quarter of the room."""
        size = weight(key, tokens)
        with self._lock:
            if size > self._half // 2 or key in self.recent:
                return
            if self._previous and self._previous.pop(key, None) is not None:
                self._previous_bytes -= size
            self._put(key, tokens, size)

    def note(self, key: Key, note: Note) -> None:
        """Keeps what is told of the tokens of an entry as long as that is young, if there is room for it."""
        with self._lock:
            size = _NOTE + _TOKEN * len(self.recent.get(key, ()))
            if key in self.recent and key not in self.notes and self._young_bytes + size <= self._half:
                self.notes[key] = note
                self._note_bytes += size
                self._young_bytes += size

    def count(self, messages: int, misses: int, characters: int) -> None:
        """Counts what a rendering did: its messages, how many were tokenized in part at least, and the characters."""
        written = self._written
        written.append(messages)
        if misses:
            self._missed.append(misses)
            self._tokenized.append(characters)
        if len(written) >= _MANY:
            with self._lock:
                self._add_up()

    def resize(self, limit: int) -> None:
        """Sets the bound in bytes; what no longer fits is forgotten. 0 keeps nothing."""
        with self._lock:
            self._limit, self._half = limit, limit // 2
            if self._previous_bytes > self._half:
                self._previous, self._previous_bytes = {}, 0
            if self._young_bytes > self._half:
                self._forget_young()

    def clear(self) -> None:
        """Forgets every entry and sets the counters to zero."""
        with self._lock:
            self._forget_young()
            self._previous, self._previous_bytes = {}, 0
            self._add_up()
            self._messages = self._misses = self._characters = 0

    def info(self) -> CacheInfo:
        """Counters and sizes at one moment."""
        with self._lock:
            entries = len(self.recent) + len(self._previous)
            used = self._young_bytes + self._previous_bytes
            self._add_up()
            hits = self._messages - self._misses
            return CacheInfo(hits, self._misses, entries, used, self._limit, self._characters)

    def _forked(self) -> None:
        half_done = self._lock.locked()
        super()._forked()
        if half_done:  # sizes, generations and counters need not fit each other
            self.clear()

    def _put(self, key: Key, tokens: Tokens, size: int) -> None:
        used = self._young_bytes + size
        if used > self._half:
            self._previous, self._previous_bytes = self.recent, self._young_bytes - self._note_bytes
            self._forget_young()
            used = size
        self.recent[key] = tokens
        self._young_bytes = used

    def _forget_young(self) -> None:
        self.recent, self.notes = {}, {}
        self._young_bytes = self._note_bytes = 0

    def _add_up(self) -> None:
        # In this order: what a thread adds meanwhile is never more misses than messages.
        self._characters += _taken(self._tokenized)
        self._misses += _taken(self._missed)
        self._messages += _taken(self._written)


def _taken(counts: list[int]) -> int:
    """The sum of counts, which are removed; those that are appended meanwhile stay."""
    taken = counts[:]
    del counts[: len(taken)]
    return sum(taken)


def weight(key: Key, tokens: Tokens) -> int:
    """About how many bytes an entry holds on to."""
    held = len(key) if type(key) is str and key.isascii() else _held(key)
    return _ENTRY + held + _TOKEN * len(tokens)


def _held(part: Any) -> int:
    """About how many bytes a key, or a part of one, holds on to, its fixed size aside."""
    if isinstance(part, str):
        return len(part) if part.isascii() else _WIDE * len(part)
    if isinstance(part, tuple):
        return sum(map(_held, part))
    return len(part) if isinstance(part, bytes) else 0
