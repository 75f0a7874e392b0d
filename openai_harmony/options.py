"""How a rendering differs from the usual one; options hold no fact of the format."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from ._runtime.modelling import CONFIG, DataType

__all__ = ["RenderConversationConfig", "RenderOptions"]


@dataclass(config=CONFIG)
class RenderConversationConfig(DataType):
    """Options of rendering a conversation."""

    auto_drop_analysis: bool = True
    """Leave out the chain of thought of a turn that has reached its answer."""


@dataclass(config=CONFIG)
class RenderOptions(DataType):
    """Options of rendering a single message, which cannot know the conversation around it."""

    conversation_has_function_tools: bool = False
    """Whether the conversation declares function tools, which a system message mentions."""
