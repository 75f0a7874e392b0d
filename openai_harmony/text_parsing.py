"""What a program calls to read text that comes in pieces; how special tokens are found in it stands in `_runtime`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from ._generated.encodings import ENCODINGS
from ._generated.enumerations import Role
from ._generated.events import EVENT_FACTORIES, Event
from ._parser_base import ParserBase, checked_encoding
from ._parsing import FEW, channel_words, framing_of, role_word
from ._runtime.reading.characters import CharacterReader, Characters, framing_of_text
from ._runtime.reading.headers.reader import HeaderTable
from ._runtime.reading.machine import Framing
from ._runtime.reading.marker_search import MarkerSearch
from ._runtime.reading.reader_values import ReaderContext
from ._runtime.types.plain_text import plain
from .encoding import HarmonyEncoding
from .options import NOT_TOLD, Strictness
from .strictness import mode_of

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["TextParser"]


class TextParser(ParserBase):
    """Reads a model's output from text that spells its special tokens, in pieces that may be cut anywhere.

    The result is that of a `StreamableParser` for the tokens of the whole text, in which every special token that is
    spelled out is one (`encoding.encode(text, allowed_special="all")`). The end of a piece waits for the next one only
    where it may become a special token with it, such as `<|chan`, or where it is the first half of a character that is
    given as two surrogates.

    Positions in events, recoveries, spans and errors count the characters of the text, so that a message's text is
    `text[span.content_start:span.content_end]`, unless something in it was left out. `usage` counts characters too: in
    `content` and `tool_calls` those of the texts of messages, in `framing` all others that are read, special tokens as
    long as they are spelled. The `stop` of a message is the token's id.

    Args:
        encoding: the encoding whose special tokens the text spells.
        role: whose turn the prompt left open, as for `StreamableParser`.
        strict: as for `StreamableParser`.
        channels: further channels that the model uses; any other that the format does not list is reported.
        unplaced: the channel on which recovered text is put that has none; with it, a misspelled channel is read as the
            one that is meant. None for what `HARMONY_UNPLACED` says, or else no channel.

    A piece is read to its end, also if it raises `ParseError`, which is then the first that there is reason for in it.

    Raises:
        TypeError: an argument is of the wrong kind.
        ValueError: `role` is no role, or another argument names nothing that there is.
    """

    __slots__ = ()

    def __init__(
        self,
        encoding: HarmonyEncoding,
        role: Role | str | None,
        *,
        strict: Strictness = NOT_TOLD,
        channels: Collection[str] = (),
        unplaced: str | None = None,
    ) -> None:
        self._encoding, self._further = checked_encoding(encoding), channel_words(channels)
        framing, context = self._tables()
        self._reader = CharacterReader(framing, context, role_word(role), mode_of(strict, unplaced))
        self._begin()

    # text in --------------------------------------------------------------------------------------

    def process(self, text: str) -> Self:
        """Take a piece of text; returns the parser.

        Raises:
            TypeError: it is no text.
            ParseError: strict, and something has no place where it stands.
        """
        piece = _piece(text)
        try:
            self._characters.take(piece)
        finally:
            self._show()
        return self

    def feed(self, text: str) -> list[Event]:
        """Take a piece of text and return what happened: `MessageStart`, `ContentDelta`, `MessageEnd`, `Recovered`.

        The deltas of a message, joined, are its text, if all of it comes by `feed`. Events of a call that raises are
        returned by the next one.

        Raises: as `process`.
        """
        reader = self._reader
        reader.events = self._waiting
        try:
            self.process(text)
            return self._events()
        finally:
            reader.events = None

    async def events(self, pieces: AsyncIterable[str]) -> AsyncIterator[Event]:
        """The events of an asynchronous stream of pieces of text, up to and including the end of input."""
        if not hasattr(pieces, "__aiter__"):
            raise TypeError(f"argument 'pieces': expected an asynchronous iterable, not {type(pieces).__name__}")
        async for text in pieces:
            for event in self.feed(text):
                yield event
        for event in self.feed_eos():
            yield event

    # what was read --------------------------------------------------------------------------------

    @property
    def last_content_delta(self) -> str | None:
        """What the last piece added to the text of the message that is open behind it; None if nothing."""
        return self._characters.added() or None

    @property
    def _characters(self) -> CharacterReader:
        return cast(CharacterReader, self._reader)

    # the tables -----------------------------------------------------------------------------------

    def _tables(self) -> tuple[Framing, ReaderContext]:
        encoding = self._encoding
        framing, headers = _framing(encoding.name, self._further), _headers(encoding.name, self._further)

        def cut(text: str) -> list[bytes]:
            return [encoding.id_bytes.one(token) for token in encoding.tokenizer.encode_text(text)]

        return framing, ReaderContext(EVENT_FACTORIES, Characters(_search(encoding.name), framing.shift, cut), headers)

    def _restored(self, state: dict[str, Any]) -> CharacterReader:
        return CharacterReader.restored(*self._tables(), state)


def _piece(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"argument 'text': expected str, not {type(text).__name__}")
    return plain(text)


@lru_cache(FEW)
def _framing(encoding: str, further: frozenset[str]) -> Framing:
    return framing_of_text(framing_of(encoding, further))


@lru_cache(FEW)
def _headers(encoding: str, further: frozenset[str]) -> HeaderTable:
    """Shared by all parsers of an encoding; not those of tokens, since the same ids are other text."""
    return HeaderTable(_framing(encoding, further))


@lru_cache(FEW)
def _search(encoding: str) -> MarkerSearch:
    return MarkerSearch(ENCODINGS[encoding].special_tokens.all_texts())
