"""A cache of headers that the table accepts, so that equal headers are parsed once. Recovery does not belong here."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property

from ..machine import Framing
from .broken import close_header
from .header import Header, Mismatch, run
from .lexer import Item, Lexer

__all__ = ["HeaderTable"]

MOST_KEPT = 4096
LONGEST_KEPT = 256


class HeaderTable:
    """Reads headers of one framing, and caches them."""

    def __init__(self, framing: Framing) -> None:
        self.framing = framing
        self.lexer = Lexer(framing)
        # The key is the state, the role given by the prompt, and an exact form of the tokens.
        self._kept: dict[tuple[int, str | None, bytes | tuple[bytes]], Header] = {}

    @cached_property
    def checksum(self) -> int:
        """A checksum of the framing's tables, which identifies the format of a snapshot's states."""
        states = [(state.name, sorted(state.steps)) for state in self.framing.states]
        return zlib.crc32(repr(states).encode())

    def recall(self, state: int, prompt_role: str | None, form: bytes | tuple[bytes]) -> Header | None:
        """Return a header from the cache; None if it is not there.

        Args:
            state: the table's state at the start of the header.
            prompt_role: the role given by the prompt; None if the header has an author.
            form: the tokens: their ids as bytes, or a tuple with their text, in which special tokens are unambiguous.
        """
        return self._kept.get((state, prompt_role, form))

    def keep(self, state: int, prompt_role: str | None, form: bytes | tuple[bytes], header: Header) -> None:
        """Put a header into the cache, unless its form is too long; the other arguments are those of `recall`."""
        if len(form if isinstance(form, bytes) else form[0]) <= LONGEST_KEPT:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[state, prompt_role, form] = header

    def read(
        self, state: int, prompt_role: str | None, items: Sequence[Item], errors: str = "strict"
    ) -> Header | Mismatch:
        """Read a header by the table, without the cache.

        Args:
            state: the table's state at the start of the header.
            prompt_role: the role given by the prompt; None if the header has an author.
            items: the bytes and markers of the header.
            errors: the error handler for bytes that are not UTF-8, as for `bytes.decode`.

        Raises:
            UnicodeDecodeError: a word is not UTF-8, and `errors` is "strict".
        """
        read = run(self.framing, state, prompt_role, self.lexer.lexemes(items, prompt_role, errors))
        if isinstance(read, Header):
            return read._replace(doubtful=self._holds_arguments(read))
        return read

    def _holds_arguments(self, header: Header) -> bool:
        """Whether the type of a tool call may be, or contain, the arguments of the call."""
        framing = self.framing
        if not framing.is_call(framing.sampled, header.fields):
            return False
        types = [f.name not in (framing.channel, framing.recipient) for f in framing.fields]
        opening = set(framing.content_begins)
        return any(is_type and opening & set(value or "") for is_type, value in zip(types, header.fields))


def text_in_header(lexer: Lexer, state: int, prompt_role: str | None, items: Sequence[Item]) -> str:
    """Return the text, stripped, that a complete header contains if no content follows it; it may be empty."""
    closed = close_header(lexer, state, prompt_role, items, boundary=lambda offset: True, complete=True)
    return (closed.content or "").strip(lexer.framing.white_space)
