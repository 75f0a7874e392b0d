"""The rules for rendering, with the styles, which are loaded on first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._generated.renderer import RULES
from ._runtime.locks import loading
from ._runtime.writing.history import ALL
from ._runtime.writing.rules import Rules, Style

if TYPE_CHECKING:
    from .options import RenderConversationConfig

__all__ = ["as_rendered", "rules_with"]


def rules_with(changed_ids: Mapping[int, int]) -> Rules:
    """Return the rules of an encoding with these ids of special tokens, where they differ from those of the spec."""
    return RULES._replace(style_of=_style_of).renumbered(changed_ids)


def as_rendered(messages: Sequence[Any], config: RenderConversationConfig | None) -> Sequence[Any]:
    """Return messages with the header fields that are rendered, on which it depends which of them are omitted."""
    if config is None or config.style == RULES.styles[0]:
        return messages
    with loading():
        from ._runtime.writing.styles import variant

    prepare = variant(rules_with({}), config.style, config.schema).prepare
    return messages if prepare is None else prepare(messages, ALL, False)[0]


def _style_of(word: str) -> Style:
    with loading():
        from ._generated.styles import STYLES
    return STYLES[word]
