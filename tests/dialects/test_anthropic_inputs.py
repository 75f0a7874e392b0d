"""Claims about the inputs of calls, which clients parse as JSON while they arrive."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jiter import from_json

from openai_harmony._dialects.anthropic.call_input import CallInput, InputState
from tests.dialects.inputs_made import MARKER, OBJECTS, VALUES
from tests.support.effort import examples

INDENTS = st.sampled_from([None, 0, 2])
FAULTS = st.sampled_from([*'"\\{}[],:1ex\x01', "NaN", "\\ud83d"])


@st.composite
def arguments(draw: st.DrawFn) -> str:
    """JSON, some of it with a fault."""
    value = draw(OBJECTS | VALUES)
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(INDENTS))
    match draw(st.sampled_from(["whole", "whole", "cut", "changed", "spaced"])):
        case "cut":
            return text[: draw(st.integers(0, len(text)))]
        case "changed":
            at = draw(st.integers(0, len(text)))
            piece = draw(
                st.sampled_from(['"', "\\", "{", "}", "[", "]", ",", ":", "1", "e", "NaN", "\\ud83d", "\x01", "x"])
            )
            return text[:at] + piece + text[at + draw(st.integers(0, 1)) :]
        case "spaced":
            return f"\n {text}\r\n\t"
    return text


def object_of(text: str) -> dict[str, Any] | None:
    """The object that a text is by the standard of JSON; what other languages cannot read is none."""
    try:
        value = json.loads(text, parse_constant=lambda word: 1 / 0)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, ZeroDivisionError):
        return None
    return value if isinstance(value, dict) else None


@settings(max_examples=examples(400))
@given(text=arguments(), cuts=st.lists(st.integers(0, 1000), max_size=5))
def test_pieces_of_an_input_are_json_at_each_step_and_do_not_depend_on_the_steps(text: str, cuts: list[int]) -> None:
    at_once = CallInput()
    expected = at_once.feed(text) + at_once.finish()
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    reader, said = CallInput(), ""
    for start, end in pairwise(places):
        reader = CallInput(InputState(*json.loads(json.dumps(reader.state))))
        said += reader.feed(text[start:end])
        if said:
            assert isinstance(from_json(said.encode(), partial_mode=True), dict)
        reader.value()
    said += reader.finish()
    assert said == expected
    value = object_of(text)
    if not text.strip():
        assert (said, reader.value()) == ("", {})
    elif value is not None:
        assert reader.value() == value
        assert said.strip() == text.strip()
    else:
        assert list(reader.value().items())[-1] == (MARKER, text)
    if said:
        assert json.loads(said) == from_json(said.encode()) == reader.value()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": ' + "1" * 300 + "}", {"a": int("1" * 300)}),
        ('{"a": ' + "1" * 301 + "}", None),
        ('{"a": 1e308}', {"a": 1e308}),
        ('{"a": 1e309}', None),
        ('{"a": 01}', None),
        ('{"a": 1.}', None),
        ('{"a": .5}', None),
        ('{"a": -0.5E-2, "b": -0}', {"a": -0.005, "b": 0}),
        ('{"a": "\\ud83e\\udd9c\\u00e9"}', {"a": "🦜é"}),
        ('{"a": "\\udd9c"}', None),
        ('{"a": "\\ud83e\\u0041"}', None),
        ('{"a": "\\x"}', None),
        ('{"a": "\t"}', None),
        ("{'a': 1}", None),
        ('{"a": 1,}', None),
        ('{"a": [1,]}', None),
        ('{"a" 1}', None),
        ('{"a": [1}', None),
        ('{"a": 1]', None),
        ('{,"a": 1}', None),
        ('{"a": True}', None),
        ('{"a": nullx}', None),
        ("null", None),
        ('{"a":' + "[" * 99 + "]" * 99 + "}", json.loads("[" * 99 + "]" * 99)),
        ('{"a":' + "[" * 100 + "]" * 100 + "}", None),
    ],
)
def test_what_other_programs_cannot_read_is_no_input(text: str, value: Any) -> None:
    reader = CallInput()
    said = "".join(reader.feed(character) for character in text) + reader.finish()
    assert from_json(said.encode()) == reader.value()
    if value is None:
        assert reader.value()[MARKER] == text
    else:
        assert reader.value() == (value if isinstance(value, dict) else {"a": value})
