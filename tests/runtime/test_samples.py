"""Every sample of what models write reads as it should: in each mode, however it is fed, and as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

import openai_harmony
from openai_harmony import (
    ContentDelta,
    HarmonyError,
    MessageEnd,
    MessageStart,
    ParseError,
    Recovered,
    RecoveryKind,
    StreamableParser,
)
from tests.support.samples import ENCODING, SAMPLES, Sample, chunks, plain, tokens_of

pytestmark = pytest.mark.shipped  # samples are completions in the shipped format, with what they say

BY_ID = {sample["id"]: sample for sample in SAMPLES}
STOPS = {*ENCODING.stop_tokens(), 199999}
MESSAGE = 200008
LARGEST_ID = 2**32 - 1
SIZES = (2, 3, 7, 64)
# What takes text in pieces, where there is such a thing.
TextParser: Any = getattr(openai_harmony, "TextParser", None)
# What is said of the content between its first and its last token.
IN_CONTENT = {"stray_token", "repeated_message", "unknown_token"}

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=list(BY_ID))
Read = tuple[list[dict[str, Any]], list[str]]


def read(parser: Any) -> Read:
    return plain(parser.messages), [recovery.kind.value for recovery in parser.recoveries]


def parser_of(sample: Sample, strict: Any = False) -> StreamableParser:
    return StreamableParser(ENCODING, sample["role"], strict=strict)


def fed(parser: StreamableParser, tokens: Sequence[int]) -> StreamableParser:
    for token in tokens:
        parser.process(token)
    return parser.process_eos()


# In recovering mode, in every way ------------------------------------------------------------------


def whole(sample: Sample) -> Read:
    return read(ENCODING.parse(tokens_of(sample), sample["role"]))


def token_by_token(sample: Sample) -> Read:
    return read(fed(parser_of(sample), tokens_of(sample)))


def in_chunks(size: int) -> Callable[[Sample], Read]:
    def way(sample: Sample) -> Read:
        parser = parser_of(sample)
        for chunk in chunks(tokens_of(sample), size):
            parser.feed(chunk)
        parser.feed_eos()
        return read(parser)

    return way


def from_events(size: int) -> Callable[[Sample], Read]:
    """Nothing of the parser is looked at but what `feed` returns."""

    def way(sample: Sample) -> Read:
        parser = parser_of(sample)
        told: list[Any] = []
        for chunk in chunks(tokens_of(sample), size):
            told += parser.feed(chunk)
        return read_from_events([*told, *parser.feed_eos()])

    return way


def read_from_events(told: Sequence[Any]) -> Read:
    messages: list[dict[str, Any]] = []
    kinds: list[str] = []
    for event in told:
        if isinstance(event, Recovered):
            kinds.append(event.recovery.kind.value)
        elif isinstance(event, MessageStart):
            form = {"role": event.author.role.value, "name": event.author.name, "channel": event.channel}
            form |= {"recipient": event.recipient, "content_type": event.content_type}
            messages.append({key: value for key, value in form.items() if value is not None} | {"text": ""})
        elif isinstance(event, ContentDelta):
            messages[event.index]["text"] += event.text
        else:
            assert isinstance(event, MessageEnd)
            assert plain([event.message]) == [messages[event.index]]
    return messages, kinds


def in_text_pieces(size: int) -> Callable[[Sample], Read]:
    def way(sample: Sample) -> Read:
        parser = TextParser(ENCODING, sample["role"], strict=False)
        for piece in chunks(sample["text"], size):
            parser.feed(piece)
        parser.feed_eos()
        return read(parser)

    return way


WAYS: dict[str, Callable[[Sample], Read]] = {"whole": whole, "token by token": token_by_token}
WAYS |= {f"chunks of {size}": in_chunks(size) for size in SIZES}
WAYS |= {f"events of {size}": from_events(size) for size in (1, *SIZES)}
TEXT_WAYS = {f"text pieces of {size}": in_text_pieces(size) for size in (1, *SIZES)} if TextParser is not None else {}


@every_sample
def test_a_sample_reads_the_same_in_every_way(sample: Sample) -> None:
    ways = WAYS | TEXT_WAYS if "text" in sample else WAYS
    wanted = sample["messages"], sample["kinds"]
    assert {name: way(sample) for name, way in ways.items()} == dict.fromkeys(ways, wanted)


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if "text" in sample], ids=lambda sample: sample["id"])
def test_a_sample_reads_alike_from_its_text(sample: Sample) -> None:
    parsed = ENCODING.parse_messages_from_completion_text(sample["text"], sample["role"], strict=False)
    assert plain(parsed) == sample["messages"]


# In the other modes --------------------------------------------------------------------------------


@every_sample
def test_a_program_that_swallows_errors_gets_the_same_messages_by_default(sample: Sample) -> None:
    """Up to the header that is not complete, where `process_eos` raises: that is left to the program."""
    parser = parser_of(sample, strict=True)
    for token in tokens_of(sample):
        try:
            parser.process(token)
        except OverflowError:
            assert not 0 <= token <= LARGEST_ID
            return  # the number was not taken, so that the rest is another input
        except HarmonyError:
            pass
    try:
        parser.process_eos()
    except HarmonyError:
        messages, kinds = read(parser)
        assert messages == sample["messages"][: len(messages)]
        assert kinds == sample["kinds"][: len(kinds)]
        assert len(sample["messages"]) - len(messages) <= 2  # prose in the last header, and its content
        assert sample["strict"] == "error"
    else:
        assert read(parser) == (sample["messages"], sample["kinds"])


@every_sample
def test_a_sample_is_refused_in_pedantic_mode_or_read_alike(sample: Sample) -> None:
    tokens, parser = tokens_of(sample), parser_of(sample, strict="pedantic")
    if sample["strict"] == "error":
        with pytest.raises((ParseError, OverflowError)):
            ENCODING.parse_messages_from_completion_tokens(tokens, sample["role"], strict="pedantic")
        with pytest.raises((ParseError, OverflowError)):
            fed(parser, tokens)
        assert sample["kinds"] or not tokens  # only nothing at all is refused and no recovery
    else:
        assert read(fed(parser, tokens)) == (sample["messages"], [])
        parsed = ENCODING.parse_messages_from_completion_tokens(tokens, sample["role"], strict="pedantic")
        assert plain(parsed) == sample["messages"]


# Where it stands -----------------------------------------------------------------------------------


def decoded(ids: Sequence[int]) -> str:
    """The text of tokens; U+FFFD for each number that is no id."""
    pieces: list[list[int]] = [[]]
    for token in ids:
        if ENCODING.scan_bytes([token]) is None:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return "\ufffd".join(map(ENCODING.decode, pieces))


@every_sample
def test_the_spans_of_a_sample_hold_the_texts_of_its_messages(sample: Sample) -> None:
    tokens = tokens_of(sample)
    result = ENCODING.parse(tokens, sample["role"])
    parts = [recovery for recovery in result.recoveries if recovery.kind.value in IN_CONTENT]
    end = 0
    for message, span in zip(result.messages, result.spans, strict=True):
        assert end <= span.start <= span.content_start <= span.content_end <= span.end <= len(tokens)
        end = span.end
        assert span.stop is None if span.content_end == span.end else span.stop == tokens[span.end - 1]
        assert span.stop is None or span.stop in STOPS
        text = "".join(content.text for content in message.content)
        content = decoded(tokens[span.content_start : span.content_end])
        if tokens[span.content_start - 1 : span.content_start] != [MESSAGE]:
            # A marker behind it is in its span too; a white space at its edge may be half of a token that is not.
            assert text.strip() in content
        elif not any(part.start < span.content_end and span.content_start < part.end for part in parts):
            assert text == content


@every_sample
def test_a_result_is_complete_if_its_last_message_has_its_stop_token(sample: Sample) -> None:
    result = ENCODING.parse(tokens_of(sample), sample["role"])
    assert result.complete is sample.get("complete", result.complete)
    assert result.complete is bool(result.spans and result.spans[-1].stop)


@every_sample
def test_the_places_of_recoveries_are_within_the_input(sample: Sample) -> None:
    result = ENCODING.parse(tokens_of(sample), sample["role"])
    assert all(0 <= recovery.start <= recovery.end <= len(tokens_of(sample)) for recovery in result.recoveries)


def test_a_call_that_the_next_message_cuts_off_is_told_from_one_with_its_stop_token() -> None:
    text = (
        '<|channel|>commentary to=functions.f<|message|>{"a": [<|start|>assistant<|channel|>final<|message|>b<|return|>'
    )
    cut, answer = ENCODING.parse(ENCODING.encode(text, allowed_special="all"), "assistant").spans
    assert (cut.stop, answer.stop) == (None, 200002)


@pytest.mark.parametrize(
    ("sample", "kind", "start", "end"),
    [
        ("padding-run", "stray_stop", 5, 1005),
        ("stop-run", "stray_stop", 5, 1004),
        ("no-role-stop-run", "stray_stop", 0, 100),
        ("reserved-run-between", "stray_token", 5, 105),
        ("unknown-run-in-content", "unknown_token", 3, 103),
        ("message-run-in-content", "repeated_message", 3, 102),
    ],
)
def test_a_run_of_equal_tokens_is_one_recovery_with_a_span(sample: str, kind: str, start: int, end: int) -> None:
    (recovery,) = ENCODING.parse(tokens_of(BY_ID[sample]), BY_ID[sample]["role"]).recoveries
    assert (recovery.kind.value, recovery.start, recovery.end) == (kind, start, end)


# The samples themselves ----------------------------------------------------------------------------


def test_every_kind_of_recovery_has_a_sample() -> None:
    shown = {kind for sample in SAMPLES for kind in sample["kinds"]}
    assert shown == {kind.value for kind in RecoveryKind}


def test_no_two_samples_share_a_name_or_an_input() -> None:
    assert len(BY_ID) == len(SAMPLES)
    assert len({(*tokens_of(sample), sample["role"]) for sample in SAMPLES}) == len(SAMPLES)


@every_sample
def test_no_reasoning_of_a_sample_is_shown(sample: Sample) -> None:
    """Samples write reasoning that must not be seen as these words."""
    shown = [m for m in sample["messages"] if m.get("channel") in (None, "commentary", "final")]
    assert not any("secret thoughts" in message["text"] for message in shown)
