"""What a reader remembers, and how it tells of messages and faults; what a token does to it is reader.py's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ParseError
from .content import Bytes, Content
from .events import ContentDelta, MessageEnd, Recovered, Recovery, Usage
from .header import Header, HeaderReader
from .machine import Framing, Phase

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Makers", "ReaderState"]


class Makers(NamedTuple):
    """How the public objects are made, and what turns ids into bytes."""

    message: Callable[[Header, str], Any]
    start: Callable[[int, Header], Any]
    bytes: Bytes
    headers: HeaderReader


class ReaderState:
    """Where a reader of one stream of tokens is. All of it is plain values: a copy of them is a snapshot."""

    def __init__(self, framing: Framing, makers: Makers, role: str | None, strict: bool) -> None:
        self.framing = framing
        self.makers = makers
        self.strict = strict
        self.ids: list[int] = []
        self.odd: dict[int, int] = {}  # what no id can be, by position; `ids` has the largest one there
        self.messages: list[Any] = []
        self.recoveries: list[Recovery] = []
        self.events: list[Any] | None = None  # where events go, while somebody asks for them
        self.content_tokens: dict[str | None, int] = {}
        self.tool_call_tokens = 0
        self.moved = True  # whoever shows the state to users sets it back
        self.enter(role)

    def enter(self, role: str | None) -> None:
        """The next token is the first of a completion by `role`, or, without one, of a transcript."""
        self.role = role
        self.untouched = role is not None  # nothing came of the header that the role was given for
        self.open_turn: Header | None
        self.move(self.framing.transcript if role is None else self.framing.completion, role)

    def move(self, state: int, given: str | None = None, at: int | None = None) -> None:
        """Goes to a state between messages or in a header, which begins with the next token, or at `at`."""
        self.given = given
        self.open_turn = None
        self.header: Header | None = None
        self.author: Any = self.framing.roles[str(self.role)].value if self.untouched else None
        self.mark = len(self.ids) if at is None else at  # where the header, or what stands between messages, begins
        self.content = Content(self.mark)
        self._set_state(state)

    def _set_state(self, state: int) -> None:
        self.moved = True
        self.state = state
        self.phase = self.framing.states[state].phase
        # An id below this needs nothing but to be kept; between messages every id needs a look.
        self.plain_below = 0 if self.phase == Phase.EXPECT_START else self.framing.first_special

    # messages -------------------------------------------------------------------------------------

    def _begin(self, header: Header, start: int) -> None:
        self.header = header
        self.open_turn = None
        self.author = self.framing.roles[header.role].value
        if self.content.start != start or self.phase == Phase.HEADER:
            self.content = Content(start)
        self._set_state(header.state)
        if self.events is not None:
            self.events.append(self.makers.start(len(self.messages), header))

    def _end_message(self, stop: int | None, end: int, state: int | None = None) -> None:
        header, content = self.header, self.content
        assert header is not None
        message = self.makers.message(header, content.close(self.ids, end, self.makers.bytes))
        self.tool_call_tokens += self._count(header, end - content.start - content.skipped, self.content_tokens)
        if self.events is not None:
            self.tell_content()
            self.events.append(MessageEnd(len(self.messages), message, stop))
        self.messages.append(message)
        self.untouched = False  # from here on the role that was given is no more than a stand-in
        # Without a stop token, what ended the message is read again.
        self.move(self.framing.between if state is None else state, at=end if stop is None else None)

    def tell_content(self) -> None:
        """An event for the text of the open message that no event has told yet."""
        new = self.content.unsent()
        if new and self.events is not None:
            self.events.append(ContentDelta(len(self.messages), new))

    def _count(self, header: Header, tokens: int, content: dict[str | None, int]) -> int:
        """Adds a message's tokens to those of its channel; those of a tool call are returned instead."""
        if self.framing.is_call(header.role, header.fields):
            return tokens
        channel = self.framing.channel_of(header.fields)
        content[channel] = content.get(channel, 0) + tokens
        return 0

    # what is wrong --------------------------------------------------------------------------------

    def _recover(self, kind: Any, start: int, end: int, text: str = "") -> None:
        kind = self.framing.kinds[kind] if type(kind) is str else kind
        recovery = Recovery(kind, start, end, text, len(self.messages))
        self.recoveries.append(recovery)
        if self.events is not None:
            if self.header is not None:
                self.content.decode(self.ids, start, self.makers.bytes)
                self.tell_content()
            self.events.append(Recovered(recovery))

    def _refuse(self, text: str) -> None:
        """In strict mode, the error that the last id is; the next token starts a message, or is an error again."""
        if self.strict:
            here, state = len(self.ids) - 1, self.state_here()
            found = self._spelled(self.ids[here])
            self.untouched = False
            self.move(self.framing.between)
            raise self._error(text, here, found, state)

    def state_here(self) -> int:
        """The table's state that the last id was met in."""
        return self.state

    def _error(self, text: str, index: int, found: str, state: int) -> ParseError:
        expected = self.framing.expected(state)
        phase = self.framing.states[state].phase
        message = f"{text} (at token {index}: found {found!r}, expected {' or '.join(expected)})"
        return ParseError(message, index=index, state=phase, found=found, expected=expected)

    def _no_start(self, token: int) -> str:
        return f"Unexpected token {token} while expecting start token {self.framing.start_id}"

    def _spelled(self, token: int) -> str:
        if token > self.framing.last_special:
            return f"id {token}"
        return self.makers.bytes.one(token).decode("utf-8", "replace")

    # the state as a value -------------------------------------------------------------------------

    def usage(self) -> Usage:
        """How many of the ids so far were for what."""
        content, calls = dict(self.content_tokens), self.tool_call_tokens
        if self.header is not None:
            calls += self._count(self.header, len(self.ids) - self.content.start - self.content.skipped, content)
        return Usage(len(self.ids), content, calls, len(self.ids) - calls - sum(content.values()))

    def snapshot(self) -> dict[str, Any]:
        """The state without tables and makers."""
        return {name: value for name, value in self.copy().__dict__.items() if name not in ("framing", "makers")}

    @classmethod
    def restored(cls, framing: Framing, makers: Makers, state: dict[str, Any]) -> Self:
        made = object.__new__(cls)
        made.__dict__.update(state, framing=framing, makers=makers)
        return made

    def copy(self) -> Self:
        """A reader in the same state, which goes on by itself."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.ids = self.ids[:]
        twin.odd = dict(self.odd)
        twin.messages, twin.recoveries = list(self.messages), list(self.recoveries)
        twin.content_tokens = dict(self.content_tokens)
        twin.content, twin.events = self.content.copy(), None
        return twin
