"""The messages of the Chat Completions API as messages of a conversation."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from ..._generated.messages import Message
from ..._runtime.types.dialects import Dialects
from ..arguments import arguments_of
from ..calls import Calls
from ..given import Given, shown
from ..making import ANSWER, PREAMBLE, REASONING, Turn, message_of
from ..opening import Instructions
from ..texts import text_of, texts_of
from ..tools import INPUT, Tools
from ..words import ASSISTANT, FUNCTION, TOOL

__all__ = ["messages_of"]

# The keys of the reasoning of an assistant's message, the first that is there counts; and one that has it in pieces.
REASONING_KEYS = ("reasoning", "reasoning_content", "thinking")
REASONING_PIECES = "reasoning_details"


def messages_of(
    messages: Iterable[Given],
    table: Dialects,
    tools: Tools,
    instructions: Instructions,
    *,
    builtins: Collection[str],
    names: bool,
    custom_tools: bool,
) -> list[Message]:
    """Return the messages, with the tools of the request in the first one that can hold them.

    Args:
        builtins: the namespaces of the built-in tools of the conversation.
        names: whether the names of authors are kept.
        custom_tools: whether calls of custom tools are allowed.
    """
    reading = _Reading(table, tools, instructions, Calls(table, builtins, tools.known_names()), names, custom_tools)
    found: list[Message] = []
    for index, message in enumerate(messages):
        role = message.text("role")
        if index == 0 and not instructions.can_hold(role):
            found += instructions.alone()
        found += reading.read(message, role)
    return found or instructions.alone()


class _Reading:
    def __init__(
        self, table: Dialects, tools: Tools, instructions: Instructions, calls: Calls, names: bool, custom_tools: bool
    ) -> None:
        self._table, self._tools, self._instructions, self._calls = table, tools, instructions, calls
        self._names, self._custom = names, custom_tools

    def read(self, message: Given, role: str) -> Iterable[Message]:
        if role == ASSISTANT:
            return self._of_model(message)
        if role in (TOOL, FUNCTION):
            return [self._result(message, role)]
        part = self._table.messages.get(role)
        if part is None:
            valid = ", ".join(map(repr, (*self._table.messages, ASSISTANT, TOOL, FUNCTION)))
            raise message.wrong("role", f"unknown role {shown(role)} (expected one of {valid})")
        text = text_of(message, "content", self._table) or ""
        made = [message_of(part, text)] if part.content is None else self._instructions.of(role, text)
        return [self._named(each, message) for each in made]

    def _named(self, made: Message, message: Given) -> Message:
        name = message.text_or_none("name") if self._names else None
        if name is not None:
            made.author.name = name
        return made

    # what the model wrote -------------------------------------------------------------------------

    def _of_model(self, message: Given) -> Iterable[Message]:
        turn = Turn(self._table)
        key, thought = self._reasoning(message)
        if thought:
            turn.add(REASONING, thought, message.at(key))
        older = message.child("function_call") if "function_call" in message else None
        calls = list(message.items("tool_calls"))
        calling = bool(calls) or older is not None
        said = self._said(message, alone=not calling and not thought)
        if said is not None:
            turn.add(PREAMBLE if calling else ANSWER, said, message.at("content"))
        if older is not None:
            self._add(older, arguments_of(older, "arguments"), None, turn)
        for call in calls:
            self._call(call, turn)
        return [self._named(each, message) for each in turn.messages()]

    def _said(self, message: Given, *, alone: bool) -> str | None:
        """Return the text that the user was told; None if there is none. An empty text counts only if it is `alone`."""
        texts = texts_of(message, "content", self._table)
        refusal = message.text_or_none("refusal")
        if texts is None and refusal is None:
            if "audio" in message:
                raise message.wrong("audio", "a sound cannot be shown to the model, which reads text")
            return None
        said = "".join([*(texts or ()), refusal or ""])
        return said if said or alone else None

    def _reasoning(self, message: Given) -> tuple[str, str]:
        """Return the reasoning and its key."""
        for key in REASONING_KEYS:
            if text := text_of(message, key, self._table):
                return key, text
        pieces = [piece.text_or_none("text") or "" for piece in message.items(REASONING_PIECES)]
        return REASONING_PIECES, "".join(pieces)

    def _call(self, call: Given, turn: Turn) -> None:
        kind = call.text_or_none("type") or FUNCTION
        if kind == FUNCTION:
            called = call.child(FUNCTION)
            arguments = arguments_of(called, "arguments")
        elif kind == "custom" and self._custom and INPUT:
            called = call.child(kind)
            arguments = json.dumps({INPUT: called.text("input")}, ensure_ascii=False, separators=(",", ":"))
        else:
            hint = ": it needs the option custom_tools=True" if kind == "custom" and INPUT else ""
            raise call.wrong("type", f"a call of type {shown(kind)} has no form here{hint}")
        self._add(called, arguments, call.text_or_none("id"), turn)

    def _add(self, called: Given, arguments: str, call_id: str | None, turn: Turn) -> None:
        name = called.text("name")
        if not name:
            raise called.wrong("name", "the name is empty")
        name = self._tools.alias(name)
        turn.add(self._calls.add(call_id, name), arguments, called.path, name)

    def _result(self, message: Given, role: str) -> Message:
        text = text_of(message, "content", self._table) or ""
        name = message.text_or_none("name")
        known = None if name is None else self._tools.alias(name)
        if role == FUNCTION:
            return self._calls.result(None, text, message.at("name"), known)
        return self._calls.result(message.text_or_none("tool_call_id"), text, message.at("tool_call_id"), known)
