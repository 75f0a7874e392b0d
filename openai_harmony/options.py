"""Options for rendering and parsing."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias, cast

from pydantic.dataclasses import dataclass

from ._runtime.types.modelling import CONFIG, DataType

__all__ = ["RenderConversationConfig", "RenderOptions"]

Strictness: TypeAlias = "bool | Literal['pedantic'] | None"
"""The argument `strict` of parsers: True, False, "pedantic", or None for the default of the process."""


SchemaMode: TypeAlias = Literal["reference", "full"]
"""How the schemas of tools are written; docs/tool-schemas.md tells the difference."""


class _NotTold:
    """The default of `strict`: means None, but has the repr of the default in the reference's signatures."""

    def __repr__(self) -> str:
        return "True"

    def __reduce__(self) -> str:
        return "NOT_TOLD"  # the same object in every process


NOT_TOLD = cast(None, _NotTold())


@dataclass(config=CONFIG)
class RenderConversationConfig(DataType):
    """Options for rendering a conversation.

    Example:
        >>> RenderConversationConfig(auto_drop_analysis=False).auto_drop_analysis
        False
    """

    auto_drop_analysis: bool = True
    """Omit the chain of thought before the first answer, if the last message of the assistant is an answer."""
    schema: SchemaMode = field(default="reference", repr=False)
    """How the schemas of tools are rendered: as the reference library does, or with nothing omitted."""


@dataclass(config=CONFIG)
class RenderOptions(DataType):
    """Options for rendering a single message, which depends on the conversation that it is part of.

    Example:
        >>> RenderOptions(conversation_has_function_tools=True).conversation_has_function_tools
        True
    """

    conversation_has_function_tools: bool = False
    """Whether the conversation declares function tools; a system message then mentions them."""
