"""Structured contents in the text of a message, found by the literals around their fields.

Text that differs from the written form of a block stays text, so that rendering the contents gives the same text.
Headers and tokens do not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from .headers.header import Header

__all__ = ["Block", "contents_of"]


class Block(NamedTuple):
    """One kind of structured content.

    Attributes:
        make: makes a content from its fields.
        role: the only role that may write it; None if any role may.
        terminal: the special token before the content, which is then the whole text of its message; None without one.
        literals: the texts before, between and after the fields; empty for a block with a token.
        fields: the names of the fields, in the order of their text.
    """

    make: Callable[..., Any]
    role: str | None
    terminal: str | None
    literals: tuple[str, ...]
    fields: tuple[str, ...]


def contents_of(blocks: Sequence[Block], make_text: Callable[[str], Any], header: Header, text: str) -> list[Any]:
    """Split the text of a message into blocks and the text around them.

    The time is linear in the length of the text: a literal that is missing after some offset is searched for once.
    """
    if header.block is not None:
        block = next(block for block in blocks if block.terminal == header.block)
        return [block.make(**{block.fields[0]: text})]
    contents: list[Any] = []
    begin = 0
    for block, start, values, end in _found(blocks, header.role, text):
        if begin < start:
            contents.append(make_text(text[begin:start]))
        contents.append(block.make(**dict(zip(block.fields, values))))
        begin = end
    if begin < len(text) or not contents:
        contents.append(make_text(text[begin:]))
    return contents


def _found(blocks: Sequence[Block], role: str, text: str) -> Iterator[tuple[Block, int, list[str], int]]:
    """Yield each block in a text with its start, the values of its fields, and its end, in characters."""
    possible = [block for block in blocks if block.terminal is None and block.role in (None, role)]
    starts = dict.fromkeys(possible, -1)
    at = 0
    while possible:
        for block in possible:
            if starts[block] < at:
                starts[block] = text.find(block.literals[0], at)
        possible = [block for block in possible if starts[block] >= 0]
        if not possible:
            return
        block = min(possible, key=starts.__getitem__)
        values, end = _fields_at(block, text, starts[block] + len(block.literals[0]))
        if end is None:  # a literal is missing after this offset, and so after every later one
            possible.remove(block)
            continue
        yield block, starts[block], values, end
        at = end


def _fields_at(block: Block, text: str, begin: int) -> tuple[list[str], int | None]:
    """Return the values of a block whose first literal ends at `begin`, and its end; None if a literal is missing."""
    values: list[str] = []
    for literal in block.literals[1:]:
        end = text.find(literal, begin)
        if end < 0:
            return values, None
        values.append(text[begin:end])
        begin = end + len(literal)
    return values, begin
