"""Requests, results and model output by which the conversions were once broken, each with what is right."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from openai_harmony import Author, ConversionError, Message, Role
from openai_harmony.anthropic import AnthropicStream, anthropic_message_from, messages_prompt
from openai_harmony.chat import ChatStream, chat_choice_from_tokens, chat_message_from, chat_prompt, to_sse
from openai_harmony.responses import ResponsesStream, response_output_from, responses_prompt
from tests.support.samples import ENCODING

pytestmark = pytest.mark.shipped

USER = {"role": "user", "content": "Hi"}
CODE = {"type": "code_interpreter", "container": {"type": "auto"}}
RUN = "<|channel|>analysis to=python code<|message|>print(1)<|call|>"
ANSWER = "<|channel|>final<|message|>Hello<|return|>"
HALF = "\ud83d"  # of a surrogate pair, which JSON can have


def tokens(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


def call_of(name: str) -> str:
    return f"<|channel|>commentary to=functions.{name} <|constrain|>json<|message|>{{}}<|call|>"


def result_of(tool: str) -> Message:
    return Message.from_author_and_content(Author.new(Role.TOOL, tool), "1")


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


# names of tools -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["python", "browser"])
def test_a_call_of_a_function_with_the_name_of_a_built_in_tool_is_written_as_one_of_the_function(name: str) -> None:
    builtin = CODE if name == "python" else {"type": "web_search"}
    called = {"type": "function_call", "call_id": "1", "name": name, "arguments": "{}"}
    answered = {"type": "function_call_output", "call_id": "1", "output": "r"}
    tools = [{"type": "function", "name": name}, builtin]
    prompt = responses_prompt(ENCODING, {"input": [USER, called, answered], "tools": tools})
    expected = (
        f"<|start|>assistant to=functions.{name}<|channel|>commentary json<|message|>{{}}<|call|>"
        f"<|start|>functions.{name} to=assistant<|channel|>commentary<|message|>r<|end|><|start|>assistant"
    )
    assert ENCODING.decode(prompt).endswith(expected)

    chat_call = {"id": "1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    messages = [
        USER,
        {"role": "assistant", "content": None, "tool_calls": [chat_call]},
        {"role": "tool", "tool_call_id": "1", "content": "r"},
    ]
    request = {"messages": messages, "tools": [{"type": "function", "function": {"name": name}}]}
    assert ENCODING.decode(chat_prompt(ENCODING, request, builtin_tools=[name])).endswith(expected)

    blocks = [{"type": "tool_use", "id": "1", "name": name, "input": {}}]
    results = [{"type": "tool_result", "tool_use_id": "1", "content": "r"}]
    turns = [USER, {"role": "assistant", "content": blocks}, {"role": "user", "content": results}]
    asked = {"messages": turns, "tools": [{"name": name, "input_schema": {}}]}
    assert ENCODING.decode(messages_prompt(ENCODING, asked, builtin_tools=[name])).endswith(expected)


def test_a_built_in_tool_is_run_though_a_function_has_its_name() -> None:
    stream = ResponsesStream(ENCODING, {"tools": [{"type": "function", "name": "python"}, CODE]})
    stream.feed(tokens(f"{RUN}<|start|>assistant{call_of('python')}"))
    stream.finish("stop")
    assert [item["type"] for item in stream.output] == ["code_interpreter_call", "function_call"]


@pytest.mark.parametrize("channel", ["final", "commentary"])
def test_a_recipient_without_a_name_is_none(channel: str) -> None:
    sampled = tokens(f"<|channel|>{channel} to=<|message|>Hello<|return|>")
    choice = chat_choice_from_tokens(ENCODING, sampled)
    assert choice == {"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}
    assert chat_prompt(
        ENCODING, {"messages": [USER, choice["message"]]}
    )  # a call without a name could not be sent back


# several turns --------------------------------------------------------------------------------------


def test_a_call_behind_a_result_is_not_parallel_to_the_one_before() -> None:
    response = {"tools": [CODE, {"type": "function", "name": "f"}]}
    stream = ResponsesStream(ENCODING, response, parallel_tool_calls=False)
    stream.feed(tokens(RUN))
    stream.tool_result([result_of("python")])
    stream.feed(tokens(f"{call_of('f')}<|start|>assistant{call_of('f')}"))
    stream.finish("stop")
    assert [item["type"] for item in stream.output] == ["code_interpreter_call", "function_call"]
    assert [message.recipient for message in stream.suppressed] == ["functions.f"]


@pytest.mark.parametrize("given", [None, 5, "text", [5], [{"role": "tool", "content": "1"}]])
def test_a_result_that_is_no_message_is_refused_and_changes_nothing(given: Any) -> None:
    stream = ResponsesStream(ENCODING, {"tools": [CODE]})
    stream.feed(tokens(RUN))
    before = stream.snapshot()
    with pytest.raises(TypeError, match=r"argument 'results(\[0\])?': expected"):
        stream.tool_result(given)
    assert stream.snapshot() == before


@pytest.mark.parametrize("given", [None, 5, "text", [5], [{"role": "assistant", "content": "1"}]])
def test_what_is_no_list_of_messages_is_refused(given: Any) -> None:
    for read in (chat_message_from, response_output_from, lambda it: anthropic_message_from(it, id="1", model="m")):
        with pytest.raises(TypeError, match=r"argument 'messages(\[0\])?': expected"):
            read(given)


# the end of a stream --------------------------------------------------------------------------------


def test_tokens_behind_the_end_add_nothing() -> None:
    chat = ChatStream(ENCODING)
    chat.feed(tokens(ANSWER))
    chat.finish("stop")
    message, usage = chat.message, chat.usage
    assert chat.feed(tokens(f"<|start|>assistant{ANSWER}")) == []
    assert (chat.message, chat.usage, chat.finish()) == (message, usage, [])

    for end, arguments in (("finish", ("stop",)), ("fail", ("api_error", "It broke."))):
        stream = AnthropicStream(ENCODING, {})
        stream.feed(tokens(ANSWER))
        getattr(stream, end)(*arguments)
        content = stream.message["content"]
        assert stream.feed(tokens(f"<|start|>assistant{ANSWER}")) == []
        assert stream.message["content"] == content


def test_the_reason_stays_what_it_was_when_the_end_met_an_undeclared_call() -> None:
    stream = ChatStream(ENCODING, undeclared="error")
    stream.feed(tokens('<|channel|>commentary to=python{"a":'))
    with pytest.raises(ConversionError, match="'python', which is not among the tools"):
        stream.finish()
    assert stream.finish()[-1]["finish_reason"] == "length"


# state ----------------------------------------------------------------------------------------------

STREAMS: list[Callable[[], Any]] = [
    lambda: ChatStream(ENCODING, tools=[{"type": "custom", "custom": {"name": "f"}}]),
    lambda: ResponsesStream(ENCODING, {"id": "resp_1", "tools": [CODE]}),
    lambda: AnthropicStream(ENCODING, {"id": "msg_1"}),
]


@pytest.mark.parametrize("make", STREAMS)
def test_a_snapshot_shares_nothing_with_the_stream(make: Callable[[], Any]) -> None:
    stream = make()
    stream.feed(tokens(f"<|channel|>analysis<|message|>Hm<|end|><|start|>assistant{RUN[:-8]}"))
    snapshot = stream.snapshot()
    written = json.dumps(snapshot)
    stream.feed(tokens(" # more<|call|>"))
    stream.finish("stop")
    assert json.dumps(snapshot) == written
    twin = type(stream).restore(ENCODING, snapshot)
    twin.feed(tokens(" # more<|call|>"))
    twin.finish("stop")
    assert json.dumps(snapshot) == written


@pytest.mark.parametrize("make", STREAMS)
def test_a_changed_snapshot_changes_no_stream(make: Callable[[], Any]) -> None:
    def spoil(value: Any) -> None:
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, (dict, list)):
                spoil(each)
        value.clear()

    stream = make()
    stream.feed(tokens(f"<|channel|>analysis<|message|>Hm<|end|><|start|>assistant{RUN[:-8]}"))
    written = json.dumps(stream.snapshot())
    given = json.loads(written)
    twin = type(stream).restore(ENCODING, given)
    for changed in (given, stream.snapshot()):
        spoil(changed)
    assert json.dumps(stream.snapshot()) == json.dumps(twin.snapshot()) == written


@pytest.mark.parametrize("kind", ["custom", "anthropic"])
@pytest.mark.parametrize("space", ["\n", " " * 64])
def test_white_space_without_end_costs_no_more_per_step_as_it_grows(kind: str, space: str) -> None:
    stream: Any = STREAMS[0 if kind == "custom" else 2]()
    begun = "" if kind == "custom" else '{"a": 1'
    stream.feed(tokens(f"<|channel|>commentary to=functions.f json<|message|>{begun}"))
    step = tokens(space)

    def steps() -> float:
        best = float("inf")
        for _ in range(10):
            start = time.perf_counter()
            for _ in range(40):
                stream.feed(step)
            best = min(best, time.perf_counter() - start)
        return best

    first = steps()
    for _ in range(2000):
        stream.feed(step)
    assert steps() < 8 * first  # it was more than a hundred times as much


# values that clients send ---------------------------------------------------------------------------


def test_half_a_surrogate_pair_is_refused_with_its_place() -> None:
    with pytest.raises(ConversionError) as refused:
        responses_prompt(ENCODING, {"input": "Hi", "instructions": HALF})
    assert refused.value.path == "instructions"
    block = {"type": "tool_use", "id": "1", "name": "f", "input": {"INVALID_JSON": f"{{{HALF}"}}
    with pytest.raises(ConversionError) as refused:
        messages_prompt(ENCODING, {"messages": [USER, {"role": "assistant", "content": [block]}]})
    assert refused.value.path == "messages[1].content[0].input.INVALID_JSON"


def test_half_a_surrogate_pair_that_a_server_echoes_is_escaped() -> None:
    (created, _) = ResponsesStream(ENCODING, {"metadata": {"note": HALF}}).start()
    data = to_sse(created).encode("utf-8").split(b"data: ")[1]
    assert json.loads(data)["response"]["metadata"] == {"note": HALF}


@pytest.mark.parametrize("mark", ["\u2028", "\u0085", "\v"])
def test_the_name_of_a_response_format_has_one_line_by_every_reading(mark: str) -> None:
    form = {"name": f"a{mark}b", "schema": {"type": "object"}}
    with pytest.raises(ConversionError) as refused:
        chat_prompt(ENCODING, {"messages": [USER], "response_format": {"type": "json_schema", "json_schema": form}})
    assert refused.value.path == "response_format.json_schema.name"


@pytest.mark.parametrize("depth", [300, 5000])
def test_a_response_that_is_nested_too_deeply_to_be_echoed_is_refused(depth: int) -> None:
    with pytest.raises(ConversionError, match="nested more than 200 deep") as refused:
        ResponsesStream(ENCODING, {"metadata": {"note": nested(depth)}})
    assert refused.value.path == "response"
    with pytest.raises(ConversionError, match="nested more than 200 deep") as refused:
        AnthropicStream(ENCODING, {"metadata": {"note": nested(depth)}})
    assert refused.value.path == "message"
