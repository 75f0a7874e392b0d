"""The errors of the reference library, version 0.0.8: at which tokens it raises, and its messages.

Programs rely on these errors to fall back to the raw text, or to skip a token. This module only follows the reference's
states; how tokens are read does not belong here. `header_fault` has the reference's rules for headers.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex

from .headers.header import escaped
from .machine import Framing, Phase

if TYPE_CHECKING:
    from .reader import Reader

__all__ = ["Fault", "ReferenceErrors", "header_fault", "no_start"]


class Fault(NamedTuple):
    """An error of the reference: its message, and the table's state before the token."""

    text: str
    state: int


class ReferenceErrors:
    """Follows the states of the reference's parser, which differ from the reader's states after a fault.

    An error is reported once: the tokens between it and the next start token do not raise again.
    """

    __slots__ = ("_mark", "_phase", "_prompt_role", "_reported")

    def __init__(self, phase: str, mark: int, role: str | None) -> None:
        self._phase = phase
        self._mark = mark  # the position where the header begins
        self._prompt_role = role  # the role given by the prompt, until a header is read
        self._reported = False  # an error was reported since the last message

    def copy(self) -> ReferenceErrors:
        return copy.copy(self)

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        return super().__reduce_ex__(max(protocol.__index__(), 2))  # older protocols do not support slots

    def as_values(self, at: int) -> tuple[str, int, str | None, bool]:
        """Return the phase, how many ids before position `at` its header begins, the given role, and a flag."""
        return self._phase, at - self._mark, self._prompt_role, self._reported

    @classmethod
    def of_values(cls, values: tuple[str, int, str | None, bool]) -> ReferenceErrors:
        """Make the object from the result of `as_values`, for a stream that begins at that position."""
        phase, before, prompt_role, reported = values
        made = cls(phase, -before, prompt_role)
        made._reported = reported
        return made

    def follow(self, reader: Reader, terminal: str, token: int) -> Fault | None:
        """Follow the last id, which the reader has read; return the error that the reference raises for it."""
        framing = reader.framing
        if self._phase == Phase.CONTENT:
            if terminal in framing.stops:
                self._phase, self._reported = Phase.EXPECT_START, False
        elif self._phase == Phase.HEADER:
            return self._close_header(reader) if terminal == framing.closes_header else None
        elif terminal == framing.opens:
            self._phase, self._mark, self._reported = Phase.HEADER, len(reader.ids), False
        elif not self._reported:
            self._reported = True
            return Fault(no_start(framing, token), framing.between)
        return None

    @property
    def in_header(self) -> bool:
        """Whether the reference is in a header, where it reads a stop token as a part of the header."""
        return self._phase == Phase.HEADER

    def raises_at_end(self, reader: Reader) -> bool:
        """Whether the reference raises at the end of input: in a header that is not just the author of an open turn."""
        return self._phase == Phase.HEADER and not reader.ends_in_open_turn(self._mark)

    def _close_header(self, reader: Reader) -> Fault | None:
        here = len(reader.ids) - 1
        fault = None if reader.accepted == (self._mark, here) else self._fault(reader, here)
        if fault is not None:
            self._phase, self._reported = Phase.EXPECT_START, True  # the given role applies to the next header, too
        else:
            self._phase, self._prompt_role = Phase.CONTENT, None
        return fault

    def _fault(self, reader: Reader, end: int) -> Fault | None:
        framing = reader.framing
        try:
            text = b"".join(map(reader.context.bytes.one, reader.ids[self._mark : end])).decode()
        except UnicodeDecodeError:
            error_message: str | None = "could not decode header"
        else:
            error_message = header_fault(framing, text, self._prompt_role)
        start = framing.transcript if self._prompt_role is None else framing.completion
        return None if error_message is None else Fault(error_message, start)


def no_start(framing: Framing, token: int) -> str:
    """Return the reference's error message for a token between messages that is not the start token."""
    return f"Unexpected token {framing.shown(token)} while expecting start token {framing.shown(framing.start_id)}"


def header_fault(framing: Framing, text: str, prompt_role: str | None) -> str | None:
    """Return the reference's error message for a header; None if the reference accepts it.

    The reference first removes the channel, whose value ends at white space or at the next `<`. Of the remaining words
    the first is the role, if none was given, and the last two are recipient and type. Any other word is an error.

    Args:
        framing: the tables.
        text: the header, with special tokens spelled out.
        prompt_role: the role given by the prompt; None if the header has an author.
    """
    white = framing.white_space
    marked = (name for name, terminal in framing.markers.items() if framing.field_of.get(terminal) == framing.channel)
    channel = "".join(framing.spellings[name] for name in marked)
    if channel and channel in text:
        before, _, behind = text.partition(channel)
        value = re.split(f"[{re.escape(white)}<]", behind, maxsplit=1)[0]
        if not value:
            return f"{framing.channel} marker present but no {framing.channel} value found in header"
        text = before + behind[len(value) :]
    text = text.strip(white)
    for marker in {field.marker for field in framing.fields} - {None}:
        text = text.replace(str(marker), f" {marker}")
    ascii_white = "".join(character for character in white if character.isascii() and character != "\v")
    words = [word for word in re.split(f"[{re.escape(ascii_white)}]+", text) if word]
    literals = tuple(literal for literal, _ in framing.literals)
    if prompt_role is None:
        if not words:
            return "message header did not contain a role"
        role, *words = words
        if role not in framing.roles:  # it is a tool's name, if another word follows
            prompt_role = framing.role_by_name
            if prompt_role is None or (not words and not role.startswith(literals)):
                return f"Unknown role: {role}"
    if words[:1] == [prompt_role]:
        words = words[1:]
    if not words:
        return None
    last = words[-1].startswith(literals)
    left = words[: -1 if last or len(words) == 1 else -2]
    return f'unexpected tokens remaining in message header: Some("{escaped(" ".join(left))}")' if left else None
