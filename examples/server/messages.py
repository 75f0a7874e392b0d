"""The endpoint of Anthropic's Messages API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from openai_harmony.anthropic import AnthropicEvent, AnthropicStream, messages_prompt, to_sse

from .serving import EventStream, entry, server_for, whole_number
from .source import SourceError

router = APIRouter()


@router.post("/v1/messages")
async def create(request: Request, body: dict[str, Any]) -> Response:
    server, limit = server_for(request, body), whole_number(body, "max_tokens", required=True)
    prompt = messages_prompt(server.encoding, body)
    alone = entry(body, "tool_choice", "disable_parallel_tool_use")
    parallel = None if alone is None else not alone
    thinking = entry(body, "thinking", "type") != "disabled"
    stream = AnthropicStream(
        server.encoding,
        {"model": server.model},
        tools=body.get("tools"),
        parallel_tool_calls=parallel,
        include_thinking=thinking,
        prompt_tokens=prompt,
    )

    async def blocks() -> AsyncIterator[AnthropicEvent]:
        for event in stream.start():
            yield event
        async for step in server.sample(request, prompt, parallel_tool_calls=parallel, max_tokens=limit):
            for event in stream.feed(step.tokens):
                yield event
            if step.finish_reason is not None:
                for event in stream.finish(step.finish_reason):
                    yield event

    async def events() -> AsyncIterator[str]:
        try:
            async for event in blocks():
                yield to_sse(event)
        except SourceError as problem:
            for event in stream.fail("api_error", str(problem)):
                yield to_sse(event)

    if body.get("stream"):
        return EventStream(events())
    async for _ in blocks():
        pass
    return JSONResponse(stream.message)


@router.post("/v1/messages/count_tokens")
async def count_tokens(request: Request, body: dict[str, Any]) -> dict[str, int]:
    return {"input_tokens": len(messages_prompt(server_for(request, body).encoding, body))}
