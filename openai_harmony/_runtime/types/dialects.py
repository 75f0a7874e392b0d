"""The shape of the table by which the messages of APIs become messages of a format, and the reverse.

The keys of parts are those of `assistant` in chat.yaml: reasoning, preamble, call, builtin_call and answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["BuiltIn", "Dialects", "Holder", "Opening", "Part"]


class Part(NamedTuple):
    """A message, or a content of one, that a part of a request becomes. `{name}` stands for the name of a tool.

    Attributes:
        role: the role of the author.
        name: the name of the author.
        fields: the fields of the header.
        content: the class of the content that holds the text; None for plain text.
        text: the field of the content that holds the text.
        function: the field of the content that holds the name of the tool.
    """

    role: Any
    name: str | None = None
    fields: Mapping[str, str] = {}
    content: Any = None
    text: str = ""
    function: str | None = None


class Opening(NamedTuple):
    """The message before all others.

    Attributes:
        role: the role of its author.
        content: the class of its content.
        today: the field for the current date.
        effort: the field for how much reasoning.
        tools: the field for the namespaces of built-in tools.
    """

    role: Any
    content: Any
    today: str | None
    effort: str | None
    tools: str | None


class Holder(NamedTuple):
    """The content that holds the tools and the response formats of a request.

    Attributes:
        part: the key in `messages` of the message that has this content.
        tools: the field for the namespaces of tools.
        formats: the field for the response formats.
        format: the class of a response format.
    """

    part: str
    tools: str | None
    formats: str | None
    format: Any


class BuiltIn(NamedTuple):
    """A built-in tool in the Responses API; see the files of built-in tools in the spec."""

    tools: tuple[str, ...]
    item: str
    text: str | None
    actions: Mapping[str, Mapping[str, str]]


class Dialects(NamedTuple):
    """The table.

    Attributes:
        opening: the message before all others; None for none.
        holder: the content that holds the tools of a request; None if the format has no place for them.
        messages: the messages that the model does not write, by role.
        assistant: what a message of the assistant can hold, by part.
        results: the messages that are results of calls, by part.
        one_message: whether what a message of the assistant holds becomes the contents of one message.
        efforts: how much reasoning, by the word of an API.
        nearest: the same for words that are near to one of the format.
        parts: the key of the text, by the type of a part of a content.
        phases: the parts, by the word of the Responses API.
        custom_input: the argument that is the input of a custom tool.
        ends_turn: the channels on which a message ends a turn.
        instructs: the roles whose messages hold for the whole conversation.
        unaddressed: the recipient that means the same as None.
        call_stops: the texts of the tokens that end a message because it is a call.
        builtins: the built-in tools that the Responses API knows, by namespace.
    """

    opening: Opening | None
    holder: Holder | None
    messages: Mapping[str, Part]
    assistant: Mapping[str, Part]
    results: Mapping[str, Part]
    one_message: bool
    efforts: Mapping[str, Any]
    nearest: Mapping[str, Any]
    parts: Mapping[str, str]
    phases: Mapping[str, str]
    custom_input: str | None
    ends_turn: frozenset[str]
    instructs: frozenset[str]
    unaddressed: str | None
    call_stops: tuple[str, ...]
    builtins: Mapping[str, BuiltIn]
