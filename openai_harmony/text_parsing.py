"""`TextParser`, the public parser for text in pieces; `_runtime` finds the special tokens in the text."""

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
    """Parses text in which special tokens are spelled out, in pieces that may be split anywhere.

    The result is that of a `StreamableParser` for the tokens of the whole text
    (`encoding.encode(text, allowed_special="all")`). The parser holds back the end of a piece only if it may be the
    start of a special token, such as `<|chan`, or the first half of a surrogate pair.

    Positions in events, recoveries, spans and errors count characters, so that the text of a message is
    `text[span.content_start:span.content_end]`, unless a recovery dropped a part of it. `usage` counts characters too:
    `content` and `tool_calls` those of the messages' texts, `framing` all others. A special token counts with the
    length of its text. The `stop` of a message is the id of the token.

    A piece is parsed to its end even if it raises `ParseError`; the error is the first one in the piece.

    Args:
        encoding: The encoding with the special tokens of the text.
        role: The role of the turn that the prompt left open, as for `StreamableParser`.
        strict: The mode, as for `StreamableParser`.
        channels: Further channels that the model uses. Other channels that the format does not list are reported.
        unplaced: The channel of recovered text that has none; it also corrects misspelled channels. None means the
            value of `HARMONY_UNPLACED`, or no channel if the variable is not set.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: `role` is not a role, or another argument has an invalid value.

    Example:
        >>> parser = TextParser(load_harmony_encoding("HarmonyGptOss"), "assistant")
        >>> for piece in ["<|channel|>final<|mess", "age|>Hello<|re", "turn|>"]:
        ...     parser = parser.process(piece)
        >>> parser.process_eos().messages[0].text
        'Hello'
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

    # input ----------------------------------------------------------------------------------------

    def process(self, text: str) -> Self:
        """Parse a piece of text; return the parser.

        Raises:
            TypeError: `text` is not a string.
            ParseError: The text breaks the format, in default or pedantic mode.
        """
        piece = _piece(text)
        try:
            self._characters.take(piece)
        finally:
            self._show()
        return self

    def feed(self, text: str) -> list[Event]:
        """Parse a piece of text and return its events: `MessageStart`, `ContentDelta`, `MessageEnd`, `Recovered`.

        The joined deltas of a message are its text, if all of it is passed to `feed`. If a call raises, the next call
        returns its events.

        Raises:
            TypeError, ParseError: As `process`.
        """
        reader = self._reader
        reader.events = self._waiting
        try:
            self.process(text)
            return self._events()
        finally:
            reader.events = None

    async def events(self, pieces: AsyncIterable[str]) -> AsyncIterator[Event]:
        """Yield the events of an asynchronous stream of pieces of text, including those at the end of input.

        Raises:
            TypeError: `pieces` is not an asynchronous iterable.
            ParseError: As `process`.
        """
        if not hasattr(pieces, "__aiter__"):
            raise TypeError(f"argument 'pieces': expected an asynchronous iterable, not {type(pieces).__name__}")
        async for text in pieces:
            for event in self.feed(text):
                yield event
        for event in self.feed_eos():
            yield event

    # results --------------------------------------------------------------------------------------

    @property
    def last_content_delta(self) -> str | None:
        """The text that the last piece added to the open message; None if there is none."""
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
    """The header table of all text parsers of an encoding. Token parsers have another, since their ids differ."""
    return HeaderTable(_framing(encoding, further))


@lru_cache(FEW)
def _search(encoding: str) -> MarkerSearch:
    return MarkerSearch(ENCODINGS[encoding].special_tokens.all_texts())
