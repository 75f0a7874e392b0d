"""Encodes a few texts exactly, in pure Python, for programs that end before building a backend would pay.

A text that this cannot encode exactly, or not quickly, is left to the backend.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import pairwise

__all__ = ["SmallBpe", "split_pattern_of"]

LONGEST = 64  # bytes of a piece that is no token: merging takes time that grows with the square of its length


# One stand-in for all characters of a category that are outside ASCII. The pattern cannot tell them apart.
_FIRST = 0x80
_CATEGORIES = (
    *("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No"),
    *("Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cf"),
)
_STAND_IN = {category: chr(_FIRST + number) for number, category in enumerate(_CATEGORIES)}
_OTHER = chr(_FIRST + len(_CATEGORIES))  # characters that are left to the backend

_PROPERTY = re.compile(r"\\p\{([A-Z][a-z]?)\}|\\s")
# Syntax that is not the same to both engines, or is not translated here; without properties and blanks.
_UNKNOWN = re.compile(r"\\[^rnS]|\[[^\]]*\\S|\(\?(?!i?:|!)|(?<!\[)\^|[.$&~]|\[\[|--")


class _StandIns(dict[int, str]):
    """The character that stands for another one outside ASCII, by code point."""

    def __missing__(self, code: int) -> str | int:
        if code < _FIRST:
            return code
        found = self[code] = _stand_in(chr(code))
        return found


def _stand_in(character: str) -> str:
    category = unicodedata.category(character)
    # A character that has been in one category since Unicode 3.2 is in that one in every engine.
    if category != unicodedata.ucd_3_2_0.category(character):
        return _OTHER
    # U+017F is a letter that a pattern without case takes for an "s"; there are a few of this kind.
    forms = (character.lower(), character.upper(), character.casefold())
    if any(len(form) == 1 and form.isascii() for form in forms):
        return _OTHER
    return _STAND_IN.get(category, _OTHER)


def _members(category: str) -> str:
    """Return the characters of a category, or of those that begin with a letter, for a class of a pattern."""
    ascii = [chr(code) for code in range(_FIRST) if unicodedata.category(chr(code)).startswith(category)]
    return "".join(map(re.escape, ascii)) + "".join(c for name, c in _STAND_IN.items() if name.startswith(category))


_BLANKS = r" \t\n\v\f\r" + "".join(_STAND_IN[name] for name in ("Zs", "Zl", "Zp"))


@cache
def split_pattern_of(pattern: str) -> re.Pattern[str] | None:
    """Return a split pattern for texts with stand-ins; None if it has syntax whose meaning could differ here."""
    bare = _PROPERTY.sub("", pattern)
    if not bare.isascii() or _UNKNOWN.search(bare):
        return None

    def written(match: re.Match[str]) -> str:
        members = _BLANKS if match[1] is None else _members(match[1])
        inside = pattern.rfind("[", 0, match.start()) > pattern.rfind("]", 0, match.start())
        return members if inside else f"[{members}]"

    try:
        made = re.compile(_PROPERTY.sub(written, pattern).replace(r"\S", f"[^{_BLANKS}]"), re.ASCII)
    except re.error:  # syntax of newer versions of Python
        return None
    return None if made.groups or made.match("") else made


class _Ranks(dict[bytes, "int | None"]):
    """The ids of those pieces that have been looked up; None for a piece that is no token."""

    def __init__(self, rank_of: Callable[[bytes], int | None]) -> None:
        super().__init__()
        self._rank_of = rank_of

    def __missing__(self, piece: bytes) -> int | None:
        found = self[piece] = self._rank_of(piece)
        return found


class SmallBpe:
    """An encoder of byte pairs.

    Args:
        rank_of: returns the id of a token; None if there is none with these bytes.
        split: a pattern of `split_pattern_of`.
    """

    def __init__(self, rank_of: Callable[[bytes], int | None], split: re.Pattern[str]) -> None:
        self._ranks = _Ranks(rank_of)
        self._split = split
        self._stand_ins = _StandIns()

    def encode(self, text: str) -> list[int] | None:
        """Return the ids of a text; None if it is to be left to the backend."""
        parts = self._parts(text)
        if parts is None:
            return None
        pieces = list(map(str.encode, parts))
        tokens: list[int] = []
        ranks = self._ranks
        for piece in pieces:
            rank = ranks[piece]
            if rank is not None:
                tokens.append(rank)
                continue
            merged = self._merged(piece) if len(piece) <= LONGEST else None
            if merged is None:
                return None
            tokens += merged
        return tokens

    def _parts(self, text: str) -> list[str] | None:
        if text.isascii():
            return self._split.findall(text)
        shown = text.translate(self._stand_ins)
        if _OTHER in shown:
            return None
        return [text[match.start() : match.end()] for match in self._split.finditer(shown)]

    def _merged(self, piece: bytes) -> list[int] | None:
        """Join the neighbours whose union has the lowest rank, the first ones of several, until no union is a token."""
        ranks = self._ranks
        parts = [piece[at : at + 1] for at in range(len(piece))]
        unions = [ranks[one + other] for one, other in pairwise(parts)]
        while True:
            lowest = min((rank for rank in unions if rank is not None), default=None)
            if lowest is None:
                break
            at = unions.index(lowest)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
            del unions[at]
            if at:
                unions[at - 1] = ranks[parts[at - 1] + parts[at]]
            if at < len(unions):
                unions[at] = ranks[parts[at] + parts[at + 1]]
        found = [ranks[part] for part in parts]
        return None if None in found else found  # type: ignore[return-value]
