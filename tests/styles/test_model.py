"""The style `model`: headers as the models write them, by hand."""

from __future__ import annotations

import pytest

from openai_harmony import Conversation, Message, RenderConversationConfig, Role, load_harmony_encoding
from tests.conformance.rows import FOLDER, Row, rows_of

pytestmark = pytest.mark.shipped

ENCODING = load_harmony_encoding("HarmonyGptOss")
MODEL = RenderConversationConfig(style="model")


# Headers that people wrote; no program renders this style.
GOLDEN = [row for row in rows_of(FOLDER / "render_styles.jsonl") if row["id"].startswith("model-header-")]


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["expect"]["text"])
def test_a_message_is_written_as_the_models_do(row: Row) -> None:
    conversation = Conversation.from_messages([Message.from_dict(message) for message in row["input"]["messages"]])
    tokens = ENCODING.render_conversation(conversation, MODEL)
    assert ENCODING.decode(tokens) == row["expect"]["text"]
    assert ENCODING.encode(row["expect"]["text"], allowed_special="all") == tokens == row["expect"]["tokens"]


def test_there_is_a_row_for_each_header() -> None:
    assert len(GOLDEN) == 11


def test_a_call_of_the_model_is_its_own_history() -> None:
    """What was sampled, put into the history as it was parsed, has the tokens that were sampled."""
    sampled = "<|channel|>analysis<|message|>Look it up.<|end|><|start|>assistant<|channel|>commentary to=functions.f "
    sampled += '<|constrain|>json<|message|>{"a":1}<|call|>'
    tokens = ENCODING.encode(sampled, allowed_special="all")
    messages = ENCODING.parse_messages_from_completion_tokens(tokens, Role.ASSISTANT)
    asked = Message.from_role_and_content(Role.USER, "What is a?")
    prompt = ENCODING.render_conversation_for_completion(Conversation([asked]), Role.ASSISTANT, MODEL)
    history = Conversation([asked, *messages])
    assert ENCODING.render_conversation(history, MODEL) == prompt + tokens
    assert ENCODING.render_conversation(history) != prompt + tokens
