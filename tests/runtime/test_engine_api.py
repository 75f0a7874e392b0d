"""What engines call: `feed` in every size, streams, copies and pickles, arguments that name themselves, modes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import (
    ContentDelta,
    HarmonyError,
    Role,
    StreamableParser,
    load_harmony_encoding,
)
from openai_harmony.fuzzing.feeding import merged
from openai_harmony.testing import completions, malformed_completions, token_soup, tolerated_completions
from tests.package.test_work_counts import calls
from tests.support.effort import examples

ENCODING = load_harmony_encoding("HarmonyGptOss")
ANY_INPUT = st.one_of(completions(), tolerated_completions(), malformed_completions(), token_soup())
TURN = (
    "<|channel|>analysis<|message|>We 🤝 think.<|end|><|start|>assistant"
    "<|channel|>commentary to=functions.f json<|message|>{}<|call|><|start|>assistant<|channel|>final<|message|>It is"
)


def tokens_of(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


def parser_of(text: str = "", **options: Any) -> StreamableParser:
    """A parser that was given a text."""
    parser = StreamableParser(ENCODING, Role.ASSISTANT, **options)
    parser.feed(tokens_of(text))
    return parser


# feed ----------------------------------------------------------------------------------------------


@settings(max_examples=examples(400))
@given(ANY_INPUT, st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_one_token_at_a_time_tells_what_pieces_tell_and_reads_what_process_reads(
    example: Any, sizes: list[int]
) -> None:
    tokens = list(example.tokens)
    single, pieces, processed = (StreamableParser(ENCODING, example.role, strict=False) for _ in range(3))
    told = [event for token in tokens for event in single.feed([token])] + single.feed_eos()
    told_pieces, at = [], 0
    while at < len(tokens):
        size = sizes[at % len(sizes)]
        told_pieces += pieces.feed(tokens[at : at + size])
        at += size
    told_pieces += pieces.feed_eos()
    for token in tokens:
        processed.process(token)
    processed.process_eos()
    assert merged(told) == merged(told_pieces)
    for parser in (single, pieces):
        assert (parser.messages, parser.spans) == (processed.messages, processed.spans)
        assert (parser.recoveries, parser.usage) == (processed.recoveries, processed.usage)


@pytest.mark.shipped
@settings(max_examples=examples(200))
@given(st.text(max_size=40), st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_spans_of_deltas_adjoin_and_decode_to_the_text(text: str, sizes: list[int]) -> None:
    tokens = [*tokens_of("<|channel|>final<|message|>"), *ENCODING.encode(text, disallowed_special=())]
    parser, deltas, at = StreamableParser(ENCODING, Role.ASSISTANT), [], 0
    while at < len(tokens):
        size = sizes[at % len(sizes)]
        deltas += [event for event in parser.feed(tokens[at : at + size]) if isinstance(event, ContentDelta)]
        at += size
    bounds = [3, *(delta.end for delta in deltas)]
    assert [delta.start for delta in deltas] == bounds[:-1]
    assert bounds[-1] == len(tokens)
    assert "".join(delta.text for delta in deltas) == text
    for delta in deltas:
        if not {delta.start, delta.end} & halves(tokens):
            assert ENCODING.decode_utf8(tokens[delta.start : delta.end]) == delta.text


def halves(tokens: Sequence[int]) -> set[int]:
    """The places between tokens at which a character is cut in two."""
    return {at for at in range(len(tokens)) if not whole(tokens[:at])}


def whole(tokens: Sequence[int]) -> bool:
    try:
        ENCODING.decode_utf8(tokens)
    except HarmonyError:
        return False
    return True


@pytest.mark.parametrize("make", [tuple, iter, lambda tokens: (token for token in tokens), lambda tokens: tokens])
def test_any_iterable_of_tokens_is_fed_alike(make: Callable[[list[int]], Any]) -> None:
    parser = parser_of("<|channel|>final<|message|>a")
    assert parser.feed(make(tokens_of(" b c"))) == parser_of("<|channel|>final<|message|>a").feed(tokens_of(" b c"))


def test_a_parser_may_be_fed_its_own_tokens() -> None:
    for odd in ([], [2**40]):
        parser = StreamableParser(ENCODING, Role.ASSISTANT, strict=False)
        parser.feed([*tokens_of("<|channel|>final<|message|>a"), *odd])
        before = list(parser.tokens)
        parser.feed(parser.tokens)
        assert parser.tokens == before + before
        parser.feed(parser._ids)
        assert len(parser.tokens) == 4 * len(before)


@pytest.mark.shipped
def test_a_token_behind_one_that_raised_is_told_as_ever() -> None:
    parser = parser_of("<|channel|>final<|message|>a")
    with pytest.raises(TypeError):
        parser.feed([*tokens_of(" b"), "x"])  # type: ignore[list-item]
    assert [event.text for event in parser.feed(tokens_of(" c")) if isinstance(event, ContentDelta)] == [" b c"]


def calls_for_content(tokens: int, size: int) -> float:
    """How many functions run for each call of `feed`."""
    words = tokens_of(" steady rain") * tokens
    parser = parser_of("<|channel|>final<|message|>a b")
    parser.feed(words[: 2 * size])
    steps = [words[at : at + size] for at in range(2 * size, len(words) - size, size)]
    return calls(lambda: [parser.feed(step) for step in steps] and None) / len(steps)


@pytest.mark.shipped
def test_a_token_of_content_is_fed_with_few_calls_early_and_late() -> None:
    early, late = calls_for_content(500, 1), calls_for_content(8000, 1)
    assert late <= early * 1.02
    assert early < 8  # feed, two sizes, the text, the list, the event


def test_more_tokens_of_content_cost_a_call_or_two_each() -> None:
    assert calls_for_content(2000, 8) < 8 + 4 * 8


# events --------------------------------------------------------------------------------------------


async def stream(steps: Sequence[Any]) -> AsyncIterator[Any]:
    for step in steps:
        yield step


def streamed(steps: Sequence[Any]) -> list[Any]:
    async def collect() -> list[Any]:
        return [event async for event in StreamableParser(ENCODING, Role.ASSISTANT).events(stream(steps))]

    return asyncio.run(collect())


@pytest.mark.shipped
def test_streams_of_tokens_of_lists_and_of_other_iterables_become_the_same_events() -> None:
    tokens = tokens_of(TURN)
    pairs = [tokens[at : at + 2] for at in range(0, len(tokens), 2)]
    single = streamed(tokens)
    assert single == streamed([[token] for token in tokens])
    assert merged(single) == merged(streamed(pairs)) == merged(streamed([[], *map(tuple, pairs), []]))


@pytest.mark.parametrize("tokens", [[1], "text", 5, None])
def test_what_is_no_asynchronous_iterable_is_named(tokens: Any) -> None:
    async def collect() -> None:
        async for _ in StreamableParser(ENCODING, None).events(tokens):
            pass

    with pytest.raises(TypeError, match=r"^argument 'tokens': expected an asynchronous iterable, not"):
        asyncio.run(collect())
