"""Joining alternatives changes what the engine does, and never what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest
import regex
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony._runtime.tokens.split_pattern import joined

SPEC = Path(__file__).parents[2] / "spec" / "encodings.yaml"
SHIPPED = [tuple(e["split_pattern"]) for e in yaml.safe_load(SPEC.read_text(encoding="utf-8"))["encodings"].values()]


@pytest.mark.parametrize(
    ("alternatives", "expected"),
    [
        (("a", "b"), "(?:a|b)"),
        (("a", "b", r"\s+(?!\S)", "c"), r"(?:a|b)|\s+(?!\S)|c"),
        (("a", "(?<=b)c", "d", "e"), "a|(?<=b)c|(?:d|e)"),
        (("(?i:a|b)", "(?:c)", "(?s-i:d)", "e"), "(?:(?i:a|b)|(?:c)|(?s-i:d)|e)"),
        (("(?i)a", "b", "c"), "(?i)a|b|c"),
        (("a", "b", "(?x) c"), "a|b|(?x) c"),
        (("a", "(?>b)", "c"), "a|(?>b)|c"),
        (("a", "b++", "c", "d"), "a|b++|(?:c|d)"),
        (("(a)", r"\1", "b"), r"(a)|\1|b"),
        (("a",), "a"),
    ],
)
def test_neighbours_that_are_regular_are_one_group(alternatives: tuple[str, ...], expected: str) -> None:
    assert joined(alternatives) == expected


@pytest.mark.parametrize("alternatives", SHIPPED)
def test_all_that_the_shipped_pattern_has_before_its_look_ahead_is_one_group(alternatives: tuple[str, ...]) -> None:
    irregular = next(number for number, alternative in enumerate(alternatives) if "(?!" in alternative)
    assert irregular > 1
    assert joined(alternatives).startswith(f"(?:{'|'.join(alternatives[:irregular])})|")


texts = st.text(st.sampled_from(" \t\n\r\u3000aBéΩ字19!/'sS\u0301\u01c5"), max_size=30)


@pytest.mark.parametrize("alternatives", SHIPPED)
def test_a_text_is_split_as_by_the_alternatives_one_by_one(alternatives: tuple[str, ...]) -> None:
    one_by_one, grouped = regex.compile("|".join(alternatives)), regex.compile(joined(alternatives))

    @settings(max_examples=1500, deadline=None)
    @given(texts)
    def same(text: str) -> None:
        assert grouped.findall(text) == one_by_one.findall(text)

    same()


patterns = st.lists(
    st.sampled_from(["a", "ab", "a*b", "[ab]+(?!b)", "(?<=a)b", "b+?", "(?i:B)a", "ab?a", "(?i)A", "b", "(?:a|b)a"]),
    min_size=1,
    max_size=6,
)


@settings(max_examples=1000, deadline=None)
@given(patterns, st.text("abAB", max_size=12))
def test_any_alternatives_find_the_same_joined(alternatives: list[str], text: str) -> None:
    flagged = [alternative for alternative in alternatives if alternative.startswith("(?i)")]
    if flagged and alternatives[0] != flagged[0]:
        alternatives = [*flagged, *(alternative for alternative in alternatives if alternative not in flagged)]
    one_by_one, grouped = "|".join(alternatives), joined(alternatives)
    assert regex.findall(grouped, text, regex.V1) == regex.findall(one_by_one, text, regex.V1)
