"""The part of the model that dialects.yaml becomes, and what the files of built-in tools say of the Responses API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.place import Place


@dataclass(frozen=True)
class DialectsSpec:
    effort_field: str | None  # of the content of the opening
    nearest: Mapping[str, str]  # a further word for an effort -> the one that is nearest to it
    parts: Mapping[str, str]  # type of a part of a content -> the key of its text
    phases: Mapping[str, str]  # word of the Responses API -> key of the assistant in chat.yaml
    custom_input: str | None  # the argument that is the input of a custom tool
    place: Place


@dataclass(frozen=True)
class ResponsesToolSpec:
    """A built-in tool in the Responses API."""

    tools: tuple[str, ...]  # the types of the tool in a request
    item: str  # the type of the item that is a call
    text: str | None  # the key of the item that holds the text of the call
    actions: Mapping[str, Mapping[str, str]]  # name of a tool -> key of the action -> its type, or name of an argument
    place: Place
