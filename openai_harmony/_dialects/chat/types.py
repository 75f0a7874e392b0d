"""The dictionaries that become of completions, as the Chat Completions API has them."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

from typing_extensions import NotRequired

__all__ = [
    "ChatChoice",
    "ChatCustomCall",
    "ChatDelta",
    "ChatFunctionCall",
    "ChatMessage",
    "ChatToolCall",
    "ChoiceDelta",
    "CompletionUsageDetails",
    "ReasoningTokens",
    "ToolCallDelta",
]


class CalledFunction(TypedDict):
    name: str
    arguments: str


class ChatFunctionCall(TypedDict):
    """A call of a function."""

    id: str
    type: Literal["function"]
    function: CalledFunction


class CalledCustom(TypedDict):
    name: str
    input: str


class ChatCustomCall(TypedDict):
    """A call of a custom tool."""

    id: str
    type: Literal["custom"]
    custom: CalledCustom


ChatToolCall: TypeAlias = ChatFunctionCall | ChatCustomCall


class ChatMessage(TypedDict):
    """A message of the assistant. A key for reasoning is there if there is any, `tool_calls` if there are calls."""

    role: Literal["assistant"]
    content: str | None
    reasoning: NotRequired[str]
    reasoning_content: NotRequired[str]
    tool_calls: NotRequired[list[ChatToolCall]]


class ChatChoice(TypedDict):
    """A message, and why it ends."""

    message: ChatMessage
    finish_reason: str


class CalledFunctionDelta(TypedDict, total=False):
    name: str
    arguments: str


class CalledCustomDelta(TypedDict, total=False):
    name: str
    input: str


class ToolCallDelta(TypedDict):
    """A piece of a call. The first one has the id, the type and the name."""

    index: int
    id: NotRequired[str]
    type: NotRequired[Literal["function", "custom"]]
    function: NotRequired[CalledFunctionDelta]
    custom: NotRequired[CalledCustomDelta]


class ChoiceDelta(TypedDict, total=False):
    """What a chunk adds to a message."""

    role: Literal["assistant"]
    content: str
    reasoning: str
    reasoning_content: str
    tool_calls: list[ToolCallDelta]


class ChatDelta(TypedDict):
    """What a step adds to a choice.

    `tokens` are the positions of the tokens of its text among those that were sampled: the first one, and the one
    behind the last. Both are the same if the delta has no text of the model.
    """

    delta: ChoiceDelta
    finish_reason: str | None
    tokens: tuple[int, int]


class ReasoningTokens(TypedDict):
    reasoning_tokens: int


class CompletionUsageDetails(TypedDict):
    """Counts of sampled tokens. Those of reasoning are the tokens of its text."""

    completion_tokens: int
    completion_tokens_details: ReasoningTokens
