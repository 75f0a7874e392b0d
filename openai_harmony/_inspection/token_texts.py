"""The bytes of tokens, and a text for each that a person can read, also if it is a part of a character."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .._runtime.reading.content import ByteSource

__all__ = ["LARGEST_ID", "UNKNOWN_TEXT", "TokenText", "token_texts"]

UNKNOWN_TEXT = "\N{REPLACEMENT CHARACTER}"
LARGEST_ID = 2**32 - 1
LONGEST_RUN = 64  # tokens; bytes that go on for longer without a whole character are told in pieces

_Decoder = getincrementaldecoder("utf-8")


class TokenText(NamedTuple):
    """The bytes of a token (None for an unknown id), its text, and the characters that it has only a part of."""

    data: bytes | None
    text: str
    character: str | None


def token_texts(tokens: Sequence[int], source: ByteSource, special: Collection[int]) -> list[TokenText]:
    """Return the texts of tokens, with the ids that are special tokens.

    A special token, or an unknown id, ends a character that is not complete.
    """
    known: dict[int, TokenText] = {}
    found: list[TokenText] = []
    run = _Run(found)
    for position, token in enumerate(tokens):
        text = known.get(token) or known.setdefault(token, _text(token, source))
        found.append(text)
        if text.data is None or token in special:
            run.complete()
        elif run.positions or text.character is not None:
            run.add(position, text.data)
    run.complete()
    return found


class _Run:
    """Tokens whose bytes are whole characters only together."""

    def __init__(self, found: list[TokenText]) -> None:
        self.positions: list[int] = []
        self._found = found
        self._decoder = _Decoder("replace")
        self._text = ""

    def add(self, position: int, data: bytes) -> None:
        if len(self.positions) == LONGEST_RUN:  # each token names the text of its run
            self.complete()
        self.positions.append(position)
        self._text += self._decoder.decode(data)
        if not self._decoder.getstate()[0]:
            self.complete()

    def complete(self) -> None:
        """Tell the tokens which characters they are a part of."""
        text = self._text + self._decoder.decode(b"", True)
        for at in self.positions:
            if self._found[at].character is not None:
                self._found[at] = self._found[at]._replace(character=text)
        self.positions.clear()
        self._decoder.reset()
        self._text = ""


def _text(token: int, source: ByteSource) -> TokenText:
    """Return the text of one token; `character` is not None if it is to be found."""
    if not 0 <= token <= LARGEST_ID or not source.knows(token):
        return TokenText(None, UNKNOWN_TEXT, None)
    data = source.one(token)
    try:
        return TokenText(data, data.decode(), None)
    except UnicodeDecodeError:
        return TokenText(data, data.decode("utf-8", "backslashreplace"), "")
