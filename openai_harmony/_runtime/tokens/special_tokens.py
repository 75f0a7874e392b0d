"""The special tokens of an encoding: their ids, their texts, and the ids at which a sampler stops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["SpecialTokens"]


class SpecialTokens(NamedTuple):
    """The special tokens of one encoding.

    Attributes:
        texts: the texts of the named tokens, by id.
        reserved: the range of reserved ids; named tokens in this range have their own text.
        reserved_text: the text of a reserved token, with `{id}` for its id.
        stop_sets: the ids at which a sampler stops, by the name of the set.
        changed: the ids that differ from the tables of the format, by the id in these tables.
    """

    texts: Mapping[int, str]
    reserved: range
    reserved_text: str
    stop_sets: Mapping[str, tuple[int, ...]]
    changed: Mapping[int, int]

    def all_texts(self) -> dict[int, str]:
        """Return the text of each special token, including reserved ones, by id."""
        return {**{id: self.reserved_text.replace("{id}", str(id)) for id in self.reserved}, **self.texts}

    @property
    def first(self) -> int:
        """The smallest id."""
        ids: list[int] = [*self.reserved[:1], *self.texts]
        return min(ids)

    @property
    def last(self) -> int:
        """The largest id."""
        ids: list[int] = [*self.reserved[-1:], *self.texts]
        return max(ids)
