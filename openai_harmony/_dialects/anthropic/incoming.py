"""The messages of the Messages API as messages of a conversation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from ..._generated.messages import Message
from ..._runtime.types.dialects import Dialects
from ..arguments import arguments_of
from ..calls import Calls
from ..given import Given, given_items, shown
from ..making import ANSWER, PREAMBLE, REASONING, Turn, message_of
from ..opening import Instructions
from ..texts import text_of
from ..tools import Tools
from ..words import ASSISTANT, SYSTEM, USER
from .call_input import INVALID
from .documents import text_of_blocks

__all__ = ["Read", "messages_of"]

THINKING, REDACTED, CALL, RESULT = "thinking", "redacted_thinking", "tool_use", "tool_result"  # types of blocks


class Read(NamedTuple):
    """The messages of a conversation, and whether the last one is an answer that the model is to continue."""

    messages: list[Message]
    is_open: bool


def messages_of(
    messages: Iterable[Given],
    table: Dialects,
    tools: Tools,
    instructions: Instructions,
    system: Given,
    *,
    builtins: Collection[str],
) -> Read:
    """Return the messages, with the tools of the request in the first one that can hold them.

    Args:
        system: a dictionary with the instructions that stand beside the messages.
        builtins: the namespaces of the built-in tools of the conversation.
    """
    reading = _Reading(table, tools, instructions, Calls(table, builtins, tools.known_names()))
    found = [*reading.instructions(system, SYSTEM)] if SYSTEM in system else []
    for index, message in enumerate(messages):
        role = message.text("role")
        if index == 0 and not instructions.can_hold(role):
            found += instructions.alone()
        found += reading.read(message, role)
    found += instructions.alone()
    return Read(found, reading.is_open)


class _Reading:
    def __init__(self, table: Dialects, tools: Tools, instructions: Instructions, calls: Calls) -> None:
        self._table, self._tools, self._instructions, self._calls = table, tools, instructions, calls
        self.is_open = False

    def read(self, message: Given, role: str) -> Iterable[Message]:
        self.is_open = False
        if role == ASSISTANT:
            return self._of_model(message)
        if role == USER:
            return self._of_user(message)
        if role == SYSTEM:
            return self.instructions(message, "content")
        raise message.wrong("role", f"unknown role {shown(role)} (expected one of {USER!r}, {ASSISTANT!r}, {SYSTEM!r})")

    def instructions(self, message: Given, key: str) -> Iterable[Message]:
        text = text_of(message, key, self._table) or ""
        if not text:
            return self._instructions.alone()
        holder = self._table.holder
        role = SYSTEM if SYSTEM in self._table.messages or holder is None else holder.part
        if role not in self._table.messages:
            raise message.wrong(key, "this format has no place for instructions")
        return self._instructions.of(role, text)

    # what the user wrote, and what tools returned -------------------------------------------------

    def _of_user(self, message: Given) -> Iterator[Message]:
        part = self._table.messages.get(USER)
        if part is None:
            raise message.wrong("role", "this format has no place for messages of the user")
        texts: list[Given] = []
        blocks = _blocks(message)
        for block in blocks:
            if block.get("type") != RESULT:
                texts.append(block)
                continue
            if texts:
                yield message_of(part, text_of_blocks(texts, self._table))
                texts = []
            yield self._result(block)
        if texts or not blocks:
            yield message_of(part, text_of_blocks(texts, self._table))

    def _result(self, block: Given) -> Message:
        text = text_of_blocks(_blocks(block), self._table)
        return self._calls.result(block.text_or_none("tool_use_id"), text, block.at("tool_use_id"))

    # what the model wrote -------------------------------------------------------------------------

    def _of_model(self, message: Given) -> Iterable[Message]:
        if message.get("content") == "":
            return self._empty(message)
        turn = Turn(self._table)
        blocks = [block for block in _blocks(message) if self._says(block)]
        for index, block in enumerate(blocks):
            kind = block.text("type")
            if kind == THINKING:
                turn.add(REASONING, block.text(THINKING), block.path)
            elif kind == CALL:
                self._call(block, turn)
            else:
                self.is_open = index == len(blocks) - 1
                turn.add(ANSWER if self.is_open else PREAMBLE, text_of_blocks([block], self._table), block.path)
        return turn.messages()

    def _empty(self, message: Given) -> Iterable[Message]:
        turn = Turn(self._table)
        turn.add(ANSWER, "", message.at("content"))
        return turn.messages()

    def _says(self, block: Given) -> bool:
        """Return whether a block of the model says something that can be shown to it."""
        kind = block.text("type")
        if kind == REDACTED or (kind == THINKING and not block.text_or_none(THINKING)):
            return False
        return kind in (THINKING, CALL) or text_of_blocks([block], self._table) != ""

    def _call(self, block: Given, turn: Turn) -> None:
        name = block.text("name")
        if not name:
            raise block.wrong("name", "the name is empty")
        name = self._tools.alias(name)
        turn.add(self._calls.add(block.text_or_none("id"), name), _arguments(block), block.path, name)


def _blocks(owner: Given) -> list[Given]:
    """Return the blocks in a content, which may be one text."""
    content = owner.get("content")
    if content is None:
        return []
    if isinstance(content, str):
        return [Given({"type": "text", "text": owner.text("content")}, owner.at("content"))]
    if isinstance(content, (bytes, Mapping)):
        raise owner.wrong("content", f"expected text or a list of blocks, not {shown(content)}")
    return [*given_items(content, owner.at("content"))]


def _arguments(block: Given) -> str:
    """Return the arguments of a call as compact JSON. Text that was no JSON becomes what it was."""
    value = block.get("input")
    if isinstance(value, Mapping) and isinstance(value.get(INVALID), str):
        return Given(value, block.at("input")).text(INVALID)
    return arguments_of(block, "input") if "input" in block else "{}"
