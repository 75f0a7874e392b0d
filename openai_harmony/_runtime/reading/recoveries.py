"""The record of a recovery, for any format. The kinds of recoveries belong to a format and are not listed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["ReportedFault"]


class ReportedFault:
    """A recovery: its kind, the span of its tokens, and the text left out. A run of equal recoveries is one object."""

    __slots__ = ("_texts", "end", "kind", "message_index", "start")
    __match_args__ = ("kind", "start", "end", "text", "message_index")
    kind: Any
    start: int
    end: int
    message_index: int

    def __init__(self, kind: Any, start: int, end: int, text: str, message_index: int) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.message_index = message_index
        self._texts = [text]

    @property
    def text(self) -> str:
        """The text that was left out of the messages; empty if nothing was left out."""
        if len(self._texts) > 1:  # joined on demand, so that the time for a long run is linear
            self._texts = ["".join(self._texts)]
        return self._texts[0]

    def extend(self, end: int, text: str) -> None:
        """Extend the run to the position `end`, and appends `text` to its text."""
        self.end = end
        if text:
            self._texts.append(text)

    def copy(self) -> Self:
        return type(self)(*self._key())

    def _key(self) -> tuple[Any, int, int, str, int]:
        return self.kind, self.start, self.end, self.text, self.message_index

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, ReportedFault) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.kind, self.start, self.message_index))  # the values that `extend` does not change

    def __repr__(self) -> str:
        values = zip(self.__match_args__, self._key())
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in values)})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self._key()
