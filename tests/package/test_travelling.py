"""What was written can be read again and is equal: by our own forms, and by those of other serializers."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings

from openai_harmony import (
    ChannelConfig,
    Content,
    Conversation,
    DeveloperContent,
    Message,
    Role,
    SystemContent,
    TextContent,
    ToolNamespaceConfig,
    load_harmony_encoding,
)
from openai_harmony._runtime.types.modelling import DataType, datatype, with_nulls
from tests.compat.strategies import conversations
from tests.support.effort import examples

# Fields of a system message whose default is something else than None.
SAYING = ["model_identity", "reasoning_effort", "knowledge_cutoff", "channel_config"]


@pytest.mark.shipped
@settings(max_examples=examples(300), deadline=None)
@given(conversations)
def test_every_form_of_a_conversation_reads_back_as_an_equal_one(data: list[dict[str, Any]]) -> None:
    conversation = Conversation.from_dict({"messages": data})
    assert Conversation.from_dict(conversation.to_dict()) == conversation
    assert Conversation.from_json(conversation.to_json()) == conversation
    assert Conversation.model_validate(conversation.model_dump()) == conversation
    assert Conversation.model_validate(conversation.model_dump(exclude_defaults=True)) == conversation
    assert Conversation.model_validate_json(conversation.model_dump_json()) == conversation
    for message in conversation:
        assert Message.from_json(message.to_json()) == message
        for content in message.content:
            assert Content.from_dict(content.to_dict()) == content


@pytest.mark.shipped
@settings(max_examples=examples(100), deadline=None)
@given(conversations)
def test_what_other_serializers_write_of_a_conversation_can_be_validated(data: list[dict[str, Any]]) -> None:
    conversation = Conversation.from_dict({"messages": data})
    assert Conversation.model_validate(dataclasses.asdict(conversation)) == conversation
    by_attributes = json.dumps(conversation, default=vars)  # what orjson does with a dataclass
    assert Conversation.model_validate_json(by_attributes) == conversation
    tagged = json.dumps(conversation, default=lambda value: value.to_dict())
    assert Conversation.from_json(tagged) == conversation
    assert tagged == conversation.to_json()


@pytest.mark.parametrize("name", SAYING)
def test_a_field_that_is_none_where_that_is_not_the_default_is_written_as_null(name: str) -> None:
    content = SystemContent.new()
    setattr(content, name, None)
    written = content.to_dict()
    assert written[name] is None
    assert list(written) == [*(field for field in (*SAYING,) if field in written), "type"]
    read = SystemContent.from_dict(written)
    assert read == content
    message = Message.from_role_and_content(Role.SYSTEM, content)
    encoding = load_harmony_encoding("HarmonyGptOss")
    assert encoding.render(Message.from_json(message.to_json())) == encoding.render(message)


@pytest.mark.shipped
def test_null_is_written_beside_what_only_pydantic_can_write() -> None:
    content = SystemContent.new().with_browser_tool().with_reasoning_effort(None)
    content.channel_config = ChannelConfig(["a"], False)
    written = content.to_dict()
    expected = ["model_identity", "reasoning_effort", "knowledge_cutoff", "channel_config", "tools", "type"]
    assert list(written) == expected
    assert written["channel_config"] == {"valid_channels": ["a"], "channel_required": False}
    assert Content.from_dict(written) == content


@datatype
class Inner(DataType):
    a: str | None = "x"
    b: str | None = None


@datatype
class Outer(DataType):
    one: Inner
    listed: list[Inner]
    named: dict[str, Inner]
    plain: dict[str, Any]


def test_null_is_written_at_every_depth() -> None:
    made = Outer(Inner(None), [Inner("y"), Inner(None)], {"k": Inner(None)}, {"a": None})
    written = with_nulls(made, made.model_dump(exclude_none=True))
    none = {"a": None}
    assert written == {"one": none, "listed": [{"a": "y"}, none], "named": {"k": none}, "plain": {"a": None}}
    assert Outer.model_validate(written) == made


def test_a_field_whose_default_is_none_is_left_out_as_ever() -> None:
    content = DeveloperContent(None, {"x": ToolNamespaceConfig("x", None, [])})
    assert content.to_dict() == {"tools": {"x": {"name": "x", "tools": []}}, "type": "developer_content"}
    assert "conversation_start_date" not in SystemContent.new().to_dict()


def test_a_key_that_is_missing_stands_for_the_default() -> None:
    read = Message.from_dict({"role": "system", "content": [{"type": "system_content"}]})
    assert read.content == [SystemContent.new()]


def test_leaving_out_what_is_none_is_what_the_caller_asked_for() -> None:
    content = SystemContent(reasoning_effort=None)
    assert "reasoning_effort" not in content.model_dump(exclude_none=True)


def test_the_fields_of_a_content_are_its_values_and_no_tag() -> None:
    """Why `dataclasses.asdict` cannot keep it: what is a field is in the constructor, in dumps and in schemas too."""
    assert [field.name for field in dataclasses.fields(TextContent)] == ["text"]
    assert dataclasses.asdict(TextContent("x")) == {"text": "x"}
    with pytest.raises(ValueError, match="Unknown content variant"):
        Content.from_dict(dataclasses.asdict(TextContent("x")))
