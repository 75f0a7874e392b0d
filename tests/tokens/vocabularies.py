"""What a fast backend is compared with: the source of the shipped encoding, and tiktoken with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from openai_harmony._generated.encodings import ENCODINGS
from openai_harmony._runtime.tokens.backends import fastokens_backend, splintr_backend, tiktoken_backend
from openai_harmony._runtime.tokens.backends.choosing import Choice
from openai_harmony._runtime.tokens.backends.guarded import GuardedBackend
from openai_harmony._runtime.tokens.backends.protocol import Source
from openai_harmony._runtime.tokens.backends.tiktoken_backend import TiktokenBackend
from openai_harmony._runtime.tokens.tokenizer import Tokenizer

__all__ = ["MODULES", "exact", "fast", "source"]


MODULES = {"splintr": splintr_backend, "fastokens": fastokens_backend}
BUILDERS: dict[str, Callable[[Source], GuardedBackend]] = {name: module.build for name, module in MODULES.items()}


@cache
def _tokenizer() -> Tokenizer:
    return next(iter(ENCODINGS.values())).make_tokenizer(Choice())


def source() -> Source:
    """What a backend of the shipped encoding is built from."""
    shipped = _tokenizer()
    return Source(shipped.vocabulary, shipped.name, shipped.split_pattern, shipped.vocabulary.ranks, exact)


@cache
def exact() -> TiktokenBackend:
    """tiktoken, which says what is right."""
    return tiktoken_backend.build(source())


@cache
def fast(name: str) -> GuardedBackend:
    """A fast backend."""
    return BUILDERS[name](source())
