"""Renders requests of the Messages API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._parser_base import checked_encoding
from ...options import RenderConversationConfig
from ..prompt import KEEP, prompt_of
from .requests import conversation_of, request_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...encoding import HarmonyEncoding

__all__ = ["prompt_of_request"]


def prompt_of_request(
    encoding: HarmonyEncoding, request: object, config: RenderConversationConfig | None, options: Mapping[str, Any]
) -> list[int]:
    """Return the tokens of the prompt; see `anthropic.messages_prompt`."""
    given: dict[str, Any] = request_of(request)
    conversation, is_open = conversation_of(**given, **options)
    if not is_open:
        return prompt_of(encoding, conversation, config)
    opened = (KEEP if config is None else config).model_copy(update={"open_last": True})
    return checked_encoding(encoding).render_conversation(conversation, opened)
