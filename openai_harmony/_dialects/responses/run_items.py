"""The output items that are calls of tools that the server runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from ..._generated.framing import FRAMING
from ..heading import Heading
from ..making import dialects
from .items import COMPLETED, FAILED, IN_PROGRESS, OpenItem, Told

__all__ = ["CodeWriter", "SearchWriter", "ServerCallWriter", "parts_of_name"]

TYPE = "type"


class _Run(OpenItem):
    """A call of a tool that the server runs."""

    waits = True
    _states: ClassVar[tuple[str, ...]] = ()  # the events between the end of the text and the result

    def _state_event(self, state: str) -> Told:
        return Told(f"{self.item['type']}.{state}")

    def added(self) -> Iterator[Told]:
        yield self._state_event(IN_PROGRESS)

    def done(self, *, cut: bool) -> Iterator[Told]:
        yield from super().done(cut=cut)
        yield from () if cut else map(self._state_event, self._states)

    def closed(self, *, cut: bool) -> Iterator[Told]:
        yield from () if cut else (self._state_event(COMPLETED),)


class _BuiltIn(_Run):
    """A call of a built-in tool, whose type and keys the table has."""

    @classmethod
    def begun(cls, index: int, heading: Heading, ids: list[str]) -> OpenItem:
        builtin = dialects().builtins[parts_of_name(heading.name)[0]]
        fields = {"id": ids[0], "type": builtin.item, **cls._fields(ids, heading)}
        return cls(index, heading.name, {**fields, "status": IN_PROGRESS})


class CodeWriter(_BuiltIn):
    kind, prefixes = "code", ("ci",)
    _text_events, _key = "", ""  # those of the instance
    _states = ("interpreting",)

    def __init__(self, index: int, name: str, item: dict[str, Any]) -> None:
        self._key = str(dialects().builtins[parts_of_name(name)[0]].text)
        self._text_events = f"{item['type']}_{self._key}"
        super().__init__(index, name, item)

    @classmethod
    def _fields(cls, ids: list[str], heading: Heading) -> dict[str, Any]:
        key = str(dialects().builtins[parts_of_name(heading.name)[0]].text)
        return {key: "", "container_id": "auto", "outputs": None}

    def result(self, text: str) -> None:
        self.item["outputs"] = [{"type": "logs", "logs": text}]


class SearchWriter(_BuiltIn):
    kind, prefixes = "search", ("ws",)
    _text_events, _key = "", ""  # its text is not streamed
    _states = ("searching",)

    @classmethod
    def _fields(cls, ids: list[str], heading: Heading) -> dict[str, Any]:
        return {"action": _action(heading.name, "")}

    def text(self, text: str) -> str:
        super().text(text)
        return ""

    def done(self, *, cut: bool) -> Iterator[Told]:
        yield from () if cut else map(self._state_event, self._states)

    def whole(self, status: str) -> dict[str, Any]:
        return {**self.item, "action": _action(self.name, self.written), "status": status}


class ServerCallWriter(_Run):
    kind, type, prefixes = "server", "mcp_call", ("mcp",)
    _text_events, _key = "mcp_call_arguments", "arguments"

    @classmethod
    def _fields(cls, ids: list[str], heading: Heading) -> dict[str, Any]:
        label, tool = parts_of_name(heading.name)
        return {"server_label": label, "name": tool, "arguments": "", "output": None, "error": None}

    def closed(self, *, cut: bool) -> Iterator[Told]:
        yield self._state_event(FAILED if cut else COMPLETED)

    def result(self, text: str) -> None:
        self.item["output"] = text


def parts_of_name(name: str) -> tuple[str, str]:
    """Return the namespace and the tool in the full name of a tool."""
    namespace, _, tool = name.partition(FRAMING.tool_word_holds) if FRAMING.tool_word_holds else (name, "", "")
    return namespace, tool


def _action(name: str, text: str) -> dict[str, str]:
    """Return the action that a call of a built-in tool is; its arguments are those of the text, if it is JSON."""
    namespace, tool = parts_of_name(name)
    keys = dialects().builtins[namespace].actions[tool]
    try:
        given = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        given = {}
    arguments: dict[str, Any] = given if isinstance(given, dict) else {}
    return {key: word if key == TYPE else _text(arguments.get(word)) for key, word in keys.items()}


def _text(value: object) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # JSON can hold halves of characters
