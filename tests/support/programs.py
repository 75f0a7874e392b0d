"""What the imitated programs of this folder have in common: what each shows of a completion, and how it asks for it.

They run in whichever process has a library named `openai_harmony`, this repository's or the reference's, and know the
public interface that both have. Each takes the tokens of an assistant's turn, and gives plain data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import openai_harmony as oh

__all__ = ["ENCODING", "Data", "Shown", "function_name", "known_text", "new_parser"]

Data = dict[str, Any]
ENCODING = oh.load_harmony_encoding("HarmonyGptOss")


class Shown:
    """What a program shows: the reasoning, the answer, the calls of tools; and what it passes over or raises."""

    def __init__(self) -> None:
        self.reasoning: list[str] = []
        self.content: list[str] = []
        self.tools: list[list[str]] = []
        self.ignored: list[str] = []
        self.errors: list[Data] = []  # all that the library raised
        self.failed = False  # the program gave up, and its user sees an error

    def error(self, place: int | str, error: Exception) -> None:
        kind = "HarmonyError" if isinstance(error, oh.HarmonyError) else type(error).__name__
        self.errors.append({"at": place, "type": kind, "message": str(error)})

    def data(self) -> Data:
        fields = ("reasoning", "content", "tools", "ignored", "errors", "failed")
        return {field: getattr(self, field) for field in fields}


def new_parser() -> oh.StreamableParser:
    return oh.StreamableParser(ENCODING, role=oh.Role.ASSISTANT)


def function_name(recipient: str) -> str:
    return recipient.removeprefix("functions.")


def known_text(tokens: Sequence[int]) -> str:
    """The text of tokens, markers included, as a tokenizer gives it that passes over ids that it does not know."""
    known = [token for token in tokens if _is_known(token)]
    return ENCODING.decode(known)


def _is_known(token: int) -> bool:
    try:
        ENCODING.decode([token])
    except (oh.HarmonyError, OverflowError):
        return False
    return True
