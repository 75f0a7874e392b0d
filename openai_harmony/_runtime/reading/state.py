"""The state of a reader: how it records messages, events and recoveries; reader.py applies tokens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import ParseError
from .content import Content
from .events import ContentDelta, MessageSpan, Usage
from .headers.assembly import Fault
from .headers.header import Header
from .machine import Framing, Phase
from .reader_values import NOTHING_EARLIER, Checkpoint, Mode, ReaderContext, Turn
from .recoveries import ReportedFault
from .reference_errors import ReferenceErrors

if TYPE_CHECKING:
    from typing_extensions import Self


__all__ = ["ReaderState"]


class ReaderState:
    """The state of a reader of one token stream. It consists of plain values: a copy of them is a snapshot.

    Positions are indices into `ids`; `place` converts them to the positions that users see.
    """

    def __init__(self, framing: Framing, context: ReaderContext, role: str | None, mode: Mode) -> None:
        self.framing = framing
        self.context = context
        self.mode = mode
        self.earlier = NOTHING_EARLIER
        self.checkpoint: Checkpoint | None = None
        self.ids: list[int] = []
        self.foreign: dict[int, int] = {}  # numbers that are not 32-bit ids, by position; `ids` has LARGEST_ID there
        self.messages: list[Any] = []
        self.spans: list[MessageSpan] = []
        self.recoveries: list[ReportedFault] = []
        self.events: list[Any] | None = None  # the list that events are appended to; None if they are not collected
        self.content_tokens: dict[str | None, int] = {}
        self.tool_call_tokens = 0
        self.replaying = False  # the tokens held back since `held` are being read
        self.changed = True  # set on every change; the parser resets it after it has copied the state
        self.stopped_header: Any = None  # the header that the last token, a stop token, ended
        self.enter(role)

    def enter(self, role: str | None) -> None:
        """Start a stream: the next token begins a completion by `role`, or a transcript if `role` is None."""
        self.role = role
        self.untouched = role is not None  # no message has ended, and no header was given up, since `role` was given
        self.ended = -1  # the number of tokens when the input ended in an open turn
        self.move(self.framing.transcript if role is None else self.framing.completion, role)
        self.follow_reference()
        self.save_checkpoint()

    def save_checkpoint(self) -> None:
        """Save a checkpoint if a few values describe the state; a snapshot holds the ids from there on."""
        at = self.mark
        if (
            at != len(self.ids)
            or self.literal is not None
            or self.stopped_header is not None
            or self.repaired
            or self.turns
            or self.without_start
        ):
            return
        reference = None if self.reference is None else self.reference.as_values(at)
        if reference is not None and reference[0] == Phase.HEADER and reference[1]:
            return  # the reference is in a header that began earlier
        self.checkpoint = Checkpoint(
            at, self.index, self.state, at - self.first, self.prompt_role, self.role, self.untouched, reference
        )

    def follow_reference(self) -> None:
        """Start tracking the reference library's state, if the mode raises where the reference raises."""
        self.reference: ReferenceErrors | None = None
        if self.mode.raises:
            self.reference = ReferenceErrors(self.phase, self.mark, self.prompt_role)

    def move(self, state: int, prompt_role: str | None = None, at: int | None = None) -> None:
        """Enter a state between messages or in a header, which begins with the next token, or at position `at`.

        `prompt_role` is the role that the prompt gave for the header; None if the header has an author of its own.
        """
        self.prompt_role = prompt_role
        self.open_turn: Header | None = None
        self.header: Header | None = None
        self.author: Any = self.framing.roles[str(self.role)].value if self.untouched else None
        self.mark = len(self.ids) if at is None else at  # where the header, or the text between messages, begins
        self.first = self.mark  # where the message begins, including its start token
        self.turns: tuple[Turn, ...] = ()
        self.without_start = False  # the header began between messages, without a start token
        self.undecided = False  # it is not known yet whether such words are a header or text
        self.held: int | None = None  # a stop token in the header; ids from there wait until the header's end is known
        self.repaired = False  # a recovery was reported since the header began
        self.behind_reasoning = False  # text that may be reasoning came before the message, in the same header
        self.only_prose = False  # prose in the header is a message of its own, and the header has no other fields
        self.accepted: tuple[int, int] | None = None  # span of a header with no fault, or only an unlisted channel
        self.pending: tuple[Fault, ...] = ()  # faults of a doubtful header; reported when its message ends
        self.header_origin: tuple[int, str | None] = (state, prompt_role)  # state and role at the start of the header
        self.unannounced: int | None = None  # the end of the open message's header, until an event reports its start
        self.header_ends = 0  # where the header of the open message ends
        self.beyond = 0  # how many of the last bytes do not belong to the header
        self.literal: int | None = None  # where a literal of the framing must begin; None if none is expected
        self.content = Content(self.mark)
        self._set_state(state)
        if self.phase == Phase.CONTENT:  # the prompt ended after the header
            fields = (None,) * len(self.framing.fields)
            self._begin(Header(prompt_role or self.framing.sampled, None, fields, state), self.mark)
            self.unannounced = self.mark

    def _set_state(self, state: int) -> None:
        self.changed = True
        self.state = state
        self.phase = self.framing.states[state].phase
        # Ids below this limit are only appended to `ids`. Between messages, and in a header that ends with a literal,
        # every id must be examined.
        plain = self.phase == Phase.CONTENT or (self.phase == Phase.HEADER and not self.framing.header_end)
        self.plain_below = self.framing.first_special if plain else 0

    # messages -------------------------------------------------------------------------------------

    def _begin(self, header: Header, start: int, text: str = "") -> None:
        """Begin the content of a message at position `start`; `text` is content that is already known."""
        reasoning = self.behind_reasoning or self.context.headers.lexer.begins_with_hidden_channel(text)
        if self.repaired and self.mode.unplaced is not None and not reasoning:
            header = self._with_default_channel(header, self.mode.unplaced)
        self.header = header
        self.open_turn = None
        self.author = self.framing.roles[header.role].value
        if self.content.start != start or self.phase == Phase.HEADER:
            self.content = Content(start)
        self._set_state(header.state)
        if self.events is not None:
            self.unannounced = start
            if not header.doubtful and not self.framing.opens_content:  # else it is not certain that a message begins
                self._emit_start()

    def _with_default_channel(self, header: Header, channel: str) -> Header:
        """Return a recovered header with the given channel, if it has no channel and is not a tool call."""
        framing = self.framing
        if header.role != framing.sampled or framing.channel_of(header.fields) is not None:
            return header
        if framing.is_call(header.role, header.fields):
            return header
        return header._replace(fields=framing.with_channel(channel, header.fields))

    def _end_message(self, stop: int | None, end: int, state: int | None = None) -> None:
        header, content = self.header, self.content
        assert header is not None
        message = self.context.factories.message(header, content.close(self.ids, end, self.context.bytes))
        self.tool_call_tokens += self._count(header, self._content_size(end), self.content_tokens)
        place, stop_id = self.place, None if stop is None else stop - self.framing.shift
        stop_start, behind = place(end), place(end if stop is None else end + 1)
        if self.events is not None:
            self.emit_content(end)
            self._emit_start()
            self.events.append(self.context.factories.end(self.index, message, stop_id, stop_start, behind))
        self.messages.append(message)
        self.spans.append(MessageSpan(place(self.first), place(content.start), stop_start, behind, stop_id))
        self._leave_message(stop, end, state)

    def _leave_message(self, stop: int | None, end: int, state: int | None = None) -> None:
        """Enter the state after a message, or after a header that yielded no message.

        Without a stop token, the token at `end` is read again. `state` is None for the state between messages.
        """
        self.untouched = False  # from here on the given role is only a default
        self.move(self.framing.between if state is None else state, at=end if stop is None else None)
        if stop is not None and self.framing.behind_stop:
            self.literal = len(self.ids)

    def _emit_start(self) -> None:
        """Emit the start event of the open message, if it has not been emitted."""
        if self.unannounced is not None and self.events is not None and self.header is not None:
            first, behind = self.place(self.first), self.place(self.unannounced)
            self.events.append(self.context.factories.start(self.index, self.header, first, behind))
        self.unannounced = None

    def emit_content(self, end: int) -> None:
        """Emit the text of the open message that no event has reported yet, up to the id at position `end`."""
        content = self.content
        start = content.emitted
        new = content.take_unemitted(self.ids, end, self.context.bytes)
        if new and self.events is not None:
            self._emit_start()
            self.events.append(ContentDelta(self.index, new, self.place(start), self.place(content.emitted)))

    def _content_size(self, end: int) -> int:
        """Return the number of content tokens of the open message before position `end`."""
        return end - self.content.start - self.content.skipped

    def _count(self, header: Header, tokens: int, content: dict[str | None, int]) -> int:
        """Add a message's tokens to the count of its channel; return the tokens of a tool call instead."""
        if self.framing.is_call(header.role, header.fields):
            return tokens
        channel = self.framing.channel_of(header.fields)
        content[channel] = content.get(channel, 0) + tokens
        return 0

    # faults ---------------------------------------------------------------------------------------

    def _recover(self, kind: Any, start: int, end: int, text: str = "", *, run: bool = False) -> None:
        """Report a recovery of a kind, or of the kind with that name, for the tokens from `start` to `end`.

        `text` is the text that is left out of the messages. With `run`, the previous recovery is extended instead if
        it has the same kind and ends where this one starts.
        """
        kind = self.framing.kinds[kind] if type(kind) is str else kind
        self.repaired = True
        first, behind = self.place(start), self.place(end)
        if run and self.recoveries:
            last = self.recoveries[-1]
            if last.kind is kind and last.end == first > last.start and last.message_index == self.index:
                last.extend(behind, text)
                return
        recovery = self.context.factories.recovery(kind, first, behind, text, self.index)
        self.recoveries.append(recovery)
        if self.events is not None:
            if self.header is not None and start > self.content.start:
                self.content.decode(self.ids, start, self.context.bytes)
                self.emit_content(start)
            self.events.append(self.context.factories.recovered(recovery))

    def _refuse(self, text: str) -> None:
        """Raise ParseError for the last id in pedantic mode; the next token is then read as between messages."""
        if self.mode.pedantic:
            here, state = len(self.ids) - 1, self.state_here()
            found = self._spelled(self.ids[here])
            self.untouched = False
            self.move(self.framing.between)
            raise self._error(text, here, found, state)

    def state_here(self) -> int:
        """Return the table's state before the last id."""
        return self.state

    def _error(self, text: str, index: int, found: str, state: int) -> ParseError:
        expected = self.framing.expected(state)
        phase = self.framing.states[state].phase
        place = self.place(index)
        unit = "character" if self.framing.shift else "token"
        message = f"{text} (at {unit} {place}: found {found!r}, expected {' or '.join(expected)})"
        return ParseError(message, index=place, state=phase, found=found, expected=expected)

    def _spelled(self, token: int) -> str:
        if token > self.framing.last_special:
            return f"id {token}"
        return self.context.bytes.one(token).decode("utf-8", "replace")

    # the state as a value -------------------------------------------------------------------------

    def usage(self) -> Usage:
        """Count the ids read so far by their use."""
        content, calls = dict(self.content_tokens), self.tool_call_tokens
        if self.header is not None:
            calls += self._count(self.header, self._content_size(len(self.ids)), content)
        total = self.place(len(self.ids))
        return Usage(total, content, calls, total - calls - sum(content.values()))

    def place(self, position: int) -> int:
        """Convert a position in `ids` to the position that users see: a token's, or a character's in text."""
        return position + self.earlier.ids

    @property
    def index(self) -> int:
        """The index of the open message, or of the next one."""
        return self.earlier.messages + len(self.messages)

    def snapshot(self) -> dict[str, Any]:
        """Return the state as a dictionary, without the tables and the context."""
        return {name: value for name, value in self.copy().__dict__.items() if name not in ("framing", "context")}

    @classmethod
    def restored(cls, framing: Framing, context: ReaderContext, state: dict[str, Any]) -> Self:
        """Make a reader from the result of `snapshot`."""
        made = object.__new__(cls)
        made.__dict__.update(state, framing=framing, context=context)
        return made

    def copy(self) -> Self:
        """Return an independent reader in the same state."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.ids = self.ids[:]
        twin.foreign = dict(self.foreign)
        twin.messages, twin.spans = list(self.messages), list(self.spans)
        twin.recoveries = [recovery.copy() for recovery in self.recoveries]
        twin.content_tokens = dict(self.content_tokens)
        twin.content, twin.events = self.content.copy(), None
        twin.reference = None if self.reference is None else self.reference.copy()
        return twin
