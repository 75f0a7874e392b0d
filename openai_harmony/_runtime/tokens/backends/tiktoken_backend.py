"""tiktoken, which defines what is exact.

Its encoder has no special tokens: the tokenizer splits text at them. Its vocabulary contains marker bytes for them,
which occur in no text, so that one call decodes a whole list and the result still shows where special tokens are.
"""

from __future__ import annotations

import tiktoken

from ...locks import Locked
from .. import blank_runs
from ..markers import marker
from .protocol import Source

__all__ = ["build"]


class TiktokenBackend(Locked):
    """The encoder of tiktoken, and a second one for runs of blanks that its regex engine fails at."""

    name = "tiktoken"
    guard = ""
    marks = True

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.version = str(tiktoken.__version__)
        self._source = source
        self._blanks: tiktoken.Encoding | None = None
        ranks = source.ranks()
        vocabulary = source.vocabulary
        for piece in vocabulary.strays.values():
            ranks.pop(piece, None)  # another backend may have removed it
        for id in (*vocabulary.strays, *vocabulary.specials):
            ranks[marker(id)] = id
        # One special token, never allowed: without any, tiktoken would match an empty text at every character.
        one = {text: id for id, text in list(vocabulary.specials.items())[:1]}
        encoding = tiktoken.Encoding(
            source.name, pat_str=source.split_pattern, mergeable_ranks=ranks, special_tokens=one
        )
        self._encoding = encoding
        # The methods themselves: another call for each text would take a twentieth of the time of a short one.
        self.encode_ordinary = encoding.encode_ordinary
        self.decode_bytes = encoding.decode_bytes

    def encode_long(self, text: str, /) -> list[int]:
        try:
            # If the regex engine fails, this raises ValueError; `encode_ordinary` would panic with a BaseException.
            return self._encoding.encode(text, disallowed_special=())
        except ValueError:
            return self._encode_parts(text)

    def _encode_parts(self, text: str) -> list[int]:
        blanks = self._blanks or self._build_blanks()
        tokens: list[int] = []
        for part, blank in blank_runs.parts(text):
            tokens += (blanks if blank else self._encoding).encode(part, disallowed_special=())
        return tokens

    def _build_blanks(self) -> tiktoken.Encoding:
        """Build an encoder for runs of blanks of any length, with only the tokens that consist of blanks."""
        with self._lock:
            if self._blanks is None:
                blank_bytes = blank_runs.BLANKS.encode()
                whole = self._source.vocabulary.ranks()
                ranks = {piece: rank for piece, rank in whole.items() if not piece.strip(blank_bytes)}
                self._blanks = tiktoken.Encoding(
                    f"{self._source.name}-blanks", pat_str=r"[\s\S]+", mergeable_ranks=ranks, special_tokens={}
                )
            return self._blanks


def build(source: Source) -> TiktokenBackend:
    """Build the encoder; `source.ranks` is to be emptied afterwards: tiktoken has a copy, and keeps it for pickling."""
    return TiktokenBackend(source)
