"""Where tokens come from: what a server needs of an engine, and a source that samples what a script says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from typing import NamedTuple, Protocol

from openai_harmony import (
    Conversation,
    HarmonyEncoding,
    Message,
    RenderConversationConfig,
    StreamableParser,
    StreamState,
)

from .script import completion

__all__ = ["ScriptedSource", "SourceError", "Step", "TokenSource"]

_WHOLE = RenderConversationConfig(auto_drop_analysis=False)

Script = Callable[[Sequence[Message], int], Sequence[Message]]


class Step(NamedTuple):
    """What one step of an engine adds to a choice.

    Attributes:
        choice: the index of the choice.
        tokens: the sampled tokens, with the stop token at which sampling ends.
        logprobs: the log probability of each of them.
        finish_reason: why sampling ends, "stop" or "length"; None if it goes on.
    """

    choice: int
    tokens: list[int]
    logprobs: list[float]
    finish_reason: str | None


class SourceError(Exception):
    """The engine failed."""


class TokenSource(Protocol):
    """What the server needs of an engine."""

    def sample(
        self, prompt: Sequence[int], *, stop: Collection[int], max_tokens: int | None = None, n: int = 1
    ) -> AsyncGenerator[Step, None]:
        """Yield the steps of `n` choices. Closing the generator stops sampling.

        Raises:
            SourceError: the engine failed.
        """
        ...


class ScriptedSource:
    """Stands for an engine: reads the prompt, and samples the tokens of what a script answers.

    Args:
        encoding: the encoding.

    Attributes:
        script: returns the messages that a model would write, for the messages of a prompt and the index of a choice.
        step: the number of tokens of a step.
        delay: the seconds between two steps.
        running: how many prompts are being sampled.
        sampled: the number of tokens sampled so far.
    """

    def __init__(
        self, encoding: HarmonyEncoding, *, script: Script = completion, step: int = 1, delay: float = 0.0
    ) -> None:
        self._encoding, self.script, self.step, self.delay = encoding, script, step, delay
        self._opening = len(encoding.render_conversation_for_completion(Conversation.from_messages([]), "assistant"))
        [self._content] = encoding.encode("<|message|>", allowed_special="all")
        self.running = 0
        self.sampled = 0

    async def sample(
        self, prompt: Sequence[int], *, stop: Collection[int], max_tokens: int | None = None, n: int = 1
    ) -> AsyncGenerator[Step, None]:
        """Yield the steps of `n` choices, one of each in turn."""
        self.running += 1
        try:
            completions = [_cut(self._tokens(prompt, choice), stop, max_tokens) for choice in range(n)]
            choices = [_steps(choice, *cut, self.step) for choice, cut in enumerate(completions)]
            for round in range(max(map(len, choices))):
                await asyncio.sleep(self.delay)
                for step in (steps[round] for steps in choices if round < len(steps)):
                    self.sampled += len(step.tokens)
                    yield step
        finally:
            self.running -= 1

    def _tokens(self, prompt: Sequence[int], choice: int) -> list[int]:
        """Return the tokens that the script continues a prompt with."""
        parser = StreamableParser(self._encoding, None, strict=False)
        parser.feed(prompt)
        answer = self.script(parser.messages, choice)
        if parser.state != StreamState.CONTENT:
            return self._written(answer)
        goes_on = self._written(answer[-1:])  # the prompt left a message open, so there is no further header
        return goes_on[goes_on.index(self._content) + 1 :]

    def _written(self, messages: Sequence[Message]) -> list[int]:
        conversation = Conversation.from_messages(messages)
        return self._encoding.render_conversation_for_training(conversation, _WHOLE)[self._opening :]


def _cut(tokens: list[int], stop: Collection[int], limit: int | None) -> tuple[list[int], str]:
    """Return the tokens up to the first stop token or to the limit, and why they end."""
    end = next((index + 1 for index, token in enumerate(tokens) if token in stop), len(tokens))
    return (tokens[:end], "stop") if limit is None or end <= limit else (tokens[:limit], "length")


def _steps(choice: int, tokens: list[int], reason: str, size: int) -> list[Step]:
    pieces = [tokens[start : start + size] for start in range(0, len(tokens) or 1, size)]
    reasons = [*[None] * (len(pieces) - 1), reason]
    return [Step(choice, piece, [_logprob(token) for token in piece], why) for piece, why in zip(pieces, reasons)]


def _logprob(token: int) -> float:
    """Return a made-up log probability, always the same for a token."""
    return -(token % 97 + 1) / 100
