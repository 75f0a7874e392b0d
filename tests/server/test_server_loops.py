"""Clients of the example server run tools in rounds, and the server runs one of its own."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import anthropic
import openai
import pytest

from tests.support.api_requests import (
    ALL,
    MODEL,
    PYTHON,
    RESPONSES,
    RESULTS,
    chat_request,
    messages_request,
    responses_request,
)
from tests.support.served import Source

pytestmark = pytest.mark.shipped  # the script spells the words of Harmony

EXPECTED_CALLS = [("find_city", ALL), ("weather", "Rome"), ("book_table", "sunny, 24 °C")]


def calls_of_chat(chat: openai.OpenAI, streamed: bool, request: dict[str, Any]) -> Any:
    if not streamed:
        return chat.chat.completions.create(**request).choices[0]
    with chat.chat.completions.stream(**request) as stream:
        return stream.get_final_completion().choices[0]


@pytest.mark.parametrize("streamed", [False, True])
def test_three_rounds_of_tools_by_chat_completions(chat: openai.OpenAI, streamed: bool) -> None:
    request, called = chat_request(ALL), []
    choice = calls_of_chat(chat, streamed, request)
    assert choice.message.content == "I will call find_city, weather, book_table."
    assert choice.message.reasoning == "3 calls to go."
    while choice.finish_reason == "tool_calls":
        [call] = choice.message.tool_calls
        called.append((call.function.name, json.loads(call.function.arguments)["about"]))
        result = {"role": "tool", "tool_call_id": call.id, "content": RESULTS[call.function.name]}
        request["messages"] += [choice.message, result]  # the object of the client, with all its nulls
        choice = calls_of_chat(chat, streamed, request)
    assert called == EXPECTED_CALLS
    assert (choice.finish_reason, choice.message.content) == ("stop", RESULTS["book_table"])


def response_of(chat: openai.OpenAI, streamed: bool, request: dict[str, Any]) -> Any:
    if not streamed:
        return chat.responses.create(**request)
    with chat.responses.stream(**request) as stream:
        return stream.get_final_response()


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("streamed", [False, True])
def test_three_rounds_of_tools_by_responses(chat: openai.OpenAI, streamed: bool, stored: bool) -> None:
    request, called = responses_request(ALL, store=stored), []
    items: list[Any] = [{"role": "user", "content": ALL}]
    response = response_of(chat, streamed, request)
    assert [item.type for item in response.output] == ["reasoning", "message", "function_call"]
    while response.output[-1].type == "function_call":
        call = response.output[-1]
        called.append((call.name, json.loads(call.arguments)["about"]))
        result = {"type": "function_call_output", "call_id": call.call_id, "output": RESULTS[call.name]}
        items += [*response.output, result]
        given = {"input": [result], "previous_response_id": response.id} if stored else {"input": items}
        response = response_of(chat, streamed, {**request, **given})
    assert called == EXPECTED_CALLS
    assert (response.status, response.output_text) == ("completed", RESULTS["book_table"])


def message_of(claude: anthropic.Anthropic, streamed: bool, request: dict[str, Any]) -> Any:
    if not streamed:
        return claude.messages.create(**request)
    with claude.messages.stream(**request) as stream:
        return stream.get_final_message()


@pytest.mark.parametrize("streamed", [False, True])
def test_three_rounds_of_tools_by_messages(claude: anthropic.Anthropic, streamed: bool) -> None:
    request, called = messages_request(ALL), []
    message = message_of(claude, streamed, request)
    assert [block.type for block in message.content] == ["thinking", "text", "tool_use"]
    while message.stop_reason == "tool_use":
        call = message.content[-1]
        called.append((call.name, call.input["about"]))
        result = {"type": "tool_result", "tool_use_id": call.id, "content": RESULTS[call.name]}
        request["messages"] += [
            {"role": "assistant", "content": message.content},
            {"role": "user", "content": [result]},
        ]
        message = message_of(claude, streamed, request)
    assert called == EXPECTED_CALLS
    assert (message.stop_reason, message.content[-1].text) == ("end_turn", RESULTS["book_table"])


def test_code_that_the_server_runs_is_an_item_with_its_output(chat: openai.OpenAI) -> None:
    first = chat.responses.create(**RESPONSES["code"])
    assert [item.type for item in first.output] == ["reasoning", "code_interpreter_call", "reasoning", "message"]
    code: Any = first.output[1]
    assert (code.code, code.outputs[0].logs, first.output_text) == ("print(2 + 2)", "4", "4")
    again = chat.responses.create(model=MODEL, input="And now?", previous_response_id=first.id, tools=[PYTHON])
    assert again.output_text == "And now?"
    asked = chat.responses.create(model=MODEL, input=[*first.output, {"role": "user", "content": "So?"}])
    assert asked.output_text == "So?"


def test_code_is_not_run_unless_the_request_declares_it(chat: openai.OpenAI, source: Source) -> None:
    script = import_module("examples.server.script")
    source.scripted.script = lambda messages, choice: [script._call(script.PYTHON, "", "")]
    for tools in ([], responses_request("")["tools"]):
        response = chat.responses.create(model=MODEL, input="Use python.", tools=tools)
        assert [(item.type, item.name) for item in response.output] == [("function_call", "python")]
    undisturbed = chat.responses.create(**RESPONSES["code"], parallel_tool_calls=True)
    assert {item.type for item in undisturbed.output} == {"code_interpreter_call"}
    assert len(undisturbed.output) == import_module("examples.server.responses").TURNS


@pytest.mark.parametrize("streamed", [False, True])
def test_tools_of_servers_and_searches_are_run_within_the_response(chat: openai.OpenAI, streamed: bool) -> None:
    find = {"name": "find", "input_schema": {"type": "object", "properties": {"about": {"type": "string"}}}}
    docs: dict[str, Any] = {"type": "mcp", "server_label": "docs", "server_url": "https://example.org", "tools": [find]}
    request = responses_request("Use docs.find, then browser.search, then python, then weather.")
    request["tools"] = [*request["tools"], docs, {"type": "web_search"}, PYTHON]
    response = response_of(chat, streamed, request)
    called: list[Any] = [item for item in response.output if item.type.endswith("_call")]
    assert [item.type for item in called] == ["mcp_call", "web_search_call", "code_interpreter_call", "function_call"]
    assert (called[0].server_label, called[0].name, called[0].output) == ("docs", "find", "What docs.find found.")
    assert (called[1].action.query, called[2].outputs[0].logs) == ("What docs.find found.", "4")
    assert (called[3].name, json.loads(called[3].arguments)) == ("weather", {"about": "4"})
    assert {item.status for item in called} == {"completed"}
    assert response.usage.input_tokens > chat.responses.create(**responses_request("Hello")).usage.input_tokens


def test_an_item_of_an_earlier_response_may_be_referred_to(chat: openai.OpenAI) -> None:
    first = chat.responses.create(**responses_request("Hello"))
    reference = {"type": "item_reference", "id": first.output[-1].id}
    second = chat.responses.create(**responses_request("") | {"input": [reference, {"role": "user", "content": "So?"}]})
    alike = [{"role": "assistant", "content": "Hello"}, {"role": "user", "content": "So?"}]
    written = chat.responses.create(**responses_request("") | {"input": alike})
    assert (second.output_text, second.usage) == ("So?", written.usage)
