"""Literals of the framing, which are ordinary text: one token may hold a literal and the text after it.

Code for a format that is framed by special tokens only does not belong here.
"""

from __future__ import annotations

from .content import Content
from .header_end import HeaderEndState
from .headers.header import Header

__all__ = ["LiteralState"]


class LiteralState(HeaderEndState):
    """A reader at a literal of the framing, or at the start of content."""

    # the end of a header ------------------------------------------------------------------------------

    def _look_for_header_end(self, here: int) -> None:
        """Open the content if the last id, which is text, completes the literal that ends a header."""
        literal = self.framing.header_end.encode()
        begin = max(self.mark, here + 1 - len(literal))  # an id has at least one byte
        tail = self.context.bytes.many(self.ids[begin : here + 1])
        at = tail.find(literal)
        if at < 0:
            return
        rest = tail[at + len(literal) :]
        self.beyond = len(tail) - at
        self._open_content(here + 1, here + 1)
        self._begin_content(here, rest)

    def _take_literal_behind_header(self, terminal: str, here: int) -> bool:
        """Consume the last id if it belongs to the literal after a header.

        Returns:
            True if the id continues or completes the literal. False if the literal is missing; that is reported, and
            the id is content.
        """
        literal, found = self.framing.behind_header.encode(), self._text_since_literal(terminal, here)
        if found.startswith(literal):
            self._begin_content(here, found[len(literal) :])
            return True
        if found and literal.startswith(found):
            self._set_content(Content(here + 1))
            return True
        self._miss_literal(here)
        return False

    def _text_since_literal(self, terminal: str, here: int) -> bytes:
        """Return the bytes from the start of the literal to the last id; no bytes if that id is not text."""
        return self.context.bytes.many(self.ids[self.literal : here + 1]) if terminal == self.framing.text else b""

    def _miss_literal(self, here: int) -> None:
        """Report that the literal after a header is missing; content begins where it should have been."""
        start = here if self.literal is None else self.literal
        self._refuse(f"{self.framing.behind_header!r} is missing behind a header")
        self._recover("missing_literal", start, start)
        self.literal = None
        self._set_content(Content(start))
        self._set_state(self.state)

    # the beginning of content -------------------------------------------------------------------------

    def _begin_content(self, here: int, rest: bytes) -> None:
        """Begin content after the last id, or with `rest`, the last bytes of that id."""
        self.literal = None
        content = Content(here if rest else here + 1)
        if rest:
            content.take([rest], here + 1)
        self._set_content(content)
        self._set_state(self.state)

    def _set_content(self, content: Content) -> None:
        self.content, self.changed = content, True
        if self.unannounced is not None:
            self.unannounced = content.start

    def _take_first(self, terminal: str, here: int, state: int) -> bool:
        """Consume a special token that the table accepts before any content; return False after content."""
        header = self.header
        if here != self.content.start or (header and header.role != self.framing.only_by.get(terminal, header.role)):
            return False
        if terminal in (self.framing.opens, self.framing.begins):  # a whole conversation, instead of its last content
            self.move(state)
            self.first = here
        elif header is not None:
            self.header = header._replace(block=terminal, state=state)
            self._set_content(Content(here + 1))
            self._set_state(state)
        return True

    def _take_for_content(self) -> None:
        """Take text between messages as the content of a message without a header."""
        role, fields = self.role or self.framing.sampled, (None,) * len(self.framing.fields)
        self._recover("stray_text", self.mark, len(self.ids))
        self._begin(Header(role, None, fields, self.framing.content), self.mark)

    # the end of a message -----------------------------------------------------------------------------

    def _take_literal_behind_stop(self, terminal: str, here: int) -> bool:
        """Consume the last id if it belongs to the literal after a stop token.

        Returns:
            True if the id continues or completes the literal. False if it is to be read otherwise.
        """
        literal, found = self.framing.behind_stop.encode(), self._text_since_literal(terminal, here)
        if found == literal:
            self.move(self.state)
            return True
        if found and literal.startswith(found):
            return True
        start, self.literal = here if self.literal is None else self.literal, None
        if not found.startswith(literal):
            self._refuse(f"{self.framing.behind_stop!r} is missing behind a message")
            self._recover("missing_literal", start, start)
        else:  # text that is not framing begins within the last id
            self.move(self.state, at=here)
            self.content.take([found[len(literal) :]], here + 1)
        return False

    def _finish_content(self, end: int) -> None:
        """End the input in content. Empty content is an open turn, if prompts of the format end after the header."""
        header, literal = self.header, self.literal
        if literal is not None:
            self._miss_literal(end)
        if (
            self.framing.opens_content
            and header is not None
            and header.block is None
            and not self.repaired
            and self.content.start == end
            and literal is None
        ):
            self.open_turn, self.ended = header, end
        else:
            self._end_content(None, end)
