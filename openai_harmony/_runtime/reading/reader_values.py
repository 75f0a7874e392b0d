"""The small value types that a reader is made of. Their use is in state.py and does not belong here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .content import ByteSource
from .events import EventFactories

if TYPE_CHECKING:
    from .headers.reader import HeaderTable

__all__ = ["NOTHING_EARLIER", "Checkpoint", "Earlier", "Mode", "ReaderContext", "Turn"]


class ReaderContext(NamedTuple):
    """What a reader needs besides the tables: factories of public objects, the bytes of ids, and a header cache."""

    factories: EventFactories
    bytes: ByteSource
    headers: HeaderTable


class Mode(NamedTuple):
    """How strict a reader is, and the channel of text that lost its channel.

    Attributes:
        pedantic: raise an error instead of recovering.
        raises: recover, and also raise where the reference library raises.
        unplaced: the channel for recovered text without one; None to leave it without a channel.
    """

    pedantic: bool
    raises: bool
    unplaced: str | None = None


class Turn(NamedTuple):
    """A turn that was opened again before its message: its role (None if the prompt gave it) and its positions."""

    role: str | None
    start: int
    end: int


class Earlier(NamedTuple):
    """How many ids and messages of the stream a restored reader does not hold itself."""

    ids: int
    messages: int


NOTHING_EARLIER = Earlier(0, 0)


class Checkpoint(NamedTuple):
    """A checkpoint between messages or at the start of a header, where these values describe the whole state.

    Attributes:
        at: the number of ids read.
        messages: the number of messages read.
        state: the number of the table's state.
        first: the number of ids of the next message that were read, such as its start token.
        prompt_role: the role that the prompt gave for the header.
        role: the role that the stream was started with.
        untouched: as `ReaderState.untouched`.
        reference: the values of the `ReferenceErrors`; None if the mode does not use it.
    """

    at: int
    messages: int
    state: int
    first: int
    prompt_role: str | None
    role: str | None
    untouched: bool
    reference: tuple[str, int, str | None, bool] | None
