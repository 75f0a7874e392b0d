"""Arguments that several functions of the Messages API take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from datetime import date

    from ..._generated.contents import SystemContent
    from ..._generated.tools import ToolNamespaceConfig
    from ..heading import Undeclared
    from ..history import ReasoningPolicy
    from ..ids import NewId
    from ..opening import EffortMode

__all__ = ["MessageOptions", "PromptOptions"]


class PromptOptions(TypedDict, total=False):
    """The arguments of `conversation_from_messages` that are no part of a request."""

    builtin_tools: Iterable[str | ToolNamespaceConfig]
    opening: SystemContent | None
    current_date: str | date | None
    analysis: ReasoningPolicy
    effort: EffortMode
    keep_tools: bool
    aliases: bool


class MessageOptions(TypedDict, total=False):
    """The arguments of `AnthropicStream` beside the encoding and the message."""

    tools: Iterable[object] | None
    parallel_tool_calls: bool | None
    include_thinking: bool
    undeclared: Undeclared
    aliases: bool
    new_id: NewId
    prompt_tokens: Sequence[int] | None
