"""The place of a fault in a JSON text is the one that the reference's reader names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openai_harmony import (
    Conversation,
    DeveloperContent,
    Message,
    Role,
    ToolDescription,
    load_harmony_encoding,
)
from openai_harmony._runtime.types.json_fault import DEEPEST, fault_of

ENC = load_harmony_encoding("HarmonyGptOss")


def developer(parameters: dict[str, Any]) -> Message:
    content = DeveloperContent.new().with_function_tools([ToolDescription.new("f", "d", parameters)])
    return Message.from_role_and_content(Role.DEVELOPER, content)


def nested(objects: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(objects):
        schema = {"type": "object", "properties": {"p": schema}}
    return schema


def test_a_text_without_a_fault_has_none() -> None:
    assert fault_of(json.dumps({"a": [1, "NaN ]}", {"b": None}]})) is None


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([float("nan")], "expected value at line 1 column 2"),
        ({"a": float("inf")}, "expected value at line 1 column 7"),
        ({"a": float("-inf")}, "invalid number at line 1 column 8"),
        (["NaN", float("nan")], "expected value at line 1 column 9"),
    ],
)
def test_a_number_that_json_lacks_is_a_fault_at_its_column(value: object, fault: str) -> None:
    assert fault_of(json.dumps(value)) == fault


def test_one_level_more_than_the_deepest_is_a_fault_at_its_bracket() -> None:
    assert fault_of("[" * DEEPEST + "]" * DEEPEST) is None
    assert fault_of("[" * (DEEPEST + 1)) == f"recursion limit exceeded at line 1 column {DEEPEST + 1}"


@pytest.mark.shipped
def test_a_message_alone_holds_one_object_more_than_a_conversation() -> None:
    message = developer(nested(59))
    assert len(ENC.render(message)) > 59
    with pytest.raises(ValueError, match=r"^invalid conversation JSON: recursion limit exceeded at line 1 column \d+$"):
        ENC.render_conversation(Conversation([message]))
    with pytest.raises(ValueError, match=r"^invalid message JSON: recursion limit exceeded at line 1 column 2493$"):
        ENC.render(developer(nested(60)))


@pytest.mark.shipped
def test_a_number_that_json_lacks_is_refused_with_its_place() -> None:
    message = developer({"type": "object", "properties": {"p": {"type": "number", "default": float("nan")}}})
    with pytest.raises(ValueError, match=r"^invalid message JSON: expected value at line 1 column 222$"):
        ENC.render(message)
    with pytest.raises(ValueError, match=r"^invalid conversation JSON: expected value at line 1 column 236$"):
        ENC.render_conversation(Conversation([message]))


@pytest.mark.shipped
def test_parameters_that_contain_themselves_are_refused_and_not_followed() -> None:
    endless: dict[str, Any] = {"type": "object"}
    message = developer(endless)
    assert isinstance(message.content[0], DeveloperContent)
    assert message.content[0].tools is not None
    parameters = message.content[0].tools["functions"].tools[0].parameters
    assert parameters is not None
    parameters["properties"] = {"p": parameters}
    with pytest.raises(ValueError, match="nested more than"):
        ENC.render(message)
