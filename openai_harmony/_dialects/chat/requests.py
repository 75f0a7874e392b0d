"""Requests of the Chat Completions API as conversations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from ..._generated.messages import Conversation
from ...errors import ConversionError
from ..given import given, given_items, shown
from ..history import ReasoningPolicy, without_old_reasoning
from ..making import dialects
from ..opening import EffortMode, Instructions, effort_of, opening_of, response_format_of
from ..tools import namespaces_of, tool_choice_of
from ..words import FUNCTION, FUNCTIONS
from .incoming import messages_of
from .tools import CHOICE_TYPES, CHOICES, chat_tools

if TYPE_CHECKING:
    from ..._generated.contents import Content

__all__ = ["KEYS", "conversation_of", "in_words_of", "request_of"]

# The keys of a request that a conversation depends on, by the argument that they are; the older API's come last.
KEYS = {
    "messages": ("messages",),
    "tools": ("tools", FUNCTIONS),
    "tool_choice": ("tool_choice", "function_call"),
    "parallel_tool_calls": ("parallel_tool_calls",),
    "response_format": ("response_format",),
    "reasoning_effort": ("reasoning_effort",),
}
_JSON_SCHEMA = "json_schema"
_UNWRITTEN = ("text", "json_object")  # formats of answers that are not written, since models know no form of them


def conversation_of(
    messages: Iterable[object],
    *,
    tools: Iterable[object] | None,
    tool_choice: object,
    response_format: object,
    reasoning_effort: object,
    builtin_tools: Iterable[object],
    system: Content | None,
    current_date: str | date | None,
    analysis: ReasoningPolicy,
    effort: EffortMode,
    names: bool,
    custom_tools: bool,
    keep_tools: bool,
    aliases: bool,
) -> Conversation:
    """Return the conversation; see `chat.conversation_from_chat`."""
    table = dialects()
    declared = chat_tools(tools, custom_tools=custom_tools, aliases=aliases)
    choice = tool_choice_of(tool_choice, {tool.name for tool in declared.functions}, CHOICES, CHOICE_TYPES)
    namespaces = namespaces_of(builtin_tools, "builtin_tools")
    shown_tools = None if choice == "none" and not keep_tools else declared
    instructions = Instructions(table, shown_tools, _format_of(response_format))
    opening = opening_of(
        table,
        system=system,
        current_date=current_date,
        effort=effort_of(reasoning_effort, effort, table, "reasoning_effort"),
        builtins=namespaces,
    )
    converted = messages_of(
        given_items(messages, "messages"),
        table,
        declared,
        instructions,
        builtins=namespaces,
        names=names,
        custom_tools=custom_tools,
    )
    return Conversation.from_messages([*opening, *without_old_reasoning(converted, analysis, table)])


def request_of(request: object) -> tuple[dict[str, object], dict[str, str]]:
    """Return the arguments that a request has for a conversation, and by argument the keys of the older API among them.

    Other keys of the request are ignored.

    Raises:
        ConversionError: it has no messages.
    """
    told = given(request, "request")
    found: dict[str, object] = {}
    older: dict[str, str] = {}
    for argument, keys in KEYS.items():
        key = next((key for key in keys if key in told), None)
        if key is not None:
            found[argument] = told.get(key)
            if key != argument:
                older[argument] = key
    if "messages" not in found:
        raise ConversionError("missing", path="messages")
    choice = found.get("tool_choice")
    if "tool_choice" in older and isinstance(choice, Mapping):
        found["tool_choice"] = {"type": FUNCTION, **choice}
    return found, older


def in_words_of(request_keys: Mapping[str, str], problem: ConversionError) -> ConversionError:
    """Return an error with the key of the request in the place of the name of an argument."""
    for argument, key in request_keys.items():
        if problem.path.startswith(argument):
            return ConversionError(problem.message, path=key + problem.path.removeprefix(argument))
    return problem


def _format_of(response_format: object) -> list[object]:
    """Return the format of answers that is written into the prompt, if there is one."""
    if response_format is None:
        return []
    told = given(response_format, "response_format")
    kind = told.text("type")
    if kind == _JSON_SCHEMA:
        return response_format_of(told.child(kind), dialects())
    if kind in _UNWRITTEN:
        return []
    raise told.wrong("type", f"unknown format {shown(kind)}")
