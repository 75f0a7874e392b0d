"""What holds of every format holds of both examples: what is written reads back, what is broken is recovered."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.made import Made
from tests.formats.ways import text_reads_otherwise, travelling_tells_otherwise, unlike_in_text
from tests.support import promises
from tests.support.effort import examples

# 250 of each of two kinds of round trips, and 500 inputs with faults, for each format.
ROUND_TRIPS = settings(max_examples=examples(250))
FAULTS = settings(max_examples=examples(500))
INPUTS = examples(400)  # of all kinds taken together
SEED = 1


@ROUND_TRIPS
@given(data=st.data())
def test_what_is_written_reads_back(made: Made, data: st.DataObject) -> None:
    promises.what_is_written_reads_back(made, data)


@ROUND_TRIPS
@given(data=st.data())
def test_what_is_read_is_written_again(made: Made, data: st.DataObject) -> None:
    promises.what_is_read_is_written_again(made, data)


@settings(max_examples=examples(100))
@given(data=st.data())
def test_every_spelling_that_the_grammar_allows_is_read_in_pieces_of_any_size(made: Made, data: st.DataObject) -> None:
    promises.every_spelling_is_read_in_pieces_of_any_size(made, data)


@settings(max_examples=examples(100))
@given(data=st.data())
def test_an_open_message_and_its_continuation_equal_the_closed_message(made: Made, data: st.DataObject) -> None:
    promises.an_open_message_is_continued(made, data)


@settings(max_examples=examples(100))
@given(data=st.data())
def test_a_bridge_equals_a_rendering_anew(made: Made, data: st.DataObject) -> None:
    promises.a_bridge_is_a_rendering_anew(made, data)


@FAULTS
@given(data=st.data())
def test_nothing_breaks_the_recovering_mode(made: Made, data: st.DataObject) -> None:
    promises.nothing_breaks_the_recovering_mode(made, data)


# inputs of all kinds, the same ones in each run -----------------------------------------------------


def inputs(made: Made, count: int, seed: int = SEED) -> Iterator[tuple[str, Any, random.Random]]:
    """Inputs of each kind in turn: kind, input, and dice for what is done with it."""
    kinds: dict[str, Callable[..., Any]] = made.part("fuzzing.search").KINDS
    dice_of, material = made.part("fuzzing.choices").RandomChoices, made.part("fuzzing.material").material()
    for run in range(count):
        kind, dice = list(kinds)[run % len(kinds)], random.Random(f"{seed} {run}")
        yield kind, kinds[kind](dice_of(dice), material), dice


def test_no_input_of_any_kind_breaks_a_property_of_the_parser(made: Made) -> None:
    properties, seen = made.part("fuzzing.properties").PROPERTIES, set()
    for kind, example, _ in inputs(made, INPUTS):
        seen.add(kind)
        wrong = {holds.__name__: holds(example) for holds in properties}
        assert wrong == dict.fromkeys(wrong), example
    assert seen == set(made.part("fuzzing.search").KINDS)


@pytest.mark.parametrize("strict", [False, "pedantic"])
def test_a_parser_that_travels_behind_every_token_tells_the_same(made: Made, strict: Any) -> None:
    for _, example, _ in inputs(made, INPUTS // 2):
        assert travelling_tells_otherwise(made, example.tokens, example.role, strict) is None, example


def test_a_completion_reads_as_text_as_its_tokens_do(made: Made) -> None:
    held_against = 0
    for _, example, dice in inputs(made, INPUTS):
        encoding = made.encoding
        known = [token for token in example.tokens if 0 <= token < 2**32 and encoding.id_bytes.knows(token)]
        held_against += not unlike_in_text(made, example.tokens)
        assert text_reads_otherwise(made, encoding.decode(known, "ignore"), example.role, dice) is None, example
    assert held_against > INPUTS // 8  # so many are the very tokens that were made, and not those of their text


# the command ----------------------------------------------------------------------------------------


def test_the_fuzzer_of_a_generated_package_runs_and_finds_nothing(made: Made) -> None:
    command = [sys.executable, "-m", made.package.__name__, "fuzz", "--runs", "80", "--seed", "3"]
    done = subprocess.run(command, cwd=made.out, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "fuzz: 80 inputs, seed 3: no failures\n"), done.stderr


def test_of_text_without_its_tokens_nothing_can_be_told(made: Made) -> None:
    """No word is left of a header but the role's, which might be anybody's."""
    guess = made.guess_messages_from_stripped_text
    assert guess("user\nHi\nassistant\nHo") == [made.say("assistant", "user\nHi\nassistant\nHo")]
    assert guess("Hi", "user") == [made.say("user", "Hi")]
    assert guess("") == []


def test_names_of_tools_have_aliases_though_the_format_has_no_tools(made: Made) -> None:
    names = made.ToolNames(["user", "a b", "c"])
    assert names.original(names.alias("user")) == "user" != names.alias("user")
    assert names.aliases.keys() == {"user", "a b"}
    conversation = made.Conversation.from_messages([made.say("user", "Hi")])
    assert names.conversation(conversation) == conversation
    assert names.restore(conversation.messages) == conversation.messages
