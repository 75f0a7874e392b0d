"""Headers of which something is in doubt: what may be reasoning is not shown, and what may be an argument is one."""

from __future__ import annotations

import pytest

from openai_harmony import StreamableParser, load_harmony_encoding

ENCODING = load_harmony_encoding("HarmonyGptOss")
ANSWERED = "<|channel|>analysis<|message|>x<|end|>"
SHOWN = {"commentary", "final"}


def tokens_of(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


@pytest.mark.parametrize(
    "text",
    [
        "<|channel|>Analysis of the task<|message|>secret",
        "<|channel|>analysis: plan it<|message|>secret",
        "<|channel|>analysis.\n\nLet me think<|message|>secret",
        "<|channel|>analysisLet me think<|message|>secret",
        "<|channel|>**analysis** my notes<|message|>secret",
        "<|channel|>analysis\u200b my notes<|message|>secret",
        "<|channel|>finalanalysisLet me think<|message|>secret",
        "analysis: my notes<|message|>secret",
        f"{ANSWERED}assistantanalysis more thoughts<|end|>",
        f"{ANSWERED}assistantanalysis: more thoughts<|end|>",
        f"{ANSWERED}assistantAnalysis more thoughts<|end|>",
        f"{ANSWERED}toolanalysis more thoughts<|end|>",
        f"{ANSWERED}userassistantanalysismore<|end|>",
        "assistantanalysismore thoughts",
    ],
)
@pytest.mark.parametrize("role", ["assistant", None])
def test_what_may_be_reasoning_is_never_put_where_unplaced_text_is_shown(text: str, role: str | None) -> None:
    messages = ENCODING.parse(tokens_of(text), role, unplaced="final").messages
    assert messages
    assert [message.text for message in messages if message.channel in SHOWN] == []


def test_the_message_behind_other_prose_is_put_there() -> None:
    messages = ENCODING.parse(
        tokens_of("<|channel|>Let me think<|message|>four"), "assistant", unplaced="final"
    ).messages
    assert [(message.channel, message.text) for message in messages] == [("final", "Let me think"), ("final", "four")]


@pytest.mark.parametrize(
    ("header", "content_type", "argument"),
    [
        ("analysis to=python code print(1)", "code", "print(1)"),
        ("commentary to=functions.f json 5", "json", "5"),
        ('commentary to=functions.f json "x"', "json", '"x"'),
        ("commentary to=functions.f <|constrain|>json 5", "<|constrain|>json", "5"),
        ("analysis to=python print(1)", None, "print(1)"),
        ("commentary to=functions.f Hello", None, "Hello"),
        ("commentary to=functions.f json", "json", ""),
        ("commentary to=functions.f", None, ""),
    ],
)
def test_a_call_without_its_message_marker_keeps_an_argument_of_one_word(
    header: str, content_type: str | None, argument: str
) -> None:
    result = ENCODING.parse(tokens_of(f"<|channel|>{header}<|call|>"), "assistant")
    assert [(message.content_type, message.text) for message in result.messages] == [(content_type, argument)]
    (span,) = result.spans
    assert (span.content_end == span.content_start) is (argument == "")


@pytest.mark.parametrize("word", ["scratch", "Final"])
def test_an_unknown_channel_behind_white_space_is_reported(word: str) -> None:
    tokens = tokens_of(f"<|channel|> {word}<|message|>x")
    kinds = [recovery.kind.value for recovery in ENCODING.parse(tokens, "assistant").recoveries]
    assert kinds == ["empty_field", "unknown_channel"]
    meant = ENCODING.parse(tokens, "assistant", unplaced="final")
    written = "Final" if word == "Final" else ""
    assert [(meant.messages[0].channel, meant.recoveries[-1].text)] == [(word.lower(), written)]


@pytest.mark.parametrize("pair", [[64, True], [True, 64], [64, 65.0], [64, -1]])
def test_what_only_equals_an_integer_takes_no_short_way(pair: list[int]) -> None:
    parser = StreamableParser(ENCODING, "assistant", strict=False)
    parser.feed(tokens_of("<|channel|>final<|message|>ab"))
    parser.feed([1])
    parser.feed([64])
    if any(isinstance(token, float) for token in pair):
        with pytest.raises(TypeError):
            parser.feed(pair)
        return
    parser.feed(pair)
    assert [type(token) for token in parser.tokens[-2:]] == [int, int]
    assert StreamableParser.restore(ENCODING, parser.snapshot()).state == parser.state
