"""What a program calls to read tokens: the parser and the whole-input functions; what they do stands in `_runtime`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ._generated.enumerations import Role, StreamState
from ._generated.events import CurrentFields, Event, MessageSpan, Recovered, Recovery, Usage
from ._generated.framing import FRAMING
from ._generated.messages import Author, Message
from ._runtime.content import Bytes, Content
from ._runtime.machine import Phase
from ._runtime.reader import Reader
from ._runtime.shown import setter
from ._runtime.state_data import state_data
from .options import NOT_TOLD, Strictness
from .parsing import make_reader, makers_of, open_author, role_word
from .strictness import mode_of

if TYPE_CHECKING:
    from typing_extensions import Self

    from .encoding import HarmonyEncoding

__all__ = ["Event", "StreamableParser"]

_STATES = {state.value: state for state in StreamState}
_NO_FIELDS: tuple[str | None, ...] = tuple(None for _ in FRAMING.fields)


class StreamableParser(CurrentFields):
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
        unplaced: the channel on which recovered text is put that has none, such as prose where a header should be; None
            for what `HARMONY_UNPLACED` says, or else no channel.

    After a `ParseError` the parser goes on as if there had been none: the token is read, nothing is given up, and the
    same fault raises once. A `ParseError` of `process_eos` changes nothing. In pedantic mode the message that was being
    read is given up, and the parser expects the start of another.

    Raises:
        TypeError: an argument is of the wrong kind.
        ValueError: `role` is no role, or another argument names nothing that there is.
    """

    __slots__ = {
        "__dict__": "What the parser keeps for itself, and what its user adds.",
        "__weakref__": "What refers to the parser without keeping it.",
        "current_role": "The open message's author's role; before the first header is complete, the one given.",
        "messages": "The complete messages: the parser's own list, which grows; do not change it.",
        "recoveries": "What was wrong and read all the same: the parser's own list, which grows; do not change it.",
        "state": "The part of a message that comes next.",
    }
    current_role: Role | None
    messages: list[Message]
    recoveries: list[Recovery]
    state: StreamState
    _ids: list[int]  # the reader's own
    _bytes: Bytes
    _plain_below: int  # a token below this changes nothing but `_ids`
    _content: Content | None  # the open message's
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
        self._encoding = encoding
        self._reader = make_reader(encoding, role, strict, channels, unplaced)
        self._waiting: list[Event] = []
        self._begin()

    @classmethod
    def resume(cls, encoding: HarmonyEncoding, prompt_tokens: Sequence[int], *, strict: Strictness = NOT_TOLD) -> Self:
        """A parser that begins where a prompt leaves off: an open turn, a prefilled channel, an open message.

        The tokens from the prompt's last start token on are the first of `tokens`, and the text of an open message is
        the beginning of its message, also in the first events. A prompt that leaves nothing open, or has no start
        token, is resumed between messages. What is wrong with the prompt is not reported.
        """
        opening = FRAMING.start_id
        last = next((i for i in range(len(prompt_tokens) - 1, -1, -1) if prompt_tokens[i] == opening), None)
        parser = cls(encoding, None, strict=False)
        events = parser.feed(prompt_tokens[last:]) if last is not None else []
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

    def _show(self) -> None:
        """Puts what is asked for after every token where it is found at once."""
        reader = self._reader
        if not reader.moved:
            return
        reader.moved = False
        put = object.__setattr__
        put(self, "_ids", reader.ids)
        put(self, "_plain_below", reader.plain_below)
        put(self, "_content", reader.content if reader.phase == Phase.CONTENT else None)
        _show_state(self, _STATES[reader.phase])
        _show_role(self, reader.author)
        self._show_fields(reader.header.fields if reader.header is not None else _NO_FIELDS)

    def process_eos(self) -> Self:
        """Say that the input ends here; an open message is complete then. Returns the parser.

        Raises:
            ParseError: strict, and the input ends inside a header. A start token with an author alone is no error:
                it is an open turn.
        """
        self._reader.finish()
        self._show()
        return self

    def feed(self, tokens: Iterable[int]) -> list[Event]:
        """Take tokens and return what happened: `MessageStart`, `ContentDelta`, `MessageEnd`, `Recovered`.

        The deltas of a message, joined, are its text, if all its tokens come by `feed`: what `process` takes is told by
        no event. Events before an error are returned by the next call.

        Raises: as `process`.
        """
        reader = self._reader
        reader.events = self._waiting
        try:
            for token in tokens:
                self.process(token)
            return self._events()
        finally:
            reader.events = None

    def feed_eos(self) -> list[Event]:
        """Say that the input ends here, as `process_eos`, and return what happened."""
        reader = self._reader
        reader.events = self._waiting
        try:
            reader.finish()
            self._show()
            return self._events()
        finally:
            reader.events = None

    async def events(self, tokens: AsyncIterable[int]) -> AsyncIterator[Event]:
        """The events of an asynchronous stream of tokens, up to and including the end of input."""
        async for token in tokens:
            for event in self.feed((token,)):
                yield event
        for event in self.feed_eos():
            yield event

    def _events(self) -> list[Event]:
        reader = self._reader
        if reader.phase == Phase.CONTENT:
            reader.content.decode(reader.ids, len(reader.ids), reader.makers.bytes)
            reader.tell_content(len(reader.ids))
        told, self._waiting = self._waiting, []
        return told

    # what was read; every property costs the same however much that is ---------------------------------

    @property
    def open_turn(self) -> Role | None:
        """After the end of input: the role of the turn that the tokens left open."""
        author = self.open_author
        return None if author is None else author.role

    @property
    def open_author(self) -> Author | None:
        """After the end of input: the author of the turn that the tokens left open."""
        return open_author(self._reader)

    @property
    def tokens(self) -> list[int]:
        """All tokens so far, one that raised ParseError too: the parser's own list, which grows; do not change it."""
        reader, listed = self._reader, self._listed
        if len(listed) < len(reader.ids):  # never while they are one and the same
            start = len(listed)
            listed.extend(reader.ids[start:])
            for position in reversed(reader.odd):
                if position < start:
                    break
                listed[position] = reader.odd[position]
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
    def current_content(self) -> str:
        """The open message's text so far, without an incomplete character; empty outside a message."""
        content = self._content
        return "" if content is None else content.read(self._ids, len(self._ids), self._bytes)

    @property
    def last_content_delta(self) -> str | None:
        """What the last token added to the open message's text; None if nothing."""
        content = self._content
        if content is None:
            return None
        content.decode(self._ids, len(self._ids), self._bytes)
        return content.last or None

    @property
    def spans(self) -> list[MessageSpan]:
        """For each complete message, where its tokens are: the parser's own list, which grows; do not change it."""
        return self._reader.spans

    @property
    def usage(self) -> Usage:
        """How many of the tokens were for what."""
        return self._reader.usage()

    # reuse ----------------------------------------------------------------------------------------

    def reset(self, role: Role | str | None = None) -> Self:
        """Forget everything and begin the next turn, with the same encoding and strictness; returns the parser."""
        self._reader = Reader(self._reader.framing, self._reader.makers, role_word(role), self._reader.mode)
        self._waiting = []
        self._begin()
        return self

    def copy(self) -> Self:
        """A parser in the same state, which goes on by itself. Complete messages are shared."""
        twin = object.__new__(type(self))
        twin._encoding = self._encoding
        twin._reader = self._reader.copy()
        twin._waiting = list(self._waiting)
        twin._begin()
        return twin

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.copy()

    def __getstate__(self) -> dict[str, Any]:
        return {"encoding": self._encoding, "reader": self._reader.snapshot(), "waiting": self._waiting}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._encoding = state["encoding"]
        self._reader = Reader.restored(FRAMING, makers_of(self._encoding), state["reader"])
        self._waiting = state["waiting"]
        self._begin()

    def _begin(self) -> None:
        """Shows what a reader has that was not there before."""
        reader = self._reader
        _show_messages(self, reader.messages)
        _show_recoveries(self, reader.recoveries)
        self._bytes = reader.makers.bytes
        self._listed = [] if reader.odd else reader.ids
        self._part = (-1, [])
        reader.moved = True
        self._show()


_show_state, _show_role, _show_messages, _show_recoveries = (
    setter(StreamableParser, name) for name in ("state", "current_role", "messages", "recoveries")
)
