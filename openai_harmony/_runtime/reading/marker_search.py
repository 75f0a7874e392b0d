"""A search for special tokens in text by their spelling, also in text that comes in pieces.

The spellings themselves do not belong here.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping

__all__ = ["MarkerSearch"]

_HIGH_SURROGATES = ("\ud800", "\udbff")


class MarkerSearch:
    """Finds the special tokens that a text spells. Of several at one offset, the longest counts.

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
        """Whether a quick test shows that no special token begins in a text and that it holds no surrogates."""
        return text.isascii() and self._lead[:1] not in text

    def split(self, text: str, *, final: bool) -> Iterator[tuple[str, int | None]]:
        """Split a text at its special tokens.

        Args:
            text: the text.
            final: no text follows. Otherwise an end that more text may complete to a special token, or to a surrogate
                pair, is left out.

        Yields:
            Pairs of a run of text and None, or of the spelling of a special token and its id.
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
            if done > waiting:  # the token includes the text that was held back
                waiting = self._waiting(text, done)
            at = text.find(self._lead, done)
        if waiting > done:
            yield text[done:waiting], None

    def _found(self, text: str, at: int) -> str | None:
        """Return the longest special token that is spelled at an offset; None if there is none."""
        for length in self._lengths:
            candidate = text[at : at + length]
            if candidate in self._ids:
                return candidate
        return None

    def _waiting(self, text: str, begin: int) -> int:
        """Return the offset, from `begin` on, of the longest suffix that more text may complete to a token or pair.

        The length of the text, if there is no such suffix.
        """
        first = self._lead[:1]
        at = text.find(first, max(begin, len(text) - self._lengths[0] + 1))
        while 0 <= at < len(text):
            if text[at:] in self._beginnings:
                return at
            at = text.find(first, at + 1)
        low, high = _HIGH_SURROGATES
        return len(text) - 1 if low <= text[len(text) - 1 :] <= high and len(text) > begin else len(text)
