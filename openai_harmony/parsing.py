"""How whole inputs are read, and what every reading of an encoding's tokens shares."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from ._generated.enumerations import Role
from ._generated.events import author_of, message_of, start_of
from ._generated.framing import FRAMING
from ._generated.messages import Author
from ._runtime.events import ParseResult
from ._runtime.locks import loading
from ._runtime.reader import Reader
from ._runtime.state import Makers

if TYPE_CHECKING:
    from ._runtime.bulk import BulkReader
    from ._runtime.header import HeaderReader
    from .encoding import HarmonyEncoding

__all__ = ["flag", "makers_of", "open_author", "parse_tokens", "role_word"]


def parse_tokens(
    encoding: HarmonyEncoding, tokens: Sequence[int], role: Role | str | None, strict: bool | None
) -> ParseResult:
    """Read a whole input; see `HarmonyEncoding.parse`."""
    word, refuses = role_word(role), flag(strict)
    tokens = tokens if isinstance(tokens, list) else list(tokens)
    data = encoding.scan_bytes(tokens) if tokens else None
    messages = _bulk(encoding.name).read(data, word) if data is not None else None
    if messages is not None:
        return ParseResult(messages)
    reader = Reader(FRAMING, makers_of(encoding), word, refuses)
    reader.extend(tokens)
    reader.finish()
    author = open_author(reader)
    return ParseResult(reader.messages, reader.recoveries, author and author.role, author)


def makers_of(encoding: HarmonyEncoding) -> Makers:
    return Makers(message_of, start_of, encoding.id_bytes, _headers(encoding.name))


@cache
def _headers(encoding: str) -> HeaderReader:
    """Shared by all parsers of an encoding, so that a header is read once; made when the first one needs it."""
    with loading():
        from ._runtime.header import HeaderReader

    return HeaderReader(FRAMING)


@cache
def _bulk(encoding: str) -> BulkReader:
    with loading():
        from ._runtime.bulk import BulkReader
        from ._runtime.tokenizer import marker

    return BulkReader(FRAMING, _headers(encoding), marker, message_of)


def role_word(role: Role | str | None) -> str | None:
    return None if role is None else str(Role(role).value)


def open_author(reader: Reader) -> Author | None:
    return None if reader.open_turn is None else author_of(reader.open_turn)


def flag(strict: bool | None) -> bool:
    if strict is None:
        return True
    if not isinstance(strict, bool):
        raise TypeError(f"argument 'strict': '{type(strict).__name__}' object cannot be converted to 'PyBool'")
    return strict
