"""Renders conversations that were converted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._generated.enumerations import SAMPLED_ROLE
from .._parser_base import checked_encoding
from ..options import RenderConversationConfig

if TYPE_CHECKING:
    from .._generated.messages import Conversation
    from ..encoding import HarmonyEncoding

__all__ = ["KEEP", "prompt_of"]

KEEP = RenderConversationConfig(auto_drop_analysis=False)  # the conversion has left out what is to be left out


def prompt_of(
    encoding: HarmonyEncoding, conversation: Conversation, config: RenderConversationConfig | None
) -> list[int]:
    """Return the tokens of a conversation, and of the start of the assistant's turn."""
    checked_encoding(encoding)
    return encoding.render_conversation_for_completion(conversation, SAMPLED_ROLE, KEEP if config is None else config)
