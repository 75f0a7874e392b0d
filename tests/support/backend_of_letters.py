"""A backend for tests: it leaves every text to tiktoken that has the letter `q`, and notes which texts it encodes."""

from __future__ import annotations

from collections.abc import Sequence

from openai_harmony._runtime.tokens.backends.protocol import Source
from openai_harmony.errors import VocabularyError

seen: list[str] = []
fault: list[Exception] = []  # what building raises, if there is something


class Letters:
    name, version, guard, marks = "letters", "1.2", "texts with the letter q", False

    def __init__(self, source: Source) -> None:
        self._source = source
        ranks = source.ranks()
        self._known = {piece.decode(): id for piece, id in ranks.items() if piece.isalpha()}

    def encode_ordinary(self, text: str, /) -> list[int]:
        seen.append(text)
        if text in self._known and "q" not in text:
            return [self._known[text]]
        return self._source.exact().encode_ordinary(text)

    def encode_long(self, text: str, /) -> list[int]:
        return self._source.exact().encode_long(text)

    def decode_bytes(self, tokens: Sequence[int], /) -> bytes:
        raise AssertionError("it does not know the markers")


def build(source: Source) -> Letters:
    for error in fault:
        raise error
    return Letters(source)


WRONG = VocabularyError("'Hello' gives other ids")
