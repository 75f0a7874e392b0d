"""The promises of reading without `strict`: every input that can be made keeps them.

Samples are read in test_samples.py. The promises themselves stand in `openai_harmony.fuzzing.properties`, where the
command `fuzz` tries them too.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from openai_harmony import ParseError, RecoveryKind, StreamableParser, load_harmony_encoding
from openai_harmony.fuzzing import properties
from openai_harmony.testing import Example, completions, malformed_completions, token_soup, tolerated_completions
from tests.support.effort import examples

ENCODING = load_harmony_encoding("HarmonyGptOss")

# 4 kinds of input times 7 properties times these are the 22,400 inputs that CI tries.
EACH = 800
INPUTS = {
    "canonical": completions(),
    "tolerated": tolerated_completions(),
    "malformed": malformed_completions(),
    "soup": token_soup(),
}


# Single faults -------------------------------------------------------------------------------------


@pytest.mark.shipped
def test_a_header_that_a_stop_token_ends_is_reported_with_that_token() -> None:
    tokens = ENCODING.encode("<|message|>a<|end|><|start|>user<|channel|>final<|return|>", allowed_special="all")
    (recovery,) = ENCODING.parse(tokens, "assistant").recoveries
    assert (recovery.kind, recovery.start, recovery.end) == (RecoveryKind.TRUNCATED_HEADER, 4, len(tokens))
    assert recovery.text == "user<|channel|>final"


@pytest.mark.shipped
@pytest.mark.parametrize("stop", ["", "<|end|>", "<|return|>", "<|start|>"])
def test_a_word_left_out_before_prose_is_reported_if_the_rest_of_the_header_is_cut_off(stop: str) -> None:
    given = f"<|start|>assistantassistant\nassistantaaa<|channel|>aa to={stop}"
    tokens = ENCODING.encode(given, allowed_special="all")
    parsed = ENCODING.parse(tokens)
    assert [message.text for message in parsed.messages] == ["assistantaaa"]
    assert [(found.kind.name, found.text) for found in parsed.recoveries if found.text] == [
        ("REPEATED_ROLE", "assistant"),
        ("TRUNCATED_HEADER", "aa to="),
    ]
    assert properties.nothing_is_lost(Example(tuple(tokens), None, "a header")) is None


@pytest.mark.shipped
def test_the_role_of_a_turn_that_is_opened_again_is_framing_and_any_other_word_is_reported() -> None:
    for word, reported in (
        ("user", []),
        ("system", ["system"]),
        ("user:n", ["user:n"]),
        ("tool", ["tool"]),
        ("userfinal", ["userfinal"]),
    ):
        tokens = ENCODING.encode(f"<|start|>{word}<|start|>user<|message|>a", allowed_special="all")
        assert [recovery.text for recovery in ENCODING.parse(tokens).recoveries if recovery.text] == reported
        assert properties.nothing_is_lost(Example(tuple(tokens), None, "a turn")) is None


# Every input --------------------------------------------------------------------------------------


def holds(holds_for: properties.Property, kind: str) -> None:
    @settings(max_examples=examples(EACH))
    @given(INPUTS[kind])
    def check(example: Any) -> None:
        wrong = holds_for(example)
        assert wrong is None, f"{wrong}\nrole {example.role}, tokens {list(example.tokens)}, {example.description}"

    check()


@pytest.mark.parametrize("kind", INPUTS)
def test_nothing_raises(kind: str) -> None:
    holds(properties.never_raises, kind)


@pytest.mark.parametrize("kind", INPUTS)
def test_the_answer_is_the_same_however_tokens_are_fed(kind: str) -> None:
    holds(properties.same_answer_however_fed, kind)


@pytest.mark.parametrize("kind", INPUTS)
def test_no_text_is_lost_and_none_is_made_up(kind: str) -> None:
    holds(properties.nothing_is_lost, kind)


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("final user:n<|message|>", "user"),
        ("final developer<|message|>", "assistant"),
        ("<|channel|> system<|message|>", None),
        ("<|start|>assistantcommentary user<|message|>", None),
    ],
)
def test_a_role_word_behind_a_misplaced_field_is_reported_with_its_text(text: str, role: str | None) -> None:
    tokens = tuple(ENCODING.encode(text, allowed_special="all"))
    assert properties.nothing_is_lost(Example(tokens, role, "found by fuzzing")) is None


@pytest.mark.parametrize("kind", INPUTS)
def test_usage_counts_every_token_once(kind: str) -> None:
    holds(properties.usage_counts_every_token, kind)


@pytest.mark.parametrize("kind", INPUTS)
def test_pedantic_mode_reads_alike_or_refuses_what_is_reported(kind: str) -> None:
    holds(properties.pedantic_is_never_silently_wrong, kind)


@pytest.mark.parametrize("kind", INPUTS)
def test_the_default_mode_reads_as_the_recovering_one(kind: str) -> None:
    holds(properties.default_reads_as_recovering, kind)


@pytest.mark.parametrize("kind", INPUTS)
def test_events_tell_what_was_read_however_tokens_are_fed(kind: str) -> None:
    holds(properties.events_tell_what_was_read, kind)


# What is no input ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["1", 1.0, None, b"1"])
@pytest.mark.parametrize("strict", [True, False])
def test_what_is_no_integer_is_a_type_error(wrong: Any, strict: bool) -> None:
    parser = StreamableParser(ENCODING, None, strict=strict)
    with pytest.raises(TypeError):
        parser.process(wrong)
    assert parser.tokens == []


@pytest.mark.shipped
@pytest.mark.parametrize("number", [-1, 2**32, 10**30])
def test_a_number_that_is_no_id_becomes_one_replacement_character(number: int) -> None:
    tokens = [*ENCODING.encode("<|channel|>final<|message|>a", allowed_special="all"), number, number]
    parser = StreamableParser(ENCODING, "assistant", strict=False)
    for token in tokens:
        parser.process(token)
    assert parser.tokens == tokens
    assert ENCODING.parse(tokens, "assistant").messages[0].content[0].text == "a\ufffd\ufffd"


@pytest.mark.shipped
def test_after_an_error_of_pedantic_mode_the_next_message_is_read() -> None:
    first = ENCODING.encode("<|channel|>final<|message|>a<|end|>", allowed_special="all")
    wrong = ENCODING.encode("<|start|>assistant<|channel|><|message|>", allowed_special="all")
    last = ENCODING.encode("<|start|>assistant<|channel|>final<|message|>b", allowed_special="all")
    parser = StreamableParser(ENCODING, "assistant", strict="pedantic")
    parser.feed(first)
    with pytest.raises(ParseError) as caught:
        parser.feed(wrong)
    assert caught.value.index == len(first) + len(wrong) - 2
    assert parser.state.value == "ExpectStart"
    assert parser.current_role is None
    parser.feed(last)
    parser.process_eos()
    assert [message.content[0].text for message in parser.messages] == ["a", "b"]
    assert parser.tokens == first + wrong + last
