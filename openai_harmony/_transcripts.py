"""Finds messages in a list of tokens by their start tokens, and reads their headers; the rest is not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ._parsing import framing_of, make_reader
from ._runtime.reading.machine import Phase

if TYPE_CHECKING:
    from ._generated.messages import Message
    from ._parsing import Encoding
    from ._runtime.reading.reader import Reader

__all__ = ["Known", "backwards", "forwards", "last"]


class Known(NamedTuple):
    """A message of the given tokens: their range, and the message with little or nothing of its content."""

    start: int
    end: int
    message: Message


def backwards(encoding: Encoding, tokens: list[int], end: int) -> Iterator[Known]:
    """Yield the messages before the position `end`, from the last one to the first one."""
    opening = framing_of(encoding.name).start_id
    while (start := last(tokens, opening, end)) >= 0:
        message = _message_at(make_reader(encoding, None, False), tokens, start, end)
        if message is not None:
            yield Known(start, end, message)
        end = start


def forwards(encoding: Encoding, tokens: list[int]) -> Iterator[Known]:
    """Yield the messages from the first one to the last one."""
    opening = framing_of(encoding.name).start_id
    start = _next(tokens, opening, 0)
    while start < len(tokens):
        end = _next(tokens, opening, start + 1)
        message = _message_at(make_reader(encoding, None, False), tokens, start, end)
        if message is not None:
            yield Known(start, end, message)
        start = end


def _next(tokens: list[int], token: int, begin: int) -> int:
    """Return the index of the next occurrence of a token; the number of tokens if there is none."""
    try:
        return tokens.index(token, begin)
    except ValueError:
        return len(tokens)


def _message_at(reader: Reader, tokens: list[int], start: int, end: int) -> Message | None:
    """Return the message whose header begins at `start`, without most of its content; None if it has no header."""
    for at in range(start, end):
        opened = reader.phase == Phase.CONTENT
        reader.push(tokens[at])
        if opened:  # the first token of the content counts: some headers are read otherwise without content
            break
    reader.finish()
    return reader.messages[0] if reader.messages else None


def last(tokens: list[int], token: int, end: int) -> int:
    """Return the index of the last occurrence of a token before `end`; -1 if there is none."""
    size = 256
    while end > 0:
        begin = max(0, end - size)
        backwards = tokens[begin:end]
        backwards.reverse()
        if token in backwards:
            return end - 1 - backwards.index(token)
        end, size = begin, 4 * size
    return -1
