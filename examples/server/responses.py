"""The endpoint of the Responses API, which also answers the calls of tools that a server runs."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from openai_harmony.responses import Event, ResponsesStream, responses_prompt, to_sse

from .script import result_of
from .serving import EventStream, server_for, whole_number
from .source import SourceError

router = APIRouter()

TURNS = 8  # of the model, in one response
ECHOED = (
    *("instructions", "max_output_tokens", "metadata", "parallel_tool_calls", "previous_response_id", "reasoning"),
    *("temperature", "text", "tool_choice", "tools", "top_p"),
)


@router.post("/v1/responses")
async def create(request: Request, body: dict[str, Any]) -> Response:
    server, limit = server_for(request, body), whole_number(body, "max_output_tokens")
    store, parallel = server.store, body.get("parallel_tool_calls")
    earlier = store.before(body)
    prompt = responses_prompt(server.encoding, body, previous=earlier, resolve=store.item, custom_tools=True)
    head = {"model": server.model, "created_at": int(time.time())}
    head |= {key: body[key] for key in ECHOED if body.get(key) is not None}
    stream = ResponsesStream(server.encoding, head, parallel_tool_calls=parallel, prompt_tokens=prompt)

    async def turns() -> AsyncIterator[Event]:
        tokens, reason = list(prompt), None
        for event in stream.start():
            yield event
        for _ in range(TURNS):
            said, left = len(stream.messages), None if limit is None else limit - stream.usage["output_tokens"]
            async for step in server.sample(request, tuple(tokens), parallel_tool_calls=parallel, max_tokens=left):
                for event in stream.feed(step.tokens):
                    yield event
                tokens += step.tokens
                reason = step.finish_reason
            calls = [message for message in stream.messages[said:] if message.recipient is not None]
            waiting = [item for item in stream.output if item["status"] == "in_progress"]  # for results of the server
            if reason != "stop" or not calls or len(waiting) != len(calls):
                break
            results = [result_of(call) for call in calls]
            for event in stream.tool_result(results):
                yield event
            tokens = server.continued(tokens, results)
        last = stream.finish(reason)
        store.add(earlier, body, stream.response)
        for event in last:
            yield event

    async def events() -> AsyncIterator[str]:
        try:
            async for event in turns():
                yield to_sse(event)
        except SourceError as problem:
            for event in stream.fail("server_error", str(problem)):
                yield to_sse(event)

    if body.get("stream"):
        return EventStream(events())
    async for _ in turns():
        pass
    return JSONResponse(stream.response)
