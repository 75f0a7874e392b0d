"""The items of the Responses API as messages of a conversation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from ..._generated.framing import FRAMING
from ..._generated.messages import Message
from ..._runtime.types.dialects import Dialects
from ...errors import ConversionError
from ..arguments import arguments_of
from ..calls import Calls
from ..given import Given, given, given_items, shown
from ..making import ANSWER, PREAMBLE, REASONING, SERVER_CALL, Turn, message_of
from ..opening import Instructions
from ..texts import text_of, texts_of
from ..tools import INPUT, Tools
from ..words import ASSISTANT, USER
from .tools import LIST, label_of

__all__ = ["ItemReader", "item_of", "items_of"]

Resolve = Callable[[str], object]
Decrypt = Callable[[str], str]

MESSAGE = "message"
_SEPARATOR = "\n"  # between the parts of reasoning, and between the logs of one call


def items_of(value: object, resolve: Resolve | None, path: str) -> list[Given]:
    """Return the items of an input, with those that it refers to in the place of the references.

    Raises:
        ConversionError: the input is neither text nor items, or a reference cannot be resolved.
    """
    if isinstance(value, str):
        return [Given({"role": USER, "content": value}, path)]
    return [_resolved(item, resolve) for item in given_items(value, path)]


def item_of(value: object, resolve: Resolve | None, path: str) -> Given:
    """Return an item, or the one that it refers to.

    Raises:
        ConversionError: the value is no item, or the reference cannot be resolved.
    """
    return _resolved(given(value, path), resolve)


def _resolved(item: Given, resolve: Resolve | None) -> Given:
    kind = item.text_or_none("type")
    if kind != "item_reference" and (kind is not None or "id" not in item or "role" in item):
        return item  # the API lets references leave out their type
    found = None if resolve is None else resolve(item.text("id"))
    if found is None:
        hint = "it needs the option resolve=" if resolve is None else "there is no such item"
        raise item.wrong("id", f"a reference to the item {shown(item.get('id'))}: {hint}")
    return given(found, item.path)


class ItemReader:
    """Reads the items of an input in their order.

    Args:
        calls: the calls so far.
        instructions: the messages of instructions; the first one holds the tools.
        decrypt: returns the text of encrypted reasoning; without it, such reasoning is left out.
        summaries: whether the summary of reasoning is read where its text is absent.
        custom_tools: whether calls of custom tools are allowed.
    """

    def __init__(
        self,
        table: Dialects,
        tools: Tools,
        calls: Calls,
        instructions: Instructions,
        *,
        decrypt: Decrypt | None,
        summaries: bool,
        custom_tools: bool,
    ) -> None:
        self._table, self._tools, self._calls, self._instructions = table, tools, calls, instructions
        self._decrypt, self._summaries, self._custom = decrypt, summaries, custom_tools
        self._turn = Turn(table)
        self._builtin_items = {builtin.item: name for name, builtin in table.builtins.items()}
        self._readers: dict[str, Callable[[Given], Iterable[Message]]] = {
            MESSAGE: self._message,
            "reasoning": self._reasoning,
            "function_call": self._function_call,
            "function_call_output": self._output,
            "custom_tool_call": self._custom_call,
            "custom_tool_call_output": self._output,
            "mcp_call": self._server_call,
            LIST: lambda item: (),  # the opening has its tools
        }

    def holds_tools(self, item: Given) -> bool:
        """Return whether an item is a message of instructions, which can hold the tools of the request."""
        part = self._table.messages.get(str(item.get("role")))
        return _kind(item) == MESSAGE and part is not None and part.content is not None

    def read(self, items: Sequence[Given | Message]) -> list[Message]:
        """Return the messages that items become; earlier messages stay as they are."""
        found: list[Message] = []
        answered = max((index for index, item in enumerate(items) if self._is_answer(item)), default=-1)
        for index, item in enumerate(items):
            if isinstance(item, Message):
                self._calls.add_earlier([item])
                found += [*self._flushed(), item]
                continue
            kind = _kind(item)
            if kind in self._builtin_items:
                made = self._builtin_call(item, self._builtin_items[kind], finished=index < answered)
            elif kind in self._readers:
                made = self._readers[kind](item)
            else:
                raise item.wrong("type", f"an item of type {shown(kind)} has no form here")
            found += made
        return [*found, *self._flushed()]

    def _flushed(self) -> Iterable[Message]:
        """Return what the model said since the last message of somebody else."""
        turn, self._turn = self._turn, Turn(self._table)
        return turn.messages()

    def _is_answer(self, item: Given | Message) -> bool:
        if isinstance(item, Message):
            return False
        return _kind(item) == MESSAGE and item.get("role") == ASSISTANT and self._part(item) == ANSWER

    # messages and reasoning -----------------------------------------------------------------------

    def _message(self, item: Given) -> Iterable[Message]:
        role = item.text("role")
        if role == ASSISTANT:
            texts = texts_of(item, "content", self._table)
            refusal = item.text_or_none("refusal")
            if texts is not None or refusal is not None:
                self._turn.add(self._part(item), "".join([*(texts or ()), refusal or ""]), item.path)
            return ()
        part = self._table.messages.get(role)
        if part is None:
            valid = ", ".join(map(repr, (*self._table.messages, ASSISTANT)))
            raise item.wrong("role", f"unknown role {shown(role)} (expected one of {valid})")
        text = text_of(item, "content", self._table) or ""
        made = [message_of(part, text)] if part.content is None else self._instructions.of(role, text)
        return [*self._flushed(), *made]

    def _part(self, item: Given) -> str:
        """Return the part that a message of the assistant is."""
        phase = item.text_or_none("phase")
        if phase is None:
            return ANSWER
        if phase not in self._table.phases:
            valid = ", ".join(map(repr, self._table.phases)) or "none"
            raise item.wrong("phase", f"unknown phase {shown(phase)} (expected one of {valid})")
        return PREAMBLE if self._table.phases[phase] == PREAMBLE else ANSWER

    def _reasoning(self, item: Given) -> Iterable[Message]:
        texts = texts_of(item, "content", self._table)
        encrypted = item.text_or_none("encrypted_content")
        if not texts and encrypted is not None and self._decrypt is not None:
            texts = [self._decrypt(encrypted)]
        if not texts and self._summaries:
            texts = texts_of(item, "summary", self._table)
        text = _SEPARATOR.join(texts or ())
        if text:
            self._turn.add(REASONING, text, item.path)
        return ()

    # calls and results ----------------------------------------------------------------------------

    def _function_call(self, item: Given) -> Iterable[Message]:
        return self._call(item, arguments_of(item, "arguments"))

    def _custom_call(self, item: Given) -> Iterable[Message]:
        if not (self._custom and INPUT):
            hint = ": it needs the option custom_tools=True" if INPUT else ""
            raise item.wrong("type", f"a call of a custom tool has no form here{hint}")
        return self._call(item, json.dumps({INPUT: item.text("input")}, ensure_ascii=False, separators=(",", ":")))

    def _call(self, item: Given, arguments: str) -> Iterable[Message]:
        name = item.text("name")
        if not name:
            raise item.wrong("name", "the name is empty")
        name = self._tools.alias(name)
        self._turn.add(self._calls.add(item.text_or_none("call_id"), name), arguments, item.path, name)
        return ()

    def _output(self, item: Given) -> Iterable[Message]:
        text = text_of(item, "output", self._table)
        if text is None:
            raise item.wrong("output", "missing")
        name = item.text_or_none("name")
        known = None if name is None else self._tools.alias(name)
        made = self._calls.result(item.text_or_none("call_id"), text, item.at("call_id"), known)
        return [*self._flushed(), made]

    def _server_call(self, item: Given) -> Iterable[Message]:
        name = f"{label_of(item)}{FRAMING.tool_word_holds}{item.text('name')}"
        self._turn.add(SERVER_CALL, arguments_of(item, "arguments"), item.path, name)
        result = item.text_or_none("output")
        if "error" in item:
            result = _error_text(item)
        return () if result is None else [*self._flushed(), self._calls.result_of(SERVER_CALL, name, result, item.path)]

    def _builtin_call(self, item: Given, namespace: str, *, finished: bool) -> Iterable[Message]:
        key = self._table.builtins[namespace].text
        if key is None:
            if finished:
                return ()  # the item has no result, and the answer that was made of it stays
            what = f"an item of type {shown(_kind(item))} has no result, which the model would need to go on"
            raise ConversionError(what, path=item.path)
        part = self._calls.add(None, namespace, builtin=True)
        self._turn.add(part, item.text_or_none(key) or "", item.path, namespace)
        logs = [self._log(output) for output in item.items("outputs")]
        if not logs:
            return ()
        result = self._calls.result_of(part, namespace, _SEPARATOR.join(logs), item.path)
        return [*self._flushed(), result]

    def _log(self, output: Given) -> str:
        if output.get("type") != "logs":
            what = f"a result of type {shown(output.get('type'))} cannot be shown to the model, which reads text"
            raise ConversionError(what, path=output.path)
        return output.text("logs")


def _kind(item: Given) -> str:
    kind = item.text_or_none("type")
    return kind if kind is not None else MESSAGE if "role" in item else item.text("type")


def _error_text(item: Given) -> str:
    """Return the text of the error of a call: its message, or all of it as JSON if it has none."""
    if isinstance(item.get("error"), str):
        return item.text("error")
    told = item.child("error")
    message = told.text_or_none("message")
    return message if message is not None else arguments_of(Given({"error": dict(told.fields())}, item.path), "error")
