# Generated from spec/{channels,contents,framing,messages,roles,styles,tokens,tools}
# by codegen/templates/renderer.py.jinja; edit those and run `make generate`.
"""How messages are written: the contents' text, the header's pieces, the token at the end."""

from __future__ import annotations

from operator import attrgetter

from .._runtime.types.checking import (
    Field,
    ListOf,
    MapOf,
    OneOf,
    Record,
    flag,
    json_schema,
    mapping,
    one_line,
    text,
)
from .._runtime.writing.history import HistoryRule
from .._runtime.writing.rules import (
    ContentRule,
    Contents,
    Exact,
    Header,
    Key,
    Rules,
    each,
    plain,
)
from .._runtime.writing.schema_text import margined, schema_line
from .._runtime.writing.typescript import ToolsText, tools_text
from ..errors import RenderError
from .contents import ChannelConfig, DeveloperContent, ResponseFormat, SystemContent, TextContent
from .messages import Author, Message
from .tools import ToolDescription, ToolNamespaceConfig
from .wording import WORDING

__all__ = ["RULES"]

RETURN_ID = 200002  # <|return|>
CONSTRAIN_ID = 200003  # <|constrain|>
CHANNEL_ID = 200005  # <|channel|>
START_ID = 200006  # <|start|>
END_ID = 200007  # <|end|>
MESSAGE_ID = 200008  # <|message|>
CALL_ID = 200012  # <|call|>

# The text of the contents ----------------------------------------------------------------------

WRITTEN_REASONING_EFFORT = {"Low": "low", "Medium": "medium", "High": "high"}


def written_text(content: TextContent, function_tools: bool) -> str:
    """The text of a TextContent."""
    return plain(content.text)


def written_system_content(
    content: SystemContent,
    function_tools: bool,
    tools_text: ToolsText = tools_text,
) -> str:
    """The text of a SystemContent."""
    sections: list[str] = []
    lines: list[str] = []
    if content.model_identity is not None:
        lines.append(plain(content.model_identity))
    if content.knowledge_cutoff is not None:
        lines.append("Knowledge cutoff: " + plain(content.knowledge_cutoff))
    if content.conversation_start_date is not None:
        lines.append("Current date: " + plain(content.conversation_start_date))
    if lines:
        sections.append("\n".join(lines))
    if content.reasoning_effort is not None:
        line = "Reasoning: " + WRITTEN_REASONING_EFFORT[plain(content.reasoning_effort)]
        sections.append(line)
    if content.tools:
        sections.append(tools_text(content.tools, WORDING))
    if content.channel_config is not None and content.channel_config.valid_channels:
        line = "# Valid channels: " + ", ".join(content.channel_config.valid_channels) + "."
        if content.channel_config.channel_required:
            line += " Channel must be included for every message."
        if function_tools:
            line += "\nCalls to these tools must go to the commentary channel: 'functions'."
        sections.append(line)
    return "\n\n".join(sections)


def written_developer_content(
    content: DeveloperContent,
    function_tools: bool,
    tools_text: ToolsText = tools_text,
) -> str:
    """The text of a DeveloperContent."""
    sections: list[str] = []
    if content.instructions is not None:
        sections.append("# Instructions\n\n" + plain(content.instructions))
    if content.tools:
        sections.append(tools_text(content.tools, WORDING))
    if content.response_formats:
        sections.append("# Response Formats")
        for member in content.response_formats:
            lines: list[str] = []
            lines.append("## " + plain(member.name) + "\n")
            if member.description:
                lines.append(margined(plain(member.description), "// "))
            lines.append(schema_line(member.schema))
            sections.append("\n".join(lines))
    return "\n\n".join(sections)


# The header ------------------------------------------------------------------------------------


# What a message's header says, and how its message ends, follow from these values alone.
HEADER_VALUES = attrgetter(
    "author.role",
    "author.name",
    "channel",
    "recipient",
    "content_type",
)


def author_text(role: str, name: str | None) -> str:
    """Who wrote a message, as its header says it."""
    if role == "tool":
        if name is None:
            raise RenderError("Tools should have a name!")
        return name
    return role if name is None else role + ":" + name


def pieces(header: Header) -> list[int | str]:
    """The header as special ids and texts, each of which is encoded on its own."""
    role, name, channel, recipient, content_type = header
    parts: list[int | str] = [START_ID, author_text(role, name)]
    if recipient is not None and recipient != "all":
        parts.append(" to=" + recipient)
    if channel is not None:
        parts += (CHANNEL_ID, channel)
    if content_type is not None:
        if content_type.startswith("<|constrain|>"):
            parts += (" ", CONSTRAIN_ID, content_type[13:])
        else:
            parts.append(" " + content_type)
    parts.append(MESSAGE_ID)
    return parts


def stop(header: Header) -> int:
    """The id at the end of a message."""
    role, _, _, recipient, _ = header
    if role == "assistant" and recipient is not None:
        return CALL_ID
    return END_ID


def training_stop(header: Header) -> int | None:
    """The id that a last message ends with in training, if it is not the usual one."""
    role, _, channel, _, _ = header
    return RETURN_ID if role == "assistant" and channel == "final" else None


# The values of contents, as keys of what they became -------------------------------------------


def value_of_tool_description(value: ToolDescription) -> object:
    return (
        value.name,
        value.description,
        value.parameters,
    )


def value_of_tool_namespace_config(value: ToolNamespaceConfig) -> object:
    return (
        value.name,
        value.description,
        each(value.tools, value_of_tool_description),
    )


def value_of_channel_config(value: ChannelConfig) -> object:
    return (
        value.valid_channels,
        value.channel_required,
    )


def value_of_response_format(value: ResponseFormat) -> object:
    return (
        value.name,
        value.schema,
        value.description,
    )


def key_of_system_content(content: SystemContent, function_tools: bool, exact: Exact) -> Key:
    channel_config_ = content.channel_config
    tools_ = content.tools
    return (
        "system_content",
        function_tools,
        content.model_identity,
        content.reasoning_effort,
        content.conversation_start_date,
        content.knowledge_cutoff,
        None if channel_config_ is None else exact(value_of_channel_config(channel_config_)),
        None if tools_ is None else exact(each(tools_, value_of_tool_namespace_config)),
    )


def key_of_developer_content(content: DeveloperContent, function_tools: bool, exact: Exact) -> Key:
    tools_ = content.tools
    response_formats_: object = content.response_formats
    if response_formats_ is not None:
        response_formats_ = exact(each(response_formats_, value_of_response_format))
    return (
        "developer_content",
        content.instructions,
        None if tools_ is None else exact(each(tools_, value_of_tool_namespace_config)),
        response_formats_,
    )


def developer_content_declares_tools(content: DeveloperContent) -> bool:
    """Whether a content holds function tools."""
    namespace = (content.tools or {}).get("functions")
    return namespace is not None and bool(namespace.tools)


# What may stand where --------------------------------------------------------------------------

_REASONING_EFFORT = OneOf(("Low", "Medium", "High"))
_TOOL_DESCRIPTION = Record(
    ToolDescription,
    Field("name", text),
    Field("description", text),
    Field("parameters", mapping, optional=True),
)
_TOOL_NAMESPACE_CONFIG = Record(
    ToolNamespaceConfig,
    Field("name", text),
    Field("description", text, optional=True),
    Field("tools", ListOf(_TOOL_DESCRIPTION)),
)
_CHANNEL_CONFIG = Record(
    ChannelConfig,
    Field("valid_channels", ListOf(text)),
    Field("channel_required", flag),
)
_RESPONSE_FORMAT = Record(
    ResponseFormat,
    Field("name", one_line),
    Field("schema", json_schema),
    Field("description", text, optional=True),
)
_TEXT_CONTENT = Record(
    TextContent,
    Field("text", text),
)
_SYSTEM_CONTENT = Record(
    SystemContent,
    Field("model_identity", text, optional=True),
    Field("reasoning_effort", _REASONING_EFFORT, optional=True),
    Field("conversation_start_date", text, optional=True),
    Field("knowledge_cutoff", text, optional=True),
    Field("channel_config", _CHANNEL_CONFIG, optional=True),
    Field("tools", MapOf(_TOOL_NAMESPACE_CONFIG), optional=True),
)
_DEVELOPER_CONTENT = Record(
    DeveloperContent,
    Field("instructions", text, optional=True),
    Field("tools", MapOf(_TOOL_NAMESPACE_CONFIG), optional=True),
    Field("response_formats", ListOf(_RESPONSE_FORMAT), optional=True),
)

_CONTENTS = Contents(
    "type",
    ContentRule(
        _TEXT_CONTENT,
        tag="text",
        role=None,
        text=written_text,
    ),
    ContentRule(
        _SYSTEM_CONTENT,
        tag="system_content",
        role="system",
        text=written_system_content,
        key=key_of_system_content,
        asks_for_tools=True,
        prints_tools=True,
    ),
    ContentRule(
        _DEVELOPER_CONTENT,
        tag="developer_content",
        role="developer",
        text=written_developer_content,
        key=key_of_developer_content,
        declares_tools=developer_content_declares_tools,
        prints_tools=True,
    ),
)
_AUTHOR = Record(
    Author,
    Field("role", OneOf(("user", "assistant", "system", "developer", "tool"))),
    Field("name", text, optional=True),
)
_MESSAGE = Record(
    Message,
    Field("author", _AUTHOR),
    Field("content", ListOf(_CONTENTS)),
    Field("channel", text, optional=True),
    Field("recipient", text, optional=True),
    Field("content_type", text, optional=True),
)

RULES = Rules(
    roles=("user", "assistant", "system", "developer", "tool"),
    contents=_CONTENTS,
    history=HistoryRule(
        sampled=frozenset({"assistant"}),
        ends_turn=frozenset({"final"}),
        dropped=frozenset({"analysis"}),
        answers_calls=frozenset({"tool"}),
        instructs=frozenset({"system", "developer"}),
        recipient=attrgetter("recipient"),
        unaddressed="all",
        tool_word_holds=".",
    ),
    plain=TextContent,
    plain_text=attrgetter("text"),
    header=HEADER_VALUES,
    check=_MESSAGE,
    pieces=pieces,
    stop=stop,
    training_stop=training_stop,
    opening=START_ID,
    styles=("reference", "model", "hf", "oss"),
)
