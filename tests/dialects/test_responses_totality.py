"""The Responses API: no tokens raise, nothing corrected is shown to the user, and bad requests are refused by place."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import Author, ConversionError, Message, RenderError, Role
from openai_harmony.responses import (
    ResponsesStream,
    conversation_from_responses,
    response_output_from,
    responses_prompt,
    to_sse,
)
from tests.dialects.response_reading import RESPONSE
from tests.dialects.responses_made import TOOLS
from tests.dialects.turns_made import RESULTS, cut, soups
from tests.support.effort import examples
from tests.support.samples import ENCODING, SAMPLES, tokens_of

SOUPS = 5 * examples(60)  # 10,000 with HARMONY_MAX_EXAMPLES=2000
PLACES = st.lists(st.integers(0, 10**4), max_size=8)


# tokens ---------------------------------------------------------------------------------------------


@settings(max_examples=SOUPS)
@given(soups(), PLACES, st.sampled_from([None, "stop", "length"]), st.sampled_from([[], TOOLS]))
def test_no_tokens_raise(tokens: list[int], places: list[int], reason: str | None, tools: list[dict[str, Any]]) -> None:
    stream = ResponsesStream(ENCODING, RESPONSE, tools=tools, new_id=lambda kind: kind)
    events = [event for step in cut(tokens, places) for event in stream.feed(step)] + stream.finish(reason)
    output: Any = stream.output
    incomplete = any(item["status"] == "incomplete" for item in output)
    messages = ENCODING.parse(tokens, "assistant").messages
    assert response_output_from(messages, tools=tools, incomplete=incomplete, new_id=lambda kind: kind) == output
    "".join(map(to_sse, events)).encode()
    assert_nothing_corrected_is_said(stream)


@pytest.mark.parametrize("at", range(len(SAMPLES)))
def test_malformed_output_says_nothing_that_was_corrected(at: int) -> None:
    stream = ResponsesStream(ENCODING, RESPONSE)
    stream.feed(tokens_of(SAMPLES[at]))
    stream.finish()
    assert_nothing_corrected_is_said(stream)


def assert_nothing_corrected_is_said(stream: ResponsesStream) -> None:
    """The messages of the output are those to the user, and hold no more of what a recovery reports as lost."""
    output: Any = stream.output
    said = [part["text"] for item in output if item["type"] == "message" for part in item["content"]]
    shown = [
        message.text
        for message in stream.messages
        if message.author.role == Role.ASSISTANT
        and message.recipient in (None, "", "assistant", "all", "user", "system", "developer", "tool")
        and message.channel in (None, "commentary", "final")
    ]
    assert said == shown
    for recovery in stream.recoveries:
        if recovery.text:
            assert sum(text.count(recovery.text) for text in said) <= sum(text.count(recovery.text) for text in shown)


@settings(max_examples=examples(60))
@given(soups(), st.lists(RESULTS, max_size=2), soups())
def test_no_prompt_and_no_result_raises(prompt: list[int], results: list[Message], tokens: list[int]) -> None:
    prompt = [token for token in prompt if 0 <= token < 2**32]
    stream = ResponsesStream(ENCODING, RESPONSE, tools=TOOLS, prompt_tokens=prompt)
    events = stream.feed(tokens) + stream.tool_result(results) + stream.feed(tokens) + stream.fail("server_error", "no")
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    final: Any = events[-1]
    assert final["type"] == "response.failed"
    assert final["response"]["output"] == stream.output


def test_nothing_comes_behind_the_end() -> None:
    tokens = ENCODING.encode("<|channel|>final<|message|>Yes<|return|>", allowed_special="all")
    stream = ResponsesStream(ENCODING, RESPONSE)
    stream.feed(tokens)
    stream.finish()
    before = stream.response
    assert stream.start() == stream.feed(tokens) == stream.finish() == stream.fail("server_error", "no") == []
    assert stream.tool_result([]) == []
    assert stream.response == before


# requests -------------------------------------------------------------------------------------------

NOTHING_OF = [None, 0, 1, -1.5, True, False, float("nan"), b"x", object(), int, range(3), set(), ()]
NOT_MUCH = ["", "x", "\ud800", [], [None], [0], ["x"], [[]], [{"type": "text"}], [{"type": "text", "text": 1}]]
NOR_THESE = [{}, {1: 2}, {"type": None}, {"type": "x"}, {"name": 1}, {"message": 1}, {"x": object()}, {"id": "x"}]
GARBAGE = st.sampled_from([*NOTHING_OF, *NOT_MUCH, *NOR_THESE])
ITEMS: list[dict[str, Any]] = [
    {"role": "developer", "content": [{"type": "input_text", "text": "Brief."}]},
    {"type": "mcp_list_tools", "server_label": "gh", "tools": [{"name": "find", "input_schema": {"type": "object"}}]},
    {"role": "user", "content": "Hi", "type": "message", "id": "msg_1"},
    {"type": "item_reference", "id": "msg_2"},
    {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "Hm"}],
        "content": [{"type": "reasoning_text", "text": "Hm"}],
        "encrypted_content": "x",
    },
    {"type": "reasoning", "encrypted_content": "x", "summary": []},
    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}]},
    {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
    {"type": "custom_tool_call", "call_id": "b", "name": "c", "input": "x"},
    {"type": "function_call_output", "call_id": "a", "output": [{"type": "input_text", "text": "1"}], "name": "f"},
    {"type": "custom_tool_call_output", "call_id": "b", "output": "2"},
    {"type": "code_interpreter_call", "code": "1", "outputs": [{"type": "logs", "logs": "1"}]},
    {"type": "mcp_call", "server_label": "gh", "name": "find", "arguments": "{}", "error": {"message": "no"}},
    {"type": "mcp_call", "server_label": "gh", "name": "find", "arguments": "{}", "output": "yes"},
    {"type": "web_search_call", "action": {"type": "search", "query": "x"}},
    {
        "role": "assistant",
        "phase": "final_answer",
        "content": [{"type": "output_text", "text": "Yes"}, {"type": "refusal", "refusal": "No"}],
        "refusal": "No",
    },
]
REQUEST: dict[str, Any] = {
    "model": "gpt-oss",
    "input": ITEMS,
    "instructions": "Be brief.",
    "tools": [
        {"type": "function", "name": "f", "description": "F.", "parameters": {"type": "object"}, "strict": True},
        {"type": "custom", "name": "c", "description": "C."},
        {"type": "mcp", "server_label": "gh", "allowed_tools": {"tool_names": ["find"]}},
        {"type": "mcp", "server_label": "own", "tools": [{"name": "do"}], "allowed_tools": ["do"]},
        {"type": "code_interpreter", "container": {"type": "auto"}},
        {"type": "web_search"},
    ],
    "tool_choice": {"type": "function", "name": "f"},
    "text": {"format": {"type": "json_schema", "name": "r", "description": "R.", "schema": {"type": "object"}}},
    "reasoning": {"effort": "low", "summary": "auto"},
    "previous_response_id": None,
    "conversation": None,
    "prompt": None,
}
STORED = {"msg_2": {"role": "assistant", "content": "Well", "phase": "commentary"}}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all values in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with another one at a place; REMOVED removes it."""
    value = copy.deepcopy(value)
    owner = value
    for key in path[:-1]:
        owner = owner[key]
    if new is REMOVED:
        del owner[path[-1]]
    else:
        owner[path[-1]] = new
    return value


REMOVED = object()
ALL_PLACES = [place for place in places(REQUEST) if place]


@st.composite
def bad_requests(draw: st.DrawFn) -> Any:
    request: Any = REQUEST
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(ALL_PLACES))
        try:
            request = changed(request, place, draw(GARBAGE | st.just(REMOVED)))
        except (LookupError, TypeError):  # the first change removed the place of the second
            continue
    return request


OPTIONS = st.fixed_dictionaries(
    {"resolve": st.just(lambda id: STORED.get(id)), "custom_tools": st.just(True)},
    optional={
        "decrypt": st.just(lambda text: text.upper()),
        "summaries": st.just(True),
        "aliases": st.just(True),
        "keep_tools": st.just(True),
        "effort": st.just("nearest"),
        "previous": st.lists(st.sampled_from(ITEMS) | GARBAGE, max_size=2),
    },
)


@settings(max_examples=4 * examples(100))
@given(bad_requests(), OPTIONS)
def test_garbage_anywhere_in_a_request_is_converted_or_refused_with_its_place(request_: Any, options: Any) -> None:
    try:
        tokens = responses_prompt(ENCODING, request_, **options)
    except ConversionError as problem:
        refused = problem
    except RenderError:  # a header or a name that this format cannot say
        return
    else:
        assert tokens
        return
    assert refused.path in str(refused)
    assert refused.path.split(".")[0].split("[")[0] in {*REQUEST, "previous"}
    assert "\n" not in str(refused)


def test_the_request_that_is_spoiled_is_a_good_one() -> None:
    assert responses_prompt(ENCODING, REQUEST, resolve=STORED.get, custom_tools=True)


@pytest.mark.parametrize(
    "request_", [None, 1, "x", [], int, object(), [("input", [])]], ids=lambda value: type(value).__name__
)
def test_a_request_that_is_none_is_refused(request_: object) -> None:
    with pytest.raises(ConversionError, match="request"):
        responses_prompt(ENCODING, request_)


@pytest.mark.parametrize("previous", [5, "x", b"x", {"role": "user"}])
def test_what_came_before_is_refused_if_it_is_no_list(previous: Any) -> None:
    with pytest.raises(TypeError, match="argument 'previous': expected messages or items"):
        conversation_from_responses("Hi", previous=previous)


@pytest.mark.parametrize("response", [None, 5, "x", [], [("id", "resp_1")]])
def test_a_response_that_is_none_is_refused(response: Any) -> None:
    with pytest.raises(ConversionError, match="response: expected a dictionary"):
        ResponsesStream(ENCODING, response)
    with pytest.raises(ConversionError, match=r"response\.id: expected text"):
        ResponsesStream(ENCODING, {"id": 5})


@dataclass(frozen=True)
class Said:
    role: str
    content: str | None


def test_dataclasses_are_items_too() -> None:
    expected = conversation_from_responses([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}])
    assert conversation_from_responses([Said("user", "Hi"), Said("assistant", "Yes")]) == expected


def test_results_belong_to_the_tool_of_their_author_alone() -> None:
    """A name that begins with that of another tool is another tool."""
    call = Message.from_role_and_content("assistant", "{}").with_recipient("ghx.find").with_channel("commentary")
    tools = [{"type": "mcp", "server_label": label} for label in ("gh", "ghx")]
    for author, output in (("gh", None), ("ghx.f", None), ("ghx", "r"), ("ghx.find", "r")):
        result = Message.from_author_and_content(Author(role=Role.TOOL, name=author), "r")
        [item] = response_output_from([call, result], tools=tools)
        assert item["type"] == "mcp_call"
        assert item["output"] == output
