"""The Responses API: however the tokens are cut, the events build the output that the messages are."""

from __future__ import annotations

import copy
import json
import pickle
from itertools import pairwise
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from openai_harmony import Message
from openai_harmony.responses import Event, ResponsesStream, response_output_from
from tests.dialects.response_reading import RESPONSE, further_keys, read_by_client, read_event, wrong
from tests.dialects.responses_made import TOOLS
from tests.dialects.turns_made import Turn, completions, cut, soups, turns
from tests.support.effort import examples
from tests.support.samples import ENCODING

PLACES = st.lists(st.integers(0, 10**4), max_size=8)
# Two messages that only the end of input ends; the model was writing the second one.
TWO_AT_THE_END = ENCODING.encode(" to<|channel|> analysis!<|channel|>", allowed_special="all")
REASONS = st.sampled_from([None, "stop", "length", "content_filter", "abort"])
OPTIONS = st.fixed_dictionaries(
    {}, optional={"parallel_tool_calls": st.booleans(), "tools": st.sampled_from([[], TOOLS]), "aliases": st.booleans()}
)


class Ids:
    """Makes ids that are the same in each run; it can be pickled, and begun anew."""

    def __init__(self, number: int = 0) -> None:
        self.number = number

    def __call__(self, kind: str) -> str:
        self.number += 1
        return f"{kind}_{self.number - 1}"


def streamed(
    said: list[Turn], places: list[int], reason: str | None, **options: Any
) -> tuple[ResponsesStream, list[Event]]:
    """A stream at its end, and its events; the tokens of each turn are cut at these places."""
    stream = ResponsesStream(ENCODING, RESPONSE, new_id=Ids(), **{"tools": TOOLS, **options})
    events: list[Event] = []
    for number, turn in enumerate(said):
        for step in cut(turn.tokens, places):
            events += stream.feed(step)
        if number < len(said) - 1:
            events += stream.tool_result(turn.results)
    return stream, events + stream.finish(reason)


# the whole and its pieces ---------------------------------------------------------------------------


@settings(max_examples=examples(60))
@given(turns() | turns(soups()), PLACES, REASONS, OPTIONS)
@example([Turn(TWO_AT_THE_END, [])], [], None, {})
def test_however_tokens_are_cut_the_events_build_the_whole_output(
    said: list[Turn], places: list[int], reason: str | None, options: dict[str, Any]
) -> None:
    stream, events = streamed(said, places, reason, **options)
    output: Any = stream.output
    every = list(range(max(len(turn.tokens) for turn in said) + 1))
    for others in ([], every):
        twin, again = streamed(said, others, reason, **options)
        assert twin.output == output
        assert twin.usage == stream.usage
        assert list(wrong(again)) == []
    incomplete = any(item["status"] == "incomplete" for item in output)
    known = {key: value for key, value in options.items() if key != "parallel_tool_calls"}
    messages = [message for message in stream.messages if all(message is not other for other in stream.suppressed)]
    assert response_output_from(messages, incomplete=incomplete, new_id=Ids(), **{"tools": TOOLS, **known}) == output
    assert list(wrong(events)) == []
    assert_read_by_the_client(events, output)


def assert_read_by_the_client(events: list[Event], output: list[Any]) -> None:
    for event in events:
        assert list(further_keys(read_event(event))) == []
    final: Any = events[-1]
    assert final["response"]["output"] == output
    read = read_by_client(events)
    assert (read is None) == (final["type"] != "response.completed")
    if read is not None:
        assert told(read.model_dump()["output"]) == told(output)


def told(value: Any) -> Any:
    """A value without what is null, and without what the client adds to texts."""
    if isinstance(value, dict):
        kept = {key: told(each) for key, each in value.items() if each is not None}
        return {key: each for key, each in kept.items() if key not in ("logprobs", "parsed", "parsed_arguments")}
    return [told(each) for each in value] if isinstance(value, list) else value


# positions and counts -------------------------------------------------------------------------------


@settings(max_examples=examples(100))
@given(completions() | soups(), PLACES)
def test_the_positions_of_deltas_ascend_and_their_tokens_are_the_text(tokens: list[int], places: list[int]) -> None:
    stream = ResponsesStream(ENCODING, RESPONSE, tools=TOOLS)
    ranges: list[tuple[int, int]] = []
    reasoning = 0
    for step in [*cut(tokens, places), None]:
        for event in stream.finish() if step is None else stream.feed(step):
            place = stream.tokens_of(event)
            if place is None:
                assert "delta" not in event or "custom" in event["type"]
                continue
            ranges.append(place)
            text = event["delta"]
            reasoning += (place[1] - place[0]) * ("reasoning_text" in event["type"])
            if "custom" not in event["type"] and "\ufffd" not in text and not stream.recoveries:
                assert ENCODING.decode(tokens[slice(*place)]) == text
    assert all(0 <= start <= end <= len(tokens) for start, end in ranges)
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
    usage = stream.usage
    assert (usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]) == (0, len(tokens), len(tokens))
    if not stream.recoveries:
        assert usage["output_tokens_details"]["reasoning_tokens"] == reasoning


# prompts with an open message -----------------------------------------------------------------------


@settings(max_examples=examples(40))
@given(completions(), st.integers(0, 10**4), PLACES)
def test_a_message_that_the_prompt_left_open_goes_on_as_an_item(tokens: list[int], at: int, places: list[int]) -> None:
    at %= len(tokens) + 1
    start = ENCODING.encode("<|start|>user<|message|>Hi<|end|><|start|>assistant", allowed_special="all")
    prompt, sampled = [*start, *tokens[:at]], tokens[at:]
    events: list[list[Event]] = []
    for others in (places, [], list(range(len(sampled) + 1))):
        stream = ResponsesStream(ENCODING, RESPONSE, tools=TOOLS, new_id=Ids(), prompt_tokens=prompt)
        events.append([event for step in cut(sampled, others) for event in stream.feed(step)] + stream.finish("stop"))
        assert list(wrong(events[-1])) == []
        assert_read_by_the_client(events[-1], [*stream.output])
        assert (stream.usage["input_tokens"], stream.usage["output_tokens"]) == (len(prompt), len(sampled))
    outputs = [of[-1]["response"]["output"] for of in events]
    assert outputs[0] == outputs[1] == outputs[2]


# copies ---------------------------------------------------------------------------------------------


@settings(max_examples=examples(50))
@given(turns() | turns(soups()), st.integers(0, 10**4), REASONS, OPTIONS)
def test_a_stream_that_travels_goes_on_as_if_it_had_stayed(
    said: list[Turn], place: int, reason: str | None, options: dict[str, Any]
) -> None:
    steps: list[list[int] | list[Message]] = []
    for turn in said:
        steps += [*([token] for token in turn.tokens), turn.results]
    place %= len(steps) + 1
    stream = ResponsesStream(ENCODING, RESPONSE, new_id=Ids(), **{"tools": TOOLS, **options})
    for step in steps[:place]:
        go_on(stream, step)
    made = stream._new_id.number  # type: ignore[union-attr]
    data = stream.snapshot()
    text = json.dumps(data)
    copies = {
        "snapshot": ResponsesStream.restore(ENCODING, json.loads(text), new_id=Ids(made)),
        "pickle": pickle.loads(pickle.dumps(stream)),
        "copy": stream.copy(),
        "deepcopy": copy.deepcopy(stream),
    }
    expected = [go_on(stream, step) for step in steps[place:]]
    end = stream.finish(reason)
    assert json.dumps(data) == text
    for how, twin in copies.items():
        if how in ("copy", "deepcopy"):  # they share the maker of ids
            twin._new_id.number = made  # type: ignore[union-attr]
        assert [go_on(twin, step) for step in steps[place:]] == expected, how
        assert twin.finish(reason) == end, how
        assert (twin.output, twin.usage, twin.response) == (stream.output, stream.usage, stream.response), how
        if how != "snapshot":
            assert (twin.messages, twin.recoveries) == (stream.messages, stream.recoveries), how


def go_on(stream: ResponsesStream, step: list[int] | list[Message]) -> list[Event]:
    results = [each for each in step if isinstance(each, Message)]
    if results or not step:
        return stream.tool_result(results)
    return stream.feed([each for each in step if not isinstance(each, Message)])


@settings(max_examples=examples(60))
@given(turns(), PLACES, REASONS)
def test_what_receivers_do_with_events_does_not_change_the_response(
    said: list[Turn], places: list[int], reason: str | None
) -> None:
    whole, events = streamed(said, places, reason)
    stream = ResponsesStream(ENCODING, RESPONSE, tools=TOOLS, new_id=Ids())
    again: list[Event] = []
    for number, turn in enumerate(said):
        for step in cut(turn.tokens, places):
            again += spoiled(stream.feed(step))
        if number < len(said) - 1:
            again += spoiled(stream.tool_result(turn.results))
    again += spoiled(stream.finish(reason))
    assert again == events
    assert stream.response == whole.response


def spoiled(events: list[Event]) -> list[Event]:
    """A copy of the events, which are emptied at all depths."""
    kept = copy.deepcopy(events)
    empty(events)
    return kept


def empty(value: Any) -> None:
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            empty(inner)
        value.clear()
