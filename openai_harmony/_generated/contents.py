# Generated from spec/{channels,contents,tools}
# by codegen/templates/contents.py.jinja; edit those and run `make generate`.
"""The contents of a message; each content class converts to and from its dictionary form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .._runtime.types.late_fields import field
from .._runtime.types.modelling import DataType, JsonSchema, datatype
from .._runtime.types.variants import Variant
from .enumerations import ReasoningEffort
from .tools import FUNCTION_NAMESPACE, ToolDescription, ToolNamespaceConfig

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "DEFAULT_CHANNELS",
    "ChannelConfig",
    "Content",
    "DeveloperContent",
    "ResponseFormat",
    "SystemContent",
    "TextContent",
    "make_text",
]


@datatype
class ChannelConfig(DataType):
    """The channels of a conversation, and whether every message must have one.

    Example:
        >>> ChannelConfig.require_channels(["final"]).channel_required
        True
    """

    valid_channels: list[str]
    """The names of the channels in the order in which they are listed."""
    channel_required: bool
    """Whether every message must have a channel."""

    @classmethod
    def require_channels(cls, channels: list[str]) -> Self:
        """Create a configuration that requires one of these channels in every message."""
        return cls(valid_channels=channels, channel_required=True)


@datatype
class ResponseFormat(DataType):
    """A format of answers, described by a JSON Schema.

    Example:
        >>> ResponseFormat('answer', {"type": "object"}).name
        'answer'
    """

    name: str
    """The name of the format."""
    schema: JsonSchema
    """The JSON Schema of an answer; it may be given as a pydantic model."""
    description: str | None = None
    """What the format is for; each line becomes a comment."""

    if TYPE_CHECKING:  # accepts more than the fields' types: pydantic converts

        def __init__(
            self,
            name: str,
            schema: Mapping[str, object] | bool | type[object],
            description: str | None = None,
        ) -> None: ...


DEFAULT_CHANNELS = ("analysis", "commentary", "final")
_new = object.__new__


def default_channels() -> ChannelConfig:
    """Create a configuration with the default channels, without building a pydantic validator."""
    made = _new(ChannelConfig)
    values = made.__dict__
    values["valid_channels"] = list(DEFAULT_CHANNELS)
    values["channel_required"] = True
    return made


@datatype
class Content(Variant, key="type"):
    """Base class of all contents. A field of this type accepts any of them.

    Example:
        >>> Content.from_dict({"type": "text", "text": "Hello"})
        TextContent(text='Hello')
    """


@datatype
class TextContent(Content, tag="text", tag_first=True):
    """Plain text.

    Example:
        >>> TextContent("Hello").text
        'Hello'
    """

    text: str
    """The text."""


@datatype
class SystemContent(Content, tag="system_content"):
    """The content of a system message (identity, dates, channels and built-in tools).

    Example:
        >>> content = SystemContent.new()
        >>> content = content.with_model_identity("You are a pirate.")
        >>> content.model_identity
        'You are a pirate.'
    """

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
        """Create a content with the default values."""
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
        """Set `model_identity` without validation; return the content."""
        self.model_identity = model_identity
        return self

    def with_reasoning_effort(self, reasoning_effort: ReasoningEffort | None) -> Self:
        """Set `reasoning_effort` without validation; return the content."""
        self.reasoning_effort = reasoning_effort
        return self

    def with_conversation_start_date(self, conversation_start_date: str | None) -> Self:
        """Set `conversation_start_date` without validation; return the content."""
        self.conversation_start_date = conversation_start_date
        return self

    def with_knowledge_cutoff(self, knowledge_cutoff: str | None) -> Self:
        """Set `knowledge_cutoff` without validation; return the content."""
        self.knowledge_cutoff = knowledge_cutoff
        return self

    def with_channel_config(self, channel_config: ChannelConfig | None) -> Self:
        """Set `channel_config` without validation; return the content."""
        self.channel_config = channel_config
        return self

    def with_required_channels(self, channels: list[str]) -> Self:
        """Require one of these channels in every message; return the content."""
        self.channel_config = ChannelConfig.require_channels(channels)
        return self

    def with_tools(self, ns_config: ToolNamespaceConfig) -> Self:
        """Add a tool namespace, or replace the one with the same name; return the content."""
        self.tools = {**(self.tools or {}), ns_config.name: ns_config}
        return self

    def with_browser_tool(self) -> Self:
        """Add the built-in namespace `browser`; return the content."""
        return self.with_tools(ToolNamespaceConfig.browser())

    def with_python_tool(self) -> Self:
        """Add the built-in namespace `python`; return the content."""
        return self.with_tools(ToolNamespaceConfig.python())


@datatype
class DeveloperContent(Content, tag="developer_content", quiet=("response_formats",)):
    """The application's instructions and its function tools.

    Example:
        >>> content = DeveloperContent.new()
        >>> content = content.with_instructions("You are a pirate.")
        >>> content.instructions
        'You are a pirate.'
    """

    instructions: str | None = None
    """The instructions to the model; often called the system prompt."""
    tools: dict[str, ToolNamespaceConfig] | None = None
    """Tool namespaces by name; function tools are in the function namespace."""
    response_formats: list[ResponseFormat] | None = None
    """The formats in which the model is to answer."""

    @classmethod
    def new(cls) -> Self:
        """Create a content with the default values."""
        if cls is not DeveloperContent:
            return cls()
        made = _new(cls)
        values = made.__dict__
        values["instructions"] = cls.instructions
        values["tools"] = cls.tools
        values["response_formats"] = cls.response_formats
        return made

    def with_instructions(self, instructions: str | None) -> Self:
        """Set `instructions` without validation; return the content."""
        self.instructions = instructions
        return self

    def with_tools(self, ns_config: ToolNamespaceConfig) -> Self:
        """Add a tool namespace, or replace the one with the same name; return the content."""
        self.tools = {**(self.tools or {}), ns_config.name: ns_config}
        return self

    def with_browser_tool(self) -> Self:
        """Add the built-in namespace `browser`; return the content."""
        return self.with_tools(ToolNamespaceConfig.browser())

    def with_python_tool(self) -> Self:
        """Add the built-in namespace `python`; return the content."""
        return self.with_tools(ToolNamespaceConfig.python())

    def with_function_tools(self, tools: Sequence[ToolDescription]) -> Self:
        """Set the function tools, which form a namespace; return the content."""
        functions = ToolNamespaceConfig(name=FUNCTION_NAMESPACE, tools=list(tools))
        return self.with_tools(functions)

    def with_response_formats(self, response_formats: list[ResponseFormat] | None) -> Self:
        """Set `response_formats` without validation; return the content."""
        self.response_formats = response_formats
        return self

    def with_response_format(
        self,
        name: str,
        schema: Mapping[str, object] | bool | type[object],
        description: str | None = None,
    ) -> Self:
        """Add to `response_formats`, or replace the one with the same name; return the
        content.
        """
        made = ResponseFormat(name=name, schema=schema, description=description)
        kept = [member for member in self.response_formats or () if member.name != made.name]
        self.response_formats = [*kept, made]
        return self


def make_text(text: str) -> TextContent:
    """Create a plain text content without validation."""
    made = _new(TextContent)
    made.__dict__["text"] = text
    return made
