"""Requests of the Messages API as conversations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ..._generated.messages import Conversation
from ...errors import ConversionError
from ..given import Given, given, given_items, shown
from ..history import ReasoningPolicy, without_old_reasoning
from ..making import dialects
from ..opening import EffortMode, Instructions, effort_of, opening_of, response_format_of
from ..tools import namespaces_of
from ..words import SYSTEM
from .incoming import messages_of
from .tools import NO_TOOL, anthropic_tools, choice_of

if TYPE_CHECKING:
    from ..._generated.contents import Content
    from ..._runtime.types.dialects import Dialects

__all__ = ["KEYS", "Converted", "conversation_of", "request_of"]

# The keys of a request that a conversation depends on.
KEYS = ("messages", SYSTEM, "tools", "tool_choice", "thinking", "output_config", "output_format")
_THINKING = ("enabled", "adaptive", "between_tools", "disabled")
_JSON_SCHEMA = "json_schema"
_UNTITLED = "response"  # the name of a response format whose schema has no title


class Converted(NamedTuple):
    """A conversation, and whether its last message is an answer that the model is to continue."""

    conversation: Conversation
    is_open: bool


def conversation_of(
    messages: Iterable[object],
    *,
    system: object = None,
    tools: Iterable[object] | None = None,
    tool_choice: object = None,
    thinking: object = None,
    output_config: object = None,
    output_format: object = None,
    builtin_tools: Iterable[object] = (),
    opening: Content | None = None,
    current_date: str | date | None = None,
    analysis: ReasoningPolicy = "finished_turns",
    effort: EffortMode = "exact",
    keep_tools: bool = False,
    aliases: bool = False,
) -> Converted:
    """Return the conversation; see `anthropic.conversation_from_messages`."""
    table = dialects()
    declared = anthropic_tools(tools, aliases=aliases)
    choice = choice_of(tool_choice, {tool.name for tool in declared.functions})
    _check_thinking(thinking)
    namespaces = namespaces_of(builtin_tools, "builtin_tools")
    shown_tools = None if choice == NO_TOOL and not keep_tools else declared
    config = given({} if output_config is None else output_config, "output_config")
    first = opening_of(
        table,
        system=opening,
        current_date=current_date,
        effort=effort_of(config.get("effort"), effort, table, config.at("effort")),
        builtins=namespaces,
        argument="opening",
    )
    read = messages_of(
        given_items(messages, "messages"),
        table,
        declared,
        Instructions(table, shown_tools, _format_of(config, output_format, table)),
        Given({SYSTEM: system}, ""),
        builtins=namespaces,
    )
    ended = len(read.messages) - read.is_open  # an answer that goes on does not end its turn
    kept = [*without_old_reasoning(read.messages[:ended], analysis, table), *read.messages[ended:]]
    return Converted(Conversation.from_messages([*first, *kept]), read.is_open)


def request_of(request: object) -> dict[str, object]:
    """Return the arguments that a request has for a conversation. Other keys of the request are ignored.

    Raises:
        ConversionError: it has no messages.
    """
    told = given(request, "request")
    found = {key: told.get(key) for key in KEYS if key in told}
    if "messages" not in found:
        raise ConversionError("missing", path="messages")
    return found


def _check_thinking(thinking: object) -> None:
    """Check that thinking is of a known type. How much a model thinks is told by the effort alone."""
    if thinking is None:
        return
    told = given(thinking, "thinking")
    kind = told.text("type")
    if kind not in _THINKING:
        raise told.wrong("type", f"unknown type {shown(kind)} (expected one of {', '.join(map(repr, _THINKING))})")


def _format_of(config: Given, output_format: object, table: Dialects) -> list[object]:
    """Return the format of answers that is written into the prompt, if there is one."""
    if "format" in config:
        told = config.child("format")
    elif output_format is not None:
        told = given(output_format, "output_format")
    else:
        return []
    kind = told.text("type")
    if kind != _JSON_SCHEMA:
        raise told.wrong("type", f"unknown format {shown(kind)}")
    schema = told.get("schema")
    title = schema.get("title") if isinstance(schema, dict) else None
    is_name = isinstance(title, str) and title.strip() != "" and title.isprintable()
    return response_format_of(Given({"name": title if is_name else _UNTITLED, "schema": schema}, told.path), table)
