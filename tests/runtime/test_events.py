"""What `feed` tells, written out by hand; that it holds for every input is said by test_recovering_mode."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from openai_harmony import (
    ContentDelta,
    MessageEnd,
    MessageStart,
    ParseError,
    Recovered,
    RecoveryKind,
    Role,
    StreamableParser,
    load_harmony_encoding,
)

pytestmark = pytest.mark.shipped  # completions are spelled out as the shipped format writes them

ENCODING = load_harmony_encoding("HarmonyGptOss")


def tokens_of(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


def told(events: list[Any]) -> list[tuple[Any, ...]]:
    """Events as short tuples."""
    short: list[tuple[Any, ...]] = []
    for event in events:
        if isinstance(event, MessageStart):
            short.append(("start", event.index, event.author.role.value, event.channel, event.recipient))
        elif isinstance(event, ContentDelta):
            short.append(("delta", event.index, event.text))
        elif isinstance(event, MessageEnd):
            stop = None if event.stop is None else ENCODING.decode([event.stop])
            short.append(("end", event.index, event.message.content[0].text, stop))
        else:
            short.append(("recovered", event.recovery.kind.value, event.recovery.text))
    return short


def test_a_message_starts_when_its_header_is_complete_and_ends_with_its_stop_token() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    steps = [told(parser.feed([token])) for token in tokens_of("<|channel|>final<|message|>Hi there<|return|>")]
    assert steps == [
        [],
        [],
        [("start", 0, "assistant", "final", None)],
        [("delta", 0, "Hi")],
        [("delta", 0, " there")],
        [("end", 0, "Hi there", "<|return|>")],
    ]


def test_the_start_tells_all_of_the_header() -> None:
    parser = StreamableParser(ENCODING, None)
    header = "<|start|>functions.f to=assistant<|channel|>commentary <|constrain|>json<|message|>"
    (start,) = parser.feed(tokens_of(header))
    assert (start.author.role, start.author.name) == (Role.TOOL, "functions.f")
    assert (start.channel, start.recipient, start.content_type) == ("commentary", "assistant", "<|constrain|>json")


def test_many_tokens_at_once_are_one_delta() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    assert told(parser.feed(tokens_of("<|channel|>final<|message|>one two three")))[1:] == [
        ("delta", 0, "one two three")
    ]


def test_a_character_is_told_when_it_is_complete() -> None:
    head, handshake = tokens_of("<|channel|>final<|message|>"), tokens_of("🤝")
    assert len(handshake) > 1
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    parser.feed(head)
    deltas = [told(parser.feed([token])) for token in handshake]
    assert deltas == [[]] * (len(handshake) - 1) + [[("delta", 0, "🤝")]]


def test_half_a_character_at_the_end_is_told_before_the_message_ends() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    parser.feed([*tokens_of("<|channel|>final<|message|>"), tokens_of("🤝")[0]])
    assert told(parser.feed_eos()) == [("delta", 0, "\ufffd"), ("end", 0, "\ufffd", None)]


def test_half_a_character_that_dropped_tokens_cut_off_is_told_with_the_first_of_them_however_they_are_fed() -> None:
    half = next(token for token in ENCODING.encode("é🤝") if ENCODING.decode([token]) == "\ufffd")
    tokens = [*tokens_of("<|channel|>final<|message|>"), half, *tokens_of("<|message|><|message|>a")]
    ways = [[[token] for token in tokens], [tokens]]
    found = []
    for pieces in ways:
        parser = StreamableParser(ENCODING, Role.ASSISTANT, strict=False)
        events = [event for piece in pieces for event in parser.feed(piece)]
        found.append([(event.text, event.start, event.end) for event in events if isinstance(event, ContentDelta)])
    assert found[0] == found[1] == [("\ufffd", 3, 5), ("a", 5, 7)]


def test_the_end_of_input_ends_a_message_without_a_stop_token() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    parser.feed(tokens_of("<|channel|>final<|message|>a"))
    assert told(parser.feed_eos()) == [("end", 0, "a", None)]
    assert parser.feed_eos() == []


def test_a_recovery_is_told_where_it_happened() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT, strict=False)
    assert told(parser.feed(tokens_of("<|channel|>final<|message|>a<|message|>b<|start|>assistant<|message|>"))) == [
        ("start", 0, "assistant", "final", None),
        ("delta", 0, "a"),
        ("recovered", "repeated_message", ""),
        ("delta", 0, "b"),
        ("recovered", "missing_stop", ""),
        ("end", 0, "ab", None),
        ("start", 1, "assistant", None, None),
    ]


def test_what_is_left_out_is_told_with_the_recovery() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT, strict=False)
    events = parser.feed(tokens_of("<|channel|>analysis<|channel|>final<|message|>"))
    recovered = [event.recovery for event in events if isinstance(event, Recovered)]
    assert [(recovery.kind, recovery.start, recovery.end, recovery.text) for recovery in recovered] == [
        (RecoveryKind.REPEATED_FIELD, 2, 4, "final")
    ]
    assert parser.recoveries == recovered


def test_events_before_an_error_come_with_the_next_call() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    with pytest.raises(ParseError):
        parser.feed(tokens_of("<|channel|>final<|message|>a<|end|><|end|>"))
    assert [event[0] for event in told(parser.feed([]))] == ["start", "delta", "end", "recovered"]
    assert parser.feed([]) == []


def test_messages_are_the_objects_that_events_told() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    events = parser.feed(tokens_of("<|channel|>final<|message|>a<|return|>"))
    first = parser.messages[0]
    assert first is events[-1].message
    assert parser.messages[0] is first


def test_resuming_tells_the_open_message_from_its_beginning() -> None:
    prompt = tokens_of("<|start|>user<|message|>Hi<|end|><|start|>assistant<|channel|>final<|message|>Dear")
    parser = StreamableParser.resume(ENCODING, prompt)
    assert told(parser.feed(tokens_of(" you<|return|>"))) == [
        ("start", 0, "assistant", "final", None),
        ("delta", 0, "Dear"),
        ("delta", 0, " you"),
        ("end", 0, "Dear you", "<|return|>"),
    ]


def by_pickle(parser: StreamableParser) -> StreamableParser:
    return pickle.loads(pickle.dumps(parser))


@pytest.mark.parametrize("snapshot", [StreamableParser.copy, copy.copy, copy.deepcopy, by_pickle])
def test_a_snapshot_tells_what_the_original_would_have_told(
    snapshot: Callable[[StreamableParser], StreamableParser],
) -> None:
    tokens = tokens_of("<|channel|>analysis<|message|>a 🤝<|start|>assistant<|channel|>final<|message|>b<|return|>")
    for cut in range(len(tokens) + 1):
        parser = StreamableParser(ENCODING, Role.ASSISTANT, strict=False)
        parser.feed(tokens[:cut])
        twin = snapshot(parser)
        rest = told(twin.feed(tokens[cut:]) + twin.feed_eos())
        assert rest == told(parser.feed(tokens[cut:]) + parser.feed_eos())
        assert twin.messages == parser.messages
        assert twin.recoveries == parser.recoveries


def test_an_asynchronous_stream_of_tokens_becomes_one_of_events() -> None:
    text = "<|channel|>final<|message|>Hi there"

    async def stream() -> AsyncIterator[int]:
        for token in tokens_of(text):
            yield token

    async def collect() -> list[Any]:
        return [event async for event in StreamableParser(ENCODING, Role.ASSISTANT).events(stream())]

    assert told(asyncio.run(collect())) == [
        ("start", 0, "assistant", "final", None),
        ("delta", 0, "Hi"),
        ("delta", 0, " there"),
        ("end", 0, "Hi there", None),
    ]
