# Generated from spec/{channels,contents,tools}
# by codegen/templates/contents.py.jinja; edit those and run `make generate`.
"""What a message may hold; each content class reads and writes its own dictionary form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from pydantic.dataclasses import dataclass

from .._runtime.types.modelling import CONFIG, DataType
from .._runtime.types.variants import Variant, complete
from .enumerations import ReasoningEffort
from .tools import FUNCTION_NAMESPACE, ToolDescription, ToolNamespaceConfig

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "DEFAULT_CHANNELS",
    "ChannelConfig",
    "Content",
    "DeveloperContent",
    "SystemContent",
    "TextContent",
    "make_text",
]


@dataclass(config=CONFIG)
class ChannelConfig(DataType):
    """The channels of a conversation, and whether every message must have one."""

    valid_channels: list[str]
    """The names of the channels in the order in which they are listed."""
    channel_required: bool
    """Whether every message must have a channel."""

    @classmethod
    def require_channels(cls, channels: list[str]) -> Self:
        """Demand that every message names one of these channels."""
        return cls(valid_channels=channels, channel_required=True)


DEFAULT_CHANNELS = ("analysis", "commentary", "final")
_new = object.__new__


def default_channels() -> ChannelConfig:
    """A new one with the default channels; many programs never build its validator."""
    made = _new(ChannelConfig)
    values = made.__dict__
    values["valid_channels"] = list(DEFAULT_CHANNELS)
    values["channel_required"] = True
    return made


@dataclass(config=CONFIG)
class Content(Variant, key="type"):
    """Base of all contents; a field of this type takes any of them."""


@dataclass(config=CONFIG)
class TextContent(Content, tag="text", tag_first=True):
    """Plain text."""

    text: str
    """The text."""


@dataclass(config=CONFIG)
class SystemContent(Content, tag="system_content"):
    """The content of a system message (identity, dates, channels and built-in tools)."""

    model_identity: str | None = "You are ChatGPT, a large language model trained by OpenAI."
    """The first line, which states the identity of the model."""
    reasoning_effort: ReasoningEffort | None = ReasoningEffort.MEDIUM
    """How much reasoning the model should apply."""
    conversation_start_date: str | None = None
    """The current date as free text."""
    knowledge_cutoff: str | None = "2024-06"
    """The month in which the training data ends, as free text."""
    channel_config: ChannelConfig | None = field(default_factory=default_channels)
    """The channels that the model may use."""
    tools: dict[str, ToolNamespaceConfig] | None = None
    """Built-in tool namespaces by name."""

    @classmethod
    def new(cls) -> Self:
        """One with the defaults."""
        if cls is not SystemContent:
            return cls()
        made = _new(cls)
        values = made.__dict__
        values["model_identity"] = cls.model_identity
        values["reasoning_effort"] = cls.reasoning_effort
        values["conversation_start_date"] = cls.conversation_start_date
        values["knowledge_cutoff"] = cls.knowledge_cutoff
        values["channel_config"] = default_channels()
        values["tools"] = cls.tools
        return made

    def with_model_identity(self, model_identity: str | None) -> Self:
        """Set the field, unvalidated."""
        self.model_identity = model_identity
        return self

    def with_reasoning_effort(self, reasoning_effort: ReasoningEffort | None) -> Self:
        """Set the field, unvalidated."""
        self.reasoning_effort = reasoning_effort
        return self

    def with_conversation_start_date(self, conversation_start_date: str | None) -> Self:
        """Set the field, unvalidated."""
        self.conversation_start_date = conversation_start_date
        return self

    def with_knowledge_cutoff(self, knowledge_cutoff: str | None) -> Self:
        """Set the field, unvalidated."""
        self.knowledge_cutoff = knowledge_cutoff
        return self

    def with_channel_config(self, channel_config: ChannelConfig | None) -> Self:
        """Set the field, unvalidated."""
        self.channel_config = channel_config
        return self

    def with_required_channels(self, channels: list[str]) -> Self:
        """Demand that every message names one of these channels."""
        self.channel_config = ChannelConfig.require_channels(channels)
        return self

    def with_tools(self, ns_config: ToolNamespaceConfig) -> Self:
        """Put a tool namespace under its name."""
        self.tools = {**(self.tools or {}), ns_config.name: ns_config}
        return self

    def with_browser_tool(self) -> Self:
        """Add the built-in namespace `browser`."""
        return self.with_tools(ToolNamespaceConfig.browser())

    def with_python_tool(self) -> Self:
        """Add the built-in namespace `python`."""
        return self.with_tools(ToolNamespaceConfig.python())


@dataclass(config=CONFIG)
class DeveloperContent(Content, tag="developer_content"):
    """The application's instructions and its function tools."""

    instructions: str | None = None
    """The instructions to the model; often called the system prompt."""
    tools: dict[str, ToolNamespaceConfig] | None = None
    """Tool namespaces by name; function tools are in the function namespace."""

    @classmethod
    def new(cls) -> Self:
        """One with the defaults."""
        if cls is not DeveloperContent:
            return cls()
        made = _new(cls)
        values = made.__dict__
        values["instructions"] = cls.instructions
        values["tools"] = cls.tools
        return made

    def with_instructions(self, instructions: str | None) -> Self:
        """Set the field, unvalidated."""
        self.instructions = instructions
        return self

    def with_tools(self, ns_config: ToolNamespaceConfig) -> Self:
        """Put a tool namespace under its name."""
        self.tools = {**(self.tools or {}), ns_config.name: ns_config}
        return self

    def with_browser_tool(self) -> Self:
        """Add the built-in namespace `browser`."""
        return self.with_tools(ToolNamespaceConfig.browser())

    def with_python_tool(self) -> Self:
        """Add the built-in namespace `python`."""
        return self.with_tools(ToolNamespaceConfig.python())

    def with_function_tools(self, tools: Sequence[ToolDescription]) -> Self:
        """Put these tools under the namespace of function tools."""
        functions = ToolNamespaceConfig(name=FUNCTION_NAMESPACE, tools=list(tools))
        return self.with_tools(functions)


complete(Content)


def make_text(text: str) -> TextContent:
    """The content of plain text, unvalidated."""
    made = _new(TextContent)
    made.__dict__["text"] = text
    return made
