"""Special tokens found in text by their spelling, also where the text comes in pieces; no spelling stands here."""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping

__all__ = ["MarkerSearch"]

_HIGH_SURROGATES = ("\ud800", "\udbff")


class MarkerSearch:
    """Finds the special tokens that a text spells: the leftmost, and of those that begin there the longest.

    Args:
        spelled: the text of each special token, by id.
    """

    def __init__(self, spelled: Mapping[int, str]) -> None:
        self.spelled = spelled
        self._ids = {text: token for token, text in spelled.items()}
        self._lengths = sorted({len(text) for text in self._ids}, reverse=True)
        self._lead = os.path.commonprefix(list(self._ids))  # noqa: RUF071 - no paths: letters are what is compared
        self._beginnings = frozenset(text[:length] for text in self._ids for length in range(1, len(text)))

    def is_plain(self, text: str) -> bool:
        """Whether it is told at a glance that no special token begins in a text, and that all characters are whole."""
        return text.isascii() and self._lead[:1] not in text

    def split(self, text: str, *, final: bool) -> Iterator[tuple[str, int | None]]:
        """The text in parts, each a run of text (with None) or the spelling of a special token (with its id).

        Unless the text is `final`, its end is left out as far as it may become a special token, or a character of two
        halves, with what comes next.
        """
        done, waiting = 0, len(text) if final else self._waiting(text, 0)
        at = text.find(self._lead)
        while 0 <= at < waiting:
            found = self._found(text, at)
            if found is None:
                at = text.find(self._lead, at + 1)
                continue
            if at > done:
                yield text[done:at], None
            done = at + len(found)
            yield found, self._ids[found]
            if done > waiting:  # what waited is in this one
                waiting = self._waiting(text, done)
            at = text.find(self._lead, done)
        if waiting > done:
            yield text[done:waiting], None

    def _found(self, text: str, at: int) -> str | None:
        """The longest special token that is spelled at a position."""
        for length in self._lengths:
            candidate = text[at : at + length]
            if candidate in self._ids:
                return candidate
        return None

    def _waiting(self, text: str, begin: int) -> int:
        """Where the longest suffix begins that may go on to something; the text's length where none does."""
        first = self._lead[:1]
        at = text.find(first, max(begin, len(text) - self._lengths[0] + 1))
        while 0 <= at < len(text):
            if text[at:] in self._beginnings:
                return at
            at = text.find(first, at + 1)
        low, high = _HIGH_SURROGATES
        return len(text) - 1 if low <= text[len(text) - 1 :] <= high and len(text) > begin else len(text)
