"""Claims about every request and every completion: nothing that the API can express is lost, and nothing raises."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import Conversation, RenderConversationConfig
from openai_harmony.anthropic import (
    AnthropicStream,
    anthropic_message_from_tokens,
    conversation_from_messages,
    messages_prompt,
)
from tests.dialects.anthropic_client import put_together, read_message
from tests.dialects.inputs_made import MARKER, OBJECTS, TEXTS
from tests.dialects.rows import ENCODING, Ids, encode
from tests.support.effort import examples
from tests.support.samples import SAMPLES, tokens_of

pytestmark = pytest.mark.shipped  # completions have the words of the shipped format

KEEP = RenderConversationConfig(auto_drop_analysis=False)
TOOLS = [{"name": name, "input_schema": {"type": "object"}} for name in ("f", "get_weather", "a-b")]

# What a model writes in a turn, as blocks -----------------------------------------------------------

THOUGHTS = st.builds(lambda text: {"type": "thinking", "thinking": text, "signature": ""}, TEXTS)
SAID = st.builds(lambda text: {"type": "text", "text": text, "citations": None}, TEXTS)
USES = st.builds(
    lambda name, given: {"type": "tool_use", "name": name, "input": given},
    st.sampled_from([tool["name"] for tool in TOOLS]),
    OBJECTS | TEXTS.filter(lambda text: text[0] not in "{ \n\t\r").map(lambda text: {MARKER: text}),
)
ROUNDS = st.lists(st.tuples(st.lists(THOUGHTS | SAID, max_size=2), st.lists(USES, min_size=1, max_size=2)), max_size=2)


@st.composite
def turns(draw: st.DrawFn) -> list[dict[str, Any]]:
    """The messages of one turn: a question, rounds of calls with their results, and an answer."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": draw(TEXTS)}]
    for said, uses in draw(ROUNDS):
        calls = [{"id": f"toolu_{number}", **use} for number, use in enumerate(uses)]  # as of servers that count anew
        messages.append({"role": "assistant", "content": [*said, *calls]})
        results = [{"type": "tool_result", "tool_use_id": call["id"], "content": draw(TEXTS)} for call in calls]
        messages.append({"role": "user", "content": results})
    answer = [*draw(st.lists(THOUGHTS | SAID, max_size=2)), draw(SAID)]
    return [*messages, {"role": "assistant", "content": answer}]


CHATS = st.lists(turns(), min_size=1, max_size=3).map(lambda some: [message for turn in some for message in turn])


def converted(messages: Sequence[Any]) -> Conversation:
    return conversation_from_messages(messages, tools=TOOLS, analysis="keep")


def sampled(messages: Sequence[Any]) -> tuple[list[int], list[int]]:
    """The prompt before the last message, and the tokens that the model wrote for it."""
    prompt = ENCODING.render_conversation_for_completion(converted(messages[:-1]), "assistant", KEEP)
    tokens = ENCODING.render_conversation(converted(messages), KEEP)
    assert tokens[: len(prompt)] == prompt
    return prompt, tokens[len(prompt) :]


@settings(max_examples=examples(60))
@given(messages=CHATS)
def test_what_a_model_wrote_comes_back_as_it_was(messages: list[Any]) -> None:
    """In, rendered, sampled, out and in again: the same blocks, and the same conversation."""
    again = list(messages)
    for place, message in enumerate(messages):
        if message["role"] == "assistant":
            _, tokens = sampled(messages[: place + 1])
            told = anthropic_message_from_tokens(ENCODING, tokens, tools=TOOLS)
            ids = [block["id"] for block in message["content"] if block["type"] == "tool_use"]
            made = [{**block, "id": ids.pop(0)} if block["type"] == "tool_use" else block for block in told["content"]]
            again[place] = {"role": "assistant", "content": made}
    assert json.dumps(marked(again), sort_keys=True) == json.dumps(marked(messages), sort_keys=True)
    assert converted(again) == converted(messages)


def marked(messages: list[Any]) -> list[Any]:
    """Messages in which an input that is none has its text alone."""
    text: list[Any] = json.loads(json.dumps(messages))
    for message in text:
        for block in message["content"] if message["role"] == "assistant" else ():
            if MARKER in block.get("input", {}):
                block["input"] = {MARKER: block["input"][MARKER]}
    return text


@settings(max_examples=examples(40))
@given(messages=CHATS, data=st.data())
def test_an_answer_that_is_continued_is_the_answer(messages: list[Any], data: st.DataObject) -> None:
    *before, last = messages
    *said, answer = last["content"]
    at = data.draw(st.integers(1, len(answer["text"])))
    begun = {"role": "assistant", "content": [*said, {"type": "text", "text": answer["text"][:at]}]}
    prompt = messages_prompt(ENCODING, {"messages": [*before, begun], "tools": TOOLS}, analysis="keep")
    rest = ENCODING.encode(answer["text"][at:], disallowed_special=()) + encode("<|return|>")
    told = anthropic_message_from_tokens(ENCODING, rest, tools=TOOLS, prompt_tokens=prompt)
    texts = [block["text"] for block in told["content"] if block["type"] == "text"]
    assert "".join(texts) == answer["text"][at:]
    assert told["stop_reason"] == "end_turn"


# Any tokens ---------------------------------------------------------------------------------------

MARKERS = encode("<|start|><|end|><|message|><|channel|><|constrain|><|return|><|call|>")
PIECES = [
    *("analysis", "commentary", "final", "assistant", "user", " to=functions.f", " to=python", "json", " code"),
    *('{"a": ', '"b\\', 'u00e9"', ", ", "[1, 2", "]", "}", "nul", "l", "{}", "1e5", "\\ud83d", "\n", "Hi", "🦜", "x"),
]
SOUPS = st.lists(
    st.sampled_from(MARKERS).map(lambda token: [token])
    | st.sampled_from(PIECES).map(lambda text: ENCODING.encode(text))
    | st.integers(0, 200_000).map(lambda token: [token])
    | st.just(encode("<|start|>assistant<|channel|>commentary to=functions.f<|message|>")),
    max_size=25,
).map(lambda some: [token for piece in some for token in piece])
SAMPLED = SOUPS | st.sampled_from([tokens_of(sample) for sample in SAMPLES])
REASONS = st.sampled_from([None, "stop", "length", "tool_calls", "content_filter", "end_turn", "pause_turn"])


def steps_of(tokens: list[int], cuts: list[int]) -> list[list[int]]:
    places = sorted({0, len(tokens), *(cut % (len(tokens) + 1) for cut in cuts)})
    return [tokens[start:end] for start, end in pairwise(places)]


@settings(max_examples=examples(200))
@given(
    tokens=SAMPLED,
    cuts=st.lists(st.integers(0, 1000), max_size=6),
    reason=REASONS,
    thinking=st.booleans(),
    parallel=st.sampled_from([None, False]),
    undeclared=st.sampled_from(["call", "drop"]),
)
def test_whatever_tokens_come_the_client_reads_the_stream_as_the_whole_message(
    tokens: list[int], cuts: list[int], reason: str | None, thinking: bool, parallel: bool | None, undeclared: Any
) -> None:
    options: dict[str, Any] = {"tools": TOOLS, "include_thinking": thinking, "undeclared": undeclared}
    options["parallel_tool_calls"] = parallel
    whole = anthropic_message_from_tokens(ENCODING, tokens, stop_reason=reason, new_id=Ids(), **options)
    stream = AnthropicStream(ENCODING, {}, new_id=Ids(), **options)
    events = [*stream.start()]
    for step in steps_of(tokens, cuts):
        events += stream.feed(step)
        assert spoken(put_together(events)) == spoken(read_message(stream.message))
    events += stream.finish(reason)
    assert stream.message == whole
    assert put_together(events) == read_message(whole)
    json.dumps(whole, allow_nan=False)
    begun = [event["index"] for event in events if event["type"] == "content_block_start"]
    ended = [event["index"] for event in events if event["type"] == "content_block_stop"]
    assert begun == ended == list(range(len(whole["content"])))
    assert all(event["delta"].get("partial_json") != "" for event in events if event["type"] == "content_block_delta")


def spoken(message: dict[str, Any]) -> list[Any]:
    """The blocks of a message, those of calls without their inputs, of which a client may read less before the end."""
    return [{**block, "input": {}} if "input" in block else block for block in message["content"]]
