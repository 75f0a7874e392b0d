"""The endpoint of the Chat Completions API."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from openai_harmony.chat import SSE_DONE, ChatDelta, ChatStream, chat_prompt, chunk, to_sse

from .errors import openai_error
from .log_probabilities import LogProbabilities
from .serving import EventStream, entry, server_for, whole_number
from .source import SourceError

router = APIRouter()


@router.post("/v1/chat/completions")
async def create(request: Request, body: dict[str, Any]) -> Response:
    server, n = server_for(request, body), whole_number(body, "n", at_most=16) or 1
    prompt = chat_prompt(server.encoding, body, custom_tools=True)
    limit = whole_number(body, "max_completion_tokens", "max_tokens")
    with_usage = entry(body, "stream_options", "include_usage")
    tools, parallel = body.get("tools"), body.get("parallel_tool_calls")
    streams = [ChatStream(server.encoding, tools=tools, parallel_tool_calls=parallel) for _ in range(n)]
    sampled = [LogProbabilities(server.encoding, body) for _ in range(n)]
    head: dict[str, Any] = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": server.model}

    async def deltas() -> AsyncIterator[tuple[int, ChatDelta]]:
        async for step in server.sample(request, prompt, parallel_tool_calls=parallel, max_tokens=limit, n=n):
            sampled[step.choice].add(step)
            for delta in streams[step.choice].feed(step.tokens):
                yield step.choice, delta
            if step.finish_reason is not None:
                for delta in streams[step.choice].finish(step.finish_reason):
                    yield step.choice, delta

    def usage() -> dict[str, Any]:
        counts = [stream.usage for stream in streams]
        written = sum(count["completion_tokens"] for count in counts)
        thought = sum(count["completion_tokens_details"]["reasoning_tokens"] for count in counts)
        details = {"completion_tokens_details": {"reasoning_tokens": thought}}
        total = {"completion_tokens": written, "total_tokens": len(prompt) + written}
        return {"prompt_tokens": len(prompt), **total, **details}

    async def events() -> AsyncIterator[str]:
        try:
            async for index, delta in deltas():
                yield to_sse(chunk(delta, index=index, logprobs=sampled[index].of(delta), **head))
            if with_usage:
                yield to_sse(chunk(None, usage=usage(), **head))
        except SourceError as problem:
            yield to_sse(openai_error(problem))
        yield SSE_DONE

    if body.get("stream"):
        return EventStream(events())
    async for index, delta in deltas():
        sampled[index].keep(delta)
    ends = [{"index": index, "finish_reason": stream.finish_reason} for index, stream in enumerate(streams)]
    choices = [
        {**end, "message": stream.message, "logprobs": logprobs.kept}
        for end, stream, logprobs in zip(ends, streams, sampled)
    ]
    return JSONResponse({**head, "object": "chat.completion", "choices": choices, "usage": usage()})
