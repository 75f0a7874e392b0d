"""A snapshot comes from outside: one that somebody made or changed is refused by name, or does no harm."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import (
    HarmonyEncoding,
    HarmonyError,
    Role,
    StreamableParser,
    StreamState,
    Usage,
    load_harmony_encoding,
)
from openai_harmony._parsing import FEW, framing_of
from tests.support.effort import examples

ENCODING = load_harmony_encoding("HarmonyGptOss")
MODES: list[Any] = [True, False, "pedantic"]
MESSAGE = "<|channel|>analysis<|message|>We need to think 🤝 about it.<|end|><|start|>assistant"
OPEN = "<|channel|>final<|message|>The answer is"


def tokens_of(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


def fed(parser: StreamableParser, tokens: list[int]) -> StreamableParser:
    """The same parser, behind tokens of which some may be errors."""
    for token in tokens:
        with suppress(HarmonyError, OverflowError):
            parser.feed([token])
    return parser


# What is refused ------------------------------------------------------------------------------------


def snapshot(text: str = MESSAGE + OPEN, strict: Any = True) -> dict[str, Any]:
    parser = StreamableParser(ENCODING, Role.ASSISTANT, strict=strict)
    parser.feed(tokens_of(text))
    return parser.snapshot()


def refusal(data: Any) -> str:
    with pytest.raises(ValueError, match=r"^(snapshot|argument 'channels')") as caught:
        StreamableParser.restore(ENCODING, data)
    assert len(str(caught.value)) < 400
    return str(caught.value)


NESTED: Any = []
for _ in range(100_000):
    NESTED = [NESTED]
NUMBERS = ["table", "ids_before", "messages_before", "state", "first", "tool_call_tokens", "version"]
FLAGS = ["pedantic", "raises", "untouched", "ended"]
LISTS = ["ids", "foreign", "content_tokens", "further"]
WORDS = ["unplaced", "prompt_role", "role"]
OTHERS = ["reference", "emitted", "run", "encoding"]
HOSTILE: list[Any] = [
    -1,
    2**63,
    10**5000,
    1.0,
    float("nan"),
    float("inf"),
    "Q" * 10_000,
    {},
    [{}],
    [None],
    [[[]]],
    NESTED,
]


def test_each_key_is_tried_here() -> None:
    assert sorted(snapshot()) == sorted(NUMBERS + FLAGS + LISTS + WORDS + OTHERS)


@pytest.mark.parametrize("key", sorted(snapshot()))
def test_a_missing_key_is_named(key: str) -> None:
    data = snapshot()
    del data[key]
    assert repr(key) in refusal(data)
    assert "is missing" in refusal(data)


@pytest.mark.shipped
@pytest.mark.parametrize("key", sorted(snapshot()))
def test_a_value_of_another_kind_is_refused_and_its_key_named(key: str) -> None:
    for value in HOSTILE:
        assert repr(key) in refusal({**snapshot(), key: value})
    if key not in WORDS + OTHERS:
        assert repr(key) in refusal({**snapshot(), key: None})
    if key not in FLAGS:
        assert repr(key) in refusal({**snapshot(), key: True})


WRONG: list[tuple[str, Any]] = [
    ("version", 2),
    ("encoding", "Harmony"),
    ("table", snapshot()["table"] ^ 1),
    ("state", 2),  # behind an author's word
    ("state", 10**6),
    ("unplaced", "no channel"),
    ("role", "no role"),
    ("prompt_role", "system\ud800"),
    ("further", ["two words"]),
    ("further", [""]),
    ("ids", [1, True]),
    ("ids", [2**32]),
    ("ids", [-1]),
    ("foreign", [[0, 1, 2]]),
    ("foreign", [[0, 2**40]]),  # for which the parser itself raises
    ("content_tokens", [["final", -1]]),
    ("content_tokens", [[1, 1]]),
    ("reference", ["Header", 1, None, False]),
    ("reference", [[], 0, None, False]),
    ("reference", ["Header", 0, [], False]),
    ("reference", ["Header", 0, "no role", False]),
    ("run", [[], 1, 2, 3]),
    ("run", ["no kind", 1, 2, 3]),
    ("run", ["stray_stop", 1, 2, -3]),
    ("emitted", [10**6, 0, False]),
    ("emitted", [0, 10**6, False]),
    ("ended", True),  # within a message
]


@pytest.mark.shipped
@pytest.mark.parametrize(("key", "value"), WRONG)
def test_a_value_that_no_snapshot_has_is_refused_and_its_key_named(key: str, value: Any) -> None:
    assert repr(key) in refusal({**snapshot(), key: value})


@pytest.mark.parametrize("data", [None, [], "{}", 1, [["version", 1]], {}, {1: 2}, NESTED])
def test_what_is_no_snapshot_is_refused(data: Any) -> None:
    assert refusal(data)


@pytest.mark.parametrize("encoding", [None, "HarmonyGptOss", HarmonyEncoding])
def test_a_wrong_encoding_is_named(encoding: Any) -> None:
    with pytest.raises(TypeError, match=r"^argument 'encoding': expected a HarmonyEncoding, not "):
        StreamableParser.restore(encoding, snapshot())


PROPERTIES: dict[str, Any] = {
    "current_content": str,
    "current_channel": str | None,
    "current_recipient": str | None,
    "current_content_type": str | None,
    "last_content_delta": str | None,
    "current_role": Role | None,
    "open_turn": Role | None,
    "state": StreamState,
    "usage": Usage,
    "state_data": dict,
    "tokens": list,
    "messages": list,
    "spans": list,
    "recoveries": list,
}


# What is changed at random ----------------------------------------------------------------------------


PARTS = ["final", "analysis", "assistant", "Header", "stray_stop", 0, 1, 3, 12, 40, 200006, 200008, 201500, True, None]
TEXTS = [MESSAGE + OPEN, "", MESSAGE, MESSAGE[:-9], "<|channel|>final", "<|end|><|end|>", OPEN + "<|return|>stray"]
BIG: list[Any] = [-1, 2**63, 10**4000, 1.0, float("nan"), float("inf"), "Q" * 500, {}, [{}], [None], [[[]]]]
VALUES = st.recursive(
    st.sampled_from([*PARTS, *BIG]) | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=9,
)


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """A snapshot in which one to three values, or items of values, are others."""
    parser = StreamableParser(ENCODING, draw(st.sampled_from([None, "assistant"])), strict=draw(st.sampled_from(MODES)))
    data: dict[str, Any] = fed(parser, tokens_of(draw(st.sampled_from(TEXTS)))).snapshot()
    for key in draw(st.lists(st.sampled_from(sorted(data)), min_size=1, max_size=3)):
        value = data[key]
        if isinstance(value, list) and value and draw(st.booleans()):
            value = list(value)
            value[draw(st.integers(0, len(value) - 1))] = draw(VALUES)
            data[key] = value
        else:
            data[key] = not value if isinstance(value, bool) and draw(st.booleans()) else draw(VALUES)
    return data


@settings(max_examples=examples(1500))
@given(changed())
def test_a_changed_snapshot_is_refused_with_a_value_error_or_can_be_used(data: dict[str, Any]) -> None:
    try:
        parser = StreamableParser.restore(ENCODING, data)
    except ValueError:
        refusal(data)
        return
    for token in [*tokens_of("x 🤝<|message|>y<|end|><|start|>user<|channel|>final<|message|>z"), 201500, 2**40]:
        fed(parser, [token])
        assert all(isinstance(getattr(parser, name), kind) for name, kind in PROPERTIES.items())
        assert repr(parser)
    assert StreamableParser.restore(ENCODING, parser.copy().snapshot()).state == parser.state
    with suppress(HarmonyError):
        parser.feed_eos()


def test_a_channel_that_a_parser_may_be_told_is_a_channel_that_a_snapshot_may_name() -> None:
    told = "a\x1cb"  # one word to a header, two to `str.split`
    parser = StreamableParser(ENCODING, None, channels=[told])
    assert StreamableParser.restore(ENCODING, parser.snapshot()).snapshot()["further"] == [told]


def test_tables_of_channels_that_snapshots_name_are_not_kept_for_ever() -> None:
    for number in range(2 * FEW):
        StreamableParser.restore(ENCODING, {**snapshot(), "further": [f"channel_{number}"]})
    assert framing_of.cache_info().currsize <= FEW
