# Generated from spec/{chat,styles}
# by codegen/templates/templates.py.jinja; edit those and run `make generate`.
"""The files of the templates for other programs."""

from __future__ import annotations

__all__ = ["CHAT_TEMPLATES", "DEFAULT_STYLE", "RESPONSE_TEMPLATE"]

# The file of the chat template by style, and the style of those who name none; empty if the format
# has no templates.
CHAT_TEMPLATES: dict[str, str] = {
    "reference": "chat_reference.jinja",
    "model": "chat_model.jinja",
    "hf": "chat_hf.jinja",
    "oss": "chat_oss.jinja",
}
DEFAULT_STYLE = "model"
RESPONSE_TEMPLATE = "response.json"
