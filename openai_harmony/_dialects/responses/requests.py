"""Requests of the Responses API as conversations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING

from ..._generated.messages import Conversation, Message
from ..._runtime.types.dialects import Dialects
from ...errors import ConversionError
from ..calls import Calls
from ..given import Given, given, shown
from ..history import ReasoningPolicy, without_old_reasoning
from ..making import dialects
from ..opening import EffortMode, Instructions, effort_of, opening_of, response_format_of
from ..tools import Tools, tool_choice_of
from .incoming import Decrypt, ItemReader, Resolve, item_of, items_of
from .tools import CHOICES, choice_types, listed_servers, responses_tools

if TYPE_CHECKING:
    from ..._generated.contents import Content

__all__ = ["KEYS", "conversation_of", "request_of"]

KEYS = ("input", "instructions", "tools", "tool_choice", "text", "reasoning")
_EARLIER = ("previous_response_id", "conversation")  # keys that need the option `previous`
_JSON_SCHEMA = "json_schema"
_UNWRITTEN = ("text", "json_object")  # formats of answers that are not written, since models know no form of them


def conversation_of(
    input: object,
    *,
    instructions: str | None,
    tools: Iterable[object] | None,
    tool_choice: object,
    text: object,
    reasoning: object,
    previous: object,
    resolve: Resolve | None,
    decrypt: Decrypt | None,
    system: Content | None,
    current_date: str | date | None,
    analysis: ReasoningPolicy,
    effort: EffortMode,
    summaries: bool,
    custom_tools: bool,
    keep_tools: bool,
    aliases: bool,
) -> Conversation:
    """Return the conversation; see `responses.conversation_from_responses`."""
    table = dialects()
    items = items_of(input, resolve, "input")
    earlier = _earlier(previous, resolve, table)
    servers = listed_servers(item for item in (*earlier, *items) if isinstance(item, Given))
    declared = responses_tools(tools, custom_tools=custom_tools, servers=servers, aliases=aliases)
    names = {tool.name for tool in declared.functions}
    choice = tool_choice_of(tool_choice, None if declared.servers else names, CHOICES, choice_types())
    used = Tools() if choice == "none" and not keep_tools else declared
    held = Instructions(table, used, _format_of(text, table))
    calls = Calls(table, declared.builtins, declared.known_names())
    reader = ItemReader(table, declared, calls, held, decrypt=decrypt, summaries=summaries, custom_tools=custom_tools)
    first: list[Message] = []
    if instructions is not None:
        first = _instructed(instructions, table, held)
    elif not items or not reader.holds_tools(items[0]):
        first = held.alone()
    opening = opening_of(
        table,
        system=system,
        current_date=current_date,
        effort=effort_of(_effort(reasoning), effort, table, "reasoning.effort"),
        builtins={**used.builtins, **used.servers},
    )
    leading = list(takewhile(reader.holds_tools, items))  # in the place of the instructions of earlier requests
    said = reader.read([*leading, *earlier, *items[len(leading) :]])
    return Conversation.from_messages([*opening, *first, *without_old_reasoning(said, analysis, table)])


def request_of(request: object, previous: object) -> dict[str, object]:
    """Return the arguments that a request has for a conversation. Other keys of the request are ignored.

    Raises:
        ConversionError: it has no input, or refers to an earlier response that was not given.
    """
    told = given(request, "request")
    for key in _EARLIER:
        if key in told and previous is None:
            raise ConversionError(f"the earlier messages of {shown(told.get(key))} need the option previous=", path=key)
    if "prompt" in told:
        raise ConversionError("a prompt that is stored elsewhere has no form here", path="prompt")
    if "input" not in told:
        raise ConversionError("missing", path="input")
    return {key: told.get(key) for key in KEYS if key in told}


def _earlier(previous: object, resolve: Resolve | None, table: Dialects) -> list[Message | Given]:
    """Return earlier messages and items without those of instructions, which each request brings anew."""
    if isinstance(previous, (str, bytes, Mapping)) or not isinstance(previous, Iterable):
        if previous is None:
            return []
        raise TypeError(f"argument 'previous': expected messages or items, not {type(previous).__name__}")
    found = [
        each if isinstance(each, Message) else item_of(each, resolve, f"previous[{index}]")
        for index, each in enumerate(previous)
    ]
    return [each for each in found if not _instructs(each, table)]


def _instructs(said: Message | Given, table: Dialects) -> bool:
    if isinstance(said, Message):
        return said.author.role in table.instructs
    part = table.messages.get(str(said.get("role")))
    return part is not None and part.role in table.instructs


def _instructed(instructions: object, table: Dialects, held: Instructions) -> list[Message]:
    text = given({"instructions": instructions}, "").text("instructions")
    role = table.holder.part if table.holder is not None else next(iter(table.messages))
    return held.of(role, text)


def _effort(reasoning: object) -> object:
    return None if reasoning is None else given(reasoning, "reasoning").get("effort")


def _format_of(text: object, table: Dialects) -> list[object]:
    """Return the format of answers that is written into the prompt, if there is one."""
    told = None if text is None else given(text, "text")
    if told is None or "format" not in told:
        return []
    told = told.child("format")
    kind = told.text("type")
    if kind == _JSON_SCHEMA:
        return response_format_of(told, table)
    if kind in _UNWRITTEN:
        return []
    raise told.wrong("type", f"unknown format {shown(kind)}")
