"""The special tokens of an encoding as a value: their ids, their texts, the ids that a sampler stops at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["SpecialTokens"]


class SpecialTokens(NamedTuple):
    """The special tokens of one encoding.

    Attributes:
        texts: the text of each that has a name, by id.
        reserved: the ids that are held back, as far as none of those with a name is among them.
        reserved_text: the text of an id that is held back, which takes the place of `{id}` in it.
        stop_sets: ids that a sampler stops at, by the name of the set.
        changed: the ids that are others than in the tables of the format, by the ids that stand there.
    """

    texts: Mapping[int, str]
    reserved: range
    reserved_text: str
    stop_sets: Mapping[str, tuple[int, ...]]
    changed: Mapping[int, int]

    def all_texts(self) -> dict[int, str]:
        """The text of every special token by its id, those that are held back included."""
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
