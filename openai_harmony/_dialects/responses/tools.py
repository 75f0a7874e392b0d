"""The tools of the Responses API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..._generated.framing import FRAMING
from ..._runtime.locks import loading_own
from ...errors import ConversionError
from ..given import Given, given_items, shown
from ..making import dialects
from ..tools import ALLOWED, Tools, builtin_namespace, custom_tool, function_tool
from ..words import FUNCTION

if TYPE_CHECKING:
    from ..._generated.tools import ToolDescription, ToolNamespaceConfig

__all__ = ["CHOICES", "choice_types", "label_of", "listed_servers", "responses_tools"]

CHOICES = ("auto", "none", "required")  # the words of `tool_choice`
SERVER = "mcp"  # the type of a server of the Model Context Protocol
LIST = "mcp_list_tools"  # the type of the item with the tools of a server

# The types of choices that are no words, beside those of built-in tools.
CHOICE_TYPES = (FUNCTION, "custom", ALLOWED, SERVER)

Servers = Mapping[str, "ToolNamespaceConfig"]


def responses_tools(
    tools: Iterable[object] | None,
    *,
    custom_tools: bool,
    servers: Servers | None = None,
    aliases: bool = False,
) -> Tools:
    """Return the tools of a request.

    Args:
        custom_tools: whether custom tools are allowed.
        servers: the tools of servers that the input lists, by label; None if no such list is needed.
        aliases: whether the model knows the functions by aliases.

    Raises:
        ConversionError: a tool has the wrong form, or no form here.
    """
    builtins = {word: name for name, builtin in dialects().builtins.items() for word in builtin.tools}
    found = Tools(servers=dict(servers or {}))
    for tool in () if tools is None else given_items(tools, "tools"):
        kind = tool.text_or_none("type") or FUNCTION
        if kind == FUNCTION:
            found.functions.append(function_tool(tool.child(kind) if kind in tool else tool))
        elif kind == "custom":
            made = custom_tool(tool, custom_tools)
            found.functions.append(made)
            found.custom.add(made.name)
        elif kind == SERVER:
            _add_server(tool, found.servers, needed=servers is not None)
        elif kind in builtins:
            found.builtins[builtins[kind]] = builtin_namespace(builtins[kind], tool.at("type"))
        else:
            raise tool.wrong("type", f"a tool of type {shown(kind)} has no form here")
    for label in found.servers.keys() & found.builtins.keys():
        raise ConversionError(f"the server {shown(label)} has the name of a built-in tool beside it", path="tools")
    return found.with_aliases(aliases)


def choice_types() -> set[str]:
    """Return the types of tool choices that are no words."""
    return {*CHOICE_TYPES, *(word for builtin in dialects().builtins.values() for word in builtin.tools)}


def listed_servers(items: Iterable[Given]) -> dict[str, ToolNamespaceConfig]:
    """Return the tools of servers that items of the input list, by label."""
    return {label_of(item): _namespace(item) for item in items if item.text_or_none("type") == LIST}


def _add_server(tool: Given, servers: dict[str, ToolNamespaceConfig], *, needed: bool) -> None:
    label = label_of(tool)
    if "tools" in tool or not needed:
        servers.setdefault(label, _namespace(tool))
    if label not in servers:
        needs = f"the input needs its {LIST!r} item, or the tool a key 'tools'"
        raise ConversionError(f"the tools of the server {shown(label)} are not known: {needs}", path=tool.path)
    allowed = _allowed(tool)
    if allowed is not None:
        kept = [each for each in servers[label].tools if each.name in allowed]
        servers[label] = servers[label].model_copy(update={"tools": kept})


def _allowed(tool: Given) -> frozenset[str] | None:
    """Return the names of the tools of a server that the request allows; None for all."""
    told = tool.get("allowed_tools")
    if told is None:
        return None
    owner, key = tool, "allowed_tools"
    if isinstance(told, Mapping) or hasattr(told, "model_dump"):
        owner, key = tool.child(key), "tool_names"
        told = owner.get(key)
        if told is None:
            return None
    if isinstance(told, (str, bytes)) or not isinstance(told, Iterable):
        raise owner.wrong(key, f"expected a list of names, not {shown(told)}")
    names = list(told)
    for index, name in enumerate(names):
        if not isinstance(name, str):
            raise ConversionError(f"expected text, not {shown(name)}", path=f"{owner.at(key)}[{index}]")
    return frozenset(names)


def _namespace(listed: Given) -> ToolNamespaceConfig:
    with loading_own():
        from ..._generated.tools import ToolNamespaceConfig

    tools: list[ToolDescription] = [function_tool(each, "input_schema") for each in listed.items("tools")]
    return ToolNamespaceConfig(name=label_of(listed), description=None, tools=tools)


def label_of(server: Given) -> str:
    """Return the label of a server, with which the names of its tools begin."""
    label = server.text("server_label")
    if not FRAMING.function_namespace:  # nor does it have the classes of tools
        raise ConversionError("this format has no tools of servers", path=server.path)
    if not label or label == FRAMING.function_namespace or FRAMING.tool_word_holds in label:
        raise server.wrong("server_label", f"{shown(label)} cannot begin the name of a tool of a server")
    return label
