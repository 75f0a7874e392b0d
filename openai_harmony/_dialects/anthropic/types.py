"""The dictionaries that become of completions, as the Messages API has them."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

from typing_extensions import NotRequired

__all__ = [
    "AnthropicBlock",
    "AnthropicEvent",
    "AnthropicMessage",
    "AnthropicTextBlock",
    "AnthropicThinkingBlock",
    "AnthropicToolUseBlock",
    "AnthropicUsage",
    "ErrorEvent",
    "PingEvent",
]


class AnthropicThinkingBlock(TypedDict):
    """Reasoning. The signature is empty: nothing has signed it."""

    type: Literal["thinking"]
    thinking: str
    signature: str


class AnthropicTextBlock(TypedDict):
    """A preamble or an answer."""

    type: Literal["text"]
    text: str
    citations: None


class AnthropicToolUseBlock(TypedDict):
    """A call of a tool."""

    type: Literal["tool_use"]
    id: str
    name: str
    input: dict[str, object]


AnthropicBlock: TypeAlias = AnthropicThinkingBlock | AnthropicTextBlock | AnthropicToolUseBlock


class ThinkingTokens(TypedDict):
    thinking_tokens: int


class AnthropicUsage(TypedDict):
    """Counts of tokens; a server may add others. Those of thinking are the tokens of its text."""

    input_tokens: int
    output_tokens: int
    output_tokens_details: NotRequired[ThinkingTokens]


class AnthropicMessage(TypedDict):
    """A message of the model."""

    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    model: str
    content: list[AnthropicBlock]
    stop_reason: str | None
    stop_sequence: str | None
    usage: AnthropicUsage


class MessageStartEvent(TypedDict):
    type: Literal["message_start"]
    message: AnthropicMessage


class ContentBlockStartEvent(TypedDict):
    type: Literal["content_block_start"]
    index: int
    content_block: AnthropicBlock


class ThinkingDelta(TypedDict):
    type: Literal["thinking_delta"]
    thinking: str


class TextDelta(TypedDict):
    type: Literal["text_delta"]
    text: str


class InputDelta(TypedDict):
    type: Literal["input_json_delta"]
    partial_json: str


class ContentBlockDeltaEvent(TypedDict):
    type: Literal["content_block_delta"]
    index: int
    delta: ThinkingDelta | TextDelta | InputDelta


class ContentBlockStopEvent(TypedDict):
    type: Literal["content_block_stop"]
    index: int


class MessageStop(TypedDict):
    stop_reason: str | None
    stop_sequence: str | None


class UsageDelta(TypedDict):
    output_tokens: int
    output_tokens_details: NotRequired[ThinkingTokens]


class MessageDeltaEvent(TypedDict):
    type: Literal["message_delta"]
    delta: MessageStop
    usage: UsageDelta


class MessageStopEvent(TypedDict):
    type: Literal["message_stop"]


class ErrorObject(TypedDict):
    type: str
    message: str


class ErrorEvent(TypedDict):
    """The end of a stream that failed."""

    type: Literal["error"]
    error: ErrorObject


class PingEvent(TypedDict):
    """What keeps a connection open; clients skip it."""

    type: Literal["ping"]


AnthropicEvent: TypeAlias = (
    MessageStartEvent
    | ContentBlockStartEvent
    | ContentBlockDeltaEvent
    | ContentBlockStopEvent
    | MessageDeltaEvent
    | MessageStopEvent
    | ErrorEvent
    | PingEvent
)
"""What a stream consists of."""
