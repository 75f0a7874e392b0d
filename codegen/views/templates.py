"""Values for the template of the list of templates."""

from __future__ import annotations

from codegen.model import Spec
from codegen.python_text import literal, value_text
from codegen.styles import REFERENCE, style_words

CHAT, RESPONSE = "chat_{}.jinja", "response.json"


def view(spec: Spec, package: str) -> dict[str, object]:
    words = style_words(spec) if spec.chat is not None else ()
    style = "" if spec.chat is None else spec.chat.style or REFERENCE
    return {
        "files": value_text({word: CHAT.format(word) for word in words}, 0, len("CHAT_TEMPLATES: dict[str, str] = ")),
        "style": literal(style),
        "response": literal(RESPONSE if words else ""),
    }
