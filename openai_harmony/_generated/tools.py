# Generated from spec/tools
# by codegen/templates/tools.py.jinja; edit those and run `make generate`.
"""Tool descriptions and tool namespaces, including the built-in namespaces."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from .._runtime.locks import loading
from .._runtime.types.modelling import DataType, JsonDict, datatype, required

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["FUNCTION_NAMESPACE", "ToolDescription", "ToolNamespaceConfig"]


@datatype
class ToolDescription(DataType):
    """One tool that can be called.

    Example:
        >>> ToolDescription("lookup", "Looks up a word.").name
        'lookup'
    """

    name: str
    """The name within the namespace."""
    description: str
    """What the tool does; each line becomes a comment."""
    parameters: JsonDict | None = None
    """JSON Schema of the arguments; None for a tool without arguments."""

    if TYPE_CHECKING:  # accepts more than the fields' types: pydantic converts

        def __init__(
            self,
            name: str,
            description: str,
            parameters: Mapping[str, object] | None = None,
        ) -> None: ...

    @classmethod
    def new(
        cls,
        name: str,
        description: str,
        parameters: Mapping[str, object] | None = None,
    ) -> Self:
        """Create an instance; equivalent to the constructor."""
        return cls(name=name, description=description, parameters=parameters)

    @classmethod
    def from_function(
        cls,
        function: Callable[..., object],
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> Self:
        """A tool called as a function is: by its annotations, and what its docstring says."""
        with loading():
            from .._runtime.types.tool_forms import of_function

        return cls(**of_function(function, name, description))

    @classmethod
    def from_model(
        cls,
        model: type,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> Self:
        """A tool whose arguments are the fields of a pydantic model."""
        with loading():
            from .._runtime.types.tool_forms import of_model

        return cls(**of_model(model, name, description))

    @classmethod
    def from_openai(cls, tool: Mapping[str, object]) -> Self:
        """A function tool as the Chat Completions API or the Responses API takes it."""
        with loading():
            from .._runtime.types.tool_forms import of_openai

        return cls(**of_openai(tool))

    @classmethod
    def from_mcp(cls, tool: object) -> Self:
        """A tool of a server of the Model Context Protocol, as a dictionary or an object."""
        with loading():
            from .._runtime.types.tool_forms import of_mcp

        return cls(**of_mcp(tool))


@datatype
class ToolNamespaceConfig(DataType):
    """A group of tools with a common name.

    Example:
        >>> ToolNamespaceConfig.browser().name
        'browser'
    """

    name: str
    """The name of the namespace."""
    description: str | None = None
    """What the tools are for."""
    tools: list[ToolDescription] = required()
    """The tools in the order in which they are listed."""

    if TYPE_CHECKING:  # accepts more than the fields' types: pydantic converts

        @overload
        def __init__(
            self,
            name: str,
            description: str | None,
            tools: Sequence[ToolDescription],
        ) -> None: ...

        @overload
        def __init__(
            self,
            name: str,
            *,
            description: str | None = None,
            tools: Sequence[ToolDescription],
        ) -> None: ...

        def __init__(self, *given: object, **named: object) -> None: ...

    @staticmethod
    def browser() -> ToolNamespaceConfig:
        """Searching and reading the web."""
        return ToolNamespaceConfig(**copy.deepcopy(_BROWSER))

    @staticmethod
    def python() -> ToolNamespaceConfig:
        """Running Python code in the chain of thought."""
        return ToolNamespaceConfig(**copy.deepcopy(_PYTHON))


FUNCTION_NAMESPACE = "functions"

_BROWSER: dict[str, Any] = {
    "name": "browser",
    "description": """\
Tool for browsing.
The `cursor` appears in brackets before each browsing display: `[{cursor}]`.
Cite information from the tool using the following format:
`【{cursor}†L{line_start}(-L{line_end})?】`, for example: `【6†L9-L11】` or `【8†L3】`.
Do not quote more than 10 words directly from the tool output.
sources=web (default: web)\
""",
    "tools": [
        {
            "name": "search",
            "description": """\
Searches for information related to `query` and displays `topn` results.\
""",
            "parameters": {
                "type": "object",
                "properties": {
                    "query": {"type": "string"},
                    "topn": {"type": "number", "default": 10},
                    "source": {"type": "string"},
                },
                "required": ["query"],
            },
        },
        {
            "name": "open",
            "description": """\
Opens the link `id` from the page indicated by `cursor` starting at line number `loc`, showing \
`num_lines` lines.
Valid link ids are displayed with the formatting: `【{id}†.*】`.
If `cursor` is not provided, the most recent page is implied.
If `id` is a string, it is treated as a fully qualified URL associated with `source`.
If `loc` is not provided, the viewport will be positioned at the beginning of the document or \
centered on the most relevant passage, if available.
Use this function without `id` to scroll to a new location of an opened page.\
""",
            "parameters": {
                "type": "object",
                "properties": {
                    "id": {"type": ["number", "string"], "default": -1},
                    "cursor": {"type": "number", "default": -1},
                    "loc": {"type": "number", "default": -1},
                    "num_lines": {"type": "number", "default": -1},
                    "view_source": {"type": "boolean", "default": False},
                    "source": {"type": "string"},
                },
            },
        },
        {
            "name": "find",
            "description": """\
Finds exact matches of `pattern` in the current page, or the page given by `cursor`.\
""",
            "parameters": {
                "type": "object",
                "properties": {
                    "pattern": {"type": "string"},
                    "cursor": {"type": "number", "default": -1},
                },
                "required": ["pattern"],
            },
        },
    ],
}

_PYTHON: dict[str, Any] = {
    "name": "python",
    "description": """\
Use this tool to execute Python code in your chain of thought. The code will not be shown to \
the user. This tool should be used for internal reasoning, but not for code that is intended \
to be visible to the user (e.g. when creating plots, tables, or files).

When you send a message containing Python code to python, it will be executed in a stateful \
Jupyter notebook environment. python will respond with the output of the execution or time out \
after 120.0 seconds. The drive at '/mnt/data' can be used to save and persist user files. \
Internet access for this session is UNKNOWN. Depends on the cluster.\
""",
    "tools": [],
}
