"""Makes messages of the parts of a request, as `_generated/dialects.py` says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._generated.contents import Content, make_text
from .._generated.dialects import DIALECTS
from .._generated.enumerations import SAMPLED_ROLE, Role
from .._generated.framing import FRAMING
from .._generated.messages import Message, make_author, make_message
from .._runtime.types.dialects import Dialects, Part
from ..errors import ConversionError

__all__ = [
    "ANSWER",
    "BUILTIN_CALL",
    "CALL",
    "FUNCTION_PREFIX",
    "PREAMBLE",
    "REASONING",
    "SERVER_CALL",
    "Turn",
    "dialects",
    "message_of",
    "result_part",
]

# The parts of a message of the assistant: the keys of `assistant` in chat.yaml.
REASONING, PREAMBLE, CALL, BUILTIN_CALL, ANSWER = ("reasoning", "preamble", "call", "builtin_call", "answer")
# A call of a tool of a server: that of a function, but with the label of the server for the namespace of functions.
SERVER_CALL = "server_call"

_NAME = "{name}"
_CALL = DIALECTS.assistant.get(CALL) if DIALECTS is not None else None
# What stands before the name of a function in the recipient of its calls.
FUNCTION_PREFIX = "" if _CALL is None else _CALL.fields.get(FRAMING.recipient, "").partition(_NAME)[0]
_FIELDS = tuple(field.name for field in FRAMING.fields)
_MODEL = Role(SAMPLED_ROLE)


def dialects() -> Dialects:
    """Return the table of the format.

    Raises:
        ValueError: the format has none.
    """
    if DIALECTS is None:
        raise ValueError("this format has no chats (its spec has no chat.yaml)")
    return DIALECTS


def message_of(part: Part, text: str, tool: str = "", **more: object) -> Message:
    """Return the message that a part becomes; `more` are further fields of its content."""
    name = None if part.name is None else part.name.replace(_NAME, tool)
    fields = [part.fields[field].replace(_NAME, tool) if field in part.fields else None for field in _FIELDS]
    return make_message(make_author(part.role, name), [_content_of(part, text, tool, more)], *fields)


def _content_of(part: Part, text: str, tool: str, more: dict[str, Any] | None = None) -> Content:
    if part.content is None:
        return make_text(text)
    named = {} if part.function is None else {part.function: tool}
    content: Content = part.content(**{part.text: text}, **named, **(more or {}))
    return content


def _part_of(table: Dialects, key: str) -> Part | None:
    if key == PREAMBLE:
        return table.assistant.get(PREAMBLE) or table.assistant.get(ANSWER)
    if key != SERVER_CALL:
        return table.assistant.get(key)
    part = table.assistant.get(CALL)
    if part is None or FRAMING.recipient not in part.fields:
        return part
    return part._replace(fields={**part.fields, FRAMING.recipient: _NAME})


def result_part(table: Dialects, key: str) -> Part | None:
    """Return what the result of a call becomes; None if the format has no place for it."""
    if key != SERVER_CALL:
        return table.results.get(key)
    part = table.results.get(CALL)
    return part if part is None or part.name is None else part._replace(name=_NAME)


class Turn:
    """What a message of the assistant holds, in order; it becomes one message, or several."""

    def __init__(self, table: Dialects) -> None:
        self._table = table
        self._parts: list[tuple[Part, str, str]] = []

    def add(self, key: str, text: str, path: str, tool: str = "") -> None:
        """Add a part.

        Raises:
            ConversionError: messages of this format cannot hold it; `path` is its place.
        """
        part = _part_of(self._table, key)
        if part is None:
            raise ConversionError(f"this format has no place for a {key.replace('_', ' ')}", path=path)
        self._parts.append((part, text, tool))

    def messages(self) -> Iterable[Message]:
        """Return the messages."""
        if not self._table.one_message:
            return [message_of(part, text, tool) for part, text, tool in self._parts]
        contents = [_content_of(part, text, tool) for part, text, tool in self._parts]
        return [make_message(make_author(_MODEL, None), contents)] if contents else []
