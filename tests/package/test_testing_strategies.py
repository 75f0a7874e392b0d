"""What the strategies of `openai_harmony.testing` give: inputs of the promised kinds, and all that the spec knows."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis.strategies import SearchStrategy

from openai_harmony import Conversation, Message, ParseError, RecoveryKind, Role, load_harmony_encoding
from openai_harmony._generated.framing import FRAMING
from openai_harmony.fuzzing.choices import ByteChoices, RandomChoices
from openai_harmony.fuzzing.example import shapes_of
from openai_harmony.fuzzing.faults import malformed, pieces_of, soup
from openai_harmony.fuzzing.material import flat, material
from openai_harmony.fuzzing.wellformed import canonical, tolerated, walk
from openai_harmony.testing import (
    Example,
    completions,
    conversations,
    malformed_completions,
    messages,
    token_soup,
    tolerated_completions,
)
from tests.support.effort import examples

ENCODING = load_harmony_encoding("HarmonyGptOss")
SURE = settings(max_examples=2000, derandomize=True)  # a search whose outcome is always the same
BUILDERS = [canonical, tolerated, malformed, soup]


@settings(max_examples=examples(300))
@given(messages())
def test_messages_are_ones_that_the_renderer_writes(message: Message) -> None:
    tokens = ENCODING.render(message)
    (read,) = ENCODING.parse_messages_from_completion_tokens(tokens)
    assert (read.author, read.channel, read.recipient) == (message.author, message.channel, message.recipient)
    assert read.content_type == message.content_type


@settings(max_examples=examples(100))
@given(conversations())
def test_conversations_are_ones_that_the_renderer_writes(conversation: Conversation) -> None:
    assert len(ENCODING.parse(ENCODING.render_conversation(conversation)).messages) <= len(conversation.messages)


@settings(max_examples=examples(300))
@given(completions())
def test_completions_say_their_messages(example: Example) -> None:
    read = ENCODING.parse_messages_from_completion_tokens(list(example.tokens), example.role)
    assert shapes_of(read) == example.messages


@settings(max_examples=examples(300))
@given(tolerated_completions())
def test_tolerated_completions_say_their_messages(example: Example) -> None:
    read = ENCODING.parse_messages_from_completion_tokens(list(example.tokens), example.role)
    assert shapes_of(read) == example.messages


def test_tolerated_completions_go_every_step_of_the_table() -> None:
    wanted = {(state, terminal) for state, row in enumerate(FRAMING.states) for terminal in row.steps}
    gone: set[tuple[int, str]] = set()
    for number in range(4000):
        found = walk(RandomChoices(random.Random(number)), material())
        state = FRAMING.transcript if found.role is None else FRAMING.completion
        for terminal in found.terminals:
            gone.add((state, terminal))
            state = FRAMING.states[state].steps[terminal].target
    assert wanted - gone == set()


@pytest.mark.parametrize("kind", RecoveryKind)
def test_malformed_completions_need_recoveries_of_every_kind(kind: RecoveryKind) -> None:
    assert any(kind in _kinds(malformed(RandomChoices(random.Random(number)), material())) for number in range(6000))


def test_malformed_completions_are_refused_by_a_strict_parser_most_of_the_time() -> None:
    made = [malformed(RandomChoices(random.Random(number)), material()) for number in range(500)]
    assert sum(_is_refused(example) for example in made) > 350


def test_token_soup_holds_numbers_of_every_kind() -> None:
    made = [token for number in range(500) for token in soup(RandomChoices(random.Random(number)), material()).tokens]
    assert min(made) < 0
    assert max(made) >= 2**64
    assert FRAMING.terminals.keys() <= set(made)
    assert any(FRAMING.terminal(token) == FRAMING.others for token in made)
    assert any(FRAMING.last_special < token < 2**32 for token in made)


@pytest.mark.parametrize("build", BUILDERS)
def test_equal_decisions_build_equal_inputs(build: Any) -> None:
    for number in range(50):
        one, two = (build(RandomChoices(random.Random(number)), material()) for _ in range(2))
        assert one == two


@pytest.mark.parametrize("build", BUILDERS)
def test_the_simplest_decisions_build_a_small_input(build: Any) -> None:
    assert len(build(ByteChoices(b""), material()).tokens) <= 6


@pytest.mark.parametrize("build", BUILDERS)
def test_any_bytes_are_decisions(build: Any) -> None:
    dice = random.Random(1)
    sizes = {len(build(ByteChoices(dice.randbytes(length)), material()).tokens) for length in range(0, 200, 7)}
    assert len(sizes) > 5


@pytest.mark.shipped
def test_hypothesis_shrinks_what_it_finds() -> None:
    stops = find(malformed_completions(), lambda example: RecoveryKind.MISSING_STOP in _kinds(example), settings=SURE)
    assert len(stops.tokens) <= 10
    negative = find(token_soup(), lambda example: any(token < 0 for token in example.tokens), settings=SURE)
    assert len(negative.tokens) <= 3


@pytest.mark.parametrize(
    "strategy", [completions(), tolerated_completions(), malformed_completions(), token_soup()], ids=str
)
def test_every_example_says_how_it_was_made(strategy: SearchStrategy[Example]) -> None:
    example = find(strategy, lambda example: len(example.tokens) > 3, settings=SURE)
    assert example.description
    assert all(type(token) is int for token in example.tokens)
    assert example.role is None or Role(example.role)


def test_pieces_join_to_the_tokens_that_they_were_cut_from() -> None:
    for number in range(200):
        tokens = soup(RandomChoices(random.Random(number)), material()).tokens
        assert flat(pieces_of(material(), tokens)) == tokens


@pytest.mark.parametrize("imported", ["openai_harmony", "openai_harmony.__main__", "openai_harmony.fuzzing.command"])
def test_nothing_but_the_strategies_needs_hypothesis(imported: str) -> None:
    code = f"import sys; sys.modules['hypothesis'] = None; import {imported}"
    subprocess.run([sys.executable, "-c", code], check=True)


DRAWS = """
import sys, warnings
from openai_harmony import load_harmony_encoding
from openai_harmony.testing import {strategy}

strategy = {strategy}()
encoding = load_harmony_encoding("HarmonyGptOss")
print(encoding.tokenizer.is_prepared)
before = set(sys.modules)
warnings.simplefilter("ignore")
example = strategy.example()
if hasattr(example, "tokens"):
    encoding.parse(example.tokens, example.role)
print(sorted(name for name in set(sys.modules) - before if name.startswith("openai_harmony")))
"""


@pytest.mark.parametrize("strategy", ["messages", "completions", "tolerated_completions", "token_soup"])
def test_everything_is_loaded_when_a_strategy_is_made(strategy: str) -> None:
    program = [sys.executable, "-c", DRAWS.format(strategy=strategy)]
    process = subprocess.run(program, capture_output=True, text=True, check=True)
    assert process.stdout.splitlines() == ["True", "[]"]


def test_without_hypothesis_the_strategies_say_what_to_install() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import openai_harmony.testing"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert "pip install 'openai-harmony[testing]'" in process.stderr


def _kinds(example: Example) -> set[RecoveryKind]:
    return {recovery.kind for recovery in ENCODING.parse(list(example.tokens), example.role).recoveries}


def _is_refused(example: Example) -> bool:
    try:
        ENCODING.parse_messages_from_completion_tokens(list(example.tokens), example.role, strict="pedantic")
    except (ParseError, OverflowError):
        return True
    return False
