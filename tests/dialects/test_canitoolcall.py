"""The fixtures of `canitoolcall`, a neutral suite for parsers of tool calls, judged by its own checks.

A fixture ends before the stop token of its last message, as an engine that strips it does: the engine says "stop", and
"length" for output that was cut off. The suite accepts no call that was cut off, whatever the reason says, and no call
of a tool that was not offered and is no function; both are options of the stream.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from canitoolcall.checks import NONSTREAM, run_checks
from canitoolcall.chunking import DEFAULT_STRATEGIES, split
from canitoolcall.fixtures import Fixture, load_family, load_fixtures
from canitoolcall.results import CheckResult, Observation, ParsedToolCall, ParseResult, Status
from openai.lib.streaming._deltas import accumulate_delta

from openai_harmony import Message
from openai_harmony.chat import ChatStream, chat_choice_from_tokens
from tests.support.samples import ENCODING

FAMILY = load_family("gpt-oss")
FIXTURES = load_fixtures(families=["gpt-oss"])
SPECIAL = {ENCODING.encode(marker, allowed_special="all")[0] for marker in FAMILY.markers}
STRICT: dict[str, Any] = {"cut_calls": "drop", "undeclared": "drop"}


def read(message: Mapping[str, Any]) -> ParseResult:
    calls = [call["function"] for call in message.get("tool_calls", ())]
    return ParseResult(
        content=message.get("content"),
        reasoning_content=message.get("reasoning"),
        tool_calls=[ParsedToolCall(call["name"], call["arguments"]) for call in calls],
    )


def tokens_of(fixture: Fixture) -> list[int]:
    tokens = list(fixture.output_token_ids or ())
    assert ENCODING.decode(tokens) == fixture.raw_output
    return tokens


def streamed(fixture: Fixture, steps: Iterable[Iterable[int]], options: dict[str, Any]) -> ParseResult:
    stream = ChatStream(ENCODING, tools=fixture.tools, **options)
    deltas = [delta for step in steps for delta in stream.feed(list(step))]
    message: dict[Any, Any] = {}
    for delta in deltas + stream.finish("length" if fixture.truncated else "stop"):
        message = accumulate_delta(message, copy.deepcopy(dict(delta["delta"])))
    return read(message)


def judged(fixture: Fixture, **options: Any) -> list[CheckResult]:
    tokens = tokens_of(fixture)
    reason = "length" if fixture.truncated else "stop"
    whole = chat_choice_from_tokens(ENCODING, tokens, finish_reason=reason, tools=fixture.tools, **options)
    streams = {
        strategy.id: streamed(fixture, split(tokens, strategy, special=SPECIAL), options)
        for strategy in DEFAULT_STRATEGIES
    }
    return run_checks(fixture, FAMILY, Observation(nonstream=read(whole["message"]), streams=streams))


def wrong(fixture: Fixture, **options: Any) -> list[CheckResult]:
    return [row for row in judged(fixture, **options) if row.status is not Status.PASS]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.id)
def test_the_suite_passes_each_fixture_whole_and_in_each_of_its_splits(fixture: Fixture) -> None:
    rows = judged(fixture, **STRICT)
    assert {row.strategy for row in rows} == {NONSTREAM, "*", *(strategy.id for strategy in DEFAULT_STRATEGIES)}
    assert [row for row in rows if row.status is not Status.PASS] == []


def test_all_fixtures_of_the_family_are_judged() -> None:
    assert len(FIXTURES) == 51
    assert sum(fixture.truncated for fixture in FIXTURES) == 7


def test_without_the_options_what_the_model_wrote_is_handed_on() -> None:
    """A call that was cut off, whose reason is not "tool_calls", and a call of a tool that was not offered."""
    found = {fixture.id: Counter(row.check for row in wrong(fixture)) for fixture in FIXTURES}
    assert {name for name, checks in found.items() if checks} == {
        "gpt-oss/harmony-truncated-in-arguments",
        "gpt-oss/llamacpp-builtin-python-recipient",
    }


# calls that were cut off ----------------------------------------------------------------------------

CUT = "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>commentary to=functions.{}<|message|>{}"
TOOLS = [{"type": "function", "function": {"name": "f"}}, {"type": "custom", "custom": {"name": "c"}}]


def stream_of(text: str, reason: str | None, **options: Any) -> tuple[ChatStream, list[dict[str, Any]]]:
    stream = ChatStream(ENCODING, tools=TOOLS, new_id=lambda: "call_x", **options)
    deltas: list[Any] = []
    for token in ENCODING.encode(text, allowed_special="all"):
        deltas += stream.feed([token])
        stream = ChatStream.restore(ENCODING, stream.snapshot(), new_id=lambda: "call_x")
    return stream, deltas + stream.finish(reason)


@pytest.mark.parametrize("name", ["f", "c"])
@pytest.mark.parametrize("reason", ["length", "content_filter", None])
def test_a_call_that_was_cut_off_is_left_out_if_that_is_asked_for(name: str, reason: str | None) -> None:
    stream, deltas = stream_of(CUT.format(name, '{"input": "a'), reason, cut_calls="drop")
    assert stream.message == {"role": "assistant", "content": None, "reasoning": "Hm"}
    assert stream.finish_reason == (reason or "length")
    assert all("tool_calls" not in delta["delta"] for delta in deltas)
    assert [message.recipient for message in stream.suppressed] == [f"functions.{name}"]
    assert isinstance(stream.suppressed[0], Message)


@pytest.mark.parametrize(
    ("name", "kind", "key", "said"),
    [("f", "function", "arguments", '{"input": "a"}'), ("c", "custom", "input", "a")],
)
@pytest.mark.parametrize("stop", ["<|call|>", "<|end|>", ""])
def test_a_call_that_ended_is_sent_when_it_has_ended(name: str, kind: str, key: str, said: str, stop: str) -> None:
    """Without its stop token it has ended if the engine says so."""
    stream, deltas = stream_of(CUT.format(name, '{"input": "a"}') + stop, "stop", cut_calls="drop")
    first, second, last = deltas[-3:]
    assert first["delta"]["tool_calls"] == [{"index": 0, "id": "call_x", "type": kind, kind: {"name": name, key: ""}}]
    assert second["delta"]["tool_calls"] == [{"index": 0, kind: {key: said}}]
    assert last["finish_reason"] == "tool_calls"
    assert stream.suppressed == []
    assert stream.message["tool_calls"] == [{"id": "call_x", "type": kind, kind: {"name": name, key: said}}]


def test_calls_before_one_that_was_cut_off_are_kept() -> None:
    text = CUT.format("f", "{}") + "<|call|><|start|>assistant to=functions.f<|channel|>commentary<|message|>{"
    stream, _ = stream_of(text, "length", cut_calls="drop")
    assert [call["function"]["arguments"] for call in stream.message["tool_calls"]] == ["{}"]
    assert stream.finish_reason == "length"
    assert [message.text for message in stream.suppressed] == ["{"]


def test_a_call_that_was_cut_off_is_told_by_the_reason_otherwise() -> None:
    stream, _ = stream_of(CUT.format("f", '{"a'), "length")
    assert stream.message["tool_calls"][0]["function"] == {"name": "f", "arguments": '{"a'}
    assert stream.finish_reason == "length"


def test_what_becomes_of_such_calls_is_one_of_two_words() -> None:
    with pytest.raises(ValueError, match="argument 'cut_calls': 'no' is not 'keep' or 'drop'"):
        ChatStream(ENCODING, cut_calls="no")  # type: ignore[arg-type]
