"""The server of docs/tutorial.md: Chat Completions, streamed; texts written by hand stand for an engine."""

from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from openai_harmony import ConversionError, load_harmony_encoding
from openai_harmony.chat import SSE_DONE, ChatStream, chat_prompt, chunk, stop_tokens, to_sse

encoding = load_harmony_encoding("HarmonyGptOss")
HELLO = "<|channel|>analysis<|message|>A greeting.<|end|><|start|>assistant<|channel|>final<|message|>Hello!<|return|>"
ANSWERS: dict[str, str] = {}  # what the last message of a prompt says -> what is sampled


async def sample(prompt: list[int], stop: list[int]) -> AsyncIterator[int]:
    last_message = encoding.decode(prompt).split("<|start|>")[-2]
    text = next((answer for said, answer in ANSWERS.items() if said in last_message), HELLO)
    for token in encoding.encode(text, allowed_special="all"):
        yield token
        if token in stop:
            return


async def events(prompt: list[int], tools: list[object]) -> AsyncIterator[str]:
    stream = ChatStream(encoding, tools=tools)
    async for token in sample(prompt, stop_tokens(encoding)):
        for delta in stream.feed([token]):
            yield to_sse(chunk(delta, id="chatcmpl-1", model="gpt-oss", created=0))
    for delta in stream.finish("stop"):
        yield to_sse(chunk(delta, id="chatcmpl-1", model="gpt-oss", created=0))
    yield SSE_DONE


app = FastAPI()


@app.post("/v1/chat/completions")
async def chat_completions(request: Request) -> Response:
    body = await request.json()
    try:
        prompt = chat_prompt(encoding, body)
    except ConversionError as error:
        return JSONResponse({"error": {"message": str(error), "param": error.path}}, status_code=400)
    return StreamingResponse(events(prompt, body.get("tools") or []), media_type="text/event-stream")
