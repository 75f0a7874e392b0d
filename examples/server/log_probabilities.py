"""The log probabilities of a choice, by the tokens of each delta."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openai_harmony import ConversionError, HarmonyEncoding
from openai_harmony.chat import ChatDelta

from .source import Step

__all__ = ["LogProbabilities"]


class LogProbabilities:
    """The log probabilities of the tokens of a choice.

    Args:
        encoding: the encoding.
        request: the body of the request, which may ask for them.
    """

    def __init__(self, encoding: HarmonyEncoding, request: Mapping[str, object]) -> None:
        self._encoding = encoding
        self._wanted = bool(request.get("logprobs"))
        self._top = bool(request.get("top_logprobs"))
        if self._top and not self._wanted:
            raise ConversionError("needs logprobs=true", path="top_logprobs")
        self._sampled: list[tuple[int, float]] = []
        self._kept: list[dict[str, Any]] = []

    def add(self, step: Step) -> None:
        """Take the tokens of a step."""
        if self._wanted:
            self._sampled += zip(step.tokens, step.logprobs)

    def of(self, delta: ChatDelta) -> dict[str, object] | None:
        """Return what a chunk has of the tokens of a delta; None if they are not content."""
        if not self._wanted or "content" not in delta["delta"]:
            return None
        start, end = delta["tokens"]
        return {"content": [self._entry(*sampled) for sampled in self._sampled[start:end]], "refusal": None}

    def keep(self, delta: ChatDelta) -> None:
        """Note the tokens of a delta for the whole choice."""
        told: Any = self.of(delta)
        self._kept += told["content"] if told is not None else []

    @property
    def kept(self) -> dict[str, object] | None:
        """What the whole choice has."""
        return {"content": self._kept, "refusal": None} if self._wanted else None

    def _entry(self, token: int, logprob: float) -> dict[str, object]:
        exact = self._encoding.decode([token], "surrogateescape").encode("utf-8", "surrogateescape")
        entry = {"token": self._encoding.decode([token]), "logprob": logprob, "bytes": list(exact)}
        return {**entry, "top_logprobs": [entry] if self._top else []}
