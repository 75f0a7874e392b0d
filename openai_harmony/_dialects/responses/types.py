"""The dictionaries that become of completions, as the Responses API has them."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, TypedDict

from typing_extensions import NotRequired

__all__ = [
    "CodeInterpreterCallItem",
    "CustomToolCallItem",
    "Event",
    "FunctionCallItem",
    "McpCallItem",
    "MessageItem",
    "OutputItem",
    "ReasoningItem",
    "ResponseUsage",
    "WebSearchCallItem",
]

Status: TypeAlias = Literal["in_progress", "completed", "incomplete", "failed", "searching", "interpreting"]


class OutputText(TypedDict):
    type: Literal["output_text"]
    text: str
    annotations: list[object]


class MessageItem(TypedDict):
    """A message to the user."""

    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    status: Status
    content: list[OutputText]
    phase: NotRequired[str]


class ReasoningText(TypedDict):
    type: Literal["reasoning_text"]
    text: str


class ReasoningItem(TypedDict):
    """The chain of thought before what follows it."""

    id: str
    type: Literal["reasoning"]
    summary: list[object]
    content: list[ReasoningText]
    status: Status


class FunctionCallItem(TypedDict):
    """A call of a function."""

    id: str
    type: Literal["function_call"]
    call_id: str
    name: str
    arguments: str
    status: Status


class CustomToolCallItem(TypedDict):
    """A call of a custom tool."""

    id: str
    type: Literal["custom_tool_call"]
    call_id: str
    name: str
    input: str
    status: Status


class LogsOutput(TypedDict):
    type: Literal["logs"]
    logs: str


class CodeInterpreterCallItem(TypedDict):
    """Code that the server runs."""

    id: str
    type: Literal["code_interpreter_call"]
    code: str
    container_id: str
    outputs: list[LogsOutput] | None
    status: Status


class WebSearchCallItem(TypedDict):
    """A search, or a look at a page, that the server does."""

    id: str
    type: Literal["web_search_call"]
    action: dict[str, str]
    status: Status


class McpCallItem(TypedDict):
    """A call of a tool of a server of the Model Context Protocol."""

    id: str
    type: Literal["mcp_call"]
    server_label: str
    name: str
    arguments: str
    output: str | None
    error: str | None
    status: Status


OutputItem: TypeAlias = (
    MessageItem
    | ReasoningItem
    | FunctionCallItem
    | CustomToolCallItem
    | CodeInterpreterCallItem
    | WebSearchCallItem
    | McpCallItem
)


class InputDetails(TypedDict):
    cached_tokens: int
    cache_write_tokens: int


class OutputDetails(TypedDict):
    reasoning_tokens: int


class ResponseUsage(TypedDict):
    """Counts of tokens. Those of reasoning are the tokens of its text."""

    input_tokens: int
    input_tokens_details: InputDetails
    output_tokens: int
    output_tokens_details: OutputDetails
    total_tokens: int


class Event(TypedDict):
    """An event of a stream; `type` tells which of the other keys it has."""

    type: str
    sequence_number: int
    output_index: NotRequired[int]
    item_id: NotRequired[str]
    content_index: NotRequired[int]
    item: NotRequired[OutputItem]
    part: NotRequired[OutputText | ReasoningText]
    delta: NotRequired[str]
    text: NotRequired[str]
    arguments: NotRequired[str]
    input: NotRequired[str]
    code: NotRequired[str]
    logprobs: NotRequired[list[object]]
    response: NotRequired[dict[str, Any]]
    message: NotRequired[str]
    param: NotRequired[str | None]
