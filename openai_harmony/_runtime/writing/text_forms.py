"""The forms in which a style can render the text of a message."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from ..types.json_text import spaced_json_text

__all__ = ["Form", "json_form", "json_object_form"]

Form: TypeAlias = "Callable[[str], str]"


def json_form(text: str) -> str:
    """Return a text as a JSON string."""
    return spaced_json_text(text)


def json_object_form(text: str) -> str:
    """Return the JSON object in a text the way that Python's `json` writes it; any other text as a JSON string."""
    try:
        value = json.loads(text)
        return spaced_json_text(value if isinstance(value, dict) else text)
    except (ValueError, RecursionError):
        return spaced_json_text(text)
