"""A model of random logits, in the process of the engines: what it writes, held to a grammar by llguidance."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from openai_harmony._grammar.settings import completions
from openai_harmony.grammar import vocabulary

ENTRIES = completions().entries
FIRST_SPECIAL = completions().first_special
WORDS = -(-ENTRIES // 32)  # of a mask
END_OF_TEXT = 199999
PATIENCE = 12  # tokens after which the logits of what may end something begin to rise
DRAWN = 500  # where most tokens are allowed, logits are drawn for so many
LONGEST = 4000


@functools.cache
def _ends() -> Any:
    """The tokens that may end something: special ones, quotes and brackets, and words of headers."""
    pieces = vocabulary("xgrammar")
    words = (b'"', b"}", b"]", b'"}', b'"]', b" to", b" json", b"null", b"final")
    return np.array([token for token, piece in enumerate(pieces) if token >= FIRST_SPECIAL or piece in words])


@functools.cache
def _liked() -> Any:
    """What a model likes at all times: special tokens, " to" and "final" more than others, blanks less."""
    pieces = vocabulary("xgrammar")
    return np.array(
        [
            4 if token >= FIRST_SPECIAL or piece in (b"final", b" to") else -6 if piece.isspace() else 0
            for token, piece in enumerate(pieces)
        ],
        dtype=np.float32,
    )


def _drawn(mask: Any, rise: float, random: np.random.Generator) -> int:
    """Return the token with the highest logit of those that a mask leaves."""
    bits = np.unpackbits(mask.view(np.uint8), bitorder="little")[:ENTRIES]
    ends = _ends()[bits[_ends()] > 0]
    if np.count_nonzero(bits) > 100 * DRAWN:  # most draws are allowed
        drawn = random.integers(ENTRIES, size=DRAWN)
        allowed = drawn[bits[drawn] > 0]
    else:
        allowed = np.flatnonzero(bits)
    tokens = np.concatenate([ends, allowed])
    logits = random.gumbel(size=len(tokens)) + _liked()[tokens]
    logits[: len(ends)] += rise
    return int(tokens[logits.argmax()])


def sample(grammar: str, seed: int, tokenizer: Any) -> list[int]:
    """Return what is written by random logits, of which the mask leaves those of tokens that are allowed."""
    import llguidance
    import llguidance.numpy

    random = np.random.default_rng(seed)
    matcher = llguidance.LLMatcher(tokenizer, grammar)
    mask = np.zeros((1, WORDS), dtype=np.int32)
    tokens: list[int] = []
    while not matcher.is_stopped():
        llguidance.numpy.fill_next_token_bitmask(matcher, mask, 0)
        token = _drawn(mask, max(0, len(tokens) - PATIENCE) * random.random(), random)
        if token == END_OF_TEXT or len(tokens) == LONGEST:
            break
        if not matcher.consume_token(token):
            raise RuntimeError(f"a token was masked in and refused: {tokens}, {token}")
        tokens.append(token)
    return tokens
