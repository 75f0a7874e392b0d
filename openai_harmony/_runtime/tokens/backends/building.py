"""Builds the backend that was chosen, and the exact one for the texts that another one refuses."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from ....errors import VocabularyError
from ...locks import Locked, loading
from ..vocabulary_file import Vocabulary
from .choosing import AUTO, EXACT, Choice, Known, candidates
from .protocol import Backend, Source

__all__ = ["Built", "build"]


class Built(NamedTuple):
    """A backend, and why others were not taken, by name."""

    backend: Backend
    passed_over: dict[str, str]


class _Exact(Locked):
    """The exact backend, which is built when it is first asked for."""

    def __init__(self, vocabulary: Vocabulary, name: str, split_pattern: str) -> None:
        super().__init__()
        self._arguments = vocabulary, name, split_pattern
        self._made: Backend | None = None

    def __call__(self) -> Backend:
        build = _loaded(EXACT)
        with self._lock:
            if self._made is None:
                vocabulary, name, split_pattern = self._arguments
                ranks = vocabulary.ranks()
                self._made = build(Source(vocabulary, name, split_pattern, lambda: ranks, self))
                ranks.clear()
            return self._made


def build(
    choice: Choice, vocabulary: Vocabulary, name: str, split_pattern: str, ranks: Callable[[], dict[bytes, int]]
) -> Built:
    """Build a backend.

    Args:
        choice: which one; "auto" takes the first that works.
        vocabulary, name, split_pattern, ranks: what it is built from; see `Source`.

    Raises:
        VocabularyError: the vocabulary cannot be read, or the backend does not work.
    """
    source = Source(vocabulary, name, split_pattern, ranks, _Exact(vocabulary, name, split_pattern))
    passed_over: dict[str, str] = {}
    for known in candidates(choice):
        if known is EXACT:
            return Built(_loaded(known)(source), passed_over)
        try:
            return Built(_loaded(known)(source), passed_over)
        except Exception as error:  # whatever a package raises, another one can encode
            fault = f"{type(error).__name__}: {error}" if not isinstance(error, VocabularyError) else str(error)
            if choice.asked != AUTO:
                raise VocabularyError(f"{choice.place}: {known.name!r} cannot be used: {fault}") from error
            passed_over[known.name] = fault
    raise AssertionError("the exact backend is always a candidate")


def _loaded(known: Known) -> Callable[[Source], Backend]:
    """Return the function that builds a backend, after importing its package."""
    with loading():
        made: Callable[[Source], Backend] = import_module(known.module, __package__).build
    return made
