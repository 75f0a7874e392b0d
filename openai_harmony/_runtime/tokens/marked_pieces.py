"""The bytes of ids with markers in the place of special tokens, for programs that decode but never encode."""

from __future__ import annotations

from operator import index
from typing import Any, SupportsIndex

from .markers import marker
from .vocabulary_file import Vocabulary

__all__ = ["MarkedPieces"]

MANY = 16_384  # ids that are decoded before the bytes of all ids are made, which are looked up in half the time


class MarkedPieces(dict[int, bytes]):
    """The bytes of those ids that have been decoded; others are added as they are looked up.

    A lookup raises KeyError if the vocabulary does not have the id. An ordinary token that contains the byte 0xff, by
    which markers are found, has a marker too.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._decoded = 0

    def __missing__(self, key: SupportsIndex) -> bytes:
        id = index(key)  # an object that is an index need not be equal to it
        piece = self._vocabulary.piece(id)  # this reads the vocabulary, so that the strays are known
        marked = id in self._vocabulary.specials or id in self._vocabulary.strays
        found = self[id] = marker(id) if marked else piece
        return found

    def are_enough(self, ids: int) -> bool:
        """Return whether to look up so many more ids here."""
        self._decoded += ids
        return self._decoded < MANY

    def all(self) -> tuple[Any, ...]:
        """Return the bytes of every id, by id; None for an unused one."""
        found = list(self._vocabulary.pieces())
        for id in (*self._vocabulary.strays, *self._vocabulary.specials):
            found[id] = marker(id)
        return tuple(found)
