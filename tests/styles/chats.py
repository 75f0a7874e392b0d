"""Random conversations that the chat template of gpt-oss can be given."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    Message,
    ReasoningEffort,
    Role,
    SystemContent,
    ToolDescription,
)
from tests.compat.strategies import ODDITIES, SPELLINGS, characters

__all__ = ["NAMES", "conversations", "texts"]

Data = dict[str, Any]
Messages = list[Message]

NAMES = ["f", "get_weather", "a-b.c", "größe_", "2nd"]
_PIECES = [*ODDITIES, "word", " of", "text.", '{"a": 1}', "# Instructions"]
texts = st.one_of(st.text(characters, max_size=16), st.lists(st.sampled_from(_PIECES), max_size=5).map("".join)).filter(
    lambda text: not any(spelling in text for spelling in SPELLINGS if len(spelling) > 2)
)

# Tools ----------------------------------------------------------------------------------------------

_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
_property_names = st.sampled_from(["a", "b", "city", "two words", "größe"])
_kinds = st.sampled_from(["string", "number", "integer", "boolean", "null", "array", "object"])


def _schema(inner: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    said = {"description": texts, "default": _values, "nullable": st.booleans(), "title": texts}
    choices = st.lists(texts, max_size=3)
    properties = st.dictionaries(_property_names, inner, max_size=3)
    required = st.lists(_property_names, max_size=3)
    return st.one_of(
        st.fixed_dictionaries({"type": _kinds | st.lists(_kinds, min_size=1, max_size=3)}, optional=said),
        st.fixed_dictionaries({"type": st.just("string"), "enum": choices}, optional={**said, "default": texts}),
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}, optional=said),
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": properties, "required": required}, optional=said
        ),
        st.fixed_dictionaries({"oneOf": st.lists(inner, min_size=1, max_size=3)}, optional={**said, "default": texts}),
        st.fixed_dictionaries({"anyOf": st.lists(inner, max_size=2)}, optional=said),
    )


_schemas = st.recursive(st.fixed_dictionaries({"type": _kinds}), _schema, max_leaves=8)
_parameters = st.none() | st.fixed_dictionaries(
    {"type": st.just("object")},
    optional={
        "properties": st.dictionaries(_property_names, _schemas, max_size=4),
        "required": st.lists(_property_names, max_size=3),
        "description": texts,
    },
)
_tools = st.builds(ToolDescription.new, st.sampled_from(NAMES), texts, _parameters)

# Messages --------------------------------------------------------------------------------------------


@st.composite
def _systems(draw: st.DrawFn) -> Message:
    content = SystemContent.new().with_conversation_start_date(draw(texts)).with_model_identity(draw(texts))
    content = content.with_reasoning_effort(draw(st.sampled_from(ReasoningEffort)))
    content = content.with_browser_tool() if draw(st.booleans()) else content
    content = content.with_python_tool() if draw(st.booleans()) else content
    return Message.from_role_and_content(Role.SYSTEM, content)


@st.composite
def _developers(draw: st.DrawFn) -> Messages:
    instructions, tools = draw(st.none() | texts), draw(st.lists(_tools, max_size=3))
    if not instructions and not tools:
        return []
    content = DeveloperContent.new()
    content = content if instructions is None else content.with_instructions(instructions)
    content = content.with_function_tools(tools) if tools else content
    return [Message.from_role_and_content(Role.DEVELOPER, content)]


def _said(text: str, channel: str | None) -> Message:
    message = Message.from_role_and_content(Role.ASSISTANT, text)
    return message if channel is None else message.with_channel(channel)


@st.composite
def _calls(draw: st.DrawFn) -> Messages:
    """A call with its thought, as callers may leave it, and results of it."""
    name = "functions." + draw(st.sampled_from(NAMES))
    thoughts = [_said(text, "analysis") for text in draw(st.lists(texts.filter(bool), max_size=1))]
    arguments = draw(st.dictionaries(texts, _values, max_size=3).map(json.dumps) | _values.map(json.dumps) | texts)
    call = _said(arguments, draw(st.sampled_from([None, "commentary"]))).with_recipient(name)
    kind = draw(st.sampled_from([None, "json", "<|constrain|>json"]))
    call = call if kind is None else call.with_content_type(kind)
    return [*thoughts, call, *draw(st.lists(_results(name), max_size=2))]


@st.composite
def _results(draw: st.DrawFn, name: str) -> Message:
    message = Message.from_author_and_content(Author(Role.TOOL, name), draw(texts))
    message = message.with_recipient("assistant") if draw(st.booleans()) else message
    return message.with_channel("commentary") if draw(st.booleans()) else message


@st.composite
def _answers(draw: st.DrawFn) -> Messages:
    thoughts = [_said(text, "analysis") for text in draw(st.lists(texts, max_size=1))]
    return [*thoughts, _said(draw(texts), draw(st.sampled_from([None, "final"])))]


_asked = texts.map(lambda text: [Message.from_role_and_content(Role.USER, text)])
_steps = st.lists(st.one_of(_asked, _calls(), _answers()), min_size=1, max_size=6)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    steps = [message for step in draw(_steps) for message in step]
    return Conversation.from_messages([draw(_systems()), *draw(_developers()), *steps])
