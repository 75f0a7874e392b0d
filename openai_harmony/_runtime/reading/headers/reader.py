"""Headers as the table reads them, each kept, so that equal headers are read once."""

from __future__ import annotations

from collections.abc import Sequence

from ..machine import Framing
from .broken import close_header
from .header import Header, Mismatch, run
from .lexer import Item, Lexer

__all__ = ["HeaderTable"]

MOST_KEPT = 4096
LONGEST_KEPT = 256


class HeaderTable:
    """Reads headers of one framing."""

    def __init__(self, framing: Framing) -> None:
        self.framing = framing
        self.lexer = Lexer(framing)
        # Headers by what they were read from: the state, the role that was given, and the tokens in some exact form.
        self._kept: dict[tuple[int, str | None, bytes | tuple[bytes]], Header] = {}

    def recall(self, state: int, prompt_role: str | None, form: bytes | tuple[bytes]) -> Header | None:
        """What an equal header said, where it is still known.

        `form` stands for the tokens: their ids as bytes, or in a tuple their text with special tokens told apart.
        """
        return self._kept.get((state, prompt_role, form))

    def keep(self, state: int, prompt_role: str | None, form: bytes | tuple[bytes], header: Header) -> None:
        if len(form if isinstance(form, bytes) else form[0]) <= LONGEST_KEPT:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[state, prompt_role, form] = header

    def read(
        self, state: int, prompt_role: str | None, items: Sequence[Item], errors: str = "strict"
    ) -> Header | Mismatch:
        """The header that begins in `state`; `errors` says what becomes of bytes that are not UTF-8.

        Raises:
            UnicodeDecodeError: a word is not UTF-8, and `errors` is "strict".
        """
        read = run(self.framing, state, prompt_role, self.lexer.lexemes(items, prompt_role, errors))
        if isinstance(read, Header):
            return read._replace(doubtful=self._holds_arguments(read))
        return read

    def _holds_arguments(self, header: Header) -> bool:
        """Whether the arguments of a call may stand in a header, in the place of its type or glued to it."""
        framing = self.framing
        if not framing.is_call(framing.sampled, header.fields):
            return False
        types = [f.name not in (framing.channel, framing.recipient) for f in framing.fields]
        opening = set(framing.content_begins)
        return any(is_type and opening & set(value or "") for is_type, value in zip(types, header.fields))


def text_in(lexer: Lexer, state: int, prompt_role: str | None, items: Sequence[Item]) -> str:
    """The text that a complete header has in it if nothing is behind it, without white space around it."""
    closed = close_header(lexer, state, prompt_role, items, boundary=lambda offset: True, complete=True)
    return (closed.content or "").strip(lexer.framing.white_space)
