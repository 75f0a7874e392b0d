"""Events and chunks as they are sent: always text that can be encoded, and JSON that can be read."""

from __future__ import annotations

import json

import pytest

from openai_harmony import ConversionError, load_harmony_encoding
from openai_harmony.chat import SSE_DONE, to_sse
from openai_harmony.responses import responses_prompt


def test_a_chunk_is_data_and_an_event_says_its_type() -> None:
    assert to_sse({"id": "chatcmpl-1"}) == 'data: {"id":"chatcmpl-1"}\n\n'
    assert to_sse({"type": "ping"}) == 'event: ping\ndata: {"type":"ping"}\n\n'
    assert SSE_DONE == "data: [DONE]\n\n"


@pytest.mark.parametrize("text", ["plain", "Zürich", "half \ud83d of a pair", "a\nb\u2028c"])
def test_any_text_can_be_sent_on_one_line_and_read_again(text: str) -> None:
    sent = to_sse({"delta": text})
    assert sent.encode("utf-8")
    assert sent.count("\n") == 2
    assert json.loads(sent.removeprefix("data: ")) == {"delta": text}


def test_a_number_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_sse({"usage": float("nan")})


def test_half_a_surrogate_pair_in_instructions_is_refused_at_its_place() -> None:
    with pytest.raises(ConversionError) as refused:
        responses_prompt(load_harmony_encoding("HarmonyGptOss"), {"input": "x", "instructions": "\ud800"})
    assert refused.value.path == "instructions"
