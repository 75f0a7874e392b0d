"""The tools of the Chat Completions API."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import ConversionError
from ..given import given_items, shown
from ..tools import ALLOWED, Tools, custom_tool, function_tool
from ..words import FUNCTION

__all__ = ["CHOICES", "CHOICE_TYPES", "chat_tools"]

CHOICES = ("auto", "none", "required")  # the words of `tool_choice`
CHOICE_TYPES = (FUNCTION, "custom", ALLOWED)  # and the types of choices that are no words


def chat_tools(
    tools: Iterable[object] | None, *, custom_tools: bool, aliases: bool = False, path: str = "tools"
) -> Tools:
    """Return the tools of a request.

    Args:
        custom_tools: whether custom tools are allowed.
        aliases: whether the model knows the tools by aliases.
        path: the key of the tools.

    Raises:
        ConversionError: a tool has the wrong form.
    """
    found = Tools()
    for tool in () if tools is None else given_items(tools, path):
        kind = tool.text_or_none("type") or FUNCTION
        if kind == FUNCTION:
            flat = kind not in tool and "name" in tool  # as the Responses API has them
            found.functions.append(function_tool(tool if flat or "type" not in tool else tool.child(kind)))
        elif kind == "custom":
            made = custom_tool(tool, custom_tools)
            found.functions.append(made)
            found.custom.add(made.name)
        else:
            raise ConversionError(f"a tool of type {shown(kind)} has no form here", path=tool.at("type"))
    return found.with_aliases(aliases)
