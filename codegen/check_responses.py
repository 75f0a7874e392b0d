"""Rules for `responses` of built-in tools: what the Responses API calls them, and the items that are their calls."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.check_chat import BUILTIN_CALL
from codegen.check_dialects import TYPE
from codegen.complaints import Complaints
from codegen.model import Spec
from codegen.model_contents import BuiltInNamespace, BuiltInTool
from codegen.model_dialects import ResponsesToolSpec
from codegen.sources import Path

RESPONSES, TOOLS, ITEM, TEXT, ACTIONS = "responses", "tools", "item", "text", "actions"
OF_ITEMS = (TYPE, "id", "status")  # keys of every item
BESIDE_TEXT = ("container_id", "outputs")  # further keys of an item that has the text of a call
# Types of tools and of items that are not those of a built-in tool.
TAKEN = {
    TYPE: ("function", "custom", "mcp"),
    ITEM: ("message", "reasoning", "function_call", "custom_tool_call", "mcp_call"),
}


def _told(spec: Spec) -> list[tuple[BuiltInNamespace, ResponsesToolSpec]]:
    return [(each, each.responses) for each in spec.tools.namespaces if each.responses is not None]


def _types(spec: Spec, complaints: Complaints) -> None:
    tools: list[tuple[Path, str, str]] = []
    items: list[tuple[Path, str, str]] = []
    for namespace, told in _told(spec):
        where = (namespace.place.file, RESPONSES)
        tools += [((*where, TOOLS, i), namespace.name, word) for i, word in enumerate(told.tools)]
        items.append(((*where, ITEM), namespace.name, told.item))
        if not told.tools:
            complaints.say((*where, TOOLS), "a request cannot name the tool without a type")
    for named, kind in ((tools, TYPE), (items, ITEM)):
        for at, _, word in named:
            if not word:
                complaints.say(at, f"the {kind} is empty")
            if word in TAKEN[kind]:
                complaints.say(at, f"{kind} '{word}' is not that of a built-in tool")
        complaints.unique(named, kind)


def _calls(spec: Spec, complaints: Complaints) -> None:
    for namespace, told in _told(spec):
        where = (namespace.place.file, RESPONSES)
        if spec.chat is not None and BUILTIN_CALL not in spec.chat.assistant:
            complaints.say(where, f"there is no '{BUILTIN_CALL}' in chat.yaml, which a call of this tool is")
        if told.text is not None:
            _text(namespace, told.text, (*where, TEXT), complaints)
        else:
            _actions(namespace, told.actions, (*where, ACTIONS), complaints)


def _text(namespace: BuiltInNamespace, key: str, where: Path, complaints: Complaints) -> None:
    if not key:
        complaints.say(where, "the key is empty")
    if key in OF_ITEMS:
        complaints.say(where, f"every item has a key '{key}'", "name another key")
    if key in BESIDE_TEXT:
        complaints.say(where, f"every item with the text of a call has a key '{key}'", "name another key")
    if namespace.tools:
        complaints.say(where, f"'{namespace.name}' has tools, which a text does not name", f"use '{ACTIONS}'")


def _actions(
    namespace: BuiltInNamespace, actions: Mapping[str, Mapping[str, str]], where: Path, complaints: Complaints
) -> None:
    tools = {tool.name: tool for tool in namespace.tools}
    if not tools:
        complaints.say(where, f"'{namespace.name}' has no tools", f"use '{TEXT}'")
    for name in tools:
        if name not in actions:
            complaints.say(where, f"the calls of '{name}' have no action")
    for name, action in actions.items():
        if complaints.known((*where, name), "tool", name, tools):
            _action(tools[name], action, (*where, name), complaints)


def _action(tool: BuiltInTool, action: Mapping[str, str], where: Path, complaints: Complaints) -> None:
    if not action.get(TYPE):
        complaints.say(where, f"missing key '{TYPE}'")
    properties = (tool.parameters or {}).get("properties")
    arguments = properties if isinstance(properties, Mapping) else ()
    for key, argument in action.items():
        if not key:
            complaints.say((*where, key), "the key is empty")
        if key != TYPE and argument:
            complaints.known((*where, key), "argument", argument, arguments)


RESPONSES_RULES = (_types, _calls)
