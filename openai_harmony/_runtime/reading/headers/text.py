"""The tokens of one header: items for the lexer, and a mapping from offsets in bytes to positions of tokens.

The meaning of the bytes does not belong here.
"""

from __future__ import annotations

from bisect import bisect_right
from codecs import utf_8_decode
from itertools import accumulate

from ..content import ByteSource
from ..machine import Framing
from .lexer import items_of

__all__ = ["HeaderText"]


class HeaderText:
    """The tokens of a header.

    Args:
        framing: the tables.
        ids: the ids of the header.
        first: the position of the first id in the stream.
        source: the bytes of ids.
        beyond: how many bytes of the last ids come after the header.
    """

    def __init__(self, framing: Framing, ids: list[int], first: int, source: ByteSource, beyond: int = 0) -> None:
        self.first = first
        self._source = source
        pieces = [source.one(token) for token in ids]
        while beyond:
            last = pieces.pop()
            if len(last) > beyond:
                pieces.append(last[:-beyond])
            beyond = max(0, beyond - len(last))
        self._ends = list(accumulate(map(len, pieces)))
        self.items = items_of(framing, zip(ids, pieces))

    @property
    def is_whole(self) -> bool:
        """Whether the header ends with a complete character."""
        data = self.items[-1].data if self.items else b""
        return utf_8_decode(data, "replace", False)[1] == len(data)

    def position(self, offset: int) -> int:
        """Return the position of the token with the byte at an offset; the last token's for an offset past the end."""
        return self.first + max(0, min(bisect_right(self._ends, offset), len(self._ends) - 1))

    def behind(self, offset: int) -> int:
        """Return the position after the last token that ends at or before an offset."""
        return self.first + bisect_right(self._ends, offset)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the start and the end position of the tokens with a range of bytes."""
        first = self.position(start)
        return first, max(first, self.position(end - 1) + 1) if end > start else first

    def boundary(self, offset: int) -> bool:
        """Whether a token ends at an offset of the header's bytes."""
        at = bisect_right(self._ends, offset) - 1
        return at >= 0 and self._ends[at] == offset

    def plain_text(self, begin: int = 0) -> str:
        """Return the header's text from an offset on; a marker between two pieces of text is spelled out."""
        pieces: list[str] = []
        between = ""
        for item in self.items:
            data = item.data[max(0, begin - item.start) :]
            if item.terminal is not None:
                between += item.data.decode() if pieces and data else ""
            elif data:
                pieces.append(between + data.decode("utf-8", "replace"))
                between = ""
        return "".join(pieces)
