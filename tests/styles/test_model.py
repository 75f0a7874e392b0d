"""The style `model`: headers as the models write them, by hand."""

from __future__ import annotations

import pytest

from openai_harmony import Author, Conversation, Message, RenderConversationConfig, Role, load_harmony_encoding

pytestmark = pytest.mark.shipped

ENCODING = load_harmony_encoding("HarmonyGptOss")
MODEL = RenderConversationConfig(style="model")


def written(message: Message, style: RenderConversationConfig = MODEL) -> str:
    return ENCODING.decode(ENCODING.render_conversation(Conversation.from_messages([message]), style))


def message(role: str, text: str, name: str | None = None, **fields: str) -> Message:
    made = Message.from_author_and_content(Author(Role(role), name), text)
    for field, value in fields.items():
        setattr(made, field, value)
    return made


CALL = {"recipient": "functions.f", "channel": "commentary"}
GOLDEN = [
    (
        message("assistant", "{}", **CALL, content_type="json"),
        "<|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>",
    ),
    (
        message("assistant", "{}", **CALL, content_type="<|constrain|>json"),
        "<|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>",
    ),
    (
        message("assistant", "{}", **CALL),
        "<|start|>assistant<|channel|>commentary to=functions.f<|message|>{}<|call|>",
    ),
    (
        message("assistant", "1", recipient="python", channel="analysis", content_type="code"),
        "<|start|>assistant<|channel|>analysis to=python code<|message|>1<|call|>",
    ),
    (
        message("assistant", "{}", recipient="browser.search"),
        "<|start|>assistant to=browser.search<|message|>{}<|call|>",
    ),
    (
        message("assistant", "{}", channel="final", content_type="json"),
        "<|start|>assistant<|channel|>final <|constrain|>json<|message|>{}<|end|>",
    ),
    (
        message("tool", "ok", "functions.f", recipient="assistant", channel="commentary"),
        "<|start|>functions.f to=assistant<|channel|>commentary<|message|>ok<|end|>",
    ),
    (
        message("tool", "{}", "functions.f", recipient="assistant", channel="commentary", content_type="json"),
        "<|start|>functions.f to=assistant<|channel|>commentary <|constrain|>json<|message|>{}<|end|>",
    ),
    (message("assistant", "Hm.", channel="analysis"), "<|start|>assistant<|channel|>analysis<|message|>Hm.<|end|>"),
    (
        message("user", "x", recipient="assistant", channel="commentary"),
        "<|start|>user to=assistant<|channel|>commentary<|message|>x<|end|>",
    ),
    (
        message("assistant", "x", "second", recipient="all", channel="final"),
        "<|start|>assistant:second<|channel|>final<|message|>x<|call|>",
    ),
]


@pytest.mark.parametrize(("given", "text"), GOLDEN, ids=[text for _, text in GOLDEN])
def test_a_message_is_written_as_the_models_do(given: Message, text: str) -> None:
    assert written(given) == text
    assert ENCODING.encode(text, allowed_special="all") == ENCODING.render_conversation(Conversation([given]), MODEL)


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
