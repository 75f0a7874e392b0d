"""What a backend is: the interface that every one has, and what it is built from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from ..vocabulary_file import Vocabulary

__all__ = ["Backend", "Source"]


class Backend(Protocol):
    """Encodes text without special tokens, whatever it spells. Every backend gives the same ids for every text.

    A lone surrogate is encoded as U+FFFD. A package that differs from tiktoken for some texts gives them to
    `Source.exact`, and says so in `guard`.
    """

    @property
    def name(self) -> str:
        """The name in `backends.choosing`."""
        ...

    @property
    def version(self) -> str:
        """The version of the package."""
        ...

    @property
    def guard(self) -> str:
        """Which texts the package does not encode itself, in words; empty if it encodes all."""
        ...

    @property
    def marks(self) -> bool:
        """Whether `decode_bytes` knows the special tokens and gives their markers; if not, it is not called."""
        ...

    def encode_ordinary(self, text: str, /) -> list[int]:
        """Encode a text of less than `blank_runs.LONG` characters."""
        ...

    def encode_long(self, text: str, /) -> list[int]:
        """Encode a text of any length, in time that grows as the text does."""
        ...

    def decode_bytes(self, tokens: Sequence[int], /) -> bytes:
        """Return the bytes of ids, with a marker for each special token; an id that is none raises an exception."""
        ...


class Source(NamedTuple):
    """What a backend is built from.

    Attributes:
        vocabulary: the tokens.
        name: the name of the tokenizer.
        split_pattern: the pattern that splits text into pieces, which are encoded one by one.
        ranks: returns the ids of the ordinary tokens, in a dictionary that is emptied after building. Other threads may
            encode with it meanwhile: only what occurs in no text may be added or removed.
        exact: builds the backend that is exact for every text, when it is first called.
    """

    vocabulary: Vocabulary
    name: str
    split_pattern: str
    ranks: Callable[[], dict[bytes, int]]
    exact: Callable[[], Backend]
