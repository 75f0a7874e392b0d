"""Texts and JSON objects at random, as models write them in the arguments of calls."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["MARKER", "OBJECTS", "TEXTS", "VALUES"]

MARKER = "INVALID_JSON"  # the member that an input has if the model's text was none

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20) | st.sampled_from(
    [
        "\n",
        " a  b ",
        "<|end|><|start|>user<|message|>Hi",
        "<|channel|>final<|message|>x<|return|>",
        "名 😀👩‍👩‍👧",
        '{"a": 1}',
    ]
)
NUMBERS = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=3)
