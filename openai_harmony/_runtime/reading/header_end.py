"""How a header ends without its message marker, what stands between messages, and how content ends."""

from __future__ import annotations

from typing import Any, NamedTuple

from .header_state import UNFINISHED, HeaderState
from .headers.assembly import RepairedHeader
from .headers.broken import close_header
from .headers.header import Header, author
from .headers.prose import HeaderLexemes, bare_run, explained, text_ahead
from .headers.recovery import Reading
from .headers.text import HeaderText
from .machine import Phase

__all__ = ["LONGEST_RUN", "HeaderEndState"]

LONGEST_RUN = 128  # no header has so many bytes of words before its first marker, and no token so many of one word


class Dangling(NamedTuple):
    """A header that a stop token ended: where message and header begin, what it says, and its faults if that is all."""

    start: int
    mark: int
    header: RepairedHeader
    faults: tuple[tuple[Any, int, int, str], ...]


class HeaderEndState(HeaderState):
    """A reader at the end of a header or of content."""

    dangling: Dangling | None

    # headers without their message marker -------------------------------------------------------------

    def _close_header(self, end: int, *, opens: bool = False, stop: int | None = None) -> None:
        """A header without its message marker; `opens` when the next message begins where it breaks off."""
        text, lexer = self._header_text(end), self.context.headers.lexer
        cut_off = end == len(self.ids)
        closed = close_header(lexer, self.state, self.prompt_role, text.items, boundary=text.boundary, cut_off=cut_off)
        found, without_start = self._with_channel_meant(closed.header), self.without_start
        self._report_turns(found.role)
        self._messages_of_prose(found, closed.texts, text)
        if closed.content is None and stop is not None and self._calls(found):
            closed = closed._replace(content="")  # a call without arguments
        if closed.content is None:
            repeated = opens and closed.taken <= 1 and not closed.texts
            start = self.first if repeated else self.mark
            left_out = text.plain_text(closed.texts[-1].end if closed.texts else 0)
            kind = "repeated_start" if repeated else "truncated_header"
            mark, role = self.mark, found.role
            unsaid = [("repeated_start", turn.start, turn.end, role) for turn in self.turns if turn.role == role]
            faults = (*unsaid, (kind, start, end + (stop is not None), left_out))
            self._leave_message(stop, end)
            if stop is None:
                for fault in faults:
                    self._recover(*fault, run=repeated)
            else:
                self.dangling = Dangling(start, mark, found, faults)
            return
        stray = without_start and not closed.texts and not closed.taken
        if without_start and not closed.texts and closed.taken:
            self._recover("missing_start", self.mark, self.mark)
        self._recover("stray_text" if stray else "missing_message", self.mark, end)
        self._report(found.faults, text)
        if stray and opens:
            self._recover(self.framing.reactions[Phase.CONTENT][self.framing.opens].kind, end, end + 1)
        self._message_of_rest(closed._replace(header=found), text, stop, end)

    def _calls(self, found: RepairedHeader) -> bool:
        return self.framing.is_call(found.role, found.fields)

    def _message_of_rest(
        self, closed: Reading, text: HeaderText, stop: int | None, end: int, state: int | None = None
    ) -> None:
        """A message of what stands behind the fields of a header without its message marker."""
        found = closed.header
        self.repaired = True
        header, content = Header(found.role, found.name, found.fields, self.framing.content), str(closed.content)
        self._begin(header, text.position(closed.begin) if content else end, content)
        self.content.replace(content, end)
        self._end_message(stop, end, state)

    # text between messages ------------------------------------------------------------------------

    def _decide_text(self, terminal: str) -> None:
        """Whether what stands between messages is a header or text: told by its first words, so that text streams."""
        end = len(self.ids)
        if terminal in self.framing.markers:
            self._take_for_header()
            return
        if not self.context.bytes.one(self.ids[-1]).decode("utf-8", "replace").strip(self.framing.white_space):
            return  # no word begins or goes on; told first, since white space has no bound
        text, lexer = self._header_text(end), self.context.headers.lexer
        if not text.is_whole:
            return
        header = HeaderLexemes(lexer, text.items, lexer.lexemes(text.items, self.prompt_role, "replace"))
        lexemes = header.lexemes
        begin = int(lexemes[0].choices == (self.framing.role,))
        whole = lexemes[begin:-1]  # the last word may go on
        if bare_run(lexemes, 0) < len(lexemes):
            self._take_for_header()
        elif len(lexemes) > begin:
            too_long = lexemes[-1].end - lexemes[0].start > LONGEST_RUN
            if too_long or not explained(lexer, whole, alone=False):
                self._take_for_text(header, text, begin)

    def _take_for_header(self) -> None:
        self.undecided = False
        self._set_state(self.state)

    def _take_for_text(self, header: HeaderLexemes, text: HeaderText, begin: int) -> None:
        role, end = self.prompt_role or self.framing.sampled, len(self.ids)
        prose = text_ahead(header, begin, len(header.lexemes))
        self._report(prose.faults, text)
        fields = self.framing.with_channel(prose.channel)
        self._begin(Header(role, None, fields, self.framing.content), text.position(prose.start), prose.text)
        self.content.take(header.pieces(prose.start, prose.end), end)

    # a stop token in a header that has nothing to say ---------------------------------------------------

    def _settle_dangling(self, terminal: str | None) -> bool:
        """What a header came to that a stop token ended: nothing, unless its message marker comes next (True)."""
        dangling, self.dangling = self.dangling, None
        if dangling is None:
            return False
        if terminal != self.framing.closes_header:
            for fault in dangling.faults:
                self._recover(*fault)
            return False
        here = len(self.ids) - 1
        found, mark = dangling.header, self.mark
        self.move(self.framing.completion, found.role, at=mark)
        self.first = dangling.start
        self._report(found.faults, self._header_text(here - 1, dangling.mark))
        stop = self.framing.terminal(self.ids[here - 1])
        self._recover(self.framing.reactions[Phase.EXPECT_START][stop].kind, here - 1, here)
        self._begin(Header(found.role, found.name, found.fields, self.framing.content), here + 1)
        self._await_literal()
        return True

    # a message with nothing in it ---------------------------------------------------------------------

    def _end_content(self, stop: int | None, end: int, state: int | None = None) -> None:
        """The end of a message's content; with nothing in it, a doubtful header is read again."""
        header, content = self.header, self.content
        empty = end - content.start <= content.skipped
        if header is not None and header.doubtful and empty:
            if self.read_ahead:  # what the header said is said already
                if stop is not None and self.spans:
                    self.spans[-1] = self.spans[-1]._replace(end=self.place(end + 1), stop=stop - self.framing.shift)
                self._leave_message(stop, end, state)
                return
            text = self._header_text(self.header_ends)
            again, prompt_role = self.begun
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
        """The rule of the open turn: an author alone at the end of input is none but an open turn."""
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
