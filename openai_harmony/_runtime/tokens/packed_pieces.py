"""The packed form of a vocabulary: one byte per token with its length, followed by the bytes of all tokens."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

__all__ = ["NOT_IN_TEXT", "PackedPieces", "packed"]

NOT_IN_TEXT = b"\xff"  # occurs in no UTF-8

BLOCK = 256  # tokens; that of which block a token is tells where its bytes are, but for the lengths in the block


class PackedPieces:
    """The bytes of the ordinary tokens. Each is found by itself: making 200,000 objects takes as long as an import.

    Args:
        data: The packed form.
        count: Number of tokens; their ids are 0 to `count - 1`.

    Attributes:
        expected: the number of bytes that `data` must have; it is damaged if it has another.
        strays: the tokens that contain the byte 0xff, by id.
    """

    def __init__(self, data: bytes, count: int) -> None:
        self._data = data
        self._count = count
        self._lengths = lengths = data[:count]
        sizes = [sum(lengths[at : at + BLOCK]) for at in range(0, len(lengths), BLOCK)]
        self._starts = list(accumulate(sizes, initial=count))
        self.expected = self._starts[-1]
        self.strays = {id: self.piece(id) for id in self._stray_ids()} if self.expected == len(data) else {}

    def piece(self, id: int) -> bytes:
        """Return the bytes of a token, whose id is known to be valid."""
        block = id // BLOCK
        start = self._starts[block] + sum(self._lengths[block * BLOCK : id])
        return self._data[start : start + self._lengths[id]]

    def all(self) -> list[bytes]:
        """Return the bytes of every token, by id."""
        # Reading 200,000 pieces from a buffer takes 10 ms; slicing by offsets takes 25 ms.
        return list(map(io.BytesIO(self._data[self._count :]).read, self._lengths))

    def _stray_ids(self) -> list[int]:
        found = []
        at = self._data.find(NOT_IN_TEXT, self._count)
        while at >= 0:
            block = bisect_right(self._starts, at) - 1
            id, end = block * BLOCK, self._starts[block] + self._lengths[block * BLOCK]
            while end <= at:
                id += 1
                end += self._lengths[id]
            found.append(id)
            at = self._data.find(NOT_IN_TEXT, end)
        return found


def packed(pieces: Sequence[bytes]) -> bytes:
    """Return the packed form of the bytes of tokens, of which none has more than 255."""
    return bytes(map(len, pieces)) + b"".join(pieces)
