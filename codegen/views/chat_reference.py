"""What the messages of a chat become, as a sentence and a table of the reference page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codegen.check_chat import parts
from codegen.markdown import code, table
from codegen.model import Spec

KINDS = {"assistant": " of the assistant", "results": ", its result"}


def about_opening(spec: Spec) -> str:
    """Return how the sentence about chats goes on."""
    chat = spec.chat
    if chat is None:
        return ""
    style = f", in the style {code(chat.style)} by default" if chat.style is not None else ""
    before = f". A message with {code(chat.opening)} goes before them" if chat.opening is not None else ""
    today = f"; its {code(chat.today)} is the date of the day by default" if chat.today is not None else ""
    return f"{style}{before}{today}"


def about_chats(spec: Spec) -> str:
    """Return the table; an empty text for a format without chats."""
    return "" if spec.chat is None else table(("in the chat", "role", "header", "content"), _rows(spec))


def _rows(spec: Spec) -> Iterator[Sequence[str]]:
    for where, key, part, _ in parts(spec):
        header = [f"name {code(part.name)}"] if part.name is not None else []
        header += [f"{name} {code(value)}" for name, value in part.fields.items()]
        contents = [code(text) for text in (part.function, part.text) if text is not None]
        yield code(key) + KINDS.get(str(where[1]), ""), code(part.role), ", ".join(header), ", ".join(contents)
