"""What the conformance kit asks a server beside its APIs: the prompt of a request, and what the model is to write next.

Real servers have `/tokenize`, and some have `/v1/chat/completions/render`. `/conformance/script` is for tests alone:
whoever can reach it says what the model writes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request

from openai_harmony import ConversionError, HarmonyEncoding
from openai_harmony.anthropic import messages_prompt
from openai_harmony.chat import chat_prompt
from openai_harmony.responses import responses_prompt

from .serving import Server
from .source import Step, TokenSource

__all__ = ["ToldSource", "offer"]

router = APIRouter()


class ToldSource:
    """Samples the completions that it was told, and whatever another source samples if it was told none.

    Args:
        source: the other source.
    """

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        self._told: list[Step] = []

    def tell(self, tokens: list[int], finish_reason: str) -> None:
        """Let the model write these tokens next, whatever it is asked."""
        self._told.append(Step(0, tokens, [0.0] * len(tokens), finish_reason))

    async def sample(
        self, prompt: Sequence[int], *, stop: Collection[int], max_tokens: int | None = None, n: int = 1
    ) -> AsyncGenerator[Step, None]:
        if self._told:
            yield self._told.pop(0)
            return
        async for step in self._source.sample(prompt, stop=stop, max_tokens=max_tokens, n=n):
            yield step


def offer(app: FastAPI) -> None:
    """Let an app answer the kit."""
    server: Server = app.state.server
    server.source = ToldSource(server.source)
    app.include_router(router)


def _encoding(request: Request) -> HarmonyEncoding:
    server: Server = request.app.state.server
    return server.encoding


@router.post("/tokenize")
def tokenize(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    tokens = chat_prompt(_encoding(request), body)
    return {"tokens": tokens, "count": len(tokens)}


@router.post("/v1/chat/completions/render")
def render_chat(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    return {"token_ids": chat_prompt(_encoding(request), body)}


@router.post("/v1/responses/render")
def render_response(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    return {"token_ids": responses_prompt(_encoding(request), body)}


@router.post("/v1/messages/render")
def render_message(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    return {"token_ids": messages_prompt(_encoding(request), body)}


@router.post("/conformance/script", status_code=204)
def tell(request: Request, body: dict[str, Any]) -> None:
    tokens, reason = body.get("tokens"), body.get("finish_reason", "stop")
    if not isinstance(tokens, list) or not all(type(token) is int for token in tokens):
        raise ConversionError("expected a list of tokens", path="tokens")
    if not isinstance(reason, str):
        raise ConversionError("expected a text", path="finish_reason")
    source = request.app.state.server.source
    assert isinstance(source, ToldSource)
    source.tell(tokens, reason)
