"""The errors that a caller can catch; every other exception out of a render or a parse is a bug.

Wrong argument types are TypeError, wrong names (an unknown role or encoding) ValueError.
"""

from __future__ import annotations

from typing import NoReturn

__all__ = [
    "HarmonyError",
    "ParseError",
    "RenderError",
    "TokenError",
    "VocabularyError",
    "raise_disallowed_special_token",
]


class HarmonyError(RuntimeError):
    """The base of all that goes wrong with the format; a RuntimeError, as in the reference library."""


class RenderError(HarmonyError):
    """A message breaks the format: a tool without a name, content that its role may not carry."""


class TokenError(HarmonyError):
    """An id outside the vocabulary, bytes that are not UTF-8, or text that spells a disallowed special token."""


class VocabularyError(HarmonyError):
    """The vocabulary is missing, or it is not the one whose digest the spec names."""


class ParseError(HarmonyError):
    """The token stream breaks the format.

    Attributes:
        index: position of the offending token among all tokens given so far, from 0; their number at the end of input.
        state: the part of a message that was being read (the value of a `StreamState`).
        found: what stood there: a special token's text, a word of the header, or `end of input`.
        expected: what could have stood there, as terminal names of the grammar, sorted.
    """

    def __init__(self, message: str, *, index: int, state: str, found: str, expected: tuple[str, ...]) -> None:
        super().__init__(message)
        self.index = index
        self.state = state
        self.found = found
        self.expected = expected

    def __reduce__(self) -> tuple[object, ...]:
        fields = {"index": self.index, "state": self.state, "found": self.found, "expected": self.expected}
        return (_restore, (self.args[0], fields))


def raise_disallowed_special_token(token: str) -> NoReturn:
    """Raise the TokenError for a text that spells a special token which it may not hold."""
    raise TokenError(
        f"Encountered text corresponding to disallowed special token {token!r}.\n"
        "If you want this text to be encoded as a special token, pass it to `allowed_special`, "
        f"e.g. `allowed_special={{'{token}', ...}}`.\n"
        "If you want this text to be encoded as normal text, disable the check for this token by passing "
        f"`disallowed_special=(enc.special_tokens_set - {{'{token}'}})`.\n"
        "To disable this check for all special tokens, pass `disallowed_special=()`.\n"
    )


def _restore(message: str, fields: dict[str, object]) -> ParseError:
    return ParseError(message, **fields)  # type: ignore[arg-type]


for _error in (HarmonyError, RenderError, TokenError, VocabularyError, ParseError):
    _error.__module__ = __name__.rpartition(".")[0]  # named as they are imported, in tracebacks and in pickles
