"""Contents that are read back out of a message's text, by the literal text around their fields.

What does not stand there exactly as it is written is text, so that writing the contents again gives the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from .headers.header import Header

__all__ = ["Block", "contents_of"]


class Block(NamedTuple):
    """One kind of such contents.

    Attributes:
        make: makes a content of its fields.
        role: the only role that may write it; None if any may.
        terminal: the special token that it stands behind; it is then all of its message's text.
        literals: the texts in front of, between and behind the fields; none for a block behind a token.
        fields: the names of the fields, in the order of their text.
    """

    make: Callable[..., Any]
    role: str | None
    terminal: str | None
    literals: tuple[str, ...]
    fields: tuple[str, ...]


def contents_of(blocks: Sequence[Block], make_text: Callable[[str], Any], header: Header, text: str) -> list[Any]:
    """The contents of a message: blocks, and the text around them.

    Takes time by the length of the text, whatever is in it: a literal that is missing behind some place is looked for
    once.
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
    """Each block in a text, with where it begins, its fields' values, and where it ends."""
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
        if end is None:  # a literal is missing, here and behind every later place
            possible.remove(block)
            continue
        yield block, starts[block], values, end
        at = end


def _fields_at(block: Block, text: str, begin: int) -> tuple[list[str], int | None]:
    """The values of a block whose first literal ends at a place, and where it ends; None if a literal is missing."""
    values: list[str] = []
    for literal in block.literals[1:]:
        end = text.find(literal, begin)
        if end < 0:
            return values, None
        values.append(text[begin:end])
        begin = end + len(literal)
    return values, begin
