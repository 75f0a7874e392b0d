"""What `on_ambiguous="error"` refuses."""

from __future__ import annotations

from typing import get_args, get_type_hints

from openai_harmony import Conversation, Message, RenderConversationConfig, RenderError, load_harmony_encoding

__all__ = ["ERROR", "SCHEMA_MODES", "STYLES", "refusal"]

ENCODING = load_harmony_encoding("HarmonyGptOss")
ERROR = RenderConversationConfig(on_ambiguous="error")
STYLES, SCHEMA_MODES = (get_args(get_type_hints(RenderConversationConfig)[option]) for option in ("style", "schema"))


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
