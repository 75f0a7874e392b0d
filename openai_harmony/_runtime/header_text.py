"""The tokens of one header, as items for the lexer and with the way back from its bytes to its tokens."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from .content import Bytes
from .machine import Framing
from .symbols import items_of

__all__ = ["HeaderText"]


class HeaderText:
    """The ids of a header, which begins at position `first` of the stream."""

    def __init__(self, framing: Framing, ids: list[int], first: int, source: Bytes) -> None:
        self.first = first
        self._pieces = [source.one(token) for token in ids]
        self._ends = list(accumulate(map(len, self._pieces)))
        self.items = items_of(framing, zip(ids, self._pieces))

    def position(self, offset: int) -> int:
        """The position of the token that holds a byte of the header; the last one's for a byte behind the end."""
        return self.first + max(0, min(bisect_right(self._ends, offset), len(self._ends) - 1))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The positions of the tokens that hold a range of bytes, the second one behind them."""
        first = self.position(start)
        return first, max(first, self.position(end - 1) + 1) if end > start else first

    def plain_text(self) -> str:
        """The header's text without its markers."""
        return b"".join(item.data for item in self.items if item.terminal is None).decode("utf-8", "replace")
