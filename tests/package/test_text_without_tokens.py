"""Completions that are there as text only: with their special tokens spelled out, or stripped of them."""

from __future__ import annotations

import pytest

from openai_harmony import (
    Message,
    ParseError,
    Role,
    guess_messages_from_stripped_text,
    load_harmony_encoding,
)

ENC = load_harmony_encoding("HarmonyGptOss")


def shape(message: Message) -> tuple[str, str | None, str | None, str | None, str]:
    text = "".join(content.text for content in message.content)  # type: ignore[attr-defined]
    return message.author.role.value, message.channel, message.recipient, message.content_type, text


def test_spellings_of_special_tokens_in_a_completion_s_text_are_markers() -> None:
    text = "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>four<|return|>"
    read = ENC.parse_messages_from_completion_text(text, Role.ASSISTANT)
    assert [shape(m) for m in read] == [
        ("assistant", "analysis", None, None, "hm"),
        ("assistant", "final", None, None, "four"),
    ]
    assert read == ENC.parse_messages_from_completion_text(text, role="assistant", strict=False)


def test_text_is_read_as_strictly_as_tokens() -> None:
    with pytest.raises(ParseError):
        ENC.parse_messages_from_completion_text("four<|return|>", Role.ASSISTANT)
    read = ENC.parse_messages_from_completion_text("four<|return|>", Role.ASSISTANT, strict=False)
    assert [shape(m) for m in read] == [("assistant", None, None, None, "four")]


STRIPPED = [
    ("analysisWe need 4.assistantfinalFour.", [("analysis", None, None, "We need 4."), ("final", None, None, "Four.")]),
    ("assistantfinalFour.", [("final", None, None, "Four.")]),
    ("Four.", [(None, None, None, "Four.")]),
    ("", []),
    (
        'analysishmassistantcommentary to=functions.f json{"a": 1}',
        [("analysis", None, None, "hm"), ("commentary", "functions.f", "json", '{"a": 1}')],
    ),
    ('commentary to=functions.f{"a": 1}', [("commentary", "functions.f", None, '{"a": 1}')]),
    ("analysisthe final assistant is final", [("analysis", None, None, "the final assistant is final")]),
]


@pytest.mark.parametrize(("text", "expected"), STRIPPED)
def test_stripped_text_is_taken_apart_at_role_and_channel_words(
    text: str, expected: list[tuple[str | None, ...]]
) -> None:
    assert [shape(m)[1:] for m in guess_messages_from_stripped_text(text)] == expected


def test_the_guess_is_told_whose_text_it_is() -> None:
    assert [shape(m)[0] for m in guess_messages_from_stripped_text("finalx", "user")] == ["user"]
    with pytest.raises(ValueError, match="bob"):
        guess_messages_from_stripped_text("x", "bob")
