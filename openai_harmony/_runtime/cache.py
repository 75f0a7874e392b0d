"""A cache of token sequences, bounded by bytes and keyed by content; what keys and tokens stand for is not known here.

Two generations stand in for an order of use, so that a hit in the young one is a dictionary look-up and nothing else.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

Tokens = tuple[int, ...]
Key = tuple[Any, ...]

_ENTRY = 320  # a tuple for the key, its short parts, a tuple for the tokens, and a place in a dictionary
_TOKEN = 40  # a slot in a tuple and the integer that it points to
_WIDE = 7  # at most: four bytes for a character that is not ASCII, and the UTF-8 that Python keeps with its text


class CacheInfo(NamedTuple):
    """What rendering has done so far, and what it keeps."""

    hits: int  # messages that needed no tokenizing
    misses: int  # messages of which a part at least was tokenized
    entries: int
    bytes: int
    limit: int
    characters: int  # that were tokenized


class Work:
    """What one rendering did; added to the cache's counters when it is over."""

    __slots__ = ("characters", "hits", "misses")

    def __init__(self, hits: int = 0, misses: int = 0, characters: int = 0) -> None:
        self.hits = hits
        self.misses = misses
        self.characters = characters


class TokenCache:
    """Tokens by content. An entry is never handed out in a form that a caller could change."""

    def __init__(self, limit: int) -> None:
        self.young: dict[Key, Tokens] = {}
        self._old: dict[Key, Tokens] = {}
        self._young_bytes = 0
        self._old_bytes = 0
        self._limit = limit
        self._done = Work()
        self._lock = threading.Lock()

    def find(self, key: Key) -> Tokens | None:
        """The tokens kept under a key; an old entry that is asked for is young again."""
        found = self.young.get(key)
        return self.find_old(key) if found is None else found

    def find_old(self, key: Key) -> Tokens | None:
        """The same, of a key that is not young."""
        if not self._old:
            return None
        with self._lock:
            found = self._take_old(key)
            if found is not None:
                self._put(key, found, weight(key, found))
        return found

    def keep(self, key: Key, tokens: Tokens) -> None:
        """Keeps tokens, unless they would take more than a quarter of the room."""
        size = weight(key, tokens)
        if size <= self._limit // 4:
            with self._lock:
                if self._old:
                    self._take_old(key)
                self._put(key, tokens, size)

    def add(self, work: Work) -> None:
        """Counts what a rendering did."""
        with self._lock:
            done = self._done
            done.hits += work.hits
            done.misses += work.misses
            done.characters += work.characters

    def resize(self, limit: int) -> None:
        """Sets the bound in bytes; what no longer fits is forgotten. 0 keeps nothing."""
        with self._lock:
            self._limit = limit
            if self._old_bytes > limit // 2:
                self._old, self._old_bytes = {}, 0
            if self._young_bytes > limit // 2:
                self.young, self._young_bytes = {}, 0

    def clear(self) -> None:
        """Forgets every entry and sets the counters to zero."""
        with self._lock:
            self.young, self._young_bytes = {}, 0
            self._old, self._old_bytes = {}, 0
            self._done = Work()

    def info(self) -> CacheInfo:
        """Counters and sizes at one moment."""
        with self._lock:
            done = self._done
            entries = len(self.young) + len(self._old)
            used = self._young_bytes + self._old_bytes
            return CacheInfo(done.hits, done.misses, entries, used, self._limit, done.characters)

    def renew_lock(self) -> None:
        """For a forked child: another thread of its parent may have held the lock at the fork."""
        self._lock = threading.Lock()

    def _take_old(self, key: Key) -> Tokens | None:
        found = self._old.pop(key, None)
        if found is not None:
            self._old_bytes -= weight(key, found)
        return found

    def _put(self, key: Key, tokens: Tokens, size: int) -> None:
        # Each generation may fill half of the bound, so that both together never exceed it.
        if self._young_bytes + size > self._limit // 2:
            self._old, self._old_bytes = self.young, self._young_bytes
            self.young, self._young_bytes = {}, 0
        if self.young.setdefault(key, tokens) is tokens:
            self._young_bytes += size


def weight(key: Key, tokens: Tokens) -> int:
    """About how many bytes an entry holds on to; a key's last part is the one that can be long: text, bytes or None."""
    last = key[-1] or ""
    wide = isinstance(last, str) and not last.isascii()
    return _ENTRY + len(last) * (_WIDE if wide else 1) + _TOKEN * len(tokens)
