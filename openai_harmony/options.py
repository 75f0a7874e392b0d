"""How a rendering or a reading differs from the usual one; options hold no fact of the format."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast

from pydantic.dataclasses import dataclass

from ._runtime.types.modelling import CONFIG, DataType

__all__ = ["RenderConversationConfig", "RenderOptions"]

Strictness: TypeAlias = "bool | Literal['pedantic'] | None"
"""What parsers take as `strict`: True, False, "pedantic", or None for what the environment says."""


SchemaMode: TypeAlias = Literal["reference", "full"]
"""How the schemas of tools are written; docs/tool-schemas.md tells the difference."""


class _NotTold:
    """The default of `strict`: None, but shown as what it comes to, and as in the reference's signatures."""

    def __repr__(self) -> str:
        return "True"

    def __reduce__(self) -> str:
        return "NOT_TOLD"  # the same object in every process


NOT_TOLD = cast(None, _NotTold())


@dataclass(config=CONFIG)
class RenderConversationConfig(DataType):
    """Options of rendering a conversation."""

    auto_drop_analysis: bool = True
    """Leave out the chain of thought of a turn that has reached its answer."""
    schema: SchemaMode = "reference"
    """How the schemas of tools are written: as the reference library does, or with nothing left out."""


@dataclass(config=CONFIG)
class RenderOptions(DataType):
    """Options of rendering a single message, which cannot know the conversation around it."""

    conversation_has_function_tools: bool = False
    """Whether the conversation declares function tools, which a system message mentions."""
