"""A failing input made small: tokens are left out, and those of text replaced, as long as the input fails alike."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["smallest"]

MOST_TRIES = 1500
SHORT = 4  # runs up to this long are left out wherever they begin


def smallest(
    tokens: tuple[int, ...], fails: Callable[[tuple[int, ...]], bool], plain: int, is_text: Callable[[int], bool]
) -> tuple[int, ...]:
    """The smallest tokens found that fail; `plain` is the id that takes the place of others that are text."""
    tries = 0

    def still(candidate: tuple[int, ...]) -> bool:
        nonlocal tries
        tries += 1
        return tries <= MOST_TRIES and fails(candidate)

    before: tuple[int, ...] | None = None
    while tokens != before and tries < MOST_TRIES:
        before = tokens
        size = len(tokens)
        while size:
            tokens = _without_runs(tokens, size, still)
            size = size // 2 if size > 2 * SHORT else size - 1
        tokens = _plainer(tokens, plain, is_text, still)
    return tokens


def _without_runs(tokens: tuple[int, ...], size: int, still: Callable[[tuple[int, ...]], bool]) -> tuple[int, ...]:
    at = 0
    while at < len(tokens):
        candidate = tokens[:at] + tokens[at + size :]
        if still(candidate):
            tokens = candidate
        else:
            at += size if size > SHORT else 1
    return tokens


def _plainer(
    tokens: tuple[int, ...], plain: int, is_text: Callable[[int], bool], still: Callable[[tuple[int, ...]], bool]
) -> tuple[int, ...]:
    for at, token in enumerate(tokens):
        if token != plain and is_text(token):
            candidate = (*tokens[:at], plain, *tokens[at + 1 :])
            if still(candidate):
                tokens = candidate
    return tokens
