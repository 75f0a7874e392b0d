"""What a program calls to read tokens: the parser and the whole-input functions; what they do stands in `_runtime`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from ._generated.enumerations import Role
from ._generated.events import ContentDelta, Event, Recovered
from ._generated.framing import FRAMING
from ._parser_base import FastPath, ParserBase
from ._parsing import (
    channel_words,
    checked_encoding,
    checked_tokens,
    context_of,
    framing_with,
    integers,
    is_word,
    make_reader,
    token_list,
)
from ._runtime.reading.machine import Phase
from ._runtime.reading.reader import Reader
from ._runtime.reading.snapshot import VERSION, Values, reader_of, shown, values_of
from ._runtime.reading.state_data import state_data
from .options import NOT_TOLD, Strictness
from .strictness import mode_of

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._runtime.types.typed import JsonValue
    from .encoding import HarmonyEncoding

__all__ = ["StreamableParser"]

_NEW = ContentDelta.__new__
_INTEGERS = {int}
_FURTHER = "further"  # the key of the channels that a parser was told


class StreamableParser(ParserBase):
    """Reads a model's tokens one by one, or in pieces of any size, always with the same result.

    Args:
        encoding: the encoding of the tokens.
        role: whose turn the prompt left open, so that the tokens begin inside that role's header; None if they begin
            with a start token. Tokens that begin with a start token are read as such in both cases.
        strict: True: read on at what breaks the format, lose nothing, report it in `recoveries`, and raise `ParseError`
            where `openai-harmony` 0.0.8 raises. False: the same, and raise nothing: then no sequence of integers does.
            "pedantic": raise `ParseError` at the first thing that would be a recovery. None: as
            `set_default_strictness` or the environment variable `HARMONY_STRICT` says, or else True.
        channels: further channels that the model uses; any other that the format does not list is reported.
        unplaced: the channel on which recovered text is put that has none, such as prose where a header should be; with
            it, a misspelled channel is read as the one that is meant. None for what `HARMONY_UNPLACED` says, or else no
            channel.

    After a `ParseError` the parser goes on as if there had been none: the token is read, nothing is given up, and the
    same fault raises once. A `ParseError` of `process_eos` changes nothing. In pedantic mode the message that was being
    read is given up, and the parser expects the start of another.

    Raises:
        TypeError: an argument is of the wrong kind.
        ValueError: `role` is no role, or another argument names nothing that there is.
    """

    __slots__ = ()
    _listed: list[int]  # the tokens as they were given; the reader's own list while all of them are ids
    _part: tuple[int, list[int]]  # where a header or content begins, and its tokens

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
        self._reader = make_reader(encoding, role, strict, channels, unplaced)
        self._begin()

    @classmethod
    def resume(cls, encoding: HarmonyEncoding, prompt_tokens: Sequence[int], *, strict: Strictness = NOT_TOLD) -> Self:
        """A parser that begins where a prompt leaves off: an open turn, a prefilled channel, an open message.

        The tokens from the prompt's last start token on are the first of `tokens`, and the text of an open message is
        the beginning of its message, also in the first events. A prompt that leaves nothing open, or has no start
        token, is resumed between messages. What is wrong with the prompt is not reported.
        """
        prompt = integers(token_list(prompt_tokens, "prompt_tokens"), "prompt_tokens")
        opening = FRAMING.start_id
        last = len(prompt) - 1 - prompt[::-1].index(opening) if opening in prompt else None
        parser = cls(encoding, None, strict=False if FRAMING.kinds else "pedantic")
        events = parser.feed(prompt[last:]) if last is not None else []
        reader = parser._reader
        if last is None or reader.messages or reader.phase == Phase.EXPECT_START:
            return cls(encoding, None, strict=strict)  # nothing is open
        reader.recoveries.clear()
        parser._waiting = [event for event in events if not isinstance(event, Recovered)]
        author = parser.copy().process_eos().open_author
        if author is not None and author.name is None:
            reader.enter(str(author.role.value))  # what comes next is no part of the author's word
        reader.mode = mode_of(strict)
        reader.follow_reference()
        parser._show()
        parser._fast_path = None  # the events of the prompt wait
        return parser

    # tokens in ------------------------------------------------------------------------------------

    def process(self, token: int) -> Self:
        """Take one token; returns the parser.

        Raises:
            TypeError: it is no integer.
            OverflowError: strict, and it is no unsigned integer of 32 bits.
            ParseError: strict, and the token has no place where it stands.
        """
        # Nothing comes of nearly all tokens but that they are kept. Every step counts: a chained comparison is slower.
        if token.__class__ is int and token >= 0 and token < self._plain_below:
            self._ids.append(token)
            return self
        try:
            self._reader.push(token)
        finally:
            self._show()
        return self

    def feed(self, tokens: Iterable[int]) -> list[Event]:
        """Take tokens and return what happened: `MessageStart`, `ContentDelta`, `MessageEnd`, `Recovered`.

        The deltas of a message, joined, are its text, if all its tokens come by `feed`: what `process` takes is told by
        no event. Events before an error are returned by the next call; tokens behind the one that raised, whose
        position is the error's `index`, are not read.

        Raises:
            TypeError: it is no iterable, or a token is no integer.
            OverflowError, ParseError: as `process`.
        """
        # An engine's loop calls this for every token, or every few: such that are whole characters of content take no
        # detour. The content catches up when somebody asks for it.
        fast_path = self._fast_path
        if fast_path is not None and tokens.__class__ is list:
            few: list[int] = tokens  # pyright: ignore[reportAssignmentType]  # it does not know `__class__`
            content, ids, texts, index, earlier = fast_path
            at = content.emitted
            if at == len(ids):
                if len(few) == 1:
                    token = few[0]
                    if token.__class__ is int and (token in texts or self._bytes.text(token)):
                        ids.append(token)
                        content.emitted = end = at + 1
                        if earlier:
                            at += earlier
                            end += earlier
                        delta = _NEW(ContentDelta)  # `__init__` would be a third of the time
                        delta.index = index
                        delta.text = texts[token]
                        delta.start = at
                        delta.end = end
                        return [delta]
                else:
                    told = self._feed_text(fast_path, few)
                    if told is not None:
                        return told
        reader = self._reader
        listed = checked_tokens(tokens, "tokens")
        if listed is self._listed or listed is self._ids:
            listed = list(listed)  # which would grow while it is read
        reader.events = self._waiting
        try:
            for token in listed:
                self.process(token)
            return self._events()
        except BaseException:
            self._fast_path = None  # the events so far wait for the next call
            raise
        finally:
            reader.events = None

    def _feed_text(self, fast_path: FastPath, tokens: list[int]) -> list[Event] | None:
        """The event of tokens that are all whole characters of content; None, and nothing done, if one is not."""
        content, ids, texts, index, earlier = fast_path
        if set(map(type, tokens)) != _INTEGERS:
            return None
        try:
            text = "".join(itemgetter(*tokens)(texts))
        except KeyError:  # some are seen for the first time, or are parts of characters
            pieces = list(map(self._bytes.text, tokens))
            if not all(pieces):
                return None
            text = "".join(cast("list[str]", pieces))
        start = content.emitted
        ids += tokens
        content.emitted = end = start + len(tokens)
        return [ContentDelta(index, text, start + earlier, end + earlier)]

    async def events(self, tokens: AsyncIterable[int] | AsyncIterable[Iterable[int]]) -> AsyncIterator[Event]:
        """The events of an asynchronous stream of tokens, or of lists of tokens, up to and including the end of input.

        Raises:
            TypeError: it is no asynchronous iterable.
        """
        if not hasattr(tokens, "__aiter__"):
            raise TypeError(f"argument 'tokens': expected an asynchronous iterable, not {type(tokens).__name__}")
        async for step in tokens:
            for event in self.feed(step if isinstance(step, Iterable) else [step]):
                yield event
        for event in self.feed_eos():
            yield event

    # what was read; every property costs the same however much that is ---------------------------------

    @property
    def tokens(self) -> list[int]:
        """All tokens so far, one that raised ParseError too: the parser's own list, which grows; do not change it."""
        reader, listed = self._reader, self._listed
        if len(listed) < len(reader.ids):  # never while they are one and the same
            start = len(listed)
            listed.extend(reader.ids[start:])
            for position in reversed(reader.foreign):
                if position < start:
                    break
                listed[position] = reader.foreign[position]
        return listed

    @property
    def state_data(self) -> dict[str, Any]:
        """The state as plain data: its name, a header's tokens, the open message's header and content tokens.

        The lists of tokens are the parser's own, which grow; do not change them.
        """
        return state_data(self._reader, self._tokens_since)

    def _tokens_since(self, start: int) -> list[int]:
        """The tokens of a part of a message: a list that grows with it."""
        if self._part[0] != start:
            self._part = (start, [])
        listed = self._part[1]
        listed.extend(self.tokens[start + len(listed) :])
        return listed

    @property
    def last_content_delta(self) -> str | None:
        """What the last token added to the open message's text; None if nothing."""
        content = self._content
        if content is None:
            return None
        content.decode(self._ids, len(self._ids), self._bytes)
        return content.last or None

    # reuse ----------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, JsonValue]:
        """The state as plain JSON values, to go on elsewhere: `StreamableParser.restore` makes a parser of them.

        It holds the tokens of the open message and little else; what is complete stays here. So the parser that is made
        of it has no `messages`, `spans`, `recoveries` and `tokens` of before, but counts positions and indexes on, and
        its events go on where these left off. Events that a call which raised has not returned are not in it.
        """
        channels: list[JsonValue] = [*sorted(self._further)]
        values: dict[str, JsonValue] = {"version": VERSION, "encoding": self._encoding.name, _FURTHER: channels}
        return {**values, **values_of(self._reader)}

    @classmethod
    def restore(cls, encoding: HarmonyEncoding, data: Mapping[str, JsonValue]) -> Self:
        """A parser that goes on where a snapshot was taken.

        Args:
            encoding: the encoding of the parser that the snapshot is of.
            data: the snapshot; any JSON that is none is refused, and none of it is executed.

        Raises:
            TypeError: `encoding` is none.
            ValueError: `data` is no snapshot of a parser of this version and encoding; it says what is wrong.
        """
        checked_encoding(encoding)
        values = Values(data)
        if values.number("version") != VERSION:
            raise values.wrong("version", f"is not {VERSION}: {shown(values.any('version'))}")
        if values.any("encoding") != encoding.name:
            raise values.wrong("encoding", f"is not {encoding.name!r}: {shown(values.any('encoding'))}")
        words = values.items(_FURTHER, lambda word: cast("str", word) if is_word(word) else None)
        parser = object.__new__(cls)
        parser._encoding, parser._further = encoding, channel_words(words)
        parser._reader = reader_of(framing_with(parser._further), context_of(encoding, parser._further), values)
        parser._begin()
        return parser

    def _restored(self, state: dict[str, Any]) -> Reader:
        return Reader.restored(framing_with(self._further), context_of(self._encoding, self._further), state)

    def _begin(self, waiting: Iterable[Event] = ()) -> None:
        self._listed = [] if self._reader.foreign else self._reader.ids
        self._part = (-1, [])
        super()._begin(waiting)
