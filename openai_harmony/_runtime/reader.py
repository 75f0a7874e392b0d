"""The engine: tokens in, messages, events and recoveries out, over the tables of a framing.

It does no input or output, calls nobody back and knows no format. What the table refuses is an error in strict mode,
and otherwise a row of the reactions; the named rules stand in recovery.py.
"""

from __future__ import annotations

import operator
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..errors import ParseError
from .content import Bytes, Content
from .events import ContentDelta, MessageEnd, Recovered, Recovery, Usage
from .header import Header, HeaderReader, Misfit, complaint
from .header_text import HeaderText
from .machine import Framing, Phase
from .recovery import Fault, close_header, loose_header

__all__ = ["Makers", "Reader"]

LARGEST_ID = 2**32 - 1
UNFINISHED = "Unexpected EOS while waiting for message header to complete"


class Makers(NamedTuple):
    """How the public objects are made, and what turns ids into bytes."""

    message: Callable[[Header, str], Any]
    start: Callable[[int, Header], Any]
    bytes: Bytes
    headers: HeaderReader


class Reader:
    """Reads one stream of tokens. Its state is plain values: a copy of them is a snapshot."""

    def __init__(self, framing: Framing, makers: Makers, role: str | None, strict: bool) -> None:
        self.framing = framing
        self.makers = makers
        self.strict = strict
        self.ids = array("I")
        self.odd: dict[int, int] = {}  # ids that no array holds, by position; `ids` has the largest id there
        self.messages: list[Any] = []
        self.recoveries: list[Recovery] = []
        self.events: list[Any] | None = None  # where events go, while somebody asks for them
        self.content_tokens: dict[str | None, int] = {}
        self.tool_call_tokens = 0
        self.enter(role)

    def enter(self, role: str | None) -> None:
        """The next token is the first of a completion by `role`, or, without one, of a transcript."""
        self.role = role
        self.untouched = role is not None  # nothing came of the header that the role was given for
        self.open_turn: str | None = None
        self.move(self.framing.transcript if role is None else self.framing.completion, role)

    def move(self, state: int, given: str | None = None) -> None:
        """Goes to a state between messages or in a header that begins with the next token."""
        self.given = given
        self.header: Header | None = None
        self.author: Any = self.framing.roles[str(self.role)].value if self.untouched else None
        self.mark = len(self.ids)  # where the header, or what stands between messages, begins
        self.content = Content(self.mark)
        self._set_state(state)

    def _set_state(self, state: int) -> None:
        self.state = state
        self.phase = self.framing.states[state].phase
        # An id below this needs nothing but to be kept; between messages every id needs a look.
        self.plain_below = 0 if self.phase == Phase.EXPECT_START else self.framing.first_special

    # tokens in ------------------------------------------------------------------------------------

    def extend(self, tokens: Iterable[int]) -> None:
        """Takes many ids; the same as each by itself."""
        keep = self.ids.append
        for token in tokens:
            try:
                keep(token)
            except (TypeError, OverflowError):
                self.push_odd(token)
                continue
            if token >= self.plain_below:
                self.look(token)

    def push_odd(self, token: object) -> None:
        """Takes what is no unsigned integer of 32 bits."""
        try:
            number = operator.index(token)  # type: ignore[arg-type]
        except TypeError:
            kind = type(token).__name__
            raise TypeError(f"argument 'token': '{kind}' object cannot be interpreted as an integer") from None
        if self.strict:
            raise OverflowError("out of range integral type conversion attempted")
        self.odd[len(self.ids)] = number
        self.ids.append(LARGEST_ID)
        self.look(LARGEST_ID)

    def look(self, token: int) -> None:
        """What the last id, already kept, does to the state."""
        terminal = self.framing.terminal(token)
        if token > self.framing.last_special:
            self._unknown(token)
        again = True
        while again:
            if self.phase == Phase.CONTENT:
                again = self._in_content(terminal, token)
            elif self.phase == Phase.HEADER:
                again = self._in_header(terminal, token)
            else:
                again = self._between(terminal, token)

    def finish(self) -> None:
        """The end of input: an open message ends, a bare author is an open turn.

        Raises:
            ParseError: strict, and a header is not complete; the state stays as it is.
        """
        end = len(self.ids)
        if self.phase == Phase.EXPECT_START:
            self._settle_white_space(end)
        if self.phase == Phase.CONTENT:
            self._end_message(None, end)
        elif self.phase == Phase.HEADER:
            self._finish_header(end)

    def _unknown(self, token: int) -> None:
        if self.phase != Phase.EXPECT_START:
            content = self.phase == Phase.CONTENT
            self._refuse(f"Invalid token for decoding: {token}" if content else "could not decode header")
        self._recover("unknown_token", len(self.ids) - 1, len(self.ids))

    # the three phases; each says whether the token is to be read again -------------------------------

    def _in_content(self, terminal: str, token: int) -> bool:
        framing = self.framing
        steps = framing.states[self.state].steps
        here = len(self.ids) - 1
        if terminal in steps:
            if terminal != framing.text:
                self._end_message(token, here, steps[terminal].target)
            return False
        reaction = framing.reactions[self.phase].get(terminal)
        if reaction is None:
            return False
        self._refuse(f"Unexpected token {token} in the content of a message")
        self._recover(reaction.kind, here, here + 1)
        if reaction.do == "drop":
            self.content.skip(self.ids, here, self.makers.bytes)
            return False
        again = reaction.do == "end_message"
        self._end_message(None if again else token, here)
        return again

    def _in_header(self, terminal: str, token: int) -> bool:
        framing = self.framing
        if terminal == framing.text or terminal in framing.markers:
            return False
        here = len(self.ids) - 1
        if terminal == framing.closes_header:
            self._begin(self._read_header(here), here + 1)
            return False
        step = framing.states[self.state].steps.get(terminal)
        if step is not None and self.mark == here:
            self.move(step.target)
            return False
        reaction = framing.reactions[self.phase][terminal]
        if reaction.do == "drop":
            self._refuse("unexpected tokens remaining in message header")
            self._recover(reaction.kind, here, here + 1, self._spelled(token))
            return False
        self._refuse(UNFINISHED)
        opens = terminal == framing.opens
        self._close_header(here, reaction.kind, opens=opens, stop=None if opens else token)
        if not opens and terminal not in framing.stops:
            self._recover(framing.reactions[Phase.CONTENT][terminal].kind, here, here + 1)
        return opens

    def _between(self, terminal: str, token: int) -> bool:
        framing = self.framing
        here = len(self.ids) - 1
        step = framing.states[self.state].steps.get(terminal)
        if terminal == framing.text:
            self._refuse(self._no_start(token))
            self.content.read(self.ids, here + 1, self.makers.bytes)
            self._open_stray(here + 1)
            return False
        if self._settle_white_space(here):
            return True
        if step is not None:
            self.move(step.target)
            return False
        reaction = framing.reactions[self.phase][terminal]
        self._refuse(self._no_start(token))
        if reaction.do == "drop":
            self._recover(reaction.kind, here, here + 1, "" if terminal in framing.known else self._spelled(token))
            self.move(self.state)
            return False
        self._recover(reaction.kind, here, here)
        self.move(framing.completion, self.role or framing.sampled)
        self.mark = here
        return True

    # text between messages ------------------------------------------------------------------------

    def _open_stray(self, end: int) -> bool:
        """The rule text_between_messages: text that is not all white space is a message of its own."""
        if not self.content.text or self.content.text.isspace():
            return False
        self._recover("stray_text", self.mark, end)
        fields = tuple(None for _ in self.framing.fields)
        self._begin(Header(self.role or self.framing.sampled, None, fields, self.framing.content), self.mark)
        return True

    def _settle_white_space(self, end: int) -> bool:
        """The other half of the rule: white space is skipped. True when it was text after all."""
        if self.mark == end:
            return False
        self.content.close(self.ids, end, self.makers.bytes)
        if self._open_stray(end):
            return True
        self._recover("stray_white_space", self.mark, end, self.content.text)
        self.mark = end
        self.content = Content(end)
        return False

    # headers --------------------------------------------------------------------------------------

    def _header_text(self, end: int) -> HeaderText:
        return HeaderText(self.framing, self.ids[self.mark : end], self.mark, self.makers.bytes)

    def _read_header(self, end: int) -> Header:
        """A complete header: the table reads it, or else the rule loose_header."""
        headers = self.makers.headers
        form = self.ids[self.mark : end].tobytes()
        known = headers.recall(self.state, self.given, form)
        if known is not None:
            return known
        text = self._header_text(end)
        try:
            read = headers.read(self.state, self.given, text.items)
        except UnicodeDecodeError:
            self._refuse("could not decode header")
            self._recover("unknown_token", self.mark, end)
            read = Misfit(None, self.state)
        if isinstance(read, Header):
            headers.keep(self.state, self.given, form, read)
            return read
        if self.strict:
            self._refuse_header(text, read, end)
        loose = loose_header(headers.words, self.state, self.given, text.items)
        self._report(loose.faults, text)
        return Header(loose.role, loose.name, loose.fields, self.framing.content)

    def _close_header(self, end: int, kind: Any, *, opens: bool = False, stop: int | None = None) -> None:
        """A header without its message marker; `opens` when the next message begins where it breaks off."""
        text = self._header_text(end)
        closed = close_header(self.makers.headers.words, self.state, self.given, text.items)
        if closed.content is None:
            repeated = opens and closed.words <= 1
            start = max(0, self.mark - 1) if repeated else self.mark
            self._recover("repeated_start" if repeated else "truncated_header", start, end, text.plain_text())
            self.move(self.framing.between)
        else:
            self._recover(kind, self.mark, end)
            self._report(closed.header.faults, text)
            loose = closed.header
            self._begin(Header(loose.role, loose.name, loose.fields, self.framing.content), text.position(closed.begin))
            self.content.decoded = end
            self.content.text = closed.content
            self._end_message(stop, end)
        if stop is None:
            self.mark = end
            self.content = Content(end)

    def _finish_header(self, end: int) -> None:
        """The rule of the open turn: an author alone at the end of input is none but an open turn."""
        framing, headers = self.framing, self.makers.headers
        text = self._header_text(end)
        lexemes = headers.words.lexemes(text.items, self.given, "replace")
        state = headers.state_behind(self.state, lexemes)
        if state is not None and framing.states[state].ends:
            self.open_turn = close_header(headers.words, self.state, self.given, text.items).header.role
        elif self.untouched and self.given is not None and self.mark == end and not self.strict:
            self.open_turn = self.given
        elif self.strict:
            raise self._error(UNFINISHED, end, "end of input", self.state if state is None else state)
        else:
            self._close_header(end, framing.kinds["missing_message"])

    def _report(self, faults: Sequence[Fault], text: HeaderText) -> None:
        for fault in faults:
            self._recover(fault.kind, *text.span(fault.start, fault.end), fault.text)

    # messages -------------------------------------------------------------------------------------

    def _begin(self, header: Header, start: int) -> None:
        self.header = header
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
        self._count(header, end - content.start - content.skipped)
        if self.events is not None:
            self.tell_content()
            self.events.append(MessageEnd(len(self.messages), message, stop))
        self.messages.append(message)
        self.untouched = False  # from here on the role that was given is no more than a stand-in
        self.move(self.framing.between if state is None else state)
        if stop is None:
            self.mark = end
            self.content = Content(end)

    def tell_content(self) -> None:
        """An event for the text of the open message that no event has told yet."""
        new = self.content.unsent()
        if new and self.events is not None:
            self.events.append(ContentDelta(len(self.messages), new))

    def _count(self, header: Header, tokens: int) -> None:
        if self.framing.is_call(header.role, header.fields):
            self.tool_call_tokens += tokens
        else:
            channel = self.framing.channel_of(header.fields)
            self.content_tokens[channel] = self.content_tokens.get(channel, 0) + tokens

    # what is wrong --------------------------------------------------------------------------------

    def _recover(self, kind: Any, start: int, end: int, text: str = "") -> None:
        kind = self.framing.kinds[kind] if type(kind) is str else kind
        recovery = Recovery(kind, start, end, text, len(self.messages))
        self.recoveries.append(recovery)
        if self.events is not None:
            if self.header is not None:
                self.content.read(self.ids, start, self.makers.bytes)
                self.tell_content()
            self.events.append(Recovered(recovery))

    def _refuse(self, text: str) -> None:
        """In strict mode, the error that the last id is; the next token starts a message, or is an error again."""
        if self.strict:
            here, state = len(self.ids) - 1, self._state_here()
            found = self._spelled(self.ids[here])
            self.move(self.framing.between)
            raise self._error(text, here, found, state)

    def _state_here(self) -> int:
        """The state that the last id was met in, within a header."""
        if self.phase != Phase.HEADER:
            return self.state
        text, headers = self._header_text(len(self.ids) - 1), self.makers.headers
        behind = headers.state_behind(self.state, headers.words.lexemes(text.items, self.given, "replace"))
        return self.state if behind is None else behind

    def _refuse_header(self, text: HeaderText, misfit: Misfit, end: int) -> None:
        framing, lexeme = self.framing, misfit.lexeme
        lexemes = self.makers.headers.words.lexemes(text.items, self.given, "replace")
        self.move(framing.between)
        if lexeme is None:
            found, index = framing.spellings[framing.closes_header], end
        else:
            found, index = framing.spellings.get(lexeme.marker or "", "") + lexeme.text, text.position(lexeme.start)
        raise self._error(complaint(framing, lexemes, misfit), index, found, misfit.state)

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
            open_tokens = len(self.ids) - self.content.start - self.content.skipped
            if self.framing.is_call(self.header.role, self.header.fields):
                calls += open_tokens
            else:
                channel = self.framing.channel_of(self.header.fields)
                content[channel] = content.get(channel, 0) + open_tokens
        return Usage(len(self.ids), content, calls, len(self.ids) - calls - sum(content.values()))

    def snapshot(self) -> dict[str, Any]:
        """The state without tables and makers."""
        return {name: value for name, value in self.copy().__dict__.items() if name not in ("framing", "makers")}

    @classmethod
    def restored(cls, framing: Framing, makers: Makers, state: dict[str, Any]) -> Reader:
        made = object.__new__(cls)
        made.__dict__.update(state, framing=framing, makers=makers)
        return made

    def copy(self) -> Reader:
        """A reader in the same state, which goes on by itself."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.ids = self.ids[:]
        twin.odd = dict(self.odd)
        twin.messages, twin.recoveries = list(self.messages), list(self.recoveries)
        twin.content_tokens = dict(self.content_tokens)
        twin.content, twin.events = self.content.copy(), None
        return twin
