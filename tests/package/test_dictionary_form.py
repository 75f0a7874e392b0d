"""What the builders of the data types do, and the dictionary form in which messages travel.

Everything here is written by hand from the reference's documentation and recorded behaviour, never from the spec.
"""

from __future__ import annotations

import dataclasses
import json
from types import MappingProxyType
from typing import Any

import pytest

from openai_harmony import (
    Author,
    ChannelConfig,
    Content,
    Conversation,
    DeveloperContent,
    Message,
    ReasoningEffort,
    Role,
    SystemContent,
    TextContent,
    ToolDescription,
    ToolNamespaceConfig,
)
from tests.support.roles import USER


def tools() -> list[ToolDescription]:
    return [ToolDescription("f", "Does f.", {"type": "object", "properties": {"a": {"type": "string"}}})]


def system() -> SystemContent:
    return SystemContent.new().with_reasoning_effort(ReasoningEffort.HIGH).with_browser_tool()


def developer() -> DeveloperContent:
    return DeveloperContent.new().with_instructions("Be brief.").with_function_tools(tools())


def messages() -> list[Message]:
    return [
        Message.from_role_and_content(Role.SYSTEM, system()),
        Message.from_role_and_content(Role.DEVELOPER, developer()),
        Message.from_role_and_content(Role.USER, "é"),
        Message(Author(Role.ASSISTANT), [TextContent("{}")], "commentary", "functions.f", "json"),
        Message.from_author_and_content(Author.new(Role.TOOL, "functions.f"), "12"),
    ]


# builders -------------------------------------------------------------------------------------------


@pytest.mark.shipped
def test_builders_change_the_object_and_return_it() -> None:
    message, content, instructions = messages()[2], SystemContent.new(), DeveloperContent.new()
    assert message.with_channel("c").with_recipient("r").with_content_type("t").adding_content("y") is message
    assert (message.channel, message.recipient, message.content_type) == ("c", "r", "t")
    assert message.content == [TextContent("é"), TextContent("y")]
    assert content.with_model_identity("m").with_knowledge_cutoff("k").with_conversation_start_date("d") is content
    assert (content.model_identity, content.knowledge_cutoff, content.conversation_start_date) == ("m", "k", "d")
    assert content.with_required_channels(["a"]).channel_config == ChannelConfig(["a"], True)
    assert content.with_channel_config(None).channel_config is None
    assert instructions.with_instructions("i").with_tools(ToolNamespaceConfig("n", None, [])) is instructions
    assert instructions == DeveloperContent("i", {"n": ToolNamespaceConfig("n", None, [])})


@pytest.mark.shipped
def test_builders_do_not_validate() -> None:
    assert messages()[2].with_recipient(Role.ASSISTANT).recipient is Role.ASSISTANT
    assert SystemContent.new().with_reasoning_effort("bogus").reasoning_effort == "bogus"


def test_a_namespace_goes_under_its_name_and_replaces_the_one_before() -> None:
    content = SystemContent.new().with_tools(ToolNamespaceConfig("a", None, []))
    content.with_tools(ToolNamespaceConfig("a", "new", []))
    assert content.tools == {"a": ToolNamespaceConfig("a", "new", [])}


@pytest.mark.shipped
@pytest.mark.parametrize("cls", [SystemContent, DeveloperContent])
def test_built_in_tools_may_be_added_to_both_contents(cls: type[SystemContent]) -> None:
    added = cls.new().with_browser_tool().with_python_tool().tools
    assert added == {"browser": ToolNamespaceConfig.browser(), "python": ToolNamespaceConfig.python()}


@pytest.mark.shipped
def test_built_in_namespaces_are_fresh_each_time_down_to_their_parameters() -> None:
    first = ToolNamespaceConfig.browser()
    first.tools[0].parameters["properties"].clear()
    first.name = "web"
    second = ToolNamespaceConfig.browser()
    assert second.name == "browser"
    assert list(second.tools[0].parameters["properties"]) == ["query", "topn", "source"]
    assert ToolNamespaceConfig.python().tools == []


def test_function_tools_stand_under_functions() -> None:
    by_object = DeveloperContent.new().with_function_tools(tools())
    by_dictionary = DeveloperContent.new().with_function_tools([dataclasses.asdict(tool) for tool in tools()])
    assert by_object.tools == by_dictionary.tools == {"functions": ToolNamespaceConfig("functions", None, tools())}


# dictionary form ------------------------------------------------------------------------------------


@pytest.mark.shipped
def test_the_dictionary_form_is_the_references() -> None:
    assert messages()[3].to_json() == (
        '{"role": "assistant", "name": null, "content": [{"type": "text", "text": "{}"}], '
        '"channel": "commentary", "recipient": "functions.f", "content_type": "json"}'
    )
    assert messages()[2].to_json() == (
        '{"role": "user", "name": null, "content": [{"type": "text", "text": "\\u00e9"}]}'
    )
    assert json.dumps(SystemContent.new().to_dict()) == (
        '{"model_identity": "You are ChatGPT, a large language model trained by OpenAI.", '
        '"reasoning_effort": "Medium", "knowledge_cutoff": "2024-06", '
        '"channel_config": {"valid_channels": ["analysis", "commentary", "final"], "channel_required": true}, '
        '"type": "system_content"}'
    )
    assert json.dumps(developer().to_dict()) == (
        '{"instructions": "Be brief.", "tools": {"functions": {"name": "functions", "tools": [{"name": "f", '
        '"description": "Does f.", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}]}}, '
        '"type": "developer_content"}'
    )


def test_a_null_within_a_schema_is_kept() -> None:
    tool = ToolDescription("f", "d", {"properties": {"a": None}})
    form = DeveloperContent.new().with_function_tools([tool]).to_dict()
    assert form["tools"]["functions"]["tools"][0]["parameters"] == {"properties": {"a": None}}


@pytest.mark.shipped
def test_reading_the_dictionary_form_gives_the_value_back() -> None:
    for message in messages():
        assert Message.from_dict(message.to_dict()) == message
        assert Message.from_json(message.to_json()) == message
        for content in message.content:
            assert type(content).from_dict(content.to_dict()) == content
            assert Content.from_dict(content.to_dict()) == content
    conversation = Conversation.from_messages(messages())
    assert Conversation.from_dict(conversation.to_dict()) == conversation
    assert Conversation.from_json(conversation.to_json()) == conversation


def test_content_may_be_a_string_and_unknown_keys_are_ignored() -> None:
    read = Message.from_dict({"role": USER, "content": "x", "zzz": 1, "name": "n"})
    assert read == Message(Author(USER, "n"), [TextContent("x")])


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"content": "x"}, "missing key 'role' (known keys: 'role', 'name', 'content', 'channel',"),
        ({"role": USER}, "missing key 'content'"),
        ({"role": "bob", "content": "x"}, "Unknown role: 'bob' (expected one of "),
        (
            {"role": USER, "content": [{"type": "image"}]},
            "Unknown content variant: {'type': 'image'} "
            "(its 'type' should be one of 'text', 'system_content', 'developer_content')",
        ),
        ({"role": USER, "content": [{"text": "x"}]}, "Unknown content variant: {'text': 'x'}"),
        ({"role": USER, "content": ["x"]}, "Unknown content variant: 'x'"),
        ({"role": USER, "content": [{"type": ["text"]}]}, "Unknown content variant: {'type': ['text']}"),
        ({"role": USER, "content": [{"type": "text"}]}, "text\n  Field required"),
    ],
)
def test_a_dictionary_that_is_no_message_is_a_value_error(data: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Message.from_dict(data)
    assert complaint in str(caught.value)
    assert not str(caught.value).startswith(("'", '"'))


KNOWN = "(known keys: 'role', 'name', 'content', 'channel', 'recipient', 'content_type')"
UNKNOWN = "Unknown content variant: {} (its 'type' should be one of 'text', 'system_content', 'developer_content')"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "key 'content': expected text or a list of contents, not None"),
        (5, "key 'content': expected text or a list of contents, not int"),
        (True, "key 'content': expected text or a list of contents, not bool"),
        (b"x", "key 'content': expected text or a list of contents, not bytes"),
        ({"type": "text", "text": "x"}, "key 'content': expected text or a list of contents, not dict"),
        ([None], f"{UNKNOWN.format(None)}, in item 0 of key 'content'"),
        ([{"type": "text", "text": "x"}, 5], f"{UNKNOWN.format(5)}, in item 1 of key 'content'"),
    ],
)
def test_content_that_is_none_is_a_value_error_that_names_its_key(content: object, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Message.from_dict({"role": "assistant", "content": content, "tool_calls": []})
    assert str(caught.value) == complaint
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Conversation.from_dict({"messages": [{"role": USER, "content": ""}, {"role": USER, "content": content}]})
    assert str(caught.value) == f"{complaint}, in item 1 of key 'messages'"


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (None, "key 'messages': expected a list of messages, not None"),
        ("x", "key 'messages': expected a list of messages, not str"),
        ({}, "key 'messages': expected a list of messages, not dict"),
        ([None], f"expected a dictionary {KNOWN}, not None, in item 0 of key 'messages'"),
        ([{"role": USER}], f"missing key 'content' {KNOWN}, in item 0 of key 'messages'"),
        ([["role"]], f"expected a dictionary {KNOWN}, not list, in item 0 of key 'messages'"),
    ],
)
def test_messages_that_are_none_are_a_value_error_that_names_its_place(data: object, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Conversation.from_dict({"messages": data})
    assert str(caught.value) == complaint


@pytest.mark.parametrize("data", [None, 5, "x", ["role", "content"]])
def test_what_is_no_dictionary_is_a_value_error_and_a_type_error(data: Any) -> None:
    for error in (ValueError, TypeError):
        with pytest.raises(error, match=f"expected a dictionary .*, not {'None' if data is None else '[a-z]+'}$"):
            Message.from_dict(data)


def test_contents_may_come_from_any_iterable_and_any_mapping() -> None:
    form: Any = MappingProxyType({"type": "text", "text": "x"})
    assert Message.from_dict({"role": USER, "content": iter([form])}).text == "x"
    assert TextContent.from_dict(form) == Content.from_dict(form) == TextContent("x")


def test_a_missing_key_is_a_key_error_too() -> None:
    with pytest.raises(KeyError, match="missing key 'messages'"):
        Conversation.from_json("{}")
    with pytest.raises(TypeError):
        Conversation.from_json("[]")


def test_a_content_of_ones_own_is_carried_as_it_is() -> None:
    class Image(Content):
        def to_dict(self) -> dict[str, object]:
            return {"type": "image"}

    image = Image()
    message = Message.from_role_and_content(USER, image)
    assert message.content[0] is image
    assert message.to_dict()["content"] == [{"type": "image"}]
    with pytest.raises(NotImplementedError):
        Content().to_dict()


ODD_TEXTS = ["", "x", "é\ud800", 5, 5.5, True, b"x", None, ["a"], {"a": None}, USER, ("a",)]


@pytest.mark.parametrize("text", ODD_TEXTS, ids=repr)
def test_what_is_plain_is_written_as_pydantic_writes_it(text: object) -> None:
    content = TextContent(text="x")
    content.text = text  # type: ignore[assignment]  # unvalidated, as in a model
    expected = {"type": "text", **content.model_dump(exclude_none=True, warnings=False)}
    written = content.to_dict()
    assert written == expected
    assert list(map(type, written.values())) == list(map(type, expected.values()))


def test_a_subclass_is_written_as_pydantic_writes_it() -> None:
    @dataclasses.dataclass
    class Loud(TextContent):
        def model_dump(self, **options: object) -> dict[str, object]:  # type: ignore[override]
            return {"text": self.text.upper()}

    loud = object.__new__(Loud)
    loud.__dict__["text"] = "x"
    assert loud.to_dict() == {"type": "text", "text": "X"}
