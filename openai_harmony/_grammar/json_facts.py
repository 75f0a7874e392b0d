"""The schemas that a value must satisfy at once, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

from .._dialects.given import surrogate_in
from .json_document import Place, SchemaDocument, below
from .json_shapes import Shape

__all__ = ["Facts", "Part"]


class Part(NamedTuple):
    """One of several schemas.

    Attributes:
        keywords: its keywords that are to be read.
        place: the schema and its place.
        key: what tells it from all others.
    """

    keywords: dict[str, Any]
    place: Place
    key: str

    def below(self, *keys: str | int) -> str:
        return below(self.place.pointer, *keys)


class Facts:
    """What several schemas say together.

    Attributes:
        parts: the schemas.
        keywords: the keywords that they have.

    Args:
        parts: the schemas.
        document: where they stand.
        shape_of_places: returns the shape of the schemas at several places together.
    """

    def __init__(
        self, parts: Sequence[Part], document: SchemaDocument, shape_of_places: Callable[[list[Place]], Shape]
    ) -> None:
        self.parts = parts
        self.keywords = (
            parts[0].keywords.keys() if len(parts) == 1 else {key for part in parts for key in part.keywords}
        )
        self.shape_of_places = shape_of_places
        self._document = document

    def fail(self, pointer: str, message: str) -> NoReturn:
        self._document.fail(pointer, message)

    def all(self, *keywords: str) -> list[tuple[Any, str]]:
        """Return the values of keywords, and their places."""
        if self.keywords.isdisjoint(keywords):
            return []
        return [
            (part.keywords[keyword], f"{part.place.pointer}/{keyword}")
            for part in self.parts
            for keyword in keywords
            if keyword in part.keywords
        ]

    def first(self, *keywords: str) -> str | None:
        """Return the place of the first of some keywords; None if there is none."""
        found = self.all(*keywords)
        return found[0][1] if found else None

    def check_texts(self, value: object, *keywords: str) -> None:
        """Refuse values that have a text which is none; the keywords are those that have the values."""
        todo = [value] if self._document.has_surrogates else []
        while todo:
            each = todo.pop()
            if isinstance(each, str) and surrogate_in(each) is not None:
                self.fail(
                    self.first(*keywords) or "#", f"{each!r} has half a pair of surrogates, which is no character"
                )
            if isinstance(each, dict):
                todo += [*each, *each.values()]
            elif isinstance(each, list):
                todo += each

    def least(self, keyword: str) -> int:
        return max([int(value) for value, _ in self.all(keyword)]) if keyword in self.keywords else 0

    def most(self, keyword: str) -> int | None:
        return min([int(value) for value, _ in self.all(keyword)]) if keyword in self.keywords else None
