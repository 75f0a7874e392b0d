"""The base class of the parsers of tokens and of text: properties, the end of input, copying and pickling."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ._generated.enumerations import Role, StreamState
from ._generated.events import CurrentFields, Event, MessageSpan, Recovery, Usage
from ._generated.framing import FRAMING
from ._generated.messages import Author, Message
from ._parsing import open_author, role_word
from ._runtime.reading.content import ByteSource, Content
from ._runtime.reading.machine import Phase
from ._runtime.reading.reader import Reader
from ._runtime.types.read_only import setter
from .encoding import HarmonyEncoding

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["FastPath", "ParserBase", "checked_encoding"]

_STATES = {state.value: state for state in StreamState}
_NO_FIELDS: tuple[str | None, ...] = tuple(None for _ in FRAMING.fields)


# The values that `feed` uses for content tokens: the open message's content, all ids, the texts of ids, the message's
# index, and the number of tokens that an earlier parser read. CPython unpacks a plain tuple faster than a named one.
FastPath = tuple[Content, list[int], dict[int, str], int, int]

# The private attributes of an instance; all others were added by a user or a subclass.
_OWN = frozenset(
    {"_encoding", "_further", "_reader", "_waiting", "_ids", "_bytes", "_plain_below", "_content", "_listed", "_part"}
    | {"_fast_path"}
)


class ParserBase(CurrentFields):
    """The public side of a reader of one stream. Subclasses define whether the stream consists of tokens or text."""

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
    _encoding: HarmonyEncoding
    _further: frozenset[str]  # further channels, given by the user
    _reader: Reader
    _ids: list[int]  # the reader's own list
    _bytes: ByteSource
    _plain_below: int  # a token below this number changes only `_ids`
    _content: Content | None  # the content of the open message
    _fast_path: FastPath | None  # not None only if the open message's start was reported and no event is waiting

    def _begin(self, waiting: Iterable[Event] = ()) -> None:
        """Publish the values of a new reader. `waiting` are its events that no call has returned yet."""
        reader = self._reader
        self._waiting: list[Event] = list(waiting)  # events that no call has returned yet
        _show_messages(self, reader.messages)
        _show_recoveries(self, reader.recoveries)
        self._bytes = reader.context.bytes
        reader.changed = True
        self._show()

    def _show(self) -> None:
        """Copy the values that are read after every token to attributes, which are fast to read."""
        reader = self._reader
        if not reader.changed:
            return
        reader.changed = False
        put = object.__setattr__
        put(self, "_ids", reader.ids)
        put(self, "_plain_below", reader.plain_below)
        content = reader.content if reader.phase == Phase.CONTENT else None
        put(self, "_content", content)
        put(self, "_fast_path", None)
        _show_state(self, _STATES[reader.phase])
        _show_role(self, reader.author)
        self._show_fields(reader.header.fields if reader.header is not None else _NO_FIELDS)

    def process_eos(self) -> Self:
        """End the input, which completes an open message, and return the parser.

        Raises:
            ParseError: the input ends inside a header, and parsing is strict. A start token followed only by an author
                is not an error: it is an open turn.
        """
        try:
            self._reader.finish()
        finally:
            self._show()
        return self

    def feed_eos(self) -> list[Event]:
        """End the input, like `process_eos`, and return the events."""
        reader = self._reader
        reader.events = self._waiting
        try:
            reader.finish()
            return self._events()
        finally:
            reader.events = None
            self._show()

    def _events(self) -> list[Event]:
        reader = self._reader
        if reader.phase == Phase.CONTENT:
            reader.content.decode(reader.ids, len(reader.ids), reader.context.bytes)
            reader.emit_content(len(reader.ids))
        told, self._waiting = self._waiting, []
        content = self._content
        if content is None or content.held or reader.unannounced is not None or not reader.plain_below:
            self._fast_path = None
        elif self._fast_path is None:
            texts = reader.context.bytes.texts
            self._fast_path = (content, reader.ids, texts, reader.index, reader.earlier.ids)
        return told

    # Properties; the cost of each is independent of the length of the input -----------------------------

    @property
    def open_turn(self) -> Role | None:
        """The role of the turn that the tokens left open; None before the end of input."""
        author = self.open_author
        return None if author is None else author.role

    @property
    def open_author(self) -> Author | None:
        """The author of the turn that the tokens left open; None before the end of input."""
        return open_author(self._reader)

    @property
    def current_content(self) -> str:
        """The text of the open message so far, without an incomplete character; empty if no content is open."""
        content = self._content
        return "" if content is None else content.read(self._ids, len(self._ids), self._bytes)

    @property
    def spans(self) -> list[MessageSpan]:
        """The token positions of each complete message. Do not modify: it is the parser's own list, and grows."""
        return self._reader.spans

    @property
    def usage(self) -> Usage:
        """The number of tokens by use."""
        return self._reader.usage()

    # Reuse ----------------------------------------------------------------------------------------

    def reset(self, role: Role | str | None = None) -> Self:
        """Discard all input, begin a new turn with the same encoding and options, and return the parser."""
        reader = self._reader
        self._reader = type(reader)(reader.framing, reader.context, role_word(role), reader.mode)
        self._begin()
        return self

    def copy(self) -> Self:
        """Return an independent parser in the same state. It shares complete messages and added attributes."""
        twin = object.__new__(type(self))
        for name, value in self._added().items():
            object.__setattr__(twin, name, value)
        twin._encoding, twin._further = self._encoding, self._further
        twin._reader = self._reader.copy()
        twin._begin(self._waiting)
        return twin

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = self.copy()
        memo[id(self)] = twin
        for name, value in self._added().items():
            object.__setattr__(twin, name, copy.deepcopy(value, memo))
        twin._reader.messages[:] = copy.deepcopy(twin._reader.messages, memo)
        twin._waiting[:] = copy.deepcopy(twin._waiting, memo)
        return twin

    def _added(self) -> dict[str, Any]:
        """Return the attributes that a subclass or a user added."""
        added = {name: value for name, value in vars(self).items() if name not in _OWN}
        for cls in type(self).__mro__:
            names = cls.__dict__.get("__slots__", ())
            for name in [names] if isinstance(names, str) else names:
                if not name.startswith("__") and name not in self._read_only and hasattr(self, name):
                    added[name] = getattr(self, name)
        return added

    def __getstate__(self) -> dict[str, Any]:
        return {
            "encoding": self._encoding,
            "further": self._further,
            "reader": self._reader.snapshot(),
            "waiting": self._waiting,
            "added": self._added(),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state["added"].items():
            object.__setattr__(self, name, value)
        self._encoding, self._further = state["encoding"], state["further"]
        self._reader = self._restored(state["reader"])
        self._begin(state["waiting"])

    def __repr__(self) -> str:
        count, size = len(self.messages), self._reader.place(len(self._reader.ids))
        return f"<{type(self).__name__}: {self.state.value}, {count} messages, at position {size}>"

    def _restored(self, state: dict[str, Any]) -> Reader:
        """Return the reader that a snapshot describes."""
        raise NotImplementedError


def checked_encoding(encoding: HarmonyEncoding) -> HarmonyEncoding:
    """Return the encoding unchanged.

    Raises:
        TypeError: the argument is not a HarmonyEncoding.
    """
    if not isinstance(encoding, HarmonyEncoding):
        raise TypeError(f"argument 'encoding': expected a HarmonyEncoding, not {type(encoding).__name__}")
    return encoding


_show_state, _show_role, _show_messages, _show_recoveries = (
    setter(ParserBase, name) for name in ("state", "current_role", "messages", "recoveries")
)
