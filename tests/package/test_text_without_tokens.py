"""Completions that are there as text only, with their special tokens spelled out."""

from __future__ import annotations

import pytest

from openai_harmony import (
    Message,
    ParseError,
    Role,
    load_harmony_encoding,
)

ENC = load_harmony_encoding("HarmonyGptOss")


def shape(message: Message) -> tuple[str, str | None, str | None, str | None, str]:
    text = "".join(content.text for content in message.content)  # type: ignore[attr-defined]
    return message.author.role.value, message.channel, message.recipient, message.content_type, text


@pytest.mark.shipped
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
