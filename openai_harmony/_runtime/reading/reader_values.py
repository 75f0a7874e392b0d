"""The values that a reader is made of and remembers; what becomes of them is state.py's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .content import ByteSource
from .events import EventFactories

if TYPE_CHECKING:
    from .headers.reader import HeaderTable

__all__ = ["NOTHING_EARLIER", "CleanPoint", "Earlier", "Mode", "ReaderContext", "Turn"]


class ReaderContext(NamedTuple):
    """What a reader needs besides the tables: what makes public objects, bytes of ids, and headers."""

    factories: EventFactories
    bytes: ByteSource
    headers: HeaderTable


class Mode(NamedTuple):
    """How strict a reader is, and where it puts text that lost its channel.

    Attributes:
        pedantic: raise at the first thing that would be a recovery.
        raises: recover, and raise besides where the reference library raises.
        unplaced: the channel of recovered text that has none; None to leave it without one.
    """

    pedantic: bool
    raises: bool
    unplaced: str | None = None


class Turn(NamedTuple):
    """A turn that was opened and opened again: its role, None where it was given, and its position."""

    role: str | None
    start: int
    end: int


class Earlier(NamedTuple):
    """What a reader that goes on for another has not seen itself."""

    ids: int
    messages: int


NOTHING_EARLIER = Earlier(0, 0)


class CleanPoint(NamedTuple):
    """A point in the stream at which few values say all: between messages, or where a header begins.

    Attributes:
        at: how many ids there were.
        messages: how many messages.
        state: the table's.
        first: how many ids of the message there were, such as a start token.
        prompt_role: the role that was given for the header.
        role: whose turn it is.
        untouched: nothing came of the header that the role was given for.
        reference: where the reference is, in words, if its errors are raised.
    """

    at: int
    messages: int
    state: int
    first: int
    prompt_role: str | None
    role: str | None
    untouched: bool
    reference: tuple[str, int, str | None, bool] | None
