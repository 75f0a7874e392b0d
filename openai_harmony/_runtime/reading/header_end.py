"""How a header without its message marker, text between messages, and content end.

Headers that are complete do not belong here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .header_state import UNFINISHED, HeaderState, recovery_of
from .headers.assembly import RepairedHeader
from .headers.broken import close_header
from .headers.header import Header, author
from .headers.prose import HeaderLexemes, end_of_bare_words, leading_prose, may_be_fields
from .headers.recovery import Reading
from .headers.text import HeaderText
from .machine import Phase

__all__ = ["LONGEST_RUN", "HeaderEndState"]

LONGEST_RUN = 128  # more bytes of words than this before the first marker are text; no token's word is as long


class StoppedHeader(NamedTuple):
    """A header that a stop token ended. The message marker may still follow."""

    start: int  # where the message begins
    mark: int  # where the header begins
    header: RepairedHeader
    faults: tuple[tuple[Any, int, int, str], ...]  # reported if no message marker follows


class HeaderEndState(HeaderState):
    """A reader at the end of a header or of content."""

    stopped_header: StoppedHeader | None

    # headers without their message marker -------------------------------------------------------------

    def _close_header(self, end: int, *, opens: bool = False, stop: int | None = None) -> None:
        """End a header without its message marker.

        Args:
            end: the position where the header ends.
            opens: whether a start token ended the header.
            stop: the id of the token that ended the header and belongs to it; None for a start token or end of input.
        """
        text, lexer = self._header_text(end), self.context.headers.lexer
        cut_off = end == len(self.ids)
        closed = close_header(lexer, self.state, self.prompt_role, text.items, boundary=text.boundary, cut_off=cut_off)
        found, without_start = self._with_corrected_channel(closed.header), self.without_start
        self._report_turns(found.role)
        self._messages_of_prose(found, closed.texts, text)
        if closed.content is None and stop is not None and self._is_call(found):
            closed = closed._replace(content="")  # a call without arguments
        if closed.content is None:
            repeated = opens and closed.taken <= 1 and not closed.texts
            start = self.first if repeated else self.mark
            left_out = text.plain_text(closed.texts[-1].end if closed.texts else 0)
            kind = "repeated_start" if repeated else "truncated_header"
            mark, role = self.mark, found.role
            repeated_turns = [
                ("repeated_start", turn.start, turn.end, role) for turn in self.turns if turn.role == role
            ]
            # What is before prose belongs to its author, and is not in `left_out`.
            before = [fault for fault in found.faults if closed.texts and fault.end <= closed.texts[-1].start]
            of_author = [recovery_of(fault, text) for fault in before]
            faults = (*repeated_turns, *of_author, (kind, start, end + (stop is not None), left_out))
            self._leave_message(stop, end)
            if stop is None:
                for fault in faults:
                    self._recover(*fault, run=repeated)
            else:
                self.stopped_header = StoppedHeader(start, mark, found, faults)
            return
        stray = without_start and not closed.texts and not closed.taken
        if without_start and not closed.texts and closed.taken:
            self._recover("missing_start", self.mark, self.mark)
        self._recover("stray_text" if stray else "missing_message", self.mark, end)
        self._report(found.faults, text)
        if stray and opens:
            self._recover(self.framing.reactions[Phase.CONTENT][self.framing.opens].kind, end, end + 1)
        self._message_of_rest(closed._replace(header=found), text, stop, end)

    def _is_call(self, found: RepairedHeader) -> bool:
        return self.framing.is_call(found.role, found.fields)

    def _message_of_rest(
        self, closed: Reading, text: HeaderText, stop: int | None, end: int, state: int | None = None
    ) -> None:
        """Add a message with the text after the fields of a header without its message marker as its content."""
        found = closed.header
        self.repaired = True
        header, content = Header(found.role, found.name, found.fields, self.framing.content), str(closed.content)
        self._begin(header, text.position(closed.begin) if content else end, content)
        self.content.replace(content, end)
        self._end_message(stop, end, state)

    # text between messages ------------------------------------------------------------------------

    def _decide_text(self, terminal: str) -> None:
        """Decide by the first words after a message whether they are a header or text, so that text can stream.

        `terminal` is that of the last id. If the words do not decide it yet, nothing is changed.
        """
        end = len(self.ids)
        if terminal in self.framing.markers:
            self._take_for_header()
            return
        if not self.context.bytes.one(self.ids[-1]).decode("utf-8", "replace").strip(self.framing.white_space):
            return  # white space decides nothing; checked first, because a run of it may be of any length
        text, lexer = self._header_text(end), self.context.headers.lexer
        if not text.is_whole:
            return
        header = HeaderLexemes(lexer, text.items, lexer.lexemes(text.items, self.prompt_role, "replace"))
        lexemes = header.lexemes
        begin = int(lexemes[0].choices == (self.framing.role,))
        whole = lexemes[begin:-1]  # the last word may be incomplete
        if end_of_bare_words(lexemes, 0) < len(lexemes):
            self._take_for_header()
        elif len(lexemes) > begin:
            too_long = lexemes[-1].end - lexemes[0].start > LONGEST_RUN
            if too_long or not may_be_fields(lexer, whole, alone=False):
                self._take_for_text(header, text, begin)

    def _take_for_header(self) -> None:
        self.undecided = False
        self._set_state(self.state)

    def _take_for_text(self, header: HeaderLexemes, text: HeaderText, begin: int) -> None:
        role, end = self.prompt_role or self.framing.sampled, len(self.ids)
        prose = leading_prose(header, begin, len(header.lexemes))
        self._report(prose.faults, text)
        fields = self.framing.with_channel(prose.channel)
        self._begin(Header(role, None, fields, self.framing.content), text.position(prose.start), prose.text)
        self.content.take(header.pieces(prose.start, prose.end), end)

    # a stop token in a header without content -----------------------------------------------------------

    def _settle_stopped_header(self, terminal: str | None) -> bool:
        """Decide what becomes of a header that a stop token ended, by the terminal after that token.

        Returns:
            True if `terminal` is the message marker: the header is valid, and content begins. False otherwise: the
            header's faults are reported. Also False if there is no such header.
        """
        stopped_header, self.stopped_header = self.stopped_header, None
        if stopped_header is None:
            return False
        if terminal != self.framing.closes_header:
            for fault in stopped_header.faults:
                self._recover(*fault)
            return False
        here = len(self.ids) - 1
        found, mark = stopped_header.header, self.mark
        self.move(self.framing.completion, found.role, at=mark)
        self.first = stopped_header.start
        self._report(found.faults, self._header_text(here - 1, stopped_header.mark))
        stop = self.framing.terminal(self.ids[here - 1])
        self._recover(self.framing.reactions[Phase.EXPECT_START][stop].kind, here - 1, here)
        self._begin(Header(found.role, found.name, found.fields, self.framing.content), here + 1)
        self._await_literal()
        return True

    # empty content ------------------------------------------------------------------------------------

    def _end_content(self, stop: int | None, end: int, state: int | None = None) -> None:
        """End a message's content. If the content is empty, a doubtful header is read again for content in it."""
        header, content = self.header, self.content
        empty = end - content.start <= content.skipped
        if header is not None and header.doubtful and empty:
            if self.only_prose:  # the header's prose is a message already
                if stop is not None and self.spans:
                    self.spans[-1] = self.spans[-1]._replace(end=self.place(end + 1), stop=stop - self.framing.shift)
                self._leave_message(stop, end, state)
                return
            text = self._header_text(self.header_ends)
            again, prompt_role = self.header_origin
            lexer = self.context.headers.lexer
            closed = close_header(lexer, again, prompt_role, text.items, boundary=text.boundary, complete=True)
            if closed.content is not None:
                self._refuse(UNFINISHED)
                self.header = self.unannounced = None
                self._recover("missing_message", self.mark, end)
                self._report(closed.header.faults, text)
                self._message_of_rest(closed, text, stop, end, state)
                return
        if self.pending:
            content.decode(self.ids, end, self.context.bytes)
            self.emit_content(end)
            self._report(self.pending, self._header_text(self.header_ends))
        self._end_message(stop, end, state)

    # the end of input -----------------------------------------------------------------------------

    def _finish_header(self, end: int) -> None:
        """End the input in a header. A header that consists of an author only is an open turn.

        Raises:
            ParseError: in pedantic mode, the header is not an open turn.
        """
        framing = self.framing
        state = self._state_behind(end)
        if not self.without_start and state is not None and framing.states[state].ends:
            opened = Header(*author(framing, self._lexemes(end)[0], None), (), framing.content)
            self._report_turns(opened.role)
            self.open_turn, self.ended = opened, end
        elif self.untouched and self.prompt_role is not None and self.mark == end and not self.mode.pedantic:
            self.open_turn, self.ended = Header(self.prompt_role, None, (), framing.content), end
        elif self.mode.pedantic:
            raise self._error(UNFINISHED, end, "end of input", self.state if state is None else state)
        else:
            self._close_header(end)
