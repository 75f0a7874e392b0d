"""The tools of the Messages API."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...errors import ConversionError
from ..given import given, given_items, shown
from ..tools import Tools, function_tool
from ..words import TOOL

__all__ = ["anthropic_tools", "choice_of"]

OWN = "custom"  # the type of a tool with a name and a schema; without a type, a tool is one, too
NO_TOOL = "none"
_CHOICES = ("auto", "any", TOOL, NO_TOOL)


def anthropic_tools(tools: Iterable[object] | None, *, aliases: bool = False, path: str = "tools") -> Tools:
    """Return the tools of a request.

    Args:
        aliases: whether the model knows the tools by aliases.
        path: the key of the tools.

    Raises:
        ConversionError: a tool has the wrong form, or is one that the API's own servers run.
    """
    found = Tools()
    for tool in () if tools is None else given_items(tools, path):
        kind = tool.text_or_none("type") or OWN
        if kind != OWN:
            raise tool.wrong("type", f"a tool of type {shown(kind)} has no form here (expected {OWN!r})")
        found.functions.append(function_tool(tool, "input_schema"))
    return found.with_aliases(aliases)


def choice_of(choice: object, names: Collection[str]) -> str | None:
    """Return the word of a tool choice.

    Args:
        names: the names of all tools of the request.

    Raises:
        ConversionError: the choice is unknown, or its tool is not among the tools.
    """
    if choice is None:
        return None
    told = given(choice, "tool_choice")
    kind = told.text("type")
    if kind not in _CHOICES:
        raise told.wrong("type", f"unknown choice {shown(kind)} (expected one of {', '.join(map(repr, _CHOICES))})")
    if kind == TOOL:
        name = told.text("name")
        if name not in names:
            raise ConversionError(f"the chosen tool {shown(name)} is not among the tools", path=told.at("name"))
    return kind
