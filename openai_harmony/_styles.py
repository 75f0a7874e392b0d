"""The rules for rendering, with the styles, which are loaded on first use."""

from __future__ import annotations

from collections.abc import Mapping

from ._generated.renderer import RULES
from ._runtime.locks import loading
from ._runtime.writing.rules import Rules, Style

__all__ = ["rules_with"]


def rules_with(changed_ids: Mapping[int, int]) -> Rules:
    """Return the rules of an encoding with these ids of special tokens, where they differ from those of the spec."""
    return RULES._replace(style_of=_style_of).renumbered(changed_ids)


def _style_of(word: str) -> Style:
    with loading():
        from ._generated.styles import STYLES
    return STYLES[word]
