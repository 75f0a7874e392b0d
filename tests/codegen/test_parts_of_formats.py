"""Formats that are further from the shipped one tell the parts of what they render as truly as that one does."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegen.__main__ import main
from tests.support import parts
from tests.support.effort import examples
from tests.support.generated import ROOT, generate, imported
from tests.support.promises import Format

FORMATS = ROOT / "formats"


@pytest.fixture(scope="module", params=sorted(path.parent.name for path in FORMATS.glob("*/messages.yaml")))
def format(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Format:
    out, package = tmp_path_factory.mktemp(request.param), f"in_parts_{request.param}"
    generate(FORMATS / request.param, out, package)
    named = ["--spec", str(FORMATS / request.param), "--out", str(out), "--package", package]
    assert main(["vocabulary", *named, str(FORMATS / "example.tiktoken")]) == 0
    return Format(imported(out, package))


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_format_tells_what_its_tokens_are(format: Format, data: st.DataObject) -> None:
    conversation, mode = data.draw(format.testing.conversations()), data.draw(parts.modes(format))
    parts.what_is_told_is_written_the_same(format, conversation, mode)
    parts.what_is_told_is_true(format, conversation, mode, {})


def shown(format: Format, *messages: object) -> list[tuple[int, str | None, str]]:
    """Index, part and text of each run of a conversation that the model is to go on with."""
    told = format.encoding.render_with_spans(format.Conversation(list(messages)), next_turn_role="assistant")
    text = format.encoding.decode(told.tokens)
    return [(span.message_index, span.part, text[span.start : span.end]) for span in told.text_spans()]


def test_literals_and_tokens_around_messages_are_told_as_what_they_are(format: Format) -> None:
    message = format.Message.from_role_and_content("assistant", "Hello")
    expected = {
        "in_parts_chatml": [
            *((0, "start", "<|im_start|>"), (0, "role", "assistant"), (0, "header_end", "\n"), (0, "content", "Hello")),
            *((0, "stop", "<|im_end|>\n"), (-1, "opening", "<|im_start|>assistant\n")),
        ],
        "in_parts_llama3": [
            *((-1, "begin", "<|begin_of_text|>"), (0, "start", "<|start_header_id|>"), (0, "role", "assistant")),
            *((0, "header_end", "<|end_header_id|>\n\n"), (0, "content", "Hello"), (0, "stop", "<|eot_id|>")),
            (-1, "opening", "<|start_header_id|>assistant<|end_header_id|>\n\n"),
        ],
    }
    assert shown(format, message) == expected[format.package.__name__]
