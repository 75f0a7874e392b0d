"""Where the reference library, 0.0.8, raises: told while the tokens are read in another way.

Programs rely on these errors, to fall back to the raw text or to skip a token. What is read is not decided here. The
words of the errors are the reference's own; the rules by which it reads a header stand in `header_fault`.
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
    """An error of the reference: its words, and the table's state that it is met in."""

    text: str
    state: int


class ReferenceErrors:
    """Follows the states of the reference's parser, which are not ours behind a fault.

    An error is told once: what stands between it and the next start token raises no more.
    """

    __slots__ = ("_mark", "_phase", "_prompt_role", "_quiet")

    def __init__(self, phase: str, mark: int, role: str | None) -> None:
        self._phase = phase
        self._mark = mark  # where the header begins
        self._prompt_role = role  # until a header is read
        self._quiet = False  # an error was told since the last message

    def copy(self) -> ReferenceErrors:
        return copy.copy(self)

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        return super().__reduce_ex__(max(protocol.__index__(), 2))  # older protocols do not know slots

    def as_values(self, at: int) -> tuple[str, int, str | None, bool]:
        """Where it is, as plain values; its header begins so many ids before `at`."""
        return self._phase, at - self._mark, self._prompt_role, self._quiet

    @classmethod
    def of_values(cls, values: tuple[str, int, str | None, bool]) -> ReferenceErrors:
        """The reverse, for a stream that begins at that point."""
        phase, before, prompt_role, quiet = values
        made = cls(phase, -before, prompt_role)
        made._quiet = quiet
        return made

    def see(self, reader: Reader, terminal: str, token: int) -> Fault | None:
        """The error, if any, that the last id of a reader is; the reader has taken it already."""
        framing = reader.framing
        if self._phase == Phase.CONTENT:
            if terminal in framing.stops:
                self._phase, self._quiet = Phase.EXPECT_START, False
        elif self._phase == Phase.HEADER:
            return self._close_header(reader) if terminal == framing.closes_header else None
        elif terminal == framing.opens:
            self._phase, self._mark, self._quiet = Phase.HEADER, len(reader.ids), False
        elif not self._quiet:
            self._quiet = True
            return Fault(no_start(framing, token), framing.between)
        return None

    @property
    def waits_for_header(self) -> bool:
        """Whether the reference reads a header, and so takes a stop token for a part of it."""
        return self._phase == Phase.HEADER

    def refuses_end(self, reader: Reader) -> bool:
        """Whether the end of input is an error: within a header that is more than the author of an open turn."""
        return self._phase == Phase.HEADER and not reader.ends_in_open_turn(self._mark)

    def _close_header(self, reader: Reader) -> Fault | None:
        here = len(reader.ids) - 1
        fault = None if reader.accepted == (self._mark, here) else self._fault(reader, here)
        if fault is not None:
            self._phase, self._quiet = Phase.EXPECT_START, True  # the role that was given holds for the next header too
        else:
            self._phase, self._prompt_role = Phase.CONTENT, None
        return fault

    def _fault(self, reader: Reader, end: int) -> Fault | None:
        framing = reader.framing
        try:
            text = b"".join(map(reader.context.bytes.one, reader.ids[self._mark : end])).decode()
        except UnicodeDecodeError:
            complaint: str | None = "could not decode header"
        else:
            complaint = header_fault(framing, text, self._prompt_role)
        start = framing.transcript if self._prompt_role is None else framing.completion
        return None if complaint is None else Fault(complaint, start)


def no_start(framing: Framing, token: int) -> str:
    """What is wrong with a token between messages."""
    return f"Unexpected token {framing.shown(token)} while expecting start token {framing.shown(framing.start_id)}"


def header_fault(framing: Framing, text: str, prompt_role: str | None) -> str | None:
    """What the reference says of a header, with special tokens spelled out in its text; None if it reads it.

    It takes the channel out first, up to white space or the next `<`. Of the words that are left, the first is the role
    if none was given, the last two are recipient and type, and there may be no others.
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
        if role not in framing.roles:  # a tool's name, if something follows it
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
