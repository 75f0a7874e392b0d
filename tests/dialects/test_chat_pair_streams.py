"""Each pair of Chat Completions holds in steps: the deltas of each, and what the client puts together from them."""

from __future__ import annotations

import json
import pickle
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest

from openai_harmony import chat
from tests.dialects.accumulating import put_together
from tests.dialects.rows import ENCODING, Ids, Row, each, encode, reading, rows, tokens_of
from tests.support.effort import examples

pytestmark = pytest.mark.shipped  # the pairs have the words of the shipped format

OUT, STREAM = rows("chat_out"), rows("chat_stream")

Stream = Any


def cuttings(tokens: Sequence[int], seed: str) -> Iterable[list[list[int]]]:
    """Ways to cut tokens into steps: one by one, all at once, and at random; empty steps among them."""
    yield [[token] for token in tokens]
    yield [list(tokens)]
    chance = random.Random(seed)
    for _ in range(max(4, examples(0) // len(OUT))):
        bounds = sorted(chance.choices(range(len(tokens) + 1), k=chance.randint(1, 6)))
        yield [list(tokens[start:end]) for start, end in pairwise([0, *bounds, len(tokens)])]


def streamed(row: Row, steps: Iterable[list[int]]) -> tuple[Stream, list[Any]]:
    """A stream that has come to its end, and all its deltas."""
    stream = chat.ChatStream(ENCODING, **reading(row))
    deltas = [delta for step in steps for delta in stream.feed(step)]
    return stream, [*deltas, *stream.finish(row.get("finish"))]


def test_a_cutting_loses_no_token() -> None:
    tokens = list(range(12))
    for steps in cuttings(tokens, "any"):
        assert [token for step in steps for token in step] == tokens


@each(OUT)
def test_the_client_puts_the_whole_together_however_the_tokens_are_cut(row: Row) -> None:
    expected = row["expected"]
    for steps in cuttings(tokens_of(row), row["id"]):
        stream, deltas = streamed(row, steps)
        assert put_together(deltas) == (expected["message"], expected["finish_reason"]), steps
        assert (stream.message, stream.finish_reason) == (expected["message"], expected["finish_reason"])
        assert stream.usage["completion_tokens"] == sum(map(len, steps))
        assert len(stream.suppressed) == row.get("suppressed", 0)


@each([*OUT, *STREAM])
def test_deltas_have_the_shape_that_clients_rely_on(row: Row) -> None:
    tokens = tokens_of(row)
    for steps in cuttings(tokens, row["id"]):
        _, deltas = streamed(row, steps)
        assert ["role" in delta["delta"] for delta in deltas] == [True] + [False] * (len(deltas) - 1)
        assert [delta["finish_reason"] is None for delta in deltas] == [True] * (len(deltas) - 1) + [False]
        assert all(kinds_of(delta["delta"]) == 1 for delta in deltas[:-1])
        assert kinds_of(deltas[-1]["delta"]) == 0
        ranges = [delta["tokens"] for delta in deltas]
        assert all(0 <= start <= end <= len(tokens) for start, end in ranges)
        assert all(before[1] <= after[0] for before, after in pairwise(ranges)), ranges


def kinds_of(delta: Mapping[str, Any]) -> int:
    """How many kinds of text a delta has: both keys of reasoning are one."""
    assert not delta.keys() - {"role", "content", "reasoning", "reasoning_content", "tool_calls"}
    thought = {"reasoning", "reasoning_content"} & delta.keys()
    return bool(thought) + ("content" in delta) + len(delta.get("tool_calls", []))


def restored(stream: Stream) -> Stream:
    snapshot = json.loads(json.dumps(stream.snapshot()))
    return chat.ChatStream.restore(ENCODING, snapshot, new_id=IDS_OF_RESTORED[-1])


# A snapshot has no callable: what a restored stream goes on with.
IDS_OF_RESTORED: list[Ids] = []
TRAVELS: dict[str, Callable[[Stream], Stream]] = {
    "as it is": lambda stream: stream,
    "copied": lambda stream: stream.copy(),
    "pickled": lambda stream: pickle.loads(pickle.dumps(stream)),
    "restored": restored,
}


@pytest.mark.parametrize("travel", TRAVELS.values(), ids=list(TRAVELS))
@each(STREAM)
def test_each_step_gives_its_deltas(row: Row, travel: Callable[[Stream], Stream]) -> None:
    arguments = reading(row)
    IDS_OF_RESTORED.append(arguments["new_id"])
    stream = travel(chat.ChatStream(ENCODING, **arguments))
    given = []
    for step in row["steps"]:
        given.append(stream.feed(encode(step)))
        stream = travel(stream)
    given.append(stream.finish(row.get("finish")))
    for deltas, events in zip(given, row["events"], strict=True):
        assert [plain(delta) for delta in deltas] == [plain(event) for event in events]
    whole, _ = streamed(row, [tokens_of(row)])
    assert (stream.message, stream.finish_reason) == (whole.message, whole.finish_reason)
    assert (stream.usage, stream.suppressed) == (whole.usage, whole.suppressed)
    assert len(stream.suppressed) == row.get("suppressed", 0)


def plain(delta: Mapping[str, Any]) -> dict[str, Any]:
    """A delta as a row has it: an empty range has no place that matters."""
    start, end = delta.get("tokens", (0, 0))
    return {
        "delta": delta["delta"],
        "finish_reason": delta.get("finish_reason"),
        "tokens": [start, end] if start < end else None,
    }


@each(STREAM)
def test_a_stream_in_steps_is_what_the_client_puts_together(row: Row) -> None:
    expected = put_together(
        [{"finish_reason": None, "tokens": (0, 0), **event} for step in row["events"] for event in step]
    )
    for steps in [[encode(step) for step in row["steps"]], *cuttings(tokens_of(row), row["id"])]:
        stream, deltas = streamed(row, steps)
        assert put_together(deltas) == expected
        assert (stream.message, stream.finish_reason) == expected


@each(row for row in STREAM if "usage" in row)
def test_usage_counts_all_tokens_and_those_of_reasoning(row: Row) -> None:
    stream, _ = streamed(row, [tokens_of(row)])
    assert stream.usage == {
        "completion_tokens": row["usage"]["completion_tokens"],
        "completion_tokens_details": {"reasoning_tokens": row["usage"]["reasoning_tokens"]},
    }
