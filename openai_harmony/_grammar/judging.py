"""Judges completions by the tree of a grammar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import GrammarError
from .called import items_of
from .exporting import Exported, ExportedTag, tree_for
from .judge import Judge
from .settings import FORMATS, completions, id_of
from .vocabularies import encoding_of

__all__ = ["Verdict", "verdict_of"]


class Verdict(NamedTuple):
    """What a grammar says of a completion; true if it accepts it.

    Attributes:
        accepted: whether the completion is accepted as a whole.
        position: the position of the first token that is refused; the number of tokens if none is.
        complete: whether the completion may end where it ends.

    Example:
        >>> bool(check("llguidance", "<|channel|>final<|message|>Hello<|return|>"))
        True
    """

    accepted: bool
    position: int
    complete: bool

    def __bool__(self) -> bool:
        return self.accepted


def verdict_of(format_or_text: object, completion: str | Sequence[int], options: dict[str, Any]) -> Verdict:
    """Return the verdict; see `grammar.check`."""
    if isinstance(format_or_text, (Exported, ExportedTag)):
        if options:
            raise TypeError("a grammar that was exported has its options")
        grammar, settings = format_or_text.grammar, format_or_text.settings
    elif isinstance(format_or_text, str) and format_or_text in FORMATS:
        grammar, settings = tree_for(format_or_text, **options)
    else:
        raise GrammarError("neither a format nor what export returned", option="format_or_text")
    encoding = encoding_of()
    tokens = encoding.encode(completion, allowed_special="all") if isinstance(completion, str) else _ids(completion)
    table = completions()

    def bytes_of(token: int) -> bytes | None:
        return encoding.id_bytes.one(token) if 0 <= token < table.first_special else None

    judge = Judge(grammar, bytes_of)
    state = judge.begin()
    for position, token in enumerate(tokens):
        if token in settings.stops and judge.is_complete(state):
            return Verdict(position == len(tokens) - 1, position + 1, True)
        state = judge.accept(state, token)
        if not state:
            return Verdict(False, position, False)
    complete = judge.is_complete(state)
    return Verdict(complete, len(tokens), complete)


def _ids(completion: object) -> list[int]:
    listed = items_of(completion, "completion", "a text or ids of tokens")
    return [id_of(token, f"completion[{at}]") for at, token in enumerate(listed)]
