"""A snapshot is JSON, small, and enough to go on with; hostile ones are in test_snapshot_from_outside.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import HarmonyError, Role, StreamableParser, TextParser, load_harmony_encoding
from openai_harmony.testing import completions, malformed_completions, token_soup, tolerated_completions
from tests.support.effort import examples

ENCODING = load_harmony_encoding("HarmonyGptOss")
INPUTS = {
    "canonical": completions(),
    "tolerated": tolerated_completions(),
    "malformed": malformed_completions(),
    "soup": token_soup(),
}
MODES: list[Any] = [True, False, "pedantic"]
MESSAGE = "<|channel|>analysis<|message|>We need to think 🤝 about it.<|end|><|start|>assistant"
CALL = "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|><|start|>assistant"
OPEN = "<|channel|>final<|message|>The answer is"


def tokens_of(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


def travelled(parser: StreamableParser) -> StreamableParser:
    return StreamableParser.restore(ENCODING, json.loads(json.dumps(parser.snapshot(), allow_nan=False)))


def told(call: Callable[..., Any], *arguments: Any) -> list[Any]:
    """The events of a call, or the first words of its error."""
    try:
        return list(call(*arguments))
    except (HarmonyError, OverflowError) as error:
        return [(type(error).__name__, str(error)[:40], getattr(error, "index", None))]


def steps(parser: StreamableParser, tokens: tuple[int, ...]) -> list[Any]:
    """What each token tells, and what is to be seen of the parser then."""
    found: list[Any] = []
    for token in tokens:
        found.append((told(parser.feed, [token]), seen(parser)))
    return [*found, told(parser.feed_eos), seen(parser)]


def seen(parser: StreamableParser) -> tuple[Any, ...]:
    """What a parser shows of the open message, and of the whole stream in numbers."""
    fields = (parser.current_role, parser.current_channel, parser.current_recipient, parser.current_content_type)
    usage = (parser.usage.total, parser.usage.content, parser.usage.tool_calls, parser.usage.framing)
    return (parser.state, *fields, parser.current_content, parser.last_content_delta, parser.open_author, usage)


# What it is for ------------------------------------------------------------------------------------


@pytest.mark.parametrize("strict", MODES)
@pytest.mark.parametrize("kind", INPUTS)
def test_a_parser_made_of_a_snapshot_tells_what_the_original_would_have_told(kind: str, strict: Any) -> None:
    @settings(max_examples=examples(150))
    @given(INPUTS[kind], st.data())
    def check(example: Any, data: st.DataObject) -> None:
        cut = data.draw(st.integers(0, len(example.tokens)))
        parser = StreamableParser(ENCODING, example.role, strict=strict)
        for token in example.tokens[:cut]:
            told(parser.feed, [token])
        if parser._waiting:  # events that a call which raised has not returned are not in a snapshot
            return
        twin = travelled(parser)
        assert not twin.messages
        assert not twin.spans
        before, spans = len(parser.messages), len(parser.spans)
        assert steps(twin, example.tokens[cut:]) == steps(parser, example.tokens[cut:])
        assert (twin.messages, twin.spans) == (parser.messages[before:], parser.spans[spans:])

    check()


@pytest.mark.shipped
@pytest.mark.parametrize("strict", MODES)
def test_a_parser_that_travels_behind_every_token_tells_the_same(strict: Any) -> None:
    tokens = tokens_of(MESSAGE + CALL + OPEN + " 🤝, “really”.<|return|>")
    alone = StreamableParser(ENCODING, Role.ASSISTANT, strict=strict)
    parser = StreamableParser(ENCODING, Role.ASSISTANT, strict=strict)
    for token in tokens:
        assert parser.feed([token]) == alone.feed([token])
        parser = travelled(parser)
        assert parser.snapshot() == travelled(parser).snapshot()
    assert (parser.usage.total, parser.usage.content) == (len(tokens), alone.usage.content)


@pytest.mark.shipped
def test_a_snapshot_keeps_the_mode_the_channels_and_the_place_of_unplaced_text() -> None:
    parser = StreamableParser(ENCODING, "assistant", strict=False, channels=["scratch"], unplaced="final")
    twin = travelled(parser)
    twin.feed(tokens_of("<|channel|>scratch<|message|>a<|end|>stray<|start|>assistant<|message|>b<|end|>"))
    assert [message.channel for message in twin.messages] == ["scratch", "final", None]
    assert [recovery.kind.value for recovery in twin.recoveries] == ["stray_text", "missing_stop"]


@pytest.mark.shipped
def test_a_stop_token_behind_an_empty_message_whose_header_was_prose_ends_the_span_of_that_prose() -> None:
    first, rest = "one<|return|>", "two<|message|><|return|>"
    parser = StreamableParser(ENCODING, None, strict=False)
    parser.feed(tokens_of(first))
    twin = travelled(parser)
    twin.feed(tokens_of(rest))
    assert twin.spans == [(2, 2, 3, 5, tokens_of("<|return|>")[0])]
    reader = TextParser(ENCODING, None, strict=False)
    reader.feed(first + rest)
    assert reader.spans[-1].stop == twin.spans[0].stop


@pytest.mark.shipped
def test_the_end_of_input_travels_too() -> None:
    parser = StreamableParser(ENCODING, None)
    parser.feed(tokens_of("<|start|>user<|message|>a<|end|><|start|>assistant"))
    assert travelled(parser).open_turn is None
    parser.process_eos()
    assert travelled(parser).open_turn == Role.ASSISTANT


def test_a_subclass_is_restored_as_itself() -> None:
    class Mine(StreamableParser):
        pass

    assert type(Mine.restore(ENCODING, Mine(ENCODING, None).snapshot())) is Mine


# How large it is -----------------------------------------------------------------------------------


def size_beside_ids(parser: StreamableParser) -> int:
    data = parser.snapshot()
    data["ids"] = []
    return len(json.dumps(data))


@pytest.mark.shipped
def test_a_snapshot_holds_no_more_than_the_ids_of_the_open_message_and_one_kilobyte() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    opening = tokens_of(OPEN)
    for number in range(600):
        parser.feed(tokens_of(MESSAGE if number % 2 else CALL))
    assert len(parser.tokens) > 8_000
    parser.feed(opening + tokens_of(" word") * 300)
    assert size_beside_ids(parser) <= 1024
    ids: Any = parser.snapshot()["ids"]
    assert opening[-1] in ids
    assert len(ids) <= len(opening) + 300 + 2  # the start token and the author


@pytest.mark.parametrize("unit", [MESSAGE, CALL, "<|end|>", "stray<|end|>", "\n<|start|>assistant<|message|><|end|>"])
def test_complete_messages_and_faults_between_them_do_not_let_it_grow(unit: str) -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT, strict=False)
    sizes = []
    for _ in range(3):
        parser.feed(tokens_of("<|message|>a<|end|>") + tokens_of(unit) * 200 + tokens_of("<|return|>"))
        sizes.append(len(json.dumps(parser.snapshot())))
    assert max(sizes) <= 1024
    assert sizes[2] - sizes[1] <= 10  # no more than a digit of a number
