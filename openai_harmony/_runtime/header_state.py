"""How the reader comes to a header: by the table, or by the rules of recovery; which token ends one is reader.py's."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from .assembly import Fault, Loose
from .broken_header import close_header
from .header import Header, Misfit, author, complaint, state_behind
from .header_reader import text_in
from .header_text import HeaderText
from .machine import Phase
from .prose import HeaderLexemes, Text, bare_run, explained, text_ahead
from .recovery import Reading, loose_header
from .state import ReaderState
from .symbols import Lexeme

__all__ = ["LONGEST_RUN", "UNFINISHED", "HeaderState"]

LONGEST_RUN = 128  # no header has so many bytes of words before its first marker, and no token so many of one word
UNFINISHED = "Unexpected EOS while waiting for message header to complete"


class Dangling(NamedTuple):
    """A header that a stop token ended: where message and header begin, what it says, and its fault if that is all."""

    start: int
    mark: int
    header: Loose
    fault: tuple[Any, int, int, str]


class HeaderState(ReaderState):
    """A reader in, and at the end of, a header."""

    dangling: Dangling | None

    def _header_text(self, end: int, mark: int | None = None) -> HeaderText:
        begin = self.mark if mark is None else mark
        return HeaderText(self.framing, self.ids[begin:end], begin, self.makers.bytes)

    # complete headers -----------------------------------------------------------------------------

    def _open_content(self, end: int) -> None:
        """A header is complete, with its message marker at `end`."""
        self.begun = (self.state, self.given)
        header = None if self.startless else self._by_table(end)
        if header is None:
            header = self._by_rules(end)
        elif not self.mended:
            self.accepted = self._header_span(end)
        self._report_turns(header.role)
        self._begin(header, end + 1)

    def _header_span(self, end: int) -> tuple[int, int]:
        return (self.turns[0].start if self.turns else self.mark), end

    def _by_table(self, end: int) -> Header | None:
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
        if isinstance(read, Misfit):
            if self.mode.pedantic:
                self._refuse_header(text, read, end)
            return None
        return read

    def _by_rules(self, end: int) -> Header:
        text, words = self._header_text(end), self.makers.headers.words
        startless, damaged = self.startless, self.mended
        reading = loose_header(words, self.state, self.given, text.items, startless=startless, damaged=damaged)
        loose = reading.header
        self.mended = True
        if reading.texts:
            self._report_turns(loose.role)
            self._messages_of_prose(loose, reading.texts, text)
            self._report(loose.faults, text)
            self.read_ahead = doubtful = _is_bare(reading.texts[-1], loose.fields)
        elif reading.unlisted:
            channel = self.framing.channel_of(loose.fields)
            doubtful = words.begins_with_channel(str(channel))
            self.accepted = None if damaged else self._header_span(end)
        else:
            doubtful = bool(text_in(words, self.state, self.given, text.items))
        if doubtful and not reading.texts:
            self.pending = loose.faults
        elif not reading.texts:
            self._report(loose.faults, text)
        return Header(loose.role, loose.name, loose.fields, self.framing.content, doubtful)

    def _messages_of_prose(self, loose: Loose, texts: Sequence[Text], text: HeaderText) -> None:
        """The prose in a header as messages by the header's author, which goes on behind them."""
        for prose in texts:
            fields = tuple(prose.channel if f.name == self.framing.channel else None for f in self.framing.fields)
            self._report(prose.faults, text)
            end = text.behind(prose.end)
            header = Header(loose.role, loose.name, fields, self.framing.content)
            self._begin(header, max(self.mark, text.position(prose.start)), prose.text)
            self.content.replace(prose.text, end)
            self._end_message(None, end)
        self.mended = True

    def _report_turns(self, role: str) -> None:
        """A turn that is opened again by another role is a header that came to nothing."""
        for turn in self.turns:
            if turn.role is not None and turn.role != role:
                self._refuse(f"Unknown role: {turn.role}")
                self.accepted = None
                self._recover("repeated_start", turn.start, turn.end, turn.role)

    # headers without their message marker -------------------------------------------------------------

    def _close_header(self, end: int, *, opens: bool = False, stop: int | None = None) -> None:
        """A header without its message marker; `opens` when the next message begins where it breaks off."""
        text, words = self._header_text(end), self.makers.headers.words
        cut_off = end == len(self.ids)
        closed = close_header(words, self.state, self.given, text.items, boundary=text.boundary, cut_off=cut_off)
        loose, startless = closed.header, self.startless
        self._report_turns(loose.role)
        self._messages_of_prose(loose, closed.texts, text)
        if closed.content is None and stop is not None and self._calls(loose):
            closed = closed._replace(content="")  # a call without arguments
        if closed.content is None:
            repeated = opens and closed.words <= 1 and not closed.texts
            start = self.first if repeated else self.mark
            left_out = text.plain_text(closed.texts[-1].end if closed.texts else 0)
            kind = "repeated_start" if repeated else "truncated_header"
            mark = self.mark
            fault = (self.framing.kinds[kind], start, end + (stop is not None), left_out)
            self._leave_message(stop, end)
            if stop is None:
                self._recover(*fault, run=repeated)
            else:
                self.dangling = Dangling(start, mark, loose, fault)
            return
        stray = startless and not closed.texts and not closed.words
        if startless and not closed.texts and closed.words:
            self._recover("missing_start", self.mark, self.mark)
        self._recover("stray_text" if stray else "missing_message", self.mark, end)
        self._report(loose.faults, text)
        if stray and opens:
            self._recover(self.framing.reactions[Phase.CONTENT][self.framing.opens].kind, end, end + 1)
        self._message_of_rest(closed, text, stop, end)

    def _calls(self, loose: Loose) -> bool:
        return self.framing.is_call(loose.role, loose.fields)

    def _message_of_rest(
        self, closed: Reading, text: HeaderText, stop: int | None, end: int, state: int | None = None
    ) -> None:
        """A message of what stands behind the fields of a header without its message marker."""
        loose = closed.header
        self.mended = True
        header, content = Header(loose.role, loose.name, loose.fields, self.framing.content), str(closed.content)
        self._begin(header, text.position(closed.begin), content)
        self.content.replace(content, end)
        self._end_message(stop, end, state)

    # text between messages ------------------------------------------------------------------------

    def _decide_text(self, terminal: str) -> None:
        """Whether what stands between messages is a header or text: told by its first words, so that text streams."""
        end = len(self.ids)
        if terminal in self.framing.markers:
            self._take_for_header()
            return
        if not self.makers.bytes.one(self.ids[-1]).decode("utf-8", "replace").strip(self.framing.white_space):
            return  # no word begins or goes on; told first, since white space has no bound
        text, words = self._header_text(end), self.makers.headers.words
        if not text.is_whole:
            return
        header = HeaderLexemes(words, text.items, words.lexemes(text.items, self.given, "replace"))
        lexemes = header.lexemes
        begin = int(lexemes[0].choices == (self.framing.role,))
        whole = lexemes[begin:-1]  # the last word may go on
        if bare_run(lexemes, 0) < len(lexemes):
            self._take_for_header()
        elif len(lexemes) > begin:
            too_long = lexemes[-1].end - lexemes[0].start > LONGEST_RUN
            if too_long or not explained(words, whole, alone=False):
                self._take_for_text(header, text, begin)

    def _take_for_header(self) -> None:
        self.undecided = False
        self._set_state(self.state)

    def _take_for_text(self, header: HeaderLexemes, text: HeaderText, begin: int) -> None:
        role, end = self.given or self.framing.sampled, len(self.ids)
        prose = text_ahead(header, begin, len(header.lexemes))
        self._report(prose.faults, text)
        fields = tuple(prose.channel if f.name == self.framing.channel else None for f in self.framing.fields)
        self._begin(Header(role, None, fields, self.framing.content), text.position(prose.start), prose.text)
        self.content.take(header.pieces(prose.start, prose.end), end)

    # a stop token in a header that has nothing to say ---------------------------------------------------

    def _settle_dangling(self, terminal: str | None) -> bool:
        """What a header came to that a stop token ended: nothing, unless its message marker comes next (True)."""
        dangling, self.dangling = self.dangling, None
        if dangling is None:
            return False
        if terminal != self.framing.closes_header:
            self._recover(*dangling.fault)
            return False
        here = len(self.ids) - 1
        loose, mark = dangling.header, self.mark
        self.move(self.framing.completion, loose.role, at=mark)
        self.first = dangling.start
        self._report(loose.faults, self._header_text(here - 1, dangling.mark))
        stop = self.framing.terminal(self.ids[here - 1])
        self._recover(self.framing.reactions[Phase.EXPECT_START][stop].kind, here - 1, here)
        self._begin(Header(loose.role, loose.name, loose.fields, self.framing.content), here + 1)
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
            text = self._header_text(content.start - 1)
            again, given = self.begun
            words = self.makers.headers.words
            closed = close_header(words, again, given, text.items, boundary=text.boundary, complete=True)
            if closed.content is not None:
                self._refuse(UNFINISHED)
                self.header = self.untold = None
                self._recover("missing_message", self.mark, end)
                self._report(closed.header.faults, text)
                self._message_of_rest(closed, text, stop, end, state)
                return
        if self.pending:
            content.decode(self.ids, end, self.makers.bytes)
            self.tell_content(end)
            self._report(self.pending, self._header_text(content.start - 1))
        self._end_message(stop, end, state)

    # the end of input -----------------------------------------------------------------------------

    def _finish_header(self, end: int) -> None:
        """The rule of the open turn: an author alone at the end of input is none but an open turn."""
        framing = self.framing
        state = self._state_behind(end)
        if not self.startless and state is not None and framing.states[state].ends:
            opened = Header(*author(framing, self._lexemes(end)[0], None), (), framing.content)
            self._report_turns(opened.role)
            self.open_turn, self.ended = opened, end
        elif self.untouched and self.given is not None and self.mark == end and not self.mode.pedantic:
            self.open_turn, self.ended = Header(self.given, None, (), framing.content), end
        elif self.mode.pedantic:
            raise self._error(UNFINISHED, end, "end of input", self.state if state is None else state)
        else:
            self._close_header(end)

    def _report(self, faults: Sequence[Fault], text: HeaderText) -> None:
        for fault in faults:
            self._recover(fault.kind, *text.span(fault.start, fault.end), fault.text)

    # the table's state within a header ----------------------------------------------------------------

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


def _is_bare(text: Text, fields: Sequence[str | None]) -> bool:
    """Whether a header has nothing to say beyond the channel that its prose is on."""
    return all(value is None or value == text.channel for value in fields)
