"""What the example server streams is what it sends whole, as the clients of its APIs put it together."""

from __future__ import annotations

from typing import Any

import anthropic
import openai
import pytest

from tests.support.api_requests import (
    ALL,
    CHATS,
    MESSAGES,
    MODEL,
    RESPONSES,
    chat_request,
    lasting,
    messages_request,
    parsed_away,
)
from tests.support.served import Source

pytestmark = pytest.mark.shipped  # the script spells the words of Harmony

STEPS = (2, 10_000)  # tokens a step; the whole is made of steps of one


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", CHATS)
def test_a_chat_that_is_streamed_is_the_whole_one(name: str, step: int, chat: openai.OpenAI, source: Source) -> None:
    whole = chat.chat.completions.create(**CHATS[name])
    source.scripted.step = step
    with chat.chat.completions.stream(**CHATS[name], stream_options={"include_usage": True}) as stream:
        streamed = stream.get_final_completion()
    assert parsed_away(lasting(streamed)) == lasting(whole)
    assert whole.usage is not None
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_that_is_streamed_is_the_whole_one(
    name: str, step: int, chat: openai.OpenAI, source: Source
) -> None:
    whole = chat.responses.create(**RESPONSES[name])
    source.scripted.step = step
    with chat.responses.stream(**RESPONSES[name]) as stream:
        events = list(stream)
    assert [event.sequence_number for event in events] == list(range(len(events)))
    last: Any = events[-1]
    assert parsed_away(lasting(last.response)) == lasting(whole)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_that_is_streamed_is_the_whole_one(
    name: str, step: int, claude: anthropic.Anthropic, source: Source
) -> None:
    whole = claude.messages.create(**MESSAGES[name])
    source.scripted.step = step
    with claude.messages.stream(**MESSAGES[name]) as stream:
        streamed = stream.get_final_message()
    assert parsed_away(lasting(streamed)) == lasting(whole)


def test_calls_in_parallel_are_made_if_the_request_allows_them(
    chat: openai.OpenAI, claude: anthropic.Anthropic
) -> None:
    both, one, sampled = ["weather", "find_city"], ["weather"], []
    for name, expected in (("calls", both), ("one call of two", one)):
        completion = chat.chat.completions.create(**CHATS[name])
        assert [call.function.name for call in completion.choices[0].message.tool_calls] == expected
        sampled.append(completion.usage.completion_tokens)
        output = chat.responses.create(**RESPONSES[name]).output
        assert [item.name for item in output if item.type == "function_call"] == expected
        content = claude.messages.create(**MESSAGES[name]).content
        assert [block.name for block in content if block.type == "tool_use"] == expected
    assert sampled[0] > sampled[1]  # the engine stops behind the one call


def test_what_is_cut_off_says_so(chat: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    whole = chat.chat.completions.create(**chat_request(ALL, max_completion_tokens=5))
    assert (whole.choices[0].finish_reason, whole.usage.completion_tokens) == ("length", 5)
    full = chat.chat.completions.create(**chat_request(ALL)).usage.completion_tokens
    for limit in range(1, full):  # also where a message has just ended
        cut = chat.chat.completions.create(**chat_request(ALL, max_tokens=limit))
        assert (cut.choices[0].finish_reason, cut.usage.completion_tokens) == ("length", limit)
    chunks = list(chat.chat.completions.create(**chat_request(ALL, max_tokens=5, stream=True)))
    assert [chunk.choices[0].finish_reason for chunk in chunks][-2:] == [None, "length"]
    response = chat.responses.create(**RESPONSES["cut off"])
    assert (response.status, response.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert claude.messages.create(**MESSAGES["cut off"]).stop_reason == "max_tokens"


def test_a_limit_holds_for_all_turns_of_a_response(chat: openai.OpenAI) -> None:
    whole = chat.responses.create(**RESPONSES["code"])
    assert whole.usage is not None
    for limit in range(1, whole.usage.output_tokens):
        cut = chat.responses.create(**RESPONSES["code"], max_output_tokens=limit)
        assert (cut.status, cut.usage.output_tokens) == ("incomplete", limit)
    last = chat.responses.create(**RESPONSES["code"], max_output_tokens=whole.usage.output_tokens)
    assert last.status == "completed"


def test_effort_and_thinking_are_heard(chat: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    assert not hasattr(chat.chat.completions.create(**CHATS["little effort"]).choices[0].message, "reasoning")
    assert [item.type for item in chat.responses.create(**RESPONSES["little effort"]).output] == ["message"]
    hidden = claude.messages.create(**MESSAGES["without thinking"])
    assert [block.type for block in hidden.content] == ["text", "tool_use"]


def test_log_probabilities_are_those_of_the_content(chat: openai.OpenAI) -> None:
    [choice] = chat.chat.completions.create(**CHATS["log probabilities"]).choices
    entries = choice.logprobs.content
    assert b"".join(bytes(entry.bytes) for entry in entries).decode() == choice.message.content == "Grüß Gott 👩‍🚀"
    assert all(entry.logprob < 0 and entry.top_logprobs[0].token == entry.token for entry in entries)
    choices = chat.chat.completions.create(**CHATS["choices"]).choices
    assert [choice.message.content for choice in choices] == ["Hello", "Hello (1)", "Hello (2)"]
    for choice in choices:
        assert "".join(entry.token for entry in choice.logprobs.content) == choice.message.content


def test_an_answer_that_the_request_begins_goes_on(claude: anthropic.Anthropic) -> None:
    message = claude.messages.create(**MESSAGES["an answer that is begun"])
    assert [(block.type, block.text) for block in message.content] == [("text", "Hello")]
    assert message.stop_reason == "end_turn"


def test_tokens_of_a_prompt_are_counted(claude: anthropic.Anthropic) -> None:
    request = messages_request(ALL)
    counted = claude.messages.count_tokens(model=MODEL, messages=request["messages"], tools=request["tools"])
    assert counted.input_tokens == claude.messages.create(**request).usage.input_tokens > 100


def test_models_are_listed(chat: openai.OpenAI) -> None:
    assert [model.id for model in chat.models.list()] == [chat.models.retrieve(MODEL).id] == [MODEL]
    with pytest.raises(openai.NotFoundError):
        chat.models.retrieve("gpt-3")
