"""What programs do with the data types through pydantic: dump, validate, copy, schemas, and use as field types.

Everything here holds from pydantic 2.7 on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from openai_harmony import (
    Author,
    ChannelConfig,
    Content,
    Conversation,
    DeveloperContent,
    Message,
    ReasoningEffort,
    RenderOptions,
    Role,
    SystemContent,
    TextContent,
    ToolDescription,
    ToolNamespaceConfig,
)
from tests.support.pydantic_version import IS_2_11


def conversation() -> Conversation:
    developer = (
        DeveloperContent.new().with_instructions("i").with_function_tools([ToolDescription("f", "d", {"a": None})])
    )
    return Conversation.from_messages(
        [
            Message.from_role_and_content(Role.SYSTEM, SystemContent.new().with_browser_tool()),
            Message.from_role_and_content(Role.DEVELOPER, developer),
            Message(Author(Role.ASSISTANT), [TextContent("a"), TextContent("b")], "final"),
        ]
    )


@pytest.mark.shipped
def test_a_dump_keeps_what_a_message_holds() -> None:
    message = Message.from_role_and_content(Role.USER, "x")
    assert message.model_dump() == {
        "author": {"role": Role.USER, "name": None},
        "content": [{"type": "text", "text": "x"}],
        "channel": None,
        "recipient": None,
        "content_type": None,
    }
    assert message.model_dump_json() == (
        '{"author":{"role":"user","name":null},"content":[{"type":"text","text":"x"}],'
        '"channel":null,"recipient":null,"content_type":null}'
    )
    tags = [item["content"][0]["type"] for item in conversation().model_dump()["messages"]]
    assert tags == ["system_content", "developer_content", "text"]


@pytest.mark.shipped
def test_dumping_and_validating_gives_the_value_back() -> None:
    given = conversation()
    assert Conversation.model_validate(given.model_dump()) == given
    assert Conversation.model_validate(given.model_dump(mode="json")) == given
    assert Conversation.model_validate_json(given.model_dump_json()) == given
    assert Conversation.model_validate_json(given.model_dump_json(indent=2).encode()) == given
    assert Conversation.model_validate(given.model_dump(exclude_none=True)) == given


@pytest.mark.shipped
def test_the_dump_in_json_mode_is_json() -> None:
    dumped = conversation().model_dump(mode="json")
    assert json.loads(json.dumps(dumped)) == dumped
    assert type(dumped["messages"][0]["author"]["role"]) is str
    assert type(dumped["messages"][0]["content"][0]["reasoning_effort"]) is str


@pytest.mark.shipped
def test_the_usual_options_reach_into_the_content() -> None:
    message = Message.from_role_and_content(Role.SYSTEM, SystemContent.new())
    dumped = message.model_dump(exclude_none=True)
    assert dumped.keys() == {"author", "content"}
    assert "tools" not in dumped["content"][0]
    assert message.model_dump(include={"content": {0: {"knowledge_cutoff", "type"}}}) == {
        "content": [{"knowledge_cutoff": "2024-06", "type": "system_content"}]
    }
    dumped = message.model_dump(exclude={"author": True, "content": {"__all__": {"tools"}}})
    assert dumped.keys() == {"content", "channel", "recipient", "content_type"}
    assert dumped["content"][0].keys() == SystemContent.new().model_dump().keys() - {"tools"} | {"type"}
    assert message.model_dump(exclude_defaults=True)["content"][0].keys() <= {"channel_config", "type"}
    assert (
        message.model_dump(by_alias=True, round_trip=True, warnings=False)["content"] == message.model_dump()["content"]
    )


@pytest.mark.shipped
def test_a_content_alone_is_dumped_without_a_tag() -> None:
    assert TextContent("x").model_dump() == {"text": "x"}
    assert TextContent("x").to_dict() == {"type": "text", "text": "x"}
    assert SystemContent.new().model_dump(exclude_none=True)["reasoning_effort"] is ReasoningEffort.MEDIUM


def test_writing_a_value_that_was_never_validated_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert SystemContent.new().with_model_identity(5).to_dict()["model_identity"] == 5
        message = Message.from_role_and_content(Role.SYSTEM, SystemContent.new().with_reasoning_effort("bogus"))
        assert message.model_dump()["content"][0]["reasoning_effort"] == "bogus"


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"type": "text", "text": "x"}, TextContent("x")),
        ({"text": "x"}, TextContent("x")),
        ({"type": "system_content", "model_identity": "m"}, SystemContent("m")),
        ({"model_identity": "m"}, SystemContent("m")),
        ({"type": "developer_content"}, DeveloperContent()),
        ({"instructions": "i", "tools": None}, DeveloperContent("i")),
    ],
)
def test_a_dictionary_becomes_the_content_that_it_describes(content: dict[str, Any], expected: Content) -> None:
    read = Message.model_validate({"author": {"role": "user"}, "content": [content]})
    assert read.content == [expected]
    assert Content.model_validate(content) == expected
    assert TypeAdapter(Content).validate_json(json.dumps(content)) == expected


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"type": "image"}, "does not match any of the expected tags: 'text', 'system_content', 'developer_content'"),
        ({}, "Unable to extract tag using discriminator 'type'"),
        ({"tools": {}}, "Unable to extract tag using discriminator 'type'"),
        ({"type": "text", "text": 5}, "Input should be a valid string"),
        ("x", "Input should be a valid dictionary or instance of Content"),
        (ToolDescription("f", "d"), "Input should be a valid dictionary or instance of Content"),
    ],
)
def test_a_dictionary_that_describes_no_content_is_refused(content: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match="1 validation error for Message") as caught:
        Message(Author("user"), [content])
    assert complaint in str(caught.value)
    assert caught.value.errors()[0]["loc"][:2] == ("content", 0)


def test_complaints_are_those_of_a_model() -> None:
    with pytest.raises(ValidationError) as caught:
        Conversation.model_validate({"messages": ["x"]})
    (error,) = caught.value.errors()
    assert error["type"] == "model_type"
    assert error["loc"] == ("messages", 0)
    assert error["msg"] == "Input should be a valid dictionary or instance of Message"
    assert error["ctx"] == {"class_name": "Message"}
    assert caught.value.title == "Conversation"
    with pytest.raises(ValidationError) as caught:
        Message.model_validate({"role": "user", "content": "x"})
    assert [error["loc"] for error in caught.value.errors()] == [("author",), ("content",)]
    with pytest.raises(ValidationError, match="Input should be an object"):
        Conversation.model_validate_json("5")


def test_strictness_reaches_into_the_content() -> None:
    data = {"author": {"role": Role.SYSTEM}, "content": [{"type": "system_content", "reasoning_effort": "Low"}]}
    assert Message.model_validate(data).content == [SystemContent(reasoning_effort="Low")]
    with pytest.raises(ValidationError):
        Message.model_validate(data, strict=True)


@pytest.mark.shipped
def test_validating_an_instance_gives_the_same_instance() -> None:
    message = conversation().messages[0]
    assert Message.model_validate(message) is message
    assert Conversation.from_messages([message]).messages[0] is message
    either = TypeAdapter(list[Message | dict])
    assert either.validate_python([message])[0] is message
    assert either.validate_python([{"role": "user"}]) == [{"role": "user"}]


@pytest.mark.shipped
def test_strings_are_validated_too() -> None:
    assert Author.model_validate_strings({"role": "user", "name": "n"}) == Author("user", "n")
    assert RenderOptions.model_validate_strings({"conversation_has_function_tools": "true"}) == RenderOptions(True)


@pytest.mark.shipped
def test_a_copy_may_be_changed_without_validation() -> None:
    message = conversation().messages[2]
    changed = message.model_copy(update={"channel": 5, "unknown": 1})
    assert (changed.channel, message.channel) == (5, "final")
    assert not hasattr(changed, "unknown")
    assert changed.content is message.content
    assert message.model_copy(deep=True) == message
    assert message.model_copy(deep=True).content[0] is not message.content[0]


def test_an_object_may_be_constructed_without_validation() -> None:
    made = Message.model_construct(author=5)
    assert made == Message.model_construct(author=5, content=[], channel=None, recipient=None, content_type=None)
    assert made.author == 5
    assert not hasattr(Author.model_construct(), "role")


@pytest.mark.shipped
def test_fields_are_described() -> None:
    assert list(Message.model_fields) == ["author", "content", "channel", "recipient", "content_type"]
    assert Message(Author("user")).model_fields.keys() == Message.model_fields.keys()
    assert Message.model_fields["author"].is_required()
    assert [name for name, field in ToolNamespaceConfig.model_fields.items() if field.is_required()] == [
        "name",
        "tools",
    ]


@pytest.mark.shipped
def test_schemas_describe_what_is_accepted() -> None:
    schema = Message.model_json_schema()
    assert schema["required"] == ["author"]
    assert schema["properties"]["channel"] == {
        "anyOf": [{"type": "string"}, {"type": "null"}],
        "default": None,
        "title": "Channel",
    }
    assert schema["$defs"]["Role"]["enum"] == ["user", "assistant", "system", "developer", "tool"]
    assert ToolNamespaceConfig.model_json_schema()["required"] == ["name", "tools"]
    variants = schema["properties"]["content"]["items"]["oneOf"]
    tags = [variant["properties"]["type"]["const"] for variant in variants]
    assert tags == ["text", "system_content", "developer_content"]
    assert [variant["required"] for variant in variants] == [["type", "text"], ["type"], ["type"]]
    written = Message.model_json_schema(mode="serialization", ref_template="#/parts/{model}")
    assert written["properties"]["author"] == {"$ref": "#/parts/Author"}


def test_the_tag_is_described_where_any_content_may_stand() -> None:
    schema = TypeAdapter(list[Content | TextContent]).json_schema()
    anything, text = schema["items"]["anyOf"]
    text = schema["$defs"][text["$ref"].rpartition("/")[2]] if "$ref" in text else text
    assert anything["oneOf"][0]["properties"] == {
        "type": {"const": "text", "type": "string"},
        "text": {"title": "Text", "type": "string"},
    }
    assert text["properties"].keys() == {"text"}


class Body(BaseModel):
    messages: list[Message]
    extra: Content | None = None
    channels: ChannelConfig | None = None


@pytest.mark.shipped
def test_data_types_may_be_fields_of_a_model() -> None:
    given = Body(messages=conversation().messages, extra=TextContent("x"), channels=ChannelConfig(["a"], True))
    dumped = given.model_dump()
    assert dumped["extra"] == {"type": "text", "text": "x"}
    assert dumped["channels"] == {"valid_channels": ["a"], "channel_required": True}
    assert Body.model_validate(dumped) == given
    assert Body.model_validate_json(given.model_dump_json()) == given
    assert "Message" in Body.model_json_schema()["$defs"]
    with pytest.raises(ValidationError, match=r"messages\.0\n.*instance of Message \[type=model_type"):
        Body(messages=["x"])


@pytest.mark.shipped
def test_a_content_of_ones_own_is_dumped_as_it_says() -> None:
    class Image(Content):
        def to_dict(self) -> dict[str, Any]:
            return {"type": "image", "url": "u"}

    message = Message.from_role_and_content(Role.USER, Image())
    assert message.model_dump()["content"] == [{"type": "image", "url": "u"}]
    assert json.loads(message.model_dump_json())["content"] == [{"type": "image", "url": "u"}]
    assert repr(Content()) == "Content()"


SCHEMAS = """
import json, sys
import openai_harmony
from openai_harmony._runtime.types.modelling import DataType
from pydantic import BaseModel

exported = [getattr(openai_harmony, name) for name in openai_harmony.__all__]
classes = [each for each in exported if isinstance(each, type) and issubclass(each, DataType)]
if sys.argv[1:]:
    for each in classes:
        each.model_json_schema()
schemas = {}
for each in classes:
    class Body(BaseModel):
        one: each
        many: list[each]
    schemas[each.__name__] = Body.model_json_schema()
json.dump(schemas, sys.stdout)
"""


def test_schemas_with_data_types_refer_to_them_whatever_was_asked_of_them_before() -> None:
    fresh, used = (
        json.loads(subprocess.run([sys.executable, "-c", SCHEMAS, *used], check=True, capture_output=True).stdout)
        for used in ([], ["used"])
    )
    if IS_2_11:  # before, one may be written as `allOf` a reference
        assert fresh == used
    assert "TextContent" in fresh
    for name, schema in fresh.items():
        if name not in ("Content", "RenderOptions"):
            assert schema["properties"]["one"] == {"$ref": f"#/$defs/{name}"}, name
