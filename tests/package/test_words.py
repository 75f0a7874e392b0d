"""What the words of the format promise: members of enumerations that are their strings too."""

from __future__ import annotations

import json
from enum import Enum

import pytest

from openai_harmony import HarmonyEncodingName, ReasoningEffort, Role, StreamState
from tests.support.roles import USER


@pytest.mark.parametrize("word", [USER, ReasoningEffort.LOW, HarmonyEncodingName.HARMONY_GPT_OSS])
def test_a_word_equals_its_string_and_hashes_like_it(word: Role) -> None:
    assert word == word.value
    assert {word.value: 1}[word] == 1
    assert json.dumps(word) == json.dumps(word.value)


class Plain(str, Enum):
    """What the reference's roles are."""

    USER = "user"


@pytest.mark.shipped
def test_words_are_written_as_this_python_writes_such_enumerations() -> None:
    assert str(Role.USER) == "Role.USER"
    for given, plain in ((f"{Role.USER}", f"{Plain.USER}"), (f"{Role.USER:>12}", f"{Plain.USER:>12}")):
        assert given.strip() == plain.strip().replace("Plain", "Role")
    assert repr(ReasoningEffort.LOW) == "<ReasoningEffort.LOW: 'Low'>"


@pytest.mark.shipped
def test_an_unknown_role_is_refused_with_the_valid_ones() -> None:
    expected = "Unknown role: 'bob' (expected one of 'user', 'assistant', 'system', 'developer', 'tool')"
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Role("bob")
    assert str(caught.value) == expected
    with pytest.raises(ValueError, match="'low' is not a valid ReasoningEffort"):
        ReasoningEffort("low")


def test_the_parsers_states_have_the_references_values() -> None:
    assert {state.name: state.value for state in StreamState} == {
        "EXPECT_START": "ExpectStart",
        "HEADER": "Header",
        "CONTENT": "Content",
    }
