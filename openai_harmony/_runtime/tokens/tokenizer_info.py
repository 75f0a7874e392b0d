"""What there is to know of a tokenizer: the package that encodes, why it was chosen, and the vocabulary."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..locks import loading_own

if TYPE_CHECKING:
    from .backends.building import Built
    from .backends.choosing import Choice
    from .vocabulary_file import Vocabulary

__all__ = ["TokenizerInfo", "info_of"]


class TokenizerInfo(NamedTuple):
    """Facts about the tokenizer of an encoding.

    Attributes:
        backend: the name of the package that encodes, or that will, if it is not built and passes its check.
        version: its version.
        asked: what was asked for: a name, or "auto".
        chosen_by: what asked for it: the "argument" `tokenizer`, the variable in the "environment", or the "default".
        is_built: whether the backend is built. The first texts of a process are encoded without it.
        is_checked: whether the built backend has passed its self-check; tiktoken needs none.
        guard: which texts the backend leaves to tiktoken, in words; empty if there are none, or it is not built.
        passed_over: why "auto" did not take backends that it prefers and that are installed, by name.
        vocabulary: the path of the file that the vocabulary is read from.
        sha256: the digest of the vocabulary's source file.
        tokens: the number of tokens, with special ones.

    Example:
        >>> info = load_harmony_encoding("HarmonyGptOss", tokenizer="tiktoken").tokenizer_info()
        >>> info.backend, info.chosen_by, info.tokens
        ('tiktoken', 'argument', 201089)
    """

    backend: str
    version: str
    asked: str
    chosen_by: Literal["argument", "environment", "default"]
    is_built: bool
    is_checked: bool
    guard: str
    passed_over: dict[str, str]
    vocabulary: str
    sha256: str
    tokens: int


def info_of(choice: Choice, vocabulary: Vocabulary, built: Built | None) -> TokenizerInfo:
    """Return the facts about a tokenizer, of which nothing is built or read for that."""
    if built is None:
        with loading_own():
            from importlib import metadata

            from .backends.choosing import candidates

            known = candidates(choice)[0]
            try:
                version = metadata.version(known.distribution)
            except metadata.PackageNotFoundError:
                version = ""
        name, guard = known.name, ""
    else:
        name, version, guard = built.backend.name, built.backend.version, built.backend.guard
    return TokenizerInfo(
        backend=name,
        version=version,
        asked=choice.asked,
        chosen_by=choice.by,
        is_built=built is not None,
        is_checked=built is not None,
        guard=guard,
        passed_over=dict(built.passed_over) if built is not None else {},
        vocabulary=os.fspath(vocabulary.path),
        sha256=vocabulary.sha256,
        tokens=vocabulary.count + len(vocabulary.specials),
    )
