"""Chat Completions: what is converted comes back, and however a stream is cut, its pieces add up to the whole."""

from __future__ import annotations

import copy
import json
import pickle
from collections import deque
from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openai.lib.streaming._deltas import accumulate_delta
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessage

from openai_harmony.chat import (
    ChatDelta,
    ChatStream,
    chat_choice_from_tokens,
    chat_message_from,
    chat_prompt,
    chunk,
    conversation_from_chat,
)
from tests.dialects.chats_made import (
    KEEP,
    PROMPT,
    TOOLS,
    MadeChat,
    chats,
    completions,
    counter,
    cuttings,
    one_by_one,
    said_by_model,
    soups,
)
from tests.support.effort import examples
from tests.support.samples import ENCODING

HEAD: dict[str, Any] = {"id": "chatcmpl-1", "model": "gpt-oss-20b", "created": 0}
CUTS = st.lists(st.integers(0, 10**4), max_size=8)
REASONS = st.sampled_from([None, "stop", "length", "content_filter"])
OPTIONS = st.fixed_dictionaries(
    {
        "parallel_tool_calls": st.sampled_from([None, True, False]),
        "reasoning_key": st.sampled_from(["both", "reasoning", "reasoning_content"]),
        "include_reasoning": st.sampled_from([True, True, True, False]),
        "separator": st.sampled_from(["\n", "", "\n\n"]),
        "undeclared": st.sampled_from(["call", "drop"]),
        "cut_calls": st.sampled_from(["keep", "drop"]),
        "aliases": st.booleans(),
        "tools": st.none() | st.just(TOOLS),
    }
)


def put_together(deltas: Iterable[ChatDelta]) -> tuple[dict[str, Any], str | None]:
    """The message and the reason, as the functions of the official client add them up."""
    message: dict[Any, Any] = {}
    reason = None
    for each in deltas:
        assert reason is None
        message = accumulate_delta(message, copy.deepcopy(dict(each["delta"])))
        reason = each["finish_reason"]
    message.setdefault("content", None)
    for call in message.get("tool_calls", ()):
        del call["index"]
    return message, reason


def whole_stream(stream: ChatStream, steps: Iterable[list[int]], reason: str | None = None) -> list[ChatDelta]:
    return [delta for step in steps for delta in stream.feed(step)] + stream.finish(reason)


def made_calls(message: dict[str, Any]) -> dict[str, Any]:
    """The message with the ids that `counter` gives."""
    calls = [{**call, "id": f"call_{number}"} for number, call in enumerate(message.get("tool_calls", ()))]
    return {**message, "tool_calls": calls} if calls else message


# in, and out again ----------------------------------------------------------------------------------


@settings(max_examples=examples(150))
@given(chats())
def test_a_chat_that_was_rendered_and_read_is_the_same_chat(chat: MadeChat) -> None:
    conversation = chat.conversation()
    tokens = ENCODING.render_conversation(conversation, KEEP)
    read = iter(ENCODING.parse_messages_from_completion_tokens(tokens, strict="pedantic"))
    next(read)  # the opening
    back: list[dict[str, Any]] = []
    for message, count in zip(chat.messages, chat.counts, strict=True):
        parts = [part for _, part in zip(range(count), read, strict=False)]
        assert len(parts) == count
        if message["role"] != "assistant":
            if message["role"] in ("user", "tool"):
                text = message.get("content") or ""
                said = text if isinstance(text, str) else "".join(part["text"] for part in text)
                assert [part.text for part in parts] == [said]
            back.append(message)
            continue
        if count == 0:
            assert said_by_model(message) == {"role": "assistant", "content": None}
            continue
        ids = [call["id"] for call in message.get("tool_calls") or ()]
        out: dict[str, Any] = {**chat_message_from(parts, tools=TOOLS, new_id=deque(ids).popleft)}
        assert out == said_by_model(message)
        ChatCompletionMessage.model_validate(out)
        back.append(out)
    assert next(read, None) is None
    assert conversation_from_chat(back, **chat.options) == conversation


@settings(max_examples=examples(60))
@given(chats(), CUTS)
def test_a_message_that_was_rendered_is_streamed_as_it_was(chat: MadeChat, cuts: list[int]) -> None:
    for index, message in enumerate(chat.messages):
        if message["role"] != "assistant" or chat.counts[index] == 0:
            continue
        earlier, later = (
            chat_prompt(ENCODING, {**chat.options, "messages": chat.messages[:end]}, **prompt_options(chat))
            for end in (index, index + 1)
        )
        assert earlier[-len(PROMPT) :] == later[-len(PROMPT) :] == PROMPT
        assert later[: len(earlier)] == earlier
        sampled = later[len(earlier) : -len(PROMPT)]
        stream = ChatStream(ENCODING, tools=TOOLS, new_id=counter())
        made, reason = put_together(whole_stream(stream, cuttings(sampled, cuts)))
        assert made == made_calls(said_by_model(message))
        assert reason == ("tool_calls" if message.get("tool_calls") else "stop")


def prompt_options(chat: MadeChat) -> dict[str, Any]:
    return {key: value for key, value in chat.options.items() if key in ("custom_tools", "analysis", "builtin_tools")}


# the whole and its pieces ---------------------------------------------------------------------------


@settings(max_examples=examples(200))
@given(completions() | soups(), CUTS, REASONS, OPTIONS)
def test_however_tokens_are_cut_the_deltas_add_up_to_the_whole_message(
    tokens: list[int], cuts: list[int], reason: str | None, options: dict[str, Any]
) -> None:
    whole = chat_choice_from_tokens(ENCODING, tokens, finish_reason=reason, new_id=counter(), **options)
    for steps in (cuttings(tokens, cuts), one_by_one(tokens), [tokens]):
        stream = ChatStream(ENCODING, new_id=counter(), **options)
        made = put_together(whole_stream(stream, steps, reason))
        assert made == (whole["message"], whole["finish_reason"])
        assert (stream.message, stream.finish_reason) == made


@settings(max_examples=examples(100))
@given(completions() | soups(), CUTS, OPTIONS)
def test_the_stream_is_what_the_client_expects(tokens: list[int], cuts: list[int], options: dict[str, Any]) -> None:
    stream = ChatStream(ENCODING, new_id=counter(), **options)
    deltas = whole_stream(stream, cuttings(tokens, cuts))
    assert [delta["finish_reason"] is not None for delta in deltas] == [False] * (len(deltas) - 1) + [True]
    assert ["role" in delta["delta"] for delta in deltas] == [True] + [False] * (len(deltas) - 1)
    opened = 0
    for delta in deltas:
        kinds = delta["delta"].keys() - {"role"}
        assert len({kind.removesuffix("_content") for kind in kinds}) == (0 if delta["finish_reason"] else 1)
        for call in delta["delta"].get("tool_calls", ()):
            first = "id" in call
            opened += first
            assert call["index"] == opened - 1
            assert ("type" in call) == first
            called = call.get("function") or call.get("custom")
            assert called is not None
            assert ("name" in called) == first
    assert opened == len(stream.message.get("tool_calls", ()))


@settings(max_examples=examples(60))
@given(completions(), CUTS, REASONS)
def test_the_reader_of_the_client_reads_chunks_and_message(
    tokens: list[int], cuts: list[int], reason: str | None
) -> None:
    """Custom calls are left out: the client's type of a piece of a call knows functions alone."""
    functions = [tool for tool in TOOLS if tool["type"] == "function"]
    stream = ChatStream(ENCODING, tools=functions, new_id=counter())
    state = ChatCompletionStreamState()
    for delta in whole_stream(stream, cuttings(tokens, cuts), reason):
        state.handle_chunk(ChatCompletionChunk.model_validate(chunk(delta, **HEAD), strict=True))
    usage: dict[str, Any] = {**stream.usage, "prompt_tokens": 7, "total_tokens": 7 + len(tokens)}
    state.handle_chunk(ChatCompletionChunk.model_validate(chunk(None, usage=usage, **HEAD), strict=True))
    read: ChatCompletion = state.current_completion_snapshot
    choice = read.choices[0]
    assert choice.finish_reason == stream.finish_reason
    told = choice.message.model_dump(exclude_none=True)
    for call in told.get("tool_calls", ()):
        call.pop("index", None)
        call["function"].pop("parsed_arguments", None)
    assert told == {key: value for key, value in stream.message.items() if value is not None}
    assert read.usage is not None
    assert read.usage.completion_tokens == len(tokens)


@settings(max_examples=examples(60))
@given(completions() | soups(), OPTIONS)
def test_every_message_validates(tokens: list[int], options: dict[str, Any]) -> None:
    choice = chat_choice_from_tokens(ENCODING, tokens, **options)
    message = ChatCompletionMessage.model_validate(choice["message"], strict=True)
    assert message.model_dump(exclude_unset=True) == choice["message"]
    assert choice["finish_reason"] in ("stop", "length", "tool_calls")


# token ranges and usage -----------------------------------------------------------------------------


@settings(max_examples=examples(150))
@given(completions() | soups(), CUTS)
def test_the_tokens_of_deltas_ascend_and_are_those_of_their_text(tokens: list[int], cuts: list[int]) -> None:
    stream = ChatStream(ENCODING, tools=TOOLS[:5], separator="")
    reached = reasoning = 0
    for delta in whole_stream(stream, cuttings(tokens, cuts)):
        start, end = delta["tokens"]
        assert 0 <= start <= end <= len(tokens)
        if start == end:
            continue
        assert start >= reached
        reached = end
        said = {**delta["delta"]}
        text = said.get("content") or said.get("reasoning")
        reasoning += (end - start) * ("reasoning" in said)
        if text is None:
            [call] = delta["delta"]["tool_calls"]
            text = call["function"]["arguments"]
        if "\ufffd" not in text and not stream.recoveries:
            assert ENCODING.decode(tokens[start:end]) == text
    assert stream.usage["completion_tokens"] == len(tokens)
    if not stream.recoveries:
        assert stream.usage["completion_tokens_details"]["reasoning_tokens"] == reasoning


# copies ---------------------------------------------------------------------------------------------


@settings(max_examples=examples(100))
@given(completions() | soups(), st.integers(0, 10**4), REASONS, OPTIONS)
def test_a_stream_that_travels_goes_on_as_if_it_had_stayed(
    tokens: list[int], place: int, reason: str | None, options: dict[str, Any]
) -> None:
    place %= len(tokens) + 1
    stream = ChatStream(ENCODING, new_id=Numbers(), **options)
    for step in one_by_one(tokens[:place]):
        stream.feed(step)
    after = Numbers(len(stream.message.get("tool_calls", ())))
    copies = {
        "snapshot": ChatStream.restore(ENCODING, json.loads(json.dumps(stream.snapshot())), new_id=copy.copy(after)),
        "pickle": pickle.loads(pickle.dumps(stream)),
        "copy": stream.copy(),
        "deepcopy": copy.deepcopy(stream),
    }
    expected = [stream.feed(step) for step in one_by_one(tokens[place:])]
    end = stream.finish(reason)
    for how, twin in copies.items():
        if how in ("copy", "deepcopy"):  # they share the maker of ids
            twin._new_id.number = after.number
        assert [twin.feed(step) for step in one_by_one(tokens[place:])] == expected, how
        assert twin.finish(reason) == end, how
        assert (twin.message, twin.usage) == (stream.message, stream.usage), how
        if how != "snapshot":
            assert (twin.messages, twin.recoveries) == (stream.messages, stream.recoveries), how


class Numbers:
    """Makes ids; it can be pickled, and begun anew."""

    def __init__(self, number: int = 0) -> None:
        self.number = number

    def __call__(self, kind: str) -> str:
        self.number += 1
        return f"{kind}_{self.number - 1}"
