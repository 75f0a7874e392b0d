"""The packed form of a vocabulary, in which both the bytes of an id and the id of bytes are found without a dictionary.

It has one byte per token with its length, the bytes of all tokens, and an index of the tokens by a checksum of their
bytes, modulo the number of groups: one byte per group with the number of its tokens, then their ids, by group; first
the low bytes of all ids, then the middle ones, then the high ones.
"""

from __future__ import annotations

import io
from binascii import crc32
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

__all__ = ["NOT_IN_TEXT", "PackedPieces", "groups_of", "packed"]

NOT_IN_TEXT = b"\xff"  # occurs in no UTF-8

BLOCK = 256  # tokens, or groups, that are added up when the vocabulary is read; the others are when one is looked up


class PackedPieces:
    """The bytes of the ordinary tokens. Each is found by itself: making 200,000 objects takes as long as an import.

    Args:
        data: The packed form, or the part of it before the index.
        count: Number of tokens; their ids are 0 to `count - 1`.

    Attributes:
        expected: the number of bytes that the packed form must have; it is damaged if it has another.
        strays: the tokens that contain the byte 0xff, by id.
        is_indexed: whether `rank` can be called.
    """

    def __init__(self, data: bytes, count: int) -> None:
        self._data = data
        self._count = count
        self._lengths = data[:count]
        self._starts = _sums(self._lengths, count)
        self._end = end = self._starts[-1]
        groups = groups_of(count)
        self.expected = end + groups + 3 * count
        self.is_indexed = self.expected == len(data)
        self._sizes = data[end : end + groups]  # of the groups
        self._before = _sums(self._sizes, 0) if self.is_indexed else []
        at = end + groups
        self._low, self._middle, self._high = (data[at + n * count : at + (n + 1) * count] for n in range(3))
        whole = len(data) >= end
        self.strays = {id: self.piece(id) for id in self._stray_ids()} if whole else {}

    def piece(self, id: int) -> bytes:
        """Return the bytes of a token, whose id is known to be valid."""
        block = id // BLOCK
        start = self._starts[block] + sum(self._lengths[block * BLOCK : id])
        return self._data[start : start + self._lengths[id]]

    def rank(self, piece: bytes) -> int | None:
        """Return the id of a token; None if there is none with these bytes."""
        group = crc32(piece) % len(self._sizes)
        block = group // BLOCK
        start = self._before[block] + sum(self._sizes[block * BLOCK : group])
        length = len(piece)
        for at in range(start, start + self._sizes[group]):
            id = self._low[at] | self._middle[at] << 8 | self._high[at] << 16
            if self._lengths[id] == length and self.piece(id) == piece:
                return id
        return None

    def all(self) -> list[bytes]:
        """Return the bytes of every token, by id."""
        # Reading 200,000 pieces from a buffer takes 10 ms; slicing by offsets takes 25 ms.
        return list(map(io.BytesIO(self._data[self._count : self._end]).read, self._lengths))

    def _stray_ids(self) -> list[int]:
        found = []
        at = self._data.find(NOT_IN_TEXT, self._count, self._end)
        while at >= 0:
            block = bisect_right(self._starts, at) - 1
            id, end = block * BLOCK, self._starts[block] + self._lengths[block * BLOCK]
            while end <= at:
                id += 1
                end += self._lengths[id]
            found.append(id)
            at = self._data.find(NOT_IN_TEXT, end, self._end)
        return found


def packed(pieces: Sequence[bytes]) -> bytes:
    """Return the packed form, without the index, of the bytes of tokens, of which none has more than 255."""
    return bytes(map(len, pieces)) + b"".join(pieces)


def groups_of(count: int) -> int:
    """Return the number of groups in the index of so many tokens: a power of two, with three to six tokens in each."""
    return 1 << max(0, (count // 3).bit_length() - 1)


def _sums(numbers: bytes, first: int) -> list[int]:
    """Return the sums of the numbers before each block, and of all, added to the first one."""
    return list(accumulate((sum(numbers[at : at + BLOCK]) for at in range(0, len(numbers), BLOCK)), initial=first))
