"""Chat Completions: no tokens raise, nothing corrected is shown as an answer, and a bad request is told its place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from operator import delitem
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionMessage

from openai_harmony import ConversionError, HarmonyError, RenderError
from openai_harmony.chat import ChatStream, chat_choice_from_tokens, chat_message_from, chat_prompt
from tests.dialects.accumulating import put_together
from tests.dialects.chats_made import PROMPT, TOOLS, MadeChat, chats, completions, counter, one_by_one, soups
from tests.support.effort import examples
from tests.support.samples import ENCODING, SAMPLES, tokens_of

SOUPS = 5 * examples(100)  # 10,000 with HARMONY_MAX_EXAMPLES=2000


# tokens ---------------------------------------------------------------------------------------------


@settings(max_examples=SOUPS)
@given(soups(), st.sampled_from([None, "stop", "length"]), st.sampled_from([None, TOOLS]))
def test_no_tokens_raise(tokens: list[int], reason: str | None, tools: list[dict[str, Any]] | None) -> None:
    whole = chat_choice_from_tokens(ENCODING, tokens, finish_reason=reason, tools=tools, new_id=counter())
    stream = ChatStream(ENCODING, tools=tools, new_id=counter())
    for step in one_by_one(tokens):
        stream.feed(step)
    stream.finish(reason)
    assert (stream.message, stream.finish_reason) == (whole["message"], whole["finish_reason"])
    assert_nothing_corrected_is_shown(stream)
    json.dumps(whole)


@pytest.mark.parametrize("at", range(len(SAMPLES)))
def test_malformed_output_shows_nothing_that_was_corrected(at: int) -> None:
    stream = ChatStream(ENCODING)
    stream.feed(tokens_of(SAMPLES[at]))
    stream.finish()
    assert_nothing_corrected_is_shown(stream)


NOBODY = (None, "", "assistant", "user", "system", "developer", "tool", "all")  # who is no tool


def assert_nothing_corrected_is_shown(stream: ChatStream) -> None:
    """The answer is the texts of the messages for the user, and nothing else, such as what a recovery reports."""
    shown = [
        message.text
        for message in stream.messages
        if message.author.role == "assistant"
        and message.recipient in NOBODY
        and message.channel in (None, "final", "commentary")
    ]
    assert stream.message["content"] == ("\n".join(filter(None, shown)) if shown else None)


@settings(max_examples=examples(100))
@given(st.builds(PROMPT.__add__, completions()) | soups(), completions() | soups(), st.integers(0, 50))
def test_no_prompt_raises_and_a_stream_goes_on_with_what_it_left_open(
    prompt: list[int], tokens: list[int], left: int
) -> None:
    known = [token for token in prompt if 0 <= token < 2**32]
    known, tokens = known[: max(len(known) - left, 0)], [*known[max(len(known) - left, 0) :], *tokens]
    whole = chat_choice_from_tokens(ENCODING, tokens, prompt_tokens=known, new_id=counter())
    stream = ChatStream(ENCODING, prompt_tokens=known, new_id=counter())
    deltas = [delta for step in one_by_one(tokens) for delta in stream.feed(step)] + stream.finish()
    assert put_together(deltas) == (whole["message"], whole["finish_reason"])
    ends = [delta["tokens"] for delta in deltas if delta["tokens"][0] < delta["tokens"][1]]
    assert all(first[1] <= second[0] for first, second in pairwise(ends))
    assert all(0 <= delta["tokens"][0] <= delta["tokens"][1] <= len(tokens) for delta in deltas)
    assert stream.usage["completion_tokens"] == len(tokens)


def test_the_arguments_that_a_prompt_has_come_before_those_of_the_first_step() -> None:
    text = "<|start|>assistant<|channel|>commentary to=functions.f<|message|>{"
    stream = ChatStream(ENCODING, prompt_tokens=ENCODING.encode(text, allowed_special="all"), new_id=counter())
    calls = [delta["delta"]["tool_calls"][0]["function"] for delta in stream.feed(ENCODING.encode("}"))]
    assert calls == [{"name": "f", "arguments": ""}, {"arguments": "{"}, {"arguments": "}"}]


# requests -------------------------------------------------------------------------------------------

LONE: list[Any] = [0, 1, -1.5, True, False, "", "x", b"x", "\ud800", float("nan"), range(3), int, object(), (), set()]
NESTED: list[Any] = [
    [],
    [None],
    [0],
    ["x"],
    [[]],
    {},
    {1: 2},
    {"name": 1},
    {"function": {}},
    {"type": "x"},
    {"type": None},
]
PARTS: list[Any] = [
    [{"type": "text"}],
    [{"type": "text", "text": 1}],
    [{"type": "image_url", "image_url": {"url": "x"}}],
]
GARBAGE = st.sampled_from([*LONE, *NESTED, *PARTS])
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string", "enum": ["x"], "description": "A.", "default": 1.5}, "b": {"items": {}}},
    "required": ["a"],
}
PARTS_OF_REQUEST: dict[str, Any] = {
    "model": "gpt-oss",
    "messages": [
        {"role": "developer", "content": [{"type": "text", "text": "Brief."}], "name": "d"},
        {"role": "user", "content": "Hi", "name": "bob"},
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "Yes"}, {"type": "refusal", "refusal": "No"}],
            "reasoning": "Hm",
            "reasoning_details": [{"type": "reasoning.text", "text": "Hm"}],
            "refusal": "No",
            "audio": None,
            "function_call": {"name": "g", "arguments": "{}"},
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                {"id": "c", "type": "function", "function": {"name": "f", "arguments": {"a": [{"b": 1}]}}},
                {"id": "b", "type": "custom", "custom": {"name": "c", "input": "x"}},
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": "1"},
        {"role": "function", "name": "g", "content": "2"},
    ],
    "tools": [
        {"type": "function", "function": {"name": "f", "description": "F.", "parameters": SCHEMA}},
        {"type": "custom", "custom": {"name": "c", "description": "C."}},
    ],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "parallel_tool_calls": True,
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "r", "description": "R.", "schema": SCHEMA, "strict": True},
    },
    "reasoning_effort": "low",
    "functions": [{"name": "g"}],
    "function_call": {"name": "g"},
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all values in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], change: Callable[[Any, Any], Any]) -> Any:
    """A copy with another value at a place; without effect if an earlier change has taken the place away."""
    made = copy.deepcopy(value)
    owner = made
    try:
        for key in path[:-1]:
            owner = owner[key]
        change(owner, path[-1])
    except (LookupError, TypeError):
        return value
    return made


def put(garbage: Any, owner: Any, key: Any) -> None:
    owner[key] = garbage


PLACES = [place for place in places(PARTS_OF_REQUEST) if place]


@settings(max_examples=examples(300))
@given(st.data())
def test_garbage_anywhere_in_a_request_is_converted_or_refused_with_its_place(data: st.DataObject) -> None:
    request: Any = PARTS_OF_REQUEST
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.sampled_from(PLACES))
        garbage = data.draw(GARBAGE | st.none())
        missing = data.draw(st.integers(0, 4)) == 0
        request = changed(request, place, delitem if missing else partial(put, garbage))
    options = data.draw(
        st.fixed_dictionaries(
            {"custom_tools": st.just(True)},
            optional={"names": st.just(True), "aliases": st.just(True), "builtin_tools": st.just(["python"])},
        )
    )
    refused = refusal_of(request, options)
    if isinstance(refused, ConversionError):
        assert refused.path in str(refused)
        assert refused.path.split(".")[0].split("[")[0] in PARTS_OF_REQUEST


def refusal_of(request: Any, options: dict[str, Any]) -> HarmonyError | None:
    """The error of a conversion, or of a name that a header cannot say; any other one is a fault."""
    try:
        assert chat_prompt(ENCODING, request, **options)
    except (ConversionError, RenderError) as refused:
        return refused
    return None


@pytest.mark.parametrize(
    "value",
    ["\ud800", {"a": "\ud800"}, {"\ud800": 1}, float("nan"), float("-inf"), object(), {(): 1}, set()],
    ids=lambda value: type(value).__name__ + "-",
)
@pytest.mark.parametrize("key", ["tools", "response_format"])
def test_a_schema_that_is_no_json_is_refused_at_its_place(key: str, value: object) -> None:
    schema = {"type": "object", "properties": {"a": {"default": value}}}
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    response_format = {"type": "json_schema", "json_schema": {"name": "r", "schema": schema}}
    places = {"tools": "tools[0].function.parameters", "response_format": "response_format.json_schema.schema"}
    with pytest.raises(ConversionError) as caught:
        chat_prompt(ENCODING, {"messages": [], key: [tool] if key == "tools" else response_format})
    assert caught.value.path == places[key]


@pytest.mark.parametrize(
    "request_", [None, 1, "x", [], int, object(), [("messages", [])]], ids=lambda value: type(value).__name__ + "-"
)
def test_a_request_that_is_none_is_refused(request_: object) -> None:
    with pytest.raises(ConversionError) as caught:
        chat_prompt(ENCODING, request_)
    assert caught.value.path
    assert isinstance(caught.value, (HarmonyError, ValueError))


# what is given --------------------------------------------------------------------------------------


@settings(max_examples=examples(60))
@given(chats())
def test_what_is_given_stays_as_it_was(chat: MadeChat) -> None:
    request = {**chat.options, "messages": chat.messages}
    options = {key: request.pop(key) for key in ("custom_tools", "analysis", "builtin_tools") if key in request}
    before = copy.deepcopy(request)
    tokens = chat_prompt(ENCODING, request, **options)
    assert request == before
    frozen = {**request, "messages": tuple(map(MappingProxyType, request["messages"]))}
    assert chat_prompt(ENCODING, MappingProxyType(frozen), **options) == tokens
    objects = [
        ChatCompletionMessage.model_validate(message)
        if message["role"] == "assistant" and not isinstance(message.get("content"), list)
        else message
        for message in request["messages"]
    ]
    assert chat_prompt(ENCODING, {**request, "messages": objects}, **options) == tokens


@dataclass(frozen=True)
class Said:
    role: str
    content: str | None
    tool_calls: tuple[object, ...] = ()


def test_dataclasses_and_objects_of_the_client_are_messages_too() -> None:
    answer = chat_choice_from_tokens(
        ENCODING, ENCODING.encode("<|channel|>final<|message|>Yes<|return|>", allowed_special="all")
    )
    as_dataclasses = [Said("user", "Hi"), Said("assistant", "Yes"), Said("user", None)]
    as_objects = [{"role": "user", "content": "Hi"}, ChatCompletionMessage.model_validate(answer["message"])]
    expected = chat_prompt(
        ENCODING,
        {
            "messages": [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Yes"},
                {"role": "user", "content": ""},
            ]
        },
    )
    assert chat_prompt(ENCODING, {"messages": as_dataclasses}) == expected
    assert chat_prompt(ENCODING, {"messages": [*as_objects, as_dataclasses[2]]}) == expected
    assert chat_message_from([]) == {"role": "assistant", "content": None}
