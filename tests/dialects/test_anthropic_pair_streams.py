"""Streams of the Messages API give the events of the pairs, and add up to the whole message."""

from __future__ import annotations

import copy
import json
import pickle
import random
from itertools import pairwise
from typing import Any

import pytest

from openai_harmony import ConversionError, anthropic
from openai_harmony.anthropic import AnthropicStream
from tests.dialects.anthropic_client import put_together, read_message
from tests.dialects.anthropic_rows import whole
from tests.dialects.rows import ENCODING, Ids, Row, each, encode, reading, rows, tokens_of

pytestmark = pytest.mark.shipped  # the pairs have the words of the shipped format

OUT, STREAM = rows("anthropic_out"), rows("anthropic_stream")


def streamed(row: Row, steps: list[list[int]]) -> tuple[AnthropicStream, list[list[Any]]]:
    arguments = reading(row)
    stream = AnthropicStream(ENCODING, {"model": "gpt-oss-20b"}, **arguments)
    events: list[list[Any]] = [stream.start()]
    events += [stream.feed(step) for step in steps]
    return stream, [*events, stream.finish(row.get("finish"))]


@each(STREAM)
def test_steps_give_their_events(row: Row) -> None:
    _, events = streamed(row, [encode(step) for step in row["steps"]])
    assert [event["type"] for event in events[0]] == ["message_start"]
    assert events[1:] == row["events"]


def random_steps(tokens: list[int], source: random.Random) -> list[list[int]]:
    cuts = sorted(source.sample(range(len(tokens) + 1), min(len(tokens) + 1, 4)))
    return [tokens[start:end] for start, end in pairwise([0, *cuts, len(tokens)])]


@each([*OUT, *STREAM])
def test_a_stream_read_by_the_client_is_the_whole_message_for_every_way_of_cutting(row: Row) -> None:
    tokens = tokens_of(row)
    source = random.Random(row["id"])
    ways = [[tokens], [[token] for token in tokens], *(random_steps(tokens, source) for _ in range(20))]
    for steps in ways:
        stream, events = streamed(row, steps)
        assert stream.message == whole(row)
        assert put_together(event for some in events for event in some) == read_message(whole(row))
        assert len(stream.suppressed) == row.get("suppressed", 0)


@each([*OUT, *STREAM])
def test_a_stream_can_be_copied_pickled_and_restored_after_each_token(row: Row) -> None:
    stream = AnthropicStream(ENCODING, {"model": "gpt-oss-20b"}, **reading(row))
    events: list[Any] = []
    for token in tokens_of(row):
        events += stream.feed([token])
        copies = [stream.copy(), copy.copy(stream), pickle.loads(pickle.dumps(stream))]
        assert [other.message for other in copies] == [stream.message] * 3
        copies[0].feed(encode("<|end|><|start|>assistant<|message|>other"))
        stream = copies[2]
        ids: Ids = stream._new_id  # type: ignore[assignment]  # the counter goes on
        saved = json.loads(json.dumps(stream.snapshot()))
        restored = AnthropicStream.restore(ENCODING, saved, new_id=ids)
        assert restored.message == stream.message
        stream = restored
    events += stream.finish(row.get("finish"))
    assert stream.message == whole(row)
    assert put_together(events) == read_message(whole(row))


def test_a_stream_that_was_not_started_starts_with_its_first_events() -> None:
    stream = AnthropicStream(ENCODING, {})
    assert [event["type"] for event in stream.feed([])] == ["message_start"]
    assert stream.start() == []
    stream = AnthropicStream(ENCODING, {})
    assert [event["type"] for event in stream.finish("stop")] == ["message_start", "message_delta", "message_stop"]
    assert (stream.finish(), stream.start(), stream.stop_reason) == ([], [], "end_turn")


def test_a_stream_that_failed_says_so_and_nothing_more() -> None:
    stream = AnthropicStream(ENCODING, {})
    stream.start()
    stream.feed(encode("<|channel|>final<|message|>Hi"))
    assert stream.fail("overloaded_error", "Try again.") == [
        {"type": "error", "error": {"type": "overloaded_error", "message": "Try again."}}
    ]
    assert (stream.fail("api_error", "x"), stream.finish()) == ([], [])
    assert stream.usage["output_tokens"] == 4
    stream = AnthropicStream(ENCODING, {})
    assert [event["type"] for event in stream.fail("api_error", "x")] == ["error"]
    assert stream.start() == []


def test_a_ping_and_an_error_are_events_for_the_wire() -> None:
    assert anthropic.to_sse(anthropic.ping()) == 'event: ping\ndata: {"type":"ping"}\n\n'


def test_what_the_server_knows_of_a_message_is_in_it() -> None:
    given = {"id": "msg_7", "model": "m", "usage": {"input_tokens": 9, "cache_read_input_tokens": 4}, "container": None}
    before = copy.deepcopy(given)
    stream = AnthropicStream(ENCODING, given)
    (begun,) = stream.start()
    usage = {"input_tokens": 9, "cache_read_input_tokens": 4, "output_tokens": 0}
    assert begun["message"] | {"container": 0} == {  # type: ignore[typeddict-item]
        "id": "msg_7",
        "model": "m",
        "usage": usage,
        "container": 0,
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }
    stream.feed(encode("<|channel|>final<|message|>Hi"))
    stream.finish("stop", usage={"output_tokens": 99}, stop_sequence="\n")
    assert stream.usage == {**usage, "output_tokens": 99, "output_tokens_details": {"thinking_tokens": 0}}
    assert (stream.stop_reason, stream.message["stop_sequence"]) == ("stop_sequence", "\n")
    assert given == before


def test_a_usage_or_message_of_the_wrong_form_is_an_error_with_its_place() -> None:
    for message, path in [({"id": 5}, "message.id"), ({"usage": [1]}, "message.usage"), ([], "message")]:
        with pytest.raises(ConversionError) as refused:
            AnthropicStream(ENCODING, message)  # type: ignore[arg-type]
        assert refused.value.path == path
    for count in ({1}, float("nan")):
        with pytest.raises(ConversionError, match="usage: not JSON"):
            anthropic.anthropic_message_from_tokens(ENCODING, [], usage={"input_tokens": count})


def test_what_is_done_to_events_and_messages_does_not_change_the_stream() -> None:
    row = next(row for row in OUT if row["id"] == "anthropic-out-order")
    stream = AnthropicStream(ENCODING, {"model": "gpt-oss-20b"}, **reading(row))
    for events in (stream.start(), stream.feed(tokens_of(row)), stream.finish("stop")):
        stream.message["content"].clear()
        stream.usage.clear()  # type: ignore[attr-defined]
        for event in events:
            for value in event.values():
                if isinstance(value, dict):
                    value.clear()
    assert stream.message == whole(row)
