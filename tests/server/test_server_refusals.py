"""The example server refuses bad requests in the form of the API, and none of them is an error of its own."""

from __future__ import annotations

import json
import math
from typing import Any

import anthropic
import openai
import pytest

from tests.support.api_requests import (
    CHATS,
    MESSAGES,
    MODEL,
    RESPONSES,
    chat_request,
    messages_request,
    responses_request,
)
from tests.support.served import Source

pytestmark = pytest.mark.shipped  # the script spells the words of Harmony

JSON = {"Content-Type": "application/json"}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
BAD_CHATS = [
    ({"messages": [{"role": "user", "content": [IMAGE]}]}, "messages[0].content[0]"),
    ({"messages": [{"role": "tool", "tool_call_id": "x", "content": "4"}]}, "messages[0].tool_call_id"),
    ({"reasoning_effort": "huge"}, "reasoning_effort"),
    ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
    ({"tool_choice": "sometimes"}, "tool_choice"),
    ({"n": 0}, "n"),
    ({"n": 17}, "n"),
    ({"max_tokens": True}, "max_tokens"),
    ({"stop": ["."]}, "stop"),
    ({"logprobs": False, "top_logprobs": 2}, "top_logprobs"),
]
BAD_RESPONSES = [
    ({"input": [{"type": "input_image"}]}, "input[0].type"),
    ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0].id"),
    ({"tools": [{"type": "file_search"}]}, "tools[0].type"),
    ({"reasoning": {"effort": "huge"}}, "reasoning.effort"),
    ({"max_output_tokens": "many"}, "max_output_tokens"),
]
BAD_MESSAGES = [
    ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "messages[0].content[0]"),
    ({"tool_choice": {"type": "tool", "name": "fly"}}, "tool_choice"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"stop_sequences": ["."]}, "stop_sequences"),
]


@pytest.mark.parametrize("streamed", [False, True])
def test_bad_requests_are_refused_with_the_place_of_the_fault(
    chat: openai.OpenAI, claude: anthropic.Anthropic, streamed: bool
) -> None:
    for create, request, rows in (
        (chat.chat.completions.create, chat_request("Hello"), BAD_CHATS),
        (chat.responses.create, responses_request("Hello"), BAD_RESPONSES),
    ):
        for change, path in rows:
            with pytest.raises(openai.BadRequestError) as refused:
                create(**{**request, **change}, stream=streamed)
            assert (refused.value.param, refused.value.type) == (path, "invalid_request_error")
            assert str(path) in refused.value.message
    for change, path in BAD_MESSAGES:
        with pytest.raises(anthropic.BadRequestError) as answer:
            claude.messages.create(**{**messages_request("Hello"), **change}, stream=streamed)
        body: Any = answer.value.body
        assert (body["type"], body["error"]["type"]) == ("error", "invalid_request_error")
        assert path in body["error"]["message"]


def test_what_the_server_does_not_have_is_not_found(
    served: tuple[str, Source], chat: openai.OpenAI, claude: anthropic.Anthropic
) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        chat.chat.completions.create(**chat_request("Hello") | {"model": "gpt-3"})
    assert refused.value.param == "model"
    for path in ("chat/completions", "responses", "messages", "messages/count_tokens"):
        answer = chat._client.post(f"{served[0]}/v1/{path}", json={"messages": [], "input": [], "max_tokens": 1})
        assert (answer.status_code, answer.json()["error"]["message"]) == (400, "model: missing")
    with pytest.raises(anthropic.NotFoundError):
        claude.messages.create(**messages_request("Hello") | {"model": "claude"})
    unstored = chat.responses.create(**responses_request("Hello"), store=False)
    with pytest.raises(openai.NotFoundError) as refused:
        chat.responses.create(**responses_request("Hello"), previous_response_id=unstored.id)
    assert refused.value.param == "previous_response_id"


def test_messages_need_a_limit(served: tuple[str, Source], claude: anthropic.Anthropic) -> None:
    body = {key: value for key, value in MESSAGES["a call"].items() if key != "max_tokens"}
    answer = claude._client.post(f"{served[0]}/v1/messages", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"] == {"type": "invalid_request_error", "message": "max_tokens: missing"}


@pytest.mark.parametrize("body", [b"[]", b"{", b"", b'{"model": NaN}', b"\xff"])
def test_a_body_that_is_no_object_is_refused(served: tuple[str, Source], body: bytes, chat: openai.OpenAI) -> None:
    for path in ("chat/completions", "responses", "messages"):
        answer = chat._client.post(f"{served[0]}/v1/{path}", content=body, headers=JSON)
        assert answer.status_code == 400
        error = answer.json()["error"]
        assert error["type"] == "invalid_request_error"
        assert "the body" in error["message"]


def test_a_path_that_does_not_exist_is_an_error_in_the_form_of_the_api(chat: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        chat.embeddings.create(model=MODEL, input="Hello")
    assert refused.value.type == "invalid_request_error"


KEYS = {
    "chat/completions": (CHATS["log probabilities"], ["messages", "reasoning_effort", "response_format"]),
    "responses": (RESPONSES["an answer"], ["input", "reasoning", "text", "max_output_tokens", "store"]),
    "messages": (MESSAGES["a call"], ["messages", "system", "thinking", "tool_choice"]),
}
ODD: list[Any] = [None, 5, -1.5, "x", "\ud800", [], {}, [5], [None], [{}], {"type": 5}, {"type": "x"}, True, math.inf]
COMMON = ["model", "tools", "tool_choice", "parallel_tool_calls", "stream", "stream_options", "n", "max_tokens", "stop"]
COMMON += ["logprobs", "top_logprobs", "metadata", "previous_response_id", "instructions"]


@pytest.mark.parametrize("path", KEYS)
def test_no_value_of_a_request_is_an_error_of_the_server(
    path: str, served: tuple[str, Source], chat: openai.OpenAI, source: Source
) -> None:
    source.scripted.step = 1000
    request, keys = KEYS[path]
    for key in [*keys, *COMMON]:
        for value in ODD:
            body = json.dumps({**request, key: value}).encode()
            answer = chat._client.post(f"{served[0]}/v1/{path}", content=body, headers=JSON)
            assert answer.status_code in (200, 400, 404), (key, value)
