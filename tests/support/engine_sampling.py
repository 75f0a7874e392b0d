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
PATIENCE = 20  # tokens after which the logits of what may end something begin to rise
LONGEST = 4000


@functools.cache
def _ends() -> Any:
    """Which tokens may end something: special ones, quotes and brackets, and words of headers."""
    pieces = vocabulary("xgrammar")
    words = (b'"', b"}", b"]", b'"}', b'"]', b" to", b" json", b"null")
    return np.array([token >= FIRST_SPECIAL or piece in words for token, piece in enumerate(pieces)], dtype=np.float32)


@functools.cache
def _liked() -> Any:
    """What a model likes at all times: special tokens and the channel of answers more than others, blanks less."""
    pieces = vocabulary("xgrammar")
    return np.array(
        [
            4 if token >= FIRST_SPECIAL or piece == b"final" else -6 if piece.isspace() else 0
            for token, piece in enumerate(pieces)
        ],
        dtype=np.float32,
    )


@functools.cache
def _noise() -> Any:
    return np.random.default_rng(0).gumbel(size=2 * ENTRIES).astype(np.float32)


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
        allowed = np.unpackbits(mask.view(np.uint8), bitorder="little")[:ENTRIES].astype(bool)
        start = int(random.integers(ENTRIES))
        logits = _noise()[start : start + ENTRIES] + _liked()
        logits += _ends() * max(0, len(tokens) - PATIENCE) * random.random()
        token = int(np.where(allowed, logits, -np.inf).argmax())
        if token == END_OF_TEXT or len(tokens) == LONGEST:
            break
        if not matcher.consume_token(token):
            raise RuntimeError(f"a token was masked in and refused: {tokens}, {token}")
        tokens.append(token)
    return tokens
