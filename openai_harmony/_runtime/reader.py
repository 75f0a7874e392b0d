"""The engine: what each token does, over the tables of a framing.

It does no input or output, calls nobody back and knows no format. What the table refuses is an error in strict mode,
and otherwise a row of the reactions; the named rules stand in recovery.py.
"""

from __future__ import annotations

import operator
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from .content import Content
from .header import Header, Misfit, author, complaint, state_behind
from .header_text import HeaderText
from .machine import Phase
from .recovery import Fault, close_header, loose_header
from .state import ReaderState
from .symbols import Lexeme

__all__ = ["Reader"]

LARGEST_ID = 2**32 - 1
UNFINISHED = "Unexpected EOS while waiting for message header to complete"


class Reader(ReaderState):
    """Reads one stream of tokens."""

    # tokens in ------------------------------------------------------------------------------------

    def extend(self, tokens: Iterable[int]) -> None:
        """Takes many ids; the same as each by itself."""
        for token in tokens:
            if token.__class__ is int and token >= 0 and token < self.plain_below:
                self.ids.append(token)
            else:
                self.push(token, "tokens")

    def push(self, token: object, argument: str = "token") -> None:
        """Takes one id, or what should be one: any kind of integer, and in recovering mode of any size."""
        try:
            number = operator.index(token)  # type: ignore[arg-type]
        except TypeError:
            kind = type(token).__name__
            raise TypeError(f"argument '{argument}': '{kind}' object cannot be interpreted as an integer") from None
        if not 0 <= number <= LARGEST_ID:
            if self.strict:
                raise OverflowError("out of range integral type conversion attempted")
            self._part_from_listed()
            self.odd[len(self.ids)] = number
            number = LARGEST_ID
        self.ids.append(number)
        if number >= self.plain_below:
            self._look(number)

    def _part_from_listed(self) -> None:
        """From the first number that is no id on, the ids are another list than the one that users were given."""
        if not self.odd:
            self.ids = self.ids[:]
            self.moved = True

    def _look(self, token: int) -> None:
        """What the last id, already kept, does to the state."""
        framing = self.framing
        terminal = framing.terminal(token)
        if token > framing.last_special or (terminal == framing.others and not self.makers.bytes.knows(token)):
            terminal = framing.text
            self._unknown_token(token)
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

    def _unknown_token(self, token: int) -> None:
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
        behind = self._state_behind(here) if terminal in framing.known else None
        step = None if behind is None else framing.states[behind].steps.get(terminal)
        if step is not None:
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
            self.content.decode(self.ids, here + 1, self.makers.bytes)
            self._text_between_messages(here + 1)
            return False
        if self._settle_white_space(here):
            return True
        if step is not None:
            self.move(step.target)
            return False
        reaction = framing.reactions[self.phase][terminal]
        self._refuse(self._no_start(token))
        if reaction.do == "drop":
            self._recover(reaction.kind, here, here + 1, "" if reaction.frames else self._spelled(token))
            self.move(self.state)
            return False
        self._recover(reaction.kind, here, here)
        self.move(framing.completion, self.role or framing.sampled, at=here)
        return True

    # text between messages ------------------------------------------------------------------------

    def _text_between_messages(self, end: int) -> bool:
        """Text that is not all white space is a message of its own, white space included."""
        if not self.content.last or self.content.last.isspace():  # all before it is white space
            return False
        self._recover("stray_text", self.mark, end)
        fields = tuple(None for _ in self.framing.fields)
        self._begin(Header(self.role or self.framing.sampled, None, fields, self.framing.content), self.mark)
        return True

    def _settle_white_space(self, end: int) -> bool:
        """The other half of that rule: white space alone is skipped. True when it was text after all."""
        if self.mark == end:
            return False
        self.content.close(self.ids, end, self.makers.bytes)
        if self._text_between_messages(end):
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
        form = array("I", self.ids[self.mark : end]).tobytes()
        known = headers.recall(self.state, self.given, form)
        if known is not None:
            return known
        text = self._header_text(end)
        try:
            read = headers.read(self.state, self.given, text.items)
        except UnicodeDecodeError:
            self._refuse("could not decode header")
            if max(self.ids[self.mark : end]) <= self.framing.last_special:  # unknown ids are reported already
                self._recover("unknown_token", self.mark, end)
            read = headers.read(self.state, self.given, text.items, "replace")
        else:
            if isinstance(read, Header):
                headers.keep(self.state, self.given, form, read)
        if isinstance(read, Header):
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
            kind = self.framing.kinds["repeated_start" if repeated else "truncated_header"]
            self._recover(kind, start, end + (stop is not None), text.plain_text())
            self.untouched = False
            self.move(self.framing.between, at=end if stop is None else None)
        else:
            self._recover(kind, self.mark, end)
            self._report(closed.header.faults, text)
            loose = closed.header
            self._begin(Header(loose.role, loose.name, loose.fields, self.framing.content), text.position(closed.begin))
            self.content.replace(closed.content, end)
            self._end_message(stop, end)

    def _finish_header(self, end: int) -> None:
        """The rule of the open turn: an author alone at the end of input is none but an open turn."""
        framing = self.framing
        state = self._state_behind(end)
        if state is not None and framing.states[state].ends:
            self.open_turn = Header(*author(framing, self._lexemes(end)[0], None), (), framing.content)
        elif self.untouched and self.given is not None and self.mark == end and not self.strict:
            self.open_turn = Header(self.given, None, (), framing.content)
        elif self.strict:
            raise self._error(UNFINISHED, end, "end of input", self.state if state is None else state)
        else:
            self._close_header(end, framing.kinds["missing_message"])

    def _report(self, faults: Sequence[Fault], text: HeaderText) -> None:
        for fault in faults:
            self._recover(fault.kind, *text.span(fault.start, fault.end), fault.text)

    def state_here(self) -> int:
        """The state that the last id was met in, within a header."""
        if self.phase != Phase.HEADER:
            return self.state
        behind = self._state_behind(len(self.ids) - 1)
        return self.state if behind is None else behind

    def _state_behind(self, end: int) -> int | None:
        """The table's state behind a header's tokens so far; None where they do not fit."""
        return state_behind(self.framing, self.state, self._lexemes(end))

    def _lexemes(self, end: int) -> list[Lexeme]:
        return self.makers.headers.words.lexemes(self._header_text(end).items, self.given, "replace")

    def _refuse_header(self, text: HeaderText, misfit: Misfit, end: int) -> None:
        framing, lexeme = self.framing, misfit.lexeme
        lexemes, state = self._lexemes(end), self.state
        self.untouched = False
        self.move(framing.between)
        if lexeme is None:
            found, index = framing.spellings[framing.closes_header], end
        else:
            found, index = framing.spellings.get(lexeme.marker or "", "") + lexeme.text, text.position(lexeme.start)
        raise self._error(complaint(framing, state, lexemes, misfit), index, found, misfit.state)
