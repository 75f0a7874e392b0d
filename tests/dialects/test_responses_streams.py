"""The streams of the Responses API: every pair, in its own steps and cut in other ways, as the client reads them."""

from __future__ import annotations

import copy
import json
import pickle
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest

from openai_harmony import Message, responses
from tests.dialects.response_pairs import OUT, STREAM, Events, events_of, output_of
from tests.dialects.response_reading import (
    RESPONSE,
    further_keys,
    read_by_client,
    read_event,
    read_item,
    read_over_http,
    types_of,
    wrong,
)
from tests.dialects.rows import ENCODING, Ids, Row, each, encode, reading
from tests.support.effort import examples

pytestmark = pytest.mark.shipped  # the pairs have the words of the shipped format

Stream = Any
Step = Any  # tokens, or the results of tools: {"tool_result": messages}


# What is written in the rows ----------------------------------------------------------------------


@each([*OUT, *STREAM])
def test_written_items_and_events_are_those_of_the_client(row: Row) -> None:
    for item in row.get("expected") or output_of(row):
        assert list(further_keys(read_item(item))) == []
    written = events_of(row) if "events" in row else []
    assert [key for event in written for key in further_keys(read_event(event))] == []
    assert list(wrong(written) if written else []) == []


FAULTS: dict[str, Callable[[Events], object]] = {
    "an event is lost": lambda events: events.pop(-3),
    "a number is given twice": lambda events: events[4].update(sequence_number=3),
    "the end comes twice": lambda events: events.append({**events[-1], "sequence_number": len(events)}),
    "the second item has the index of the first": lambda events: events[9].update(output_index=0),
    "the second item is not in the response": lambda events: events[-1]["response"].update(output=[]),
    "an id changes": lambda events: events[3].update(item_id="rs_9"),
    "a delta is empty": lambda events: events[4].update(delta=""),
    "a delta is lost": lambda events: events[4].update(delta="9"),
    "the text is done otherwise": lambda events: events[6].update(text="91"),
    "the part is done otherwise": lambda events: events[7]["part"].update(text="91"),
    "the item is done as it was added": lambda events: events[-2].update(
        item={**events[-2]["item"], "status": "in_progress"}
    ),
    "the item is added with its text": lambda events: events[9].update(
        item={**events[-2]["item"], "status": "in_progress"}
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_fault_in_a_list_of_events_is_noticed(fault: Callable[[Events], object]) -> None:
    row = next(row for row in STREAM if row["id"] == "responses-stream-reasoning-and-answer-in-one-step")
    events = copy.deepcopy(events_of(row))
    assert list(wrong(events)) == []
    fault(events)
    assert list(wrong(events)) != []


def test_a_key_that_the_client_does_not_know_is_noticed() -> None:
    item = copy.deepcopy(OUT[0]["expected"][0])
    item["content"][0]["sequence_number"] = 1
    assert list(further_keys(read_item({**item, "output_index": 0}))) == [
        "ResponseOutputMessage.output_index",
        "ResponseOutputText.sequence_number",
    ]


# Stream -------------------------------------------------------------------------------------------


def cuttings(tokens: Sequence[int], seed: str) -> Iterable[list[list[int]]]:
    """Ways to cut tokens into steps: one by one, all at once, and at random; empty steps among them."""
    yield [[token] for token in tokens]
    yield [list(tokens)]
    chance = random.Random(seed)
    for _ in range(max(4, examples(0) // len(OUT))):
        bounds = sorted(chance.choices(range(len(tokens) + 1), k=chance.randint(1, 6)))
        yield [list(tokens[start:end]) for start, end in pairwise([0, *bounds, len(tokens)])]


def streamed(
    row: Row, steps: Iterable[Step], travel: Callable[[Stream, Ids], Stream] = lambda stream, _: stream
) -> tuple[Stream, list[Events]]:
    """A stream that has come to its end, and its events by step."""
    arguments = reading(row)
    ids = arguments["new_id"]
    stream = travel(responses.ResponsesStream(ENCODING, RESPONSE, **arguments), ids)
    events = [stream.start()]
    for step in steps:
        stream = travel(stream, ids)
        events.append(taken(stream, step))
    stream = travel(stream, ids)
    return stream, [*events, stream.fail(**row["fail"]) if "fail" in row else stream.finish(row.get("finish"))]


def taken(stream: Stream, step: Step) -> Events:
    if isinstance(step, dict):
        given: Events = stream.tool_result([Message.from_dict(message) for message in step["tool_result"]])
        return given
    fed: Events = stream.feed(step)
    return fed


def steps_of(row: Row) -> list[Step]:
    steps = row.get("steps", [row.get("completion")])
    return [step if isinstance(step, dict) else encode(step) for step in steps]


def cut_steps(row: Row) -> Iterable[list[Step]]:
    """Ways to cut the tokens between the results of tools."""
    cut = [[[step]] if isinstance(step, dict) else list(cuttings(step, row["id"])) for step in steps_of(row)]
    for way in range(max(map(len, cut), default=1)):
        yield [step for ways in cut for step in ways[min(way, len(ways) - 1)]]


def flat(events: Iterable[Events]) -> Events:
    return [event for step in events for event in step]


@each(OUT)
def test_a_stream_has_the_same_items_however_the_tokens_are_cut(row: Row) -> None:
    for steps in cut_steps(row):
        stream, events = streamed(row, steps)
        assert stream.output == row["expected"], steps
        assert events[-1][-1]["response"]["output"] == row["expected"]


@each([*OUT, *STREAM])
def test_the_events_of_a_stream_are_in_order_and_of_the_client(row: Row) -> None:
    for steps in cut_steps(row):
        events = flat(streamed(row, steps)[1])
        assert list(wrong(events)) == [], steps
        assert [key for event in events for key in further_keys(read_event(event))] == []


@each([*OUT, *STREAM])
def test_the_clients_reader_of_streams_has_the_response_at_the_end(row: Row) -> None:
    for steps in cut_steps(row):
        stream, events = streamed(row, steps)
        read = read_by_client(flat(events))
        assert (read is not None) == (types_of(events[-1])[-1] == "completed")
        if read is not None:
            assert [item.type for item in read.output] == [item["type"] for item in stream.output]
            assert read.output_text == "".join(spoken(stream.output))


def spoken(output: Iterable[Any]) -> list[str]:
    return [part["text"] for item in output if item["type"] == "message" for part in item["content"]]


@each(OUT)
def test_the_client_reads_the_events_as_a_server_sends_them(row: Row) -> None:
    stream, events = streamed(row, [[token] for token in encode(row["completion"])])
    read = read_over_http(flat(events))
    assert (read is None) == (row.get("finish") == "length")
    if read is not None:
        assert (read.id, read.output_text) == (RESPONSE["id"], "".join(spoken(stream.output)))


TRAVELS: dict[str, Callable[[Stream, Ids], Stream]] = {
    "as it is": lambda stream, _: stream,
    "copied": lambda stream, _: stream.copy(),
    "pickled": lambda stream, _: pickle.loads(pickle.dumps(stream)),
    "restored": lambda stream, ids: responses.ResponsesStream.restore(
        ENCODING, json.loads(json.dumps(stream.snapshot())), new_id=ids
    ),
}


@pytest.mark.parametrize("travel", TRAVELS.values(), ids=list(TRAVELS))
@each(STREAM)
def test_each_step_gives_its_events(row: Row, travel: Callable[[Stream, Ids], Stream]) -> None:
    _, given = streamed(row, steps_of(row), travel)
    written = iter(events_of(row))
    for step, expected in zip(given, row["events"], strict=True):
        assert types_of(step) == types_of(expected)
        for event, _ in zip(step, expected, strict=True):
            whole = next(written)
            assert {**event, "response": None} == {**whole, "response": None}
            assert said_of(whole, event) == whole.get("response")


def said_of(written: Mapping[str, Any], event: Mapping[str, Any]) -> object:
    """What an event says of the keys of the response that a row has; a stream may say more, such as the usage."""
    if "response" not in event:
        return None
    return {key: event["response"].get(key) for key in written["response"]}


@each(STREAM)
def test_steps_cut_otherwise_have_the_same_items(row: Row) -> None:
    for steps in cut_steps(row):
        stream, events = streamed(row, steps)
        assert stream.output == output_of(row), steps
        assert events[-1][-1]["type"] == row["events"][-1][-1]["type"]


def test_usage_is_what_the_server_says_or_what_the_stream_counts() -> None:
    row = next(row for row in OUT if row["id"] == "responses-out-reasoning-and-answer")
    told = {
        "input_tokens": 70,
        "input_tokens_details": {"cached_tokens": 64, "cache_write_tokens": 0},
        "output_tokens": 38,
        "output_tokens_details": {"reasoning_tokens": 14},
        "total_tokens": 108,
    }
    stream = responses.ResponsesStream(ENCODING, RESPONSE, new_id=Ids())
    stream.start()
    tokens = encode(row["completion"])
    stream.feed(tokens)
    assert stream.usage["output_tokens"] == len(tokens)
    thought = encode(row["expected"][0]["content"][0]["text"])
    assert stream.usage["output_tokens_details"] == {"reasoning_tokens": len(thought)}
    assert stream.finish("stop", usage=told)[-1]["response"]["usage"] == told


# What no row can say ------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", ["[" * 20_000, '{"query":"\\ud83d"}', '{"query":' + "9" * 5_000 + "}"])
def test_arguments_of_a_search_never_stop_the_stream(arguments: str) -> None:
    """They are the only text of the model that is read as JSON."""
    row = {"options": {"tools": [{"type": "web_search"}]}, "finish": "stop"}
    completion = f"<|channel|>analysis to=browser.search code<|message|>{arguments}<|call|>"
    stream, events = streamed(row, [encode(completion)])
    assert [item["type"] for item in stream.output] == ["web_search_call"]
    assert list(wrong(flat(events))) == []
    read = read_over_http(flat(events))
    assert [item.action.type for item in read.output] == ["search"]


def test_nothing_comes_behind_the_end() -> None:
    stream, _ = streamed(OUT[0], [encode(OUT[0]["completion"])])
    more = encode("<|start|>assistant" + OUT[0]["completion"])
    assert [*stream.feed(more), *stream.finish("stop"), *stream.fail("server_error", "Too late.")] == []


def test_a_stream_that_is_not_started_begins_all_the_same() -> None:
    stream = responses.ResponsesStream(ENCODING, RESPONSE, new_id=Ids())
    events = [*stream.feed(encode(OUT[0]["completion"])), *stream.start(), *stream.finish("stop")]
    assert list(wrong(events)) == []
    assert stream.output == OUT[0]["expected"]
