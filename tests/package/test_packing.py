"""Claims about packing: every token is there once, in its order and within the limit, and the boundaries are told."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Sequence
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import Conversation, load_harmony_encoding
from openai_harmony.packing import IGNORED, PackedSequence, Packing, pack, pack_lengths
from openai_harmony.testing import conversations
from tests.support.effort import examples

ENCODING = load_harmony_encoding("HarmonyGptOss")
EFFORT = settings(max_examples=examples(300), deadline=None)
RENDERED = ENCODING.render_with_spans(Conversation([]))
LENGTHS = st.lists(st.integers(0, 12), max_size=30)


def sequences_of(lengths: Sequence[int]) -> tuple[list[list[int]], list[list[float]]]:
    """Sequences in which every token is another one, and their weights, of which some are 0."""
    tokens, ends = [], [0]
    for length in lengths:
        ends.append(ends[-1] + length)
        tokens.append(list(range(ends[-2], ends[-1])))
    return tokens, [[token % 3 / 2 for token in sequence] for sequence in tokens]


def parts(packed: PackedSequence) -> list[tuple[int, list[int], list[float]]]:
    """The index, the tokens and the weights of each sequence in a packed one, by its boundaries."""
    bounds = list(zip(packed.cu_seqlens, packed.cu_seqlens[1:]))
    assert packed.cu_seqlens[0] == 0
    assert packed.cu_seqlens[-1] == len(packed) == len(packed.tokens) == len(packed.weights)
    assert len(bounds) == len(packed.indices)
    return [
        (index, packed.tokens[start:end], list(packed.weights[start:end]))
        for index, (start, end) in zip(packed.indices, bounds)
    ]


@EFFORT
@given(LENGTHS, st.integers(12, 40))
def test_every_token_is_there_once_in_its_order_and_within_the_limit(lengths: list[int], limit: int) -> None:
    tokens, weights = sequences_of(lengths)
    packing = pack(tokens, limit, weights=weights)
    found = [part for packed in packing.sequences for part in parts(packed)]
    empty = [index for index, length in enumerate(lengths) if not length]
    assert sorted(found) == [(index, tokens[index], weights[index]) for index in range(len(lengths)) if lengths[index]]
    assert (packing.truncated, packing.dropped) == ([], empty)
    assert all(0 < len(packed) <= limit for packed in packing.sequences)
    assert [packed.indices for packed in packing.sequences] == sorted(sorted(p.indices) for p in packing.sequences)
    assert pack(tokens, limit, weights=weights) == packing


@EFFORT
@given(LENGTHS, st.integers(12, 40))
def test_position_and_document_ids_and_labels_are_those_of_each_sequence(lengths: list[int], limit: int) -> None:
    tokens, weights = sequences_of(lengths)
    for packed in pack(tokens, limit, weights=weights).sequences:
        positions, documents, labels = [], [], []
        for number, (_, own, their) in enumerate(parts(packed)):
            positions += [*range(len(own))]
            documents += [number] * len(own)
            labels += [IGNORED] + [t if w else IGNORED for t, w in list(zip(own, their))[1:]]
        assert list(packed.position_ids) == positions
        assert list(packed.document_ids) == documents
        assert packed.labels() == labels
        assert packed.labels(-1) == [-1 if label == IGNORED else label for label in labels]


def slowly(lengths: Sequence[int], capacity: int) -> list[list[int]]:
    """Best-fit decreasing, by looking at every bin."""
    bins: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: (-lengths[index], index)):
        room = [capacity - sum(lengths[each] for each in placed) for placed in bins]
        fitting = [(room[number], number) for number in range(len(bins)) if room[number] >= lengths[index]]
        if fitting:
            bins[min(fitting)[1]].append(index)
        else:
            bins.append([index])
    return sorted(sorted(placed) for placed in bins)


@EFFORT
@given(st.lists(st.integers(1, 12), max_size=40), st.integers(12, 40))
def test_each_sequence_goes_where_the_least_room_remains(lengths: list[int], limit: int) -> None:
    assert pack_lengths(lengths, limit) == slowly(lengths, limit)
    packing = pack([[7] * length for length in lengths], limit)
    assert [packed.indices for packed in packing.sequences] == pack_lengths(lengths, limit)


@EFFORT
@given(st.lists(st.integers(1, 6), min_size=1, max_size=7), st.integers(6, 12))
def test_there_are_few_more_packed_sequences_than_needed(lengths: list[int], limit: int) -> None:
    def fewest(left: tuple[int, ...], rooms: tuple[int, ...]) -> int:
        if not left:
            return len(rooms)
        tried = {
            tuple(sorted((*rooms[:place], room - left[0], *rooms[place + 1 :])))
            for place, room in enumerate(rooms)
            if room >= left[0]
        }
        return min(fewest(left[1:], after) for after in {*tried, tuple(sorted((*rooms, limit - left[0])))})

    # The bound of the method: 11/9 of the fewest possible, and 6/9.
    assert 9 * len(pack_lengths(lengths, limit)) <= 11 * fewest(tuple(lengths), ()) + 6


@EFFORT
@given(st.lists(st.integers(0, 20), max_size=20), st.integers(1, 20))
def test_what_is_too_long_is_truncated_or_dropped_and_told(lengths: list[int], limit: int) -> None:
    tokens, weights = sequences_of(lengths)
    long = [index for index, length in enumerate(lengths) if length > limit]
    empty = [index for index, length in enumerate(lengths) if not length]
    for too_long in ("truncate", "drop"):
        packing = pack(tokens, limit, weights=weights, too_long=too_long)  # type: ignore[arg-type]
        assert packing.truncated == (long if too_long == "truncate" else [])
        assert packing.dropped == sorted(empty + (long if too_long == "drop" else []))
        found = sorted(part for packed in packing.sequences for part in parts(packed))
        assert found == [
            (index, tokens[index][:limit], weights[index][:limit])
            for index in range(len(lengths))
            if index not in packing.dropped
        ]


@pytest.mark.shipped
@settings(max_examples=examples(50), deadline=None)
@given(st.lists(conversations(), max_size=5))
def test_rendered_conversations_bring_their_loss_masks(talks: list[Conversation]) -> None:
    rendered = [ENCODING.render_with_spans(talk, training=True) for talk in talks]
    masks = [each.loss_mask() for each in rendered]
    limit = max((len(each.tokens) for each in rendered), default=0) + 20
    assert pack(rendered, limit) == pack([each.tokens for each in rendered], limit, weights=masks)
    weights = [each.loss_weights([0.5] * len(talk.messages)) for each, talk in zip(rendered, talks)]
    assert pack(rendered, limit, weights=weights) == pack([r.tokens for r in rendered], limit, weights=weights)


def test_all_ids_are_trained_on_if_nothing_is_said_of_them() -> None:
    [packed] = pack([[5, 6], [7]], 8).sequences
    assert list(packed.weights) == [1, 1, 1]
    assert packed.labels() == [IGNORED, 6, IGNORED]
    assert repr(packed) == "PackedSequence(3 tokens of 2 sequences)"


def test_nothing_is_packed_into_nothing() -> None:
    assert pack([], 8) == Packing([], [], [])
    assert pack_lengths([], 8) == []


def test_the_sequences_that_were_given_stay_as_they_are() -> None:
    given = [[1, 2], [3]]
    pack(given, 8).sequences[0].tokens.append(4)
    assert given == [[1, 2], [3]]


def test_arrays_are_taken_and_made() -> None:
    rows = [numpy.arange(3), numpy.arange(2, dtype=numpy.int32)]
    masks = [numpy.array([0, 1, 1], numpy.uint8), array("f", [1, 0.5])]
    packing = pack(rows, 8, weights=masks)
    arrays = packing.sequences[0].numpy()
    assert type(packing.sequences[0].tokens[0]) is int
    for (name, column), dtype in zip(arrays._asdict().items(), ["i8", "f4", "i8", "i8", "i4", "i4"], strict=True):
        assert column.dtype == dtype, name
    assert arrays.tokens.tolist() == [0, 1, 2, 0, 1]
    assert arrays.weights.tolist() == [0, 1, 1, 1, 0.5]
    assert arrays.labels.tolist() == [-100, 1, 2, -100, 1]
    assert arrays.position_ids.tolist() == [0, 1, 2, 0, 1]
    assert arrays.document_ids.tolist() == [0, 0, 0, 1, 1]
    assert arrays.cu_seqlens.tolist() == [0, 3, 5]


def test_without_numpy_there_is_a_word_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ImportError, match=r"^PackedSequence\.numpy\(\) needs numpy: pip install numpy$"):
        pack([[1]], 8).sequences[0].numpy()


EXPECTED = "expected a Rendered or a sequence of ids of tokens"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"sequences": [[1], [1] * 5]}, "ValueError: sequences[1]: 5 tokens, of which at most 4 fit"),
        ({"sequences": [[1], 3]}, f"TypeError: sequences[1]: {EXPECTED}: 'int' object is not iterable"),
        ({"sequences": ["ab"]}, f"TypeError: sequences[0]: {EXPECTED}: it is of type str"),
        ({"sequences": [b"ab"]}, f"TypeError: sequences[0]: {EXPECTED}: it is of type bytes"),
        ({"sequences": [[1.5]]}, f"TypeError: sequences[0]: {EXPECTED}: "),
        ({"sequences": [[2**70]]}, f"TypeError: sequences[0]: {EXPECTED}: "),
        ({"max_tokens": 0}, "ValueError: argument 'max_tokens': expected at least 1, not 0"),
        ({"max_tokens": 8.0}, "TypeError: argument 'max_tokens': expected an integer, not float"),
        ({"too_long": "cut"}, "ValueError: argument 'too_long': 'cut' is not one of 'error', 'truncate', 'drop'"),
        ({"weights": [[1]]}, "ValueError: argument 'weights': has 1 items for 2 sequences"),
        ({"weights": [[1], [1]]}, "ValueError: weights[1]: has 1 weights for 2 tokens"),
        ({"weights": [[1], [1, float("nan")]]}, "ValueError: weights[1][1]: expected a finite number, not nan"),
        ({"weights": [[1], [10**400, 1]]}, "ValueError: weights[1][0]: expected a finite number"),
        ({"weights": [[1], [1, -(10**400)]]}, "ValueError: weights[1][1]: expected a finite number"),
        ({"weights": 5}, "TypeError: argument 'weights': expected the weights of each sequence, not int"),
        ({"sequences": None}, "TypeError: argument 'sequences': expected several sequences of tokens, not NoneType"),
        (
            {"sequences": RENDERED},
            "TypeError: argument 'sequences': expected several sequences of tokens, not Rendered",
        ),
        ({"sequences": [1, 2]}, f"TypeError: sequences[0]: {EXPECTED}: 'int' object is not iterable"),
        ({"max_tokens": None}, "TypeError: argument 'max_tokens': expected an integer, not NoneType"),
        ({"weights": [[1], 1]}, "TypeError: weights[1]: expected a sequence of numbers: "),
        ({"weights": [["x"], [1, 1]]}, "TypeError: weights[0]: expected a sequence of numbers: "),
    ],
)
def test_wrong_arguments_are_told_with_their_place(arguments: dict[str, Any], complaint: str) -> None:
    kind, _, told = complaint.partition(": ")
    given: dict[str, Any] = {"sequences": [[1], [2, 3]], "max_tokens": 4, **arguments}
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(told)}") as caught:
        pack(given.pop("sequences"), given.pop("max_tokens"), **given)
    assert caught.type.__name__ == kind


@pytest.mark.parametrize(
    ("lengths", "complaint"),
    [
        ([1, 0], "ValueError: lengths[1]: expected at least 1, not 0"),
        ([1, 9], "ValueError: lengths[1]: 9 tokens, of which at most 8 fit"),
        ([1, "a"], "TypeError: argument 'lengths[1]': expected an integer, not str"),
        ([1.5], "TypeError: argument 'lengths[0]': expected an integer, not float"),
        (5, "TypeError: argument 'lengths': expected several lengths, not int"),
        ("12", "TypeError: argument 'lengths': expected several lengths, not str"),
    ],
)
def test_wrong_lengths_are_told_with_their_place(lengths: Any, complaint: str) -> None:
    kind, _, told = complaint.partition(": ")
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(told)}$") as caught:
        pack_lengths(lengths, 8)
    assert caught.type.__name__ == kind


def test_lengths_of_numpy_are_integers() -> None:
    assert pack_lengths(numpy.array([3, 5, 4]), numpy.int64(8)) == [[0, 1], [2]]  # type: ignore[arg-type]
