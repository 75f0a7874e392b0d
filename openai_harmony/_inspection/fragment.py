"""A rendered conversation as notebooks show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .._runtime.showing.fragments import MOST_TOKENS, Chip, Group, tokens_html
from .token_texts import token_texts

if TYPE_CHECKING:
    from .._runtime.reading.content import ByteSource
    from .._runtime.tokens.tokenizer import Tokenizer

__all__ = ["Heading", "rendered_html"]


class Heading(NamedTuple):
    """Consecutive tokens of a message: their positions, its index, and its role; both None outside messages."""

    start: int
    end: int
    message: int | None
    role: str | None


def rendered_html(
    tokens: Sequence[int],
    headings: Sequence[Heading],
    parts: Sequence[str],
    sampled: bytes,
    source: ByteSource,
    tokenizer: Tokenizer,
) -> str:
    """Return the first tokens with their messages, their parts, and whether a model samples them."""
    first = tokens[:MOST_TOKENS]
    special = set(filter(tokenizer.is_special_token, {*first}))
    texts = [text.text for text in token_texts(first, source, special)]

    def groups() -> Iterator[Group]:
        for start, end, index, role in headings:
            chips = [
                Chip(texts[at], f"{at}: id {first[at]}, {parts[at]}", bool(sampled[at]))
                for at in range(start, min(end, len(first)))
            ]
            yield Group("outside messages" if index is None else f"{index} {role}", end - start, chips)

    summary = f"{len(tokens)} tokens; those that a model samples are bold"
    return tokens_html(summary, groups(), len(tokens))
