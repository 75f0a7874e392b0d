"""`StreamableParser`, the public parser for tokens; `_runtime` has the algorithms."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ._generated.enumerations import Role
from ._generated.events import ContentDelta, Event, Recovered
from ._generated.framing import FRAMING
from ._parser_base import ParserBase, checked_encoding
from ._parsing import (
    channel_words,
    checked_tokens,
    integers,
    is_word,
    make_reader,
    tables_of,
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
_FURTHER = "further"  # the snapshot key of the argument `channels`


class StreamableParser(ParserBase):
    """Parses a model's tokens one by one, or in lists of any size, always with the same result.

    After a `ParseError` the parser continues: the token is parsed, no message is discarded, and the same fault raises
    only once. In pedantic mode it discards the current message and expects a start token.

    Args:
        encoding: The encoding of the tokens.
        role: The role of the turn that the prompt left open, if the tokens begin inside its header; None if they begin
            with a start token. Tokens with a start token at the beginning are accepted in both cases.
        strict: True: correct faults, report them in `recoveries`, and raise `ParseError` where `openai-harmony` 0.0.8
            raises. False: the same, but never raise on integers. "pedantic": raise `ParseError` at the first fault.
            None: the mode of `set_default_strictness` or the variable `HARMONY_STRICT`, or else True.
        channels: Further channels that the model uses. Other channels that the format does not list are reported.
        unplaced: The channel of recovered text that has none; it also corrects misspelled channels. None means the
            value of `HARMONY_UNPLACED`, or no channel if the variable is not set.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: `role` is not a role, or another argument has an invalid value.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> parser = StreamableParser(encoding, "assistant", strict=False)
        >>> events = parser.feed(encoding.encode("<|message|>Hello<|end|>", allowed_special="all"))
        >>> parser.messages[0].text
        'Hello'
    """

    __slots__ = ()
    _listed: list[int]  # the tokens as received; the reader's own list if all of them are ids
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
        """Create a parser that starts where a prompt ends: in an open turn, in a header, or in an open message.

        `tokens` begins with the prompt's last start token. The text of an open message is the beginning of the message,
        also in the first events. If the prompt ends between messages or has no start token, the parser starts between
        messages. Faults in the prompt are not reported.
        """
        prompt = integers(token_list(prompt_tokens, "prompt_tokens"), "prompt_tokens")
        parser = cls(encoding, None, strict=False if FRAMING.kinds else "pedantic")
        opening = parser._reader.framing.start_id
        last = len(prompt) - 1 - prompt[::-1].index(opening) if opening in prompt else None
        events = parser.feed(prompt[last:]) if last is not None else []
        reader = parser._reader
        if last is None or reader.messages or reader.phase == Phase.EXPECT_START:
            return cls(encoding, None, strict=strict)  # nothing is open
        reader.recoveries.clear()
        parser._waiting = [event for event in events if not isinstance(event, Recovered)]
        author = parser.copy().process_eos().open_author
        if author is not None and author.name is None:
            reader.enter(str(author.role.value))  # the next token does not continue the role name
        reader.mode = mode_of(strict)
        reader.follow_reference()
        parser._show()
        parser._fast_path = None  # the prompt's events are not returned yet
        return parser

    # input ----------------------------------------------------------------------------------------

    def process(self, token: int) -> Self:
        """Parse one token; return the parser.

        Raises:
            TypeError: `token` is not an integer.
            OverflowError: `token` is not an unsigned 32-bit integer, in default or pedantic mode.
            ParseError: The token breaks the format, in default or pedantic mode.
        """
        # Most tokens are only appended. Every operation counts: a chained comparison would be slower.
        if token.__class__ is int and token >= 0 and token < self._plain_below:
            self._ids.append(token)
            return self
        try:
            self._reader.push(token)
        finally:
            self._show()
        return self

    def feed(self, tokens: Iterable[int]) -> list[Event]:
        """Parse tokens and return their events: `MessageStart`, `ContentDelta`, `MessageEnd`, `Recovered`.

        The joined deltas of a message are its text, if all its tokens are passed to `feed`; `process` emits no events.
        If a token raises, the next call returns the events before it. The tokens after `error.index` are not parsed.

        Raises:
            TypeError: `tokens` is not iterable, or a token is not an integer.
            OverflowError, ParseError: As `process`.
        """
        # Serving loops call this for one or a few tokens. Tokens of content that are whole characters take a fast path;
        # the content is updated when it is read.
        fast_path = self._fast_path
        if fast_path is not None and tokens.__class__ is list:
            few: list[int] = tokens  # pyright: ignore[reportAssignmentType]  # it does not know `__class__`
            content, ids, texts, index, earlier = fast_path
            start = content.emitted
            if start == len(ids):
                count = len(few)
                if count != 1:
                    text = content.take_whole(few, ids, self._bytes)
                else:
                    token = few[0]
                    try:
                        text = texts[token] if token.__class__ is int else None
                    except KeyError:
                        text = self._bytes.text(token)
                    if text:
                        ids.append(token)
                        content.emitted = start + 1
                        content.emitted_characters += len(text)
                if text:
                    end = start + count
                    if earlier:
                        start += earlier
                        end += earlier
                    delta = _NEW(ContentDelta)  # calling `__init__` would take a third of the time
                    delta.index = index
                    delta.text = text
                    delta.start = start
                    delta.end = end
                    return [delta]
        reader = self._reader
        listed = checked_tokens(tokens, "tokens")
        if listed is self._listed or listed is self._ids:
            listed = list(listed)  # the original would grow during iteration
        reader.events = self._waiting
        try:
            for token in listed:
                self.process(token)
            return self._events()
        except BaseException:
            self._fast_path = None  # the next call returns the events so far
            raise
        finally:
            reader.events = None

    async def events(self, tokens: AsyncIterable[int] | AsyncIterable[Iterable[int]]) -> AsyncIterator[Event]:
        """Yield the events of an asynchronous stream of tokens or lists of tokens, including those at the end of input.

        Raises:
            TypeError: `tokens` is not an asynchronous iterable.
        """
        if not hasattr(tokens, "__aiter__"):
            raise TypeError(f"argument 'tokens': expected an asynchronous iterable, not {type(tokens).__name__}")
        async for step in tokens:
            for event in self.feed(step if isinstance(step, Iterable) else [step]):
                yield event
        for event in self.feed_eos():
            yield event

    # results; the cost of a property does not depend on the length of the stream ------------------------

    @property
    def tokens(self) -> list[int]:
        """All tokens so far, including one that raised ParseError: the parser's own list; do not modify it."""
        reader, listed = self._reader, self._listed
        if len(listed) < len(reader.ids):  # never true if they are the same list
            start = len(listed)
            listed.extend(reader.ids[start:])
            for position in reversed(reader.foreign):
                if position < start:
                    break
                listed[position] = reader.foreign[position]
        return listed

    @property
    def state_data(self) -> dict[str, Any]:
        """The state as plain data, with the tokens of the header and of the content; do not modify its lists."""
        return state_data(self._reader, self._tokens_since)

    def _tokens_since(self, start: int) -> list[int]:
        """Return the tokens of a part of a message: a list that grows with it."""
        if self._part[0] != start:
            self._part = (start, [])
        listed = self._part[1]
        listed.extend(self.tokens[start + len(listed) :])
        return listed

    @property
    def last_content_delta(self) -> str | None:
        """The text that the last token added to the open message; None if there is none."""
        content = self._content
        if content is None:
            return None
        content.decode(self._ids, len(self._ids), self._bytes)
        return content.last or None

    # reuse ----------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, JsonValue]:
        """Return the state as plain JSON values, from which `restore` creates a parser.

        A snapshot has the tokens of the open message and little else. The restored parser has none of the previous
        `messages`, `spans`, `recoveries` and `tokens`, but its positions, indexes and events continue. Events that a
        call did not return because it raised are not in the snapshot.
        """
        channels: list[JsonValue] = [*sorted(self._further)]
        values: dict[str, JsonValue] = {"version": VERSION, "encoding": self._encoding.name, _FURTHER: channels}
        return {**values, **values_of(self._reader)}

    @classmethod
    def restore(cls, encoding: HarmonyEncoding, data: Mapping[str, JsonValue]) -> Self:
        """Create a parser that continues from a snapshot.

        Args:
            encoding: The encoding of the original parser.
            data: The snapshot. It is validated, and nothing in it is executed.

        Raises:
            TypeError: `encoding` is not an encoding.
            ValueError: `data` is not a snapshot of this version and encoding; the message names the key.
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
        parser._reader = reader_of(*tables_of(encoding, parser._further), values)
        parser._begin()
        return parser

    def _restored(self, state: dict[str, Any]) -> Reader:
        return Reader.restored(*tables_of(self._encoding, self._further), state)

    def _begin(self, waiting: Iterable[Event] = ()) -> None:
        self._listed = [] if self._reader.foreign else self._reader.ids
        self._part = (-1, [])
        super()._begin(waiting)
