"""The engine: applies each token to the state, by the tables of a framing.

I/O, callbacks and facts of a format do not belong here. A token for which the table has no transition is handled by the
table of reactions, or is an error in pedantic mode. Complete headers are read in header_state.py, others in
header_end.py.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable

from .content import Content
from .header_state import UNFINISHED
from .headers.header import author
from .headers.lexer import REPLACEMENT
from .literal_state import LiteralState
from .machine import Phase
from .reader_values import Turn
from .reference_errors import Fault as ReferenceFault
from .reference_errors import no_start

__all__ = ["Reader"]

LARGEST_ID = 2**32 - 1


class Reader(LiteralState):
    """Reads one stream of tokens."""

    # tokens in ------------------------------------------------------------------------------------

    def extend(self, tokens: Iterable[int]) -> None:
        """Read several ids, as `push` does for each.

        Raises:
            TypeError: a token is not an integer.
            OverflowError: as for `push`.
            ParseError: as for `push`; the tokens after it are not read.
        """
        for token in tokens:
            if token.__class__ is int and token >= 0 and token < self.plain_below:
                self.ids.append(token)
            else:
                self.push(token, "tokens")

    def push(self, token: object, argument: str = "token") -> None:
        """Read one id.

        Args:
            token: the id; any object with `__index__`.
            argument: the name of the caller's argument, for the error message.

        Raises:
            TypeError: `token` is not an integer.
            OverflowError: `token` is not an unsigned 32-bit integer, and the mode is not recovering.
            ParseError: the token is not valid in this state, in pedantic mode; or the reference library would raise, in
                a mode that raises as it does. In the latter case the token has been read.
        """
        try:
            number = operator.index(token)  # type: ignore[arg-type]
        except TypeError:
            kind = type(token).__name__
            raise TypeError(f"argument '{argument}': '{kind}' object cannot be interpreted as an integer") from None
        if not 0 <= number <= LARGEST_ID:
            if self.mode.pedantic or self.mode.raises:
                raise OverflowError("out of range integral type conversion attempted")
            self._detach_ids()
            self.foreign[len(self.ids)] = number
            number = LARGEST_ID
        self.ids.append(number)
        if number >= self.plain_below and (self.held is None or self._release_held(number)):
            terminal = self._dispatch(number)
            if self.reference is not None:
                fault = self.reference.follow(self, terminal, number)
                if fault is not None:
                    self.save_checkpoint()
                    raise self._error_of(fault)
            self.save_checkpoint()

    def _release_held(self, token: int) -> bool:
        """Read the ids held since a stop token in the header, if `token`, the last id, ends that header.

        Returns False, and reads nothing, if `token` does not end it.
        """
        if self.framing.terminal(token) not in (self.framing.opens, self.framing.closes_header):
            return False
        first, self.held, self.replaying = self.held, None, True
        waiting = self.ids[first:]
        del self.ids[first:]
        for waited in waiting[:-1]:
            self.ids.append(waited)
            if waited >= self.plain_below:
                self._dispatch(waited)
        self.replaying = False
        self.ids.append(token)
        return True

    def _detach_ids(self) -> None:
        """Replace `ids` by a copy before the first number that is not an id: the parser shows users the original."""
        if not self.foreign:
            self.ids = self.ids[:]
            self.changed = True

    def _dispatch(self, token: int) -> str:
        """Apply the last id, which is in `ids` already, to the state; return its terminal."""
        framing = self.framing
        terminal = framing.terminal(token)
        if token > framing.last_special or (terminal == framing.others and not self.context.bytes.knows(token)):
            terminal = framing.text
            if self.phase == Phase.EXPECT_START:
                self._unknown_between(token)
                return terminal
            self._unknown_token(token)
        again = True
        while again:
            if self.phase == Phase.CONTENT:
                again = self._in_content(terminal, token)
            elif self.phase == Phase.HEADER:
                again = self._in_header(terminal, token)
            else:
                again = self._between(terminal, token)
        return terminal

    def finish(self) -> None:
        """End the input: ends an open message, and take an author without a header for an open turn.

        Raises:
            ParseError: a header is incomplete, in pedantic mode or where the reference library raises. The state is not
                changed.
        """
        end = len(self.ids)
        if self.reference is not None and self.reference.raises_at_end(self):
            raise self._error(UNFINISHED, end, "end of input", self.state_here() if self.ids else self.state)
        if self.phase == Phase.EXPECT_START:
            self._settle_stopped_header(None)
            self._settle_white_space(end)
        if self.phase == Phase.CONTENT:
            self._finish_content(end)
        elif self.phase == Phase.HEADER:
            self._finish_header(end)

    def ends_in_open_turn(self, mark: int) -> bool:
        """Whether the ids from position `mark` on are the author of an open turn and nothing else."""
        if self.phase != Phase.HEADER or self.without_start or self.held is not None:
            return False
        if (self.turns[0].start if self.turns else self.mark) != mark:
            return False
        state = self._state_behind(len(self.ids))
        return state is not None and self.framing.states[state].ends

    def _error_of(self, fault: ReferenceFault) -> Exception:
        here = len(self.ids) - 1
        return self._error(fault.text, here, self._spelled(self.ids[here]), fault.state)

    def _unknown_between(self, token: int) -> None:
        """Report an id outside the vocabulary between messages, such as padding, and leaves it out."""
        here = len(self.ids) - 1
        self._settle_stopped_header(None)
        if self._settle_white_space(here):
            self._unknown_token(token)  # it is part of text
            return
        self._refuse(no_start(self.framing, token))
        self._recover("unknown_token", here, here + 1, REPLACEMENT, run=True)
        self.move(self.state)

    def _unknown_token(self, token: int) -> None:
        content = self.phase == Phase.CONTENT
        self._refuse(f"Invalid token for decoding: {token}" if content else "could not decode header")
        self._recover("unknown_token", len(self.ids) - 1, len(self.ids), run=True)

    # the three phases; each method returns whether the token must be read again in the new phase -----

    def _in_content(self, terminal: str, token: int) -> bool:
        framing = self.framing
        steps = framing.states[self.state].steps
        here = len(self.ids) - 1
        if self.literal is not None and self._take_literal_behind_header(terminal, here):
            return False
        if terminal in framing.stops and terminal in steps:
            self._end_content(token, here, steps[terminal].target)
            return False
        if terminal in steps and (terminal == framing.text or self._take_first(terminal, here, steps[terminal].target)):
            return False
        reaction = framing.reactions[self.phase].get(terminal)
        if reaction is None:
            return False
        self._refuse(f"Unexpected token {framing.shown(token)} in the content of a message")
        self._recover(reaction.kind, here, here + 1, run=True)
        if reaction.do == "drop":
            self.content.skip(self.ids, here, self.context.bytes)
            if self.events is not None:  # half of a character that it cuts off is text now
                self.emit_content(here + 1)
            return False
        again = reaction.do == "end_message"
        self._end_content(None if again else token, here)
        return again

    def _in_header(self, terminal: str, token: int) -> bool:
        framing = self.framing
        here = len(self.ids) - 1
        if terminal == framing.text or terminal in framing.markers:
            if self.undecided:
                self._decide_text(terminal)
            elif framing.header_end and terminal == framing.text:
                self._look_for_header_end(here)
            return False
        if terminal == framing.closes_header:
            self._open_content(here, here + 1)
            self._await_literal()
            return False
        behind = self._state_behind(here) if terminal in framing.known and not self.without_start else None
        step = None if behind is None else framing.states[behind].steps.get(terminal)
        if step is not None:
            self._open_turn_again(step.target, here)
            return False
        reaction = framing.reactions[self.phase][terminal]
        if reaction.do == "drop":
            self._refuse("unexpected tokens remaining in message header")
            self._recover(reaction.kind, here, here + 1, "" if reaction.frames else self._spelled(token), run=True)
            return False
        self._refuse(UNFINISHED)
        opens = terminal == framing.opens
        if not opens and self.reference is not None and self.reference.in_header and not self.replaying:
            self.held = here  # the reference reads on in the header; programs use its raw text if the input ends here
            return False
        self._close_header(here, opens=opens, stop=None if opens else token)
        if not opens and terminal not in framing.stops:
            self._settle_stopped_header(None)
            self._recover(framing.reactions[Phase.CONTENT][terminal].kind, here, here + 1)
        return opens

    def _open_turn_again(self, state: int, here: int) -> None:
        """Open a turn again: a start token follows an author, or begins a completion."""
        first, lexemes = self.first, self._lexemes(here)
        role = author(self.framing, lexemes[0], None)[0] if lexemes else None
        turns = (*self.turns, Turn(role, self.mark, here))
        self.move(state)
        self.first, self.turns = first, turns

    def _between(self, terminal: str, token: int) -> bool:
        framing = self.framing
        here = len(self.ids) - 1
        if self.stopped_header is not None and self._settle_stopped_header(terminal):
            return False
        step = framing.states[self.state].steps.get(terminal)
        if self.literal is not None and self._take_literal_behind_stop(terminal, here):
            return False
        if terminal == framing.text:
            self._refuse(no_start(framing, token))
            self.content.decode(self.ids, here + 1, self.context.bytes)
            if self._text_between_messages() and self.undecided:
                self._decide_text(terminal)
            return False
        if self._settle_white_space(here):
            return True
        if step is not None:
            self.move(step.target)
            self.first = here
            return False
        reaction = framing.reactions[self.phase][terminal]
        self._refuse(no_start(framing, token))
        if reaction.do == "drop":
            self._recover(reaction.kind, here, here + 1, "" if reaction.frames else self._spelled(token), run=True)
            self.move(self.state)
            return False
        self.move(framing.completion, self.role or framing.sampled, at=here)
        self._recover(reaction.kind, here, here)
        return True

    # text between messages ------------------------------------------------------------------------

    def _text_between_messages(self) -> bool:
        """Begin a header without a start token, which may also be text, unless the text so far is white space.

        In a format whose completions begin with content, the text is a message. Returns False for white space.
        """
        if not self.content.last.strip(self.framing.white_space):  # all text before the last piece is white space
            return False
        if self.framing.opens_content:  # such a format has no header that can be recognized without its start token
            self._take_for_content()
            return True
        self.move(self.framing.completion, self.role or self.framing.sampled, at=self.mark)
        self.without_start = self.undecided = True
        self.plain_below = 0
        return True

    def _settle_white_space(self, end: int) -> bool:
        """Skip and report the white space before position `end`; return True if it turns out to be text."""
        if self.mark == end:
            return False
        self.content.close(self.ids, end, self.context.bytes)
        if self._text_between_messages():
            return True
        self._recover("stray_white_space", self.mark, end, self.content.text)
        self.mark = end
        self.content = Content(end)
        return False
