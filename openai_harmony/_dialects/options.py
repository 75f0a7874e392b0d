"""Arguments of the conversions that several functions take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from datetime import date

    from .._generated.contents import SystemContent
    from .._generated.messages import Conversation, Message
    from .._generated.tools import ToolNamespaceConfig
    from .chat.writer import CutCalls, ReasoningKey
    from .heading import Undeclared
    from .history import ReasoningPolicy
    from .ids import NewId
    from .opening import EffortMode

__all__ = ["ChoiceOptions", "PromptOptions", "ResponsesOptions"]


class PromptOptions(TypedDict, total=False):
    """The arguments of `conversation_from_chat` that are no part of a request."""

    builtin_tools: Iterable[str | ToolNamespaceConfig]
    system: SystemContent | None
    current_date: str | date | None
    analysis: ReasoningPolicy
    effort: EffortMode
    names: bool
    custom_tools: bool
    keep_tools: bool
    aliases: bool


class ChoiceOptions(TypedDict, total=False):
    """The arguments of `ChatStream` beside the encoding."""

    tools: Iterable[object] | None
    parallel_tool_calls: bool | None
    reasoning_key: ReasoningKey
    include_reasoning: bool
    separator: str
    undeclared: Undeclared
    aliases: bool
    new_id: NewId
    prompt_tokens: Sequence[int] | None
    cut_calls: CutCalls


class ResponsesOptions(TypedDict, total=False):
    """The arguments of `conversation_from_responses` that are no part of a request."""

    previous: Conversation | Iterable[Message | Mapping[str, object]] | None
    resolve: Callable[[str], object] | None
    decrypt: Callable[[str], str] | None
    system: SystemContent | None
    current_date: str | date | None
    analysis: ReasoningPolicy
    effort: EffortMode
    summaries: bool
    custom_tools: bool
    keep_tools: bool
    aliases: bool
