"""The tools that a request declares, whatever its API, and the names by which the model knows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .._generated.dialects import DIALECTS
from .._generated.framing import FRAMING
from .._runtime.locks import loading_own
from .._runtime.types.json_text import as_json
from ..errors import ConversionError
from ..tool_names import ToolNames
from .given import Given, given, shown
from .words import FUNCTION

if TYPE_CHECKING:
    from .._generated.tools import ToolDescription, ToolNamespaceConfig
    from .._runtime.types.typed import JsonValue

__all__ = [
    "ALLOWED",
    "Declared",
    "Tools",
    "builtin_namespace",
    "custom_tool",
    "function_tool",
    "is_builtin",
    "namespaces_of",
    "tool_choice_of",
]

CHOICE, ALLOWED = "tool_choice", "allowed_tools"  # a key of requests, and a type of choices
INPUT = "" if DIALECTS is None else DIALECTS.custom_input or ""  # the argument that is the input of a custom tool


class Declared(NamedTuple):
    """The names of the tools of a request, which are all that reading a completion needs of them.

    Attributes:
        functions: the functions, custom tools among them.
        custom: the custom tools.
        builtins: the namespaces of built-in tools.
        servers: the labels of servers.
        aliases: whether the model knows the functions by aliases.
    """

    functions: tuple[str, ...] = ()
    custom: tuple[str, ...] = ()
    builtins: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    aliases: bool = False

    def values(self) -> list[JsonValue]:
        """Return the attributes as JSON values."""
        return [list(value) if isinstance(value, tuple) else value for value in self]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Declared:
        """Return the names that were such values."""
        functions, custom, builtins, servers, aliases = values
        return cls(tuple(functions), tuple(custom), tuple(builtins), tuple(servers), aliases)

    def names(self) -> ToolNames | None:
        """Return the aliases of the functions; None for none."""
        return ToolNames(self.functions) if self.aliases else None


@dataclass
class Tools:
    """The tools of a request.

    Attributes:
        functions: the function tools in their order; custom tools are functions, too.
        custom: the names of the custom tools.
        builtins: the built-in tools, by namespace.
        servers: the tools of servers of the Model Context Protocol, by the label of the server.
        names: the aliases of the functions; None for none.
    """

    functions: list[ToolDescription] = field(default_factory=list)
    custom: set[str] = field(default_factory=set)
    builtins: dict[str, ToolNamespaceConfig] = field(default_factory=dict)
    servers: dict[str, ToolNamespaceConfig] = field(default_factory=dict)
    names: ToolNames | None = None

    def with_aliases(self, wanted: bool) -> Tools:
        """Set the aliases, if they are wanted, and return the tools."""
        self.names = ToolNames([tool.name for tool in self.functions]) if wanted else None
        return self

    def alias(self, name: str) -> str:
        """Return the name by which the model knows a function; an unknown one stays."""
        return name if self.names is None else self.names.aliases.get(name, name)

    def known_names(self) -> frozenset[str]:
        """Return the names by which the model knows the functions."""
        return frozenset(self.alias(tool.name) for tool in self.functions)

    def declared(self) -> Declared:
        """Return the names alone."""
        functions = tuple(tool.name for tool in self.functions)
        aliases = self.names is not None
        return Declared(functions, tuple(sorted(self.custom)), tuple(self.builtins), tuple(self.servers), aliases)

    def described(self) -> list[ToolDescription]:
        """Return the functions with the names by which the model knows them."""
        return self.functions if self.names is None else self.names.tools(self.functions)


def function_tool(tool: Given, parameters: str = "parameters") -> ToolDescription:
    """Return the function tool with the name, the description and the parameters in a dictionary.

    Raises:
        ConversionError: a value has the wrong type.
    """
    schema = tool.get(parameters)
    if schema is not None and not isinstance(schema, Mapping):
        raise tool.wrong(parameters, f"expected a JSON Schema, not {shown(schema)}")
    if schema is not None:
        try:
            as_json(dict(schema))  # as it is rendered, which knows more faults than `json`
        except (TypeError, ValueError) as problem:
            raise tool.wrong(parameters, f"not JSON: {problem}") from None
    return _described(tool, None if schema is None else dict(schema))


def custom_tool(tool: Given, allowed: bool) -> ToolDescription:
    """Return a custom tool as a function with one argument, which is its input.

    Raises:
        ConversionError: custom tools are not allowed, or have no form in this format, or a value has the wrong type.
    """
    if not INPUT:
        raise tool.wrong("type", "this format has no custom tools")
    if not allowed:
        raise tool.wrong("type", "custom tools need the option custom_tools=True")
    properties = {INPUT: {"type": "string"}}
    return _described(
        tool.child("custom") if "custom" in tool else tool,
        {"type": "object", "properties": properties, "required": [INPUT]},
    )


class _Named(NamedTuple):
    """A function of a format that has no place for functions."""

    name: str


def _described(tool: Given, parameters: dict[str, Any] | None) -> ToolDescription:
    name = tool.text("name")
    if not name:
        raise tool.wrong("name", "the name is empty")
    description = tool.text_or_none("description") or ""
    if not FRAMING.function_namespace:  # completions are read by the names alone, and prompts refuse tools
        return cast("ToolDescription", _Named(name))
    with loading_own():
        from .._generated.tools import ToolDescription  # a format without tools does not have it

    return ToolDescription(name=name, description=description, parameters=parameters)


def builtin_namespace(name: str, path: str) -> ToolNamespaceConfig:
    """Return a built-in tool namespace of the format. Raises ConversionError if there is none of this name."""
    if name not in FRAMING.namespaces:
        valid = ", ".join(map(repr, sorted(FRAMING.namespaces))) or "none"
        raise ConversionError(f"unknown built-in tool {shown(name)} (expected one of {valid})", path=path)
    with loading_own():
        from .._generated.tools import ToolNamespaceConfig

    namespace: ToolNamespaceConfig = getattr(ToolNamespaceConfig, name)()
    return namespace


def namespaces_of(tools: Iterable[object], path: str) -> dict[str, ToolNamespaceConfig]:
    """Return built-in tools, given by their names or as namespaces, by namespace."""
    found: dict[str, ToolNamespaceConfig] = {}
    if isinstance(tools, (str, bytes)) or not isinstance(tools, Iterable):
        raise ConversionError(f"expected a list of names, not {shown(tools)}", path=path)
    for index, tool in enumerate(tools):
        at = f"{path}[{index}]"
        if isinstance(tool, str):
            found[tool] = builtin_namespace(tool, at)
        elif hasattr(tool, "tools") and isinstance(name := getattr(tool, "name", None), str):
            found[name] = tool  # type: ignore[assignment]  # a namespace, whose class a format without tools lacks
        else:
            raise ConversionError(f"expected the name of a built-in tool or a namespace, not {shown(tool)}", path=at)
    return found


def is_builtin(name: str, namespaces: Collection[str]) -> bool:
    """Return whether the name of a called tool is of one of these namespaces, or is one of them."""
    separator = FRAMING.tool_word_holds
    return name in namespaces or (separator != "" and name.partition(separator)[0] in namespaces and separator in name)


def tool_choice_of(
    choice: object, names: Collection[str] | None, words: Collection[str], kinds: Collection[str]
) -> str | None:
    """Return the word of a tool choice; for a chosen tool, the empty text.

    Args:
        names: the names of all tools of the request; None if they are not all known.
        words: the words that the API knows.
        kinds: the types of choices that the API knows.

    Raises:
        ConversionError: the choice is unknown, or its tool is not among the tools.
    """
    if choice is None:
        return None
    if isinstance(choice, str):
        if choice not in words:
            valid = ", ".join(map(repr, words))
            raise ConversionError(f"unknown choice {shown(choice)} (expected one of {valid}, or a tool)", path=CHOICE)
        return choice
    told = given(choice, CHOICE)
    kind = told.text_or_none("type")
    if kind not in kinds:
        raise ConversionError(f"unknown choice of type {shown(told.get('type'))}", path=CHOICE)
    if kind == ALLOWED:
        inner = told.child(kind) if kind in told else told
        for tool in inner.items("tools"):
            _expect_declared(tool, names)
    else:
        _expect_declared(told, names)
    return ""


def _expect_declared(choice: Given, names: Collection[str] | None) -> None:
    """Raise ConversionError if a choice names a tool that is not among the tools, or should name one and does not."""
    kind = choice.text_or_none("type") or ""
    inner = choice.child(kind) if kind in choice else choice
    name = inner.text_or_none("name")
    if name is None and kind in (FUNCTION, "custom"):
        raise ConversionError("the chosen tool has no name", path=CHOICE)
    if name is not None and names is not None and name not in names:
        raise ConversionError(f"the chosen tool {shown(name)} is not among the tools", path=CHOICE)
