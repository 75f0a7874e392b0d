"""What `on_ambiguous="error"` refuses."""

from __future__ import annotations

from openai_harmony import Conversation, Message, RenderConversationConfig, RenderError, load_harmony_encoding

__all__ = ["ERROR", "refusal"]

ENCODING = load_harmony_encoding("HarmonyGptOss")
ERROR = RenderConversationConfig(on_ambiguous="error")


def refusal(*messages: Message, config: RenderConversationConfig = ERROR) -> str:
    """What a conversation is refused with; empty if it is rendered, and then as it always is."""
    conversation = Conversation.from_messages(list(messages))
    try:
        tokens = ENCODING.render_conversation(conversation, config)
    except RenderError as error:
        return str(error)
    plain = RenderConversationConfig(schema=config.schema, style=config.style)
    assert tokens == ENCODING.render_conversation(conversation, plain)
    return ""
