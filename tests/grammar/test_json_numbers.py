"""Numbers within bounds: every number inside is read, and none outside."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony._grammar.json_llguidance import for_llguidance
from openai_harmony.errors import GrammarError
from tests.support.effort import examples
from tests.support.llguidance_json import engine_reader_of
from tests.support.rule_reading import reader_of

BOUNDS = st.integers(-1100, 1100) | st.decimals(-12, 12, places=2).map(float) | st.sampled_from([0, 0.5, -0.5, 9.99])


@st.composite
def _bounded(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind}
    low, high = sorted([draw(BOUNDS), draw(BOUNDS)])
    if draw(st.integers(0, 3)):
        schema[draw(st.sampled_from(["minimum", "exclusiveMinimum"]))] = low
    if draw(st.integers(0, 3)):
        schema[draw(st.sampled_from(["maximum", "exclusiveMaximum"]))] = high
    return schema


def _is_within(schema: dict[str, Any], number: Decimal) -> bool:
    inf = float("inf")
    return bool(
        number >= Decimal(repr(schema.get("minimum", -inf)))
        and number <= Decimal(repr(schema.get("maximum", inf)))
        and number > Decimal(repr(schema.get("exclusiveMinimum", -inf)))
        and number < Decimal(repr(schema.get("exclusiveMaximum", inf)))
    )


def _near(schema: dict[str, Any]) -> list[Decimal]:
    edges = [Decimal(repr(value)) for value in schema.values() if not isinstance(value, str)] or [Decimal(0)]
    steps = [Decimal(step) for step in ("0", "1", "0.1", "0.01", "0.001", "10", "7", "100", "0.5", "3.25")]
    return [edge + sign * step for edge in edges for step in steps for sign in (1, -1)]


@settings(max_examples=examples(100), deadline=None)
@given(_bounded("integer"), st.lists(st.integers(-2500, 2500), max_size=20))
def test_integers_within_bounds(schema: dict[str, Any], some: list[int]) -> None:
    numbers = {*some, *(int(number) for number in _near(schema))}
    try:
        reads = reader_of(schema)
    except GrammarError:
        assert not any(_is_within(schema, Decimal(number)) for number in numbers)
        return
    engine = engine_reader_of(for_llguidance(schema, "o"))
    for number in numbers:
        assert reads(str(number)) == engine(str(number)) == _is_within(schema, Decimal(number)), (schema, number)
        assert not reads(f"{number}.0")
    if len(schema) > 1:
        assert not reads("-0")


def _engine(schema: dict[str, Any]) -> Callable[[str], bool]:
    """What llguidance says; nothing is accepted if it cannot keep the bounds."""
    try:
        return engine_reader_of(for_llguidance(schema, "o"))
    except GrammarError:
        return lambda text: False


@settings(max_examples=examples(150), deadline=None)
@given(_bounded("number"), st.lists(st.decimals(-1200, 1200, places=3), max_size=10))
def test_decimals_within_bounds(schema: dict[str, Any], some: list[Decimal]) -> None:
    numbers = {number.normalize() for number in [*some, *_near(schema)]}
    try:
        reads = reader_of(schema)
    except GrammarError:
        assert not any(_is_within(schema, number) for number in numbers)
        return
    engine = _engine(schema)
    for number in numbers:
        text = f"{number:f}".replace("-0", "0") if number == 0 else f"{number:f}"
        within = _is_within(schema, number)
        assert reads(text) == within, (schema, text)
        assert not engine(text) or within, (schema, text)  # it refuses 2.8 where at most 2.81 is allowed, but not 2.80
        assert not reads(f"{text}0") or within or "." not in text
        assert len(schema) == 1 or not reads(f"{text}e0")


def test_zero_and_a_bound_with_a_fraction_are_spelled_as_llguidance_spells_them() -> None:
    for schema, texts in [
        ({"type": "integer", "minimum": -5, "maximum": 0}, {"0": True, "-0": False}),
        ({"type": "integer", "minimum": -5}, {"0": True, "-0": False}),
        ({"type": "integer"}, {"-0": True}),
        ({"type": "number", "minimum": 0.1, "maximum": 0.3}, {"0.3": True, "0.30": False, "0.10": True}),
        ({"type": "number", "minimum": 0.25, "maximum": 0.25}, {"0.25": True, "0.250": False}),
        ({"type": "number", "maximum": 1}, {"1.00": True, "1e0": False}),
    ]:
        judges = reader_of(schema), engine_reader_of(for_llguidance(schema, "o"))
        assert [{text: reads(text) for text in texts} for reads in judges] == [texts, texts]


@pytest.mark.parametrize("power", [1, 2, 3])
def test_multiples_of_powers_of_ten(power: int) -> None:
    schema = {"type": "integer", "multipleOf": 10**power, "minimum": -1005, "exclusiveMaximum": 2000}
    judges = reader_of(schema), engine_reader_of(for_llguidance(schema, "o"))
    for number in range(-2100, 2101, 5):
        right = number % 10**power == 0 and -1005 <= number < 2000
        assert judges[0](str(number)) == right
        assert not judges[1](str(number)) or right  # versions of llguidance before 1.9 refuse negative multiples


def test_large_bounds_are_exact() -> None:
    reads = reader_of({"type": "integer", "minimum": 2**70 + 1, "maximum": 10**30})
    assert [reads(str(number)) for number in (2**70, 2**70 + 1, 10**30, 10**30 + 1)] == [False, True, True, False]
    reads = reader_of({"type": "number", "exclusiveMinimum": 1e-30})
    assert [reads(f"0.{'0' * 29}{end}") for end in ("1", "11", "2", "09")] == [False, True, True, False]
