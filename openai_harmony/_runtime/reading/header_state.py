"""How the reader reads a complete header: by the table, or by the rules of recovery.

Which token ends a header is decided in reader.py.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from .headers.assembly import Fault, RepairedHeader
from .headers.header import Header, Mismatch, error_message, state_behind
from .headers.lexer import Lexeme
from .headers.prose import Text
from .headers.reader import text_in_header
from .headers.recovery import repair_header
from .headers.text import HeaderText
from .machine import Phase
from .state import ReaderState

__all__ = ["UNFINISHED", "HeaderState", "recovery_of"]

UNFINISHED = "Unexpected EOS while waiting for message header to complete"


class HeaderState(ReaderState):
    """A reader in a header, or at its end."""

    def _header_text(self, end: int, mark: int | None = None) -> HeaderText:
        begin = self.mark if mark is None else mark
        return HeaderText(self.framing, self.ids[begin:end], begin, self.context.bytes, self.beyond)

    # complete headers -----------------------------------------------------------------------------

    def _open_content(self, end: int, start: int) -> None:
        """Read a complete header that ends at position `end`, and begin its content at position `start`."""
        self.header_origin = (self.state, self.prompt_role)
        header = None if self.without_start else self._read_header(end)
        if header is None:
            header = self._recover_header(end)
        elif not self.repaired:
            self.accepted = self._header_span(end)
        self._report_turns(header.role)
        self.header_ends = end
        self._begin(header, start)

    def _await_literal(self) -> None:
        """After a complete header, expects the literal before the content, if the format has one."""
        if self.framing.behind_header:
            self.literal, self.plain_below, self.changed = len(self.ids), 0, True

    def _header_span(self, end: int) -> tuple[int, int]:
        return (self.turns[0].start if self.turns else self.mark), end

    def _read_header(self, end: int) -> Header | None:
        headers = self.context.headers
        form = array("I", self.ids[self.mark : end]).tobytes()
        known = headers.recall(self.state, self.prompt_role, form)
        if known is not None:
            return known
        text = self._header_text(end)
        try:
            read = headers.read(self.state, self.prompt_role, text.items)
        except UnicodeDecodeError:
            self._refuse("could not decode header")
            if max(self.ids[self.mark : end]) <= self.framing.last_special:  # unknown ids have been reported
                self._recover("unknown_token", self.mark, end)
            read = headers.read(self.state, self.prompt_role, text.items, "replace")
        else:
            if isinstance(read, Header):
                headers.keep(self.state, self.prompt_role, form, read)
        if isinstance(read, Mismatch):
            if self.mode.pedantic:
                self._refuse_header(text, read, end)
            return None
        return read

    def _recover_header(self, end: int) -> Header:
        text, lexer = self._header_text(end), self.context.headers.lexer
        without_start, damaged = self.without_start, self.repaired
        reading = repair_header(
            lexer, self.state, self.prompt_role, text.items, without_start=without_start, damaged=damaged
        )
        found = self._with_corrected_channel(reading.header)
        self.repaired = True
        if reading.texts:
            self._report_turns(found.role)
            self._messages_of_prose(found, reading.texts, text)
            self._report(found.faults, text)
            self.only_prose = doubtful = _adds_no_field(reading.texts[-1], found.fields)
        elif reading.unlisted:
            channel = self.framing.channel_of(reading.header.fields)
            doubtful = lexer.begins_with_channel(str(channel))
            self.accepted = None if damaged else self._header_span(end)
        else:
            doubtful = bool(text_in_header(lexer, self.state, self.prompt_role, text.items))
        if doubtful and not reading.texts:
            self.pending = found.faults
        elif not reading.texts:
            self._report(found.faults, text)
        return Header(found.role, found.name, found.fields, self.framing.content, doubtful)

    def _with_corrected_channel(self, found: RepairedHeader) -> RepairedHeader:
        """Correct the spelling of a channel, in a mode that names a channel for text without one (`unplaced`)."""
        said = self.framing.channel_of(found.fields)
        if said is None or self.mode.unplaced is None:
            return found
        corrected = self.context.headers.lexer.corrected_channel(said)
        if corrected is None or corrected == said:
            return found
        faults = tuple(f._replace(text=said) if f.kind == "unknown_channel" else f for f in found.faults)
        return found._replace(fields=self.framing.with_channel(corrected, found.fields), faults=faults)

    def _messages_of_prose(self, found: RepairedHeader, texts: Sequence[Text], text: HeaderText) -> None:
        """Add the prose in a header as messages by the header's author; the header continues after them."""
        reasoning = any(self.context.headers.lexer.begins_with_hidden_channel(prose.text) for prose in texts)
        for prose in texts:
            fields = self.framing.with_channel(prose.channel)
            self._report(prose.faults, text)
            end = text.behind(prose.end)
            header = Header(found.role, found.name, fields, self.framing.content)
            self._begin(header, max(self.mark, text.position(prose.start)), prose.text)
            self.content.replace(prose.text, end)
            self._end_message(None, end)
        self.repaired, self.behind_reasoning = True, reasoning

    def _report_turns(self, role: str) -> None:
        """Report each turn that was opened by another role before the header's own start token."""
        for turn in self.turns:
            if turn.role is not None and turn.role != role:
                self._refuse(f"Unknown role: {turn.role}")
                self.accepted = None
                self._recover("repeated_start", turn.start, turn.end, turn.role)

    def _report(self, faults: Sequence[Fault], text: HeaderText) -> None:
        for fault in faults:
            self._recover(*recovery_of(fault, text))

    # the table's state within a header ----------------------------------------------------------------

    def state_here(self) -> int:
        """Return the table's state before the last id; the base class does not know the states within a header."""
        if self.phase != Phase.HEADER:
            return self.state
        behind = self._state_behind(len(self.ids) - 1)
        return self.state if behind is None else behind

    def _state_behind(self, end: int) -> int | None:
        """Return the table's state after the header's tokens before position `end`; None if they do not fit it."""
        return state_behind(self.framing, self.state, self._lexemes(end))

    def _lexemes(self, end: int) -> list[Lexeme]:
        return self.context.headers.lexer.lexemes(self._header_text(end).items, self.prompt_role, "replace")

    def _refuse_header(self, text: HeaderText, mismatch: Mismatch, end: int) -> None:
        framing, lexeme = self.framing, mismatch.lexeme
        lexemes, state = self._lexemes(end), self.state
        self.untouched = False
        self.move(framing.between)
        if lexeme is None:
            found, index = framing.spellings.get(framing.closes_header, framing.header_end), end
        else:
            found, index = framing.spellings.get(lexeme.marker or "", "") + lexeme.text, text.position(lexeme.start)
        raise self._error(error_message(framing, state, lexemes, mismatch), index, found, mismatch.state)


def recovery_of(fault: Fault, text: HeaderText) -> tuple[str, int, int, str]:
    """Return a fault of a header with the positions of its tokens, as it is reported."""
    return (fault.kind, *text.span(fault.start, fault.end), fault.text)


def _adds_no_field(text: Text, fields: Sequence[str | None]) -> bool:
    """Whether a header has no field except the channel of its prose."""
    return all(value is None or value == text.channel for value in fields)
