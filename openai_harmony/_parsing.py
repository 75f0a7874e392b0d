"""Parses whole inputs, and makes the tables and readers that all parsers of an encoding's tokens use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache, partial
from operator import index
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from ._generated.encodings import ENCODINGS
from ._generated.enumerations import Role
from ._generated.events import EVENT_FACTORIES, ParseResult, Recovery, author_of, message_of
from ._generated.framing import FRAMING
from ._generated.messages import Author, Message
from ._runtime.locks import loading_own
from ._runtime.reading.headers.reader import HeaderTable
from ._runtime.reading.machine import Framing
from ._runtime.reading.reader import Reader
from ._runtime.reading.reader_values import Mode, ReaderContext
from .options import Strictness
from .strictness import mode_of

if TYPE_CHECKING:
    from ._runtime.reading.bulk import BulkReader
    from ._runtime.reading.content import ByteSource
    from ._runtime.reading.events import MessageSpan
    from ._runtime.reading.headers.header import Header

__all__ = [
    "framing_of",
    "make_reader",
    "messages_of_parts",
    "open_author",
    "parse_parts",
    "parse_tokens",
    "reported",
    "role_word",
    "tables_of",
]

NO_CHANNELS: frozenset[str] = frozenset()
FEW = 32  # the number of cached tables. It is bounded, since an untrusted snapshot may name any channels


Part: TypeAlias = "tuple[Header, str]"  # what a message is made of


class Encoding(Protocol):
    """The members of an encoding that parsing uses."""

    @property
    def name(self) -> str: ...

    @property
    def id_bytes(self) -> ByteSource: ...

    def scan_bytes(self, tokens: Sequence[int]) -> bytes | None: ...


def parse_tokens(
    encoding: Encoding,
    tokens: Sequence[int],
    role: Role | str | None,
    strict: Strictness,
    channels: Collection[str] = (),
    unplaced: str | None = None,
) -> ParseResult:
    """Parse a whole input; see `HarmonyEncoding.parse`."""
    word, listed = role_word(role), token_list(tokens)
    further = channel_words(channels)
    mode = mode_of(strict, unplaced)
    data = encoding.scan_bytes(listed) if listed else None
    messages = _bulk(encoding.name, further).read(data, word) if data is not None else None
    if messages is not None:
        return ParseResult(messages, find_spans=partial(_spans, encoding, listed, word, further))
    reader = _read_through(encoding, listed, word, mode, further)
    author = open_author(reader)
    role = None if author is None else author.role
    return ParseResult(reader.messages, reported(reader), role, author, partial(_found, reader.spans))


def parse_parts(
    encoding: Encoding, role: Role | str | None, strict: Strictness, tokens: Sequence[int]
) -> list[Part] | list[Message]:
    """Parse a whole input to what messages are made of, or to messages if it must be read token by token.

    Parts go from one process to another in a fraction of the time that messages need.
    """
    word, listed = role_word(role), token_list(tokens)
    mode_of(strict)
    data = encoding.scan_bytes(listed) if listed else None
    parts = _bulk(encoding.name, NO_CHANNELS, _part).read(data, word) if data is not None else None
    return parts or parse_tokens(encoding, listed, role, strict).messages


def messages_of_parts(parts: list[Part] | list[Message]) -> list[Message]:
    """Return the messages that are made of parts."""
    return [message_of(*part) if type(part) is tuple else part for part in parts]  # type: ignore[misc]


def _part(header: Header, text: str) -> Part:
    return header, text


def make_reader(
    encoding: Encoding,
    role: Role | str | None,
    strict: Strictness,
    channels: Collection[str] = (),
    unplaced: str | None = None,
) -> Reader:
    """Return the reader for a new parser.

    Raises:
        ValueError: `role` is unknown, or another argument has an invalid value.
    """
    further = channel_words(channels)
    return Reader(*tables_of(encoding, further), role_word(role), mode_of(strict, unplaced))


def tables_of(encoding: Encoding, further: frozenset[str]) -> tuple[Framing, ReaderContext]:
    """Return the arguments for a reader of this encoding's tokens."""
    context = ReaderContext(EVENT_FACTORIES, encoding.id_bytes, _headers(encoding.name, further))
    return framing_of(encoding.name, further), context


@lru_cache(FEW)
def framing_of(encoding: str, further: frozenset[str] = NO_CHANNELS) -> Framing:
    """Return the tables with the ids of an encoding and with further channels, which are shown to the end user."""
    own = ENCODINGS[encoding].special_tokens
    framing = FRAMING.renumbered(own.changed, own.first, own.last)
    return framing._replace(channels=framing.channels | further) if further else framing


@lru_cache(FEW)
def _headers(encoding: str, further: frozenset[str]) -> HeaderTable:
    """Return the table of headers. All parsers of an encoding share it, so that each header is parsed only once."""
    return HeaderTable(framing_of(encoding, further))


@lru_cache(FEW)
def _bulk(encoding: str, further: frozenset[str], message: Callable[[Header, str], object] = message_of) -> BulkReader:
    with loading_own():
        from ._runtime.reading.bulk import BulkReader
        from ._runtime.tokens.markers import marker

    return BulkReader(framing_of(encoding, further), _headers(encoding, further), marker, message)


def _found(spans: list[MessageSpan]) -> list[MessageSpan]:
    """Return the spans unchanged. Unlike a lambda, this function can be pickled with a result."""
    return spans


def _spans(encoding: Encoding, tokens: list[int], role: str | None, further: frozenset[str]) -> list[MessageSpan]:
    return _read_through(encoding, tokens, role, mode_of(False), further).spans


def _read_through(
    encoding: Encoding, tokens: list[int], role: str | None, mode: Mode, further: frozenset[str]
) -> Reader:
    """Return a reader that has read a whole input."""
    reader = Reader(*tables_of(encoding, further), role, mode)
    reader.extend(tokens)
    reader.finish()
    return reader


def reported(reader: Reader) -> list[Recovery]:
    """Return the reader's own list of recoveries. Their type is `Recovery`, since EVENT_FACTORIES makes them."""
    return cast("list[Recovery]", reader.recoveries)


# Arguments ----------------------------------------------------------------------------------------


def role_word(role: Role | str | None) -> str | None:
    return None if role is None else str(Role(role).value)


def is_word(value: object) -> bool:
    """Return whether a value is a string that can be a single word of a header."""
    return isinstance(value, str) and value != "" and not set(value) & set(FRAMING.white_space)


def channel_words(channels: Collection[str]) -> frozenset[str]:
    """Return further channels as a set.

    Raises:
        TypeError: `channels` is a string or not a collection, or an item is not a string.
        ValueError: an item is not a single word.
    """
    where = f"argument '{FRAMING.channel}s'"
    if isinstance(channels, str):
        raise TypeError(f"{where}: expected a collection of words, not one str")
    if not isinstance(channels, Collection):
        raise TypeError(f"{where}: expected a collection of words, not {type(channels).__name__}")
    for channel in channels:
        if not isinstance(channel, str):
            raise TypeError(f"{where}: expected words, not {type(channel).__name__}")
        if not is_word(channel):
            raise ValueError(f"{where}: {channel!r} is not a word")
    return frozenset(channels)


def token_list(tokens: Sequence[int], argument: str = "tokens") -> list[int]:
    """Return the tokens as a list. Whether each one is an integer is checked later, when it is read.

    Raises:
        TypeError: `tokens` is a string or not iterable.
    """
    if isinstance(tokens, list):
        return tokens
    to_list = getattr(tokens, "tolist", None)  # of an array or a tensor, whose items are of a type of its own
    return list(checked_tokens(tokens, argument) if to_list is None else to_list())


def checked_tokens(tokens: Iterable[int], argument: str = "tokens") -> Iterable[int]:
    """Return the tokens unchanged.

    Raises:
        TypeError: `tokens` is a string or not iterable.
    """
    value: object = tokens
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise TypeError(f"argument '{argument}': expected token ids, not {type(value).__name__}")
    return tokens


def integers(tokens: list[int], argument: str) -> list[int]:
    """Return the list with integers for items that are indices, such as the elements of a tensor.

    Raises:
        TypeError: an item is not an integer.
    """
    if {*map(type, tokens)} <= {int}:
        return tokens
    found = []
    for at, token in enumerate(tokens):
        try:
            found.append(index(token))
        except TypeError:  # not every object with `__index__` is an integer: a row of an array has it, too
            kind = type(token).__name__
            raise TypeError(f"argument '{argument}': item {at} is no integer but {kind}") from None
    return found


def open_author(reader: Reader) -> Author | None:
    """Return the author of the open turn; None if no turn is open, or if tokens followed the end of input."""
    turn = reader.open_turn
    return None if turn is None or reader.ended != len(reader.ids) else author_of(turn)
