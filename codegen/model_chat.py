"""The part of the model that chat.yaml becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.place import Place


@dataclass(frozen=True)
class ChatPart:
    """A message, or a content of one, that a message of a chat becomes. `{name}` stands for the name of a tool."""

    role: str | None
    name: str | None  # of the author
    text: str | None  # CONTENT.FIELD that holds the text; None for the plain content
    function: str | None  # CONTENT.FIELD that holds the name of the tool
    fields: Mapping[str, str]  # header field -> its value
    place: Place


@dataclass(frozen=True)
class ChatSpec:
    style: str | None  # of the template, unless another one is asked for
    opening: str | None  # the content before all messages
    today: str | None  # its field that holds the date of the day
    messages: Mapping[str, ChatPart]  # role of the chat -> message
    assistant: Mapping[str, ChatPart]  # reasoning, preamble, call, builtin_call, answer
    results: Mapping[str, ChatPart]  # of a call, of a builtin_call
    place: Place
