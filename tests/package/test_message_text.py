"""`message.text`: the text of a message, which is no field of it."""

from __future__ import annotations

import copy
import dataclasses
import inspect

import pytest

from openai_harmony import Author, Content, DeveloperContent, Message, Role, SystemContent, TextContent
from tests.support.roles import USER


def of(*contents: Content) -> Message:
    return Message.from_role_and_contents("assistant", contents)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Message.from_role_and_content(USER, "hi"), "hi"),
        (of(TextContent("a"), TextContent(""), TextContent("b\n")), "ab\n"),
        (of(TextContent("a"), DeveloperContent("Be brief."), TextContent("b")), "ab"),
        (of(SystemContent.new()), ""),
        (of(DeveloperContent("Be brief.")), ""),
        (Message(Author(USER)), ""),
    ],
)
def test_the_text_of_a_message_is_that_of_its_text_contents_joined(message: Message, text: str) -> None:
    assert message.text == text


def test_the_text_follows_the_contents() -> None:
    message = of(TextContent("a"))
    message.adding_content("b").content.append(TextContent("c"))
    assert message.text == "abc"
    message.content = [TextContent("d")]
    assert message.text == "d"
    with pytest.raises(ValueError, match='"Message" object has no field "text"'):
        message.text = "e"  # type: ignore[misc]


@pytest.mark.shipped
def test_the_text_is_no_field() -> None:
    message, read = of(TextContent("a")), of(TextContent("a"))
    assert read.text == "a"
    assert read == message
    assert vars(read).keys() == vars(message).keys()
    names = {"author", "content", "channel", "recipient", "content_type"}
    assert {field.name for field in dataclasses.fields(Message)} == Message.model_fields.keys() == names
    assert set(inspect.signature(Message).parameters) == names
    assert read.model_dump().keys() == Message.model_json_schema()["properties"].keys() == names
    assert "text" not in read.to_dict()
    assert "text='a'" not in repr(read).replace("TextContent(text='a')", "")
    assert Message.model_validate({**read.model_dump(), "text": "b"}) == copy.deepcopy(read) == message
    assert Message(author=Author(Role.USER), text="b").text == ""  # type: ignore[call-arg]
