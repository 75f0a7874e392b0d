"""How the reader comes to a header: by the table, or by the rules of recovery; which token ends one is reader.py's."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from .assembly import Fault, Loose
from .header import Header, Misfit, complaint, state_behind
from .header_reader import text_in
from .header_text import HeaderText
from .machine import Phase
from .prose import Text
from .recovery import loose_header
from .state import ReaderState
from .symbols import Lexeme

__all__ = ["UNFINISHED", "HeaderState"]

UNFINISHED = "Unexpected EOS while waiting for message header to complete"


class HeaderState(ReaderState):
    """A reader in, and at the end of, a header."""

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
        loose = self._with_channel_meant(reading.header)
        self.mended = True
        if reading.texts:
            self._report_turns(loose.role)
            self._messages_of_prose(loose, reading.texts, text)
            self._report(loose.faults, text)
            self.read_ahead = doubtful = _is_bare(reading.texts[-1], loose.fields)
        elif reading.unlisted:
            channel = self.framing.channel_of(reading.header.fields)
            doubtful = words.begins_with_channel(str(channel))
            self.accepted = None if damaged else self._header_span(end)
        else:
            doubtful = bool(text_in(words, self.state, self.given, text.items))
        if doubtful and not reading.texts:
            self.pending = loose.faults
        elif not reading.texts:
            self._report(loose.faults, text)
        return Header(loose.role, loose.name, loose.fields, self.framing.content, doubtful)

    def _with_channel_meant(self, loose: Loose) -> Loose:
        """Puts a message on the channel that its header misspells, where the mode names one for text without any."""
        said = self.framing.channel_of(loose.fields)
        if said is None or self.mode.unplaced is None:
            return loose
        meant = self.makers.headers.words.channel_meant(said)
        if meant is None or meant == said:
            return loose
        faults = tuple(f._replace(text=said) if f.kind == "unknown_channel" else f for f in loose.faults)
        return loose._replace(fields=self.framing.with_channel(meant, loose.fields), faults=faults)

    def _messages_of_prose(self, loose: Loose, texts: Sequence[Text], text: HeaderText) -> None:
        """The prose in a header as messages by the header's author, which goes on behind them."""
        for prose in texts:
            fields = self.framing.with_channel(prose.channel)
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
