"""The way in which schemas are written is an option of rendering; what the default way hides can be asked."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from openai_harmony import (
    Conversation,
    DeveloperContent,
    HarmonyEncoding,
    Message,
    RenderConversationConfig,
    Role,
    SchemaLoss,
    SystemContent,
    ToolDescription,
    schema_losses,
)

FULL = RenderConversationConfig(schema="full")
REFERENCE = RenderConversationConfig(schema="reference")
LOSSY = {"type": "object", "properties": {"p": {"const": 1}}}


def conversation(schema: dict[str, Any]) -> Conversation:
    tool = ToolDescription.new("f", "Does f.", schema)
    content = DeveloperContent.new().with_instructions("Use it.").with_function_tools([tool])
    return Conversation.from_messages(
        [
            Message.from_role_and_content(Role.SYSTEM, SystemContent.new()),
            Message.from_role_and_content(Role.DEVELOPER, content),
            Message.from_role_and_content(Role.USER, "Hi."),
        ]
    )


@pytest.fixture
def encoding() -> HarmonyEncoding:
    return HarmonyEncoding("HarmonyGptOss")


@pytest.mark.shipped
def test_the_default_is_the_reference_and_full_shows_what_that_hides(encoding: HarmonyEncoding) -> None:
    given = conversation(LOSSY)
    default = encoding.render_conversation(given)
    assert encoding.render_conversation(given, REFERENCE) == default
    full = encoding.decode(encoding.render_conversation(given, FULL))
    assert full.replace("p?: 1,", "p?: any,") == encoding.decode(default) != full


@pytest.mark.parametrize("first", [FULL, REFERENCE])
def test_what_is_kept_of_one_way_is_not_taken_for_the_other(encoding: HarmonyEncoding, first: Any) -> None:
    given = conversation(LOSSY)
    second = REFERENCE if first is FULL else FULL
    apart = {config.schema: encoding.render_conversation(given, config) for config in (first, second)}
    assert apart["full"] != apart["reference"]
    again = {config.schema: encoding.render_conversation(given, config) for config in (first, second)}
    alone = HarmonyEncoding("HarmonyGptOss", cache_size=0)
    assert (
        again
        == apart
        == {
            name: alone.render_conversation(given, config)
            for name, config in (("full", FULL), ("reference", REFERENCE))
        }
    )


def test_both_ways_share_the_cache(encoding: HarmonyEncoding) -> None:
    given = conversation(LOSSY)
    for _ in range(2):
        encoding.render_conversation(given)
        encoding.render_conversation(given, FULL)
    info = encoding.cache_info()
    encoding.render_conversation(given, FULL)
    after = encoding.cache_info()
    assert (after.hits, after.misses) == (info.hits + 3, info.misses)


def test_every_way_to_render_a_conversation_takes_it(encoding: HarmonyEncoding) -> None:
    given = conversation(LOSSY)
    whole = encoding.render_conversation(given, FULL)
    assert encoding.render_conversation_for_training(given, FULL) == whole
    assert encoding.render_conversation_for_completion(given, Role.ASSISTANT, FULL)[: len(whole)] == whole
    assert encoding.render_batch([given], config=FULL) == [whole]


def test_only_the_two_ways_are_taken(encoding: HarmonyEncoding) -> None:
    with pytest.raises(ValidationError):
        RenderConversationConfig(schema="other")  # type: ignore[arg-type]
    config = RenderConversationConfig()
    config.schema = "other"  # type: ignore[assignment]
    with pytest.raises(ValueError, match=r"^unknown way to write schemas: 'other'"):
        encoding.render_conversation(conversation(LOSSY), config)


def test_what_is_no_schema_is_told_in_full_alone(encoding: HarmonyEncoding) -> None:
    given = conversation({"type": "object", "properties": {"p": {"type": "weird"}}})
    encoding.render_conversation(given)
    with pytest.raises(ValueError, match=r"^invalid JSON Schema: #/properties/p/type: .* of the tool 'f'\)$"):
        encoding.render_conversation(given, FULL)


# Losses -------------------------------------------------------------------------------------------


def lost(schema: dict[str, Any]) -> list[tuple[str, str]]:
    """The places and reasons of what a property `p` loses."""
    parameters = {"type": "object", "properties": {"p": schema}}
    found = schema_losses([ToolDescription.new("f", "", parameters)])
    assert {loss.tool for loss in found} <= {"f"}
    return [(loss.pointer.removeprefix("#/properties/p"), loss.why) for loss in found]


TEXT, NOTHING = {"type": "string"}, "nothing is written for it"


@pytest.mark.parametrize(
    ("schema", "losses"),
    [
        (TEXT, []),
        ({"type": "string", "title": "T", "description": "D", "default": "x", "enum": ["x"], "nullable": True}, []),
        ({"type": "object", "properties": {"a": TEXT}, "required": ["a"], "additionalProperties": True}, []),
        ({"oneOf": [{"type": "string", "description": "S"}, {"type": "number", "default": 1}]}, []),
        ({"type": "string", "$comment": "c", "$id": "i", "properties": {}, "examples": []}, []),
        ({"type": "string", "pattern": "x", "x-order": 1}, [("/pattern", NOTHING), ("/x-order", NOTHING)]),
        ({"type": "integer"}, [("/type", "number is written in place of integer")]),
        ({"type": ["integer", "null"]}, [("/type", "number is written in place of integer")]),
        ({"type": "null"}, [("/type", "any is written in place of it")]),
        ({"type": ["string", "array"]}, [("/type", "a word of it is written that is no type")]),
        ({"type": "integer", "oneOf": [{"const": 1}]},
         [("/type", "variants are written in place of it"), ("/oneOf/0/const", NOTHING)]),
        ({"anyOf": [{"pattern": "not looked at"}]}, [("/anyOf", NOTHING)]),
        ({"$ref": "#/nowhere"}, [("/$ref", NOTHING)]),
        ({"type": "integer", "enum": [1]}, [("/type", "number is written in place of integer"), ("/enum", NOTHING)]),
        ({"type": "string", "enum": ["a", 1]}, [("/enum", "only texts among the choices are written")]),
        ({"type": "string", "enum": ['a"']}, [("/enum", "it is not escaped, and reads as something else")]),
        ({"oneOf": [TEXT, TEXT]}, [("/oneOf", "that a value is of exactly one of them is not written")]),
        ({"oneOf": [{"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["b"]}]}, []),
        ({"oneOf": "x"}, [("/oneOf", NOTHING)]),
        ({"type": "string", "oneOf": 5, "default": 1, "description": "D"},
         [("/oneOf", NOTHING), ("/default", "that of a property is not written"),
          ("/description", "that of a property is not written")]),
        ({"type": "array", "items": {"type": "string", "description": "D", "default": 1}},
         [("/items/description", "that of an item of an array is not written"),
          ("/items/default", "that of an item of an array is not written")]),
        ({"type": "array", "items": {"type": ["string", "null"]}},
         [("/items", "the brackets are written behind the last of several types, and seem to belong to it alone")]),
        ({"type": "array", "items": {"type": ["string"]}}, []),
        ({"type": "array", "items": {"type": "string", "enum": ["a"]}}, []),
        ({"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
         [("/items", "the brackets are written behind the last of several types, and seem to belong to it alone")]),
        ({"type": "array", "items": [TEXT]}, [("/items", NOTHING)]),
        ({"type": "object", "required": ["a"]},
         [("/required", "names of other properties than the listed ones are not written")]),
        ({"properties": {}, "required": []}, [("/properties", NOTHING), ("/required", NOTHING)]),
        ({"type": "object", "properties": {"a-b": TEXT}, "additionalProperties": False},
         [("/properties", "names that are no identifiers are written without quotes"),
          ("/additionalProperties", NOTHING)]),
        ({"type": "string", "description": "a\nb"},
         [("/description", "it has several lines, and those behind the first stand outside of the comment")]),
        ({"oneOf": [{"type": "string", "description": "S"}], "description": "P"},
         [("/oneOf/0/description", "that of a variant is not written")]),
        ({"type": "string", "examples": ["a", 1]}, [("/examples", "only texts among the examples are written")]),
        ({"type": "string", "enum": ["nullish"], "nullable": True},
         [("/nullable", "it is not written where the type has the letters of null in it")]),
        ({"type": "string", "title": "a\nb"},
         [("/title", "it has several lines, and those behind the first stand outside of the comment")]),
        ({"oneOf": [{"type": "string", "nullable": True}], "nullable": True}, []),
        ({"oneOf": [TEXT], "nullable": True}, [("/nullable", "that of a property is not written")]),
        ({"oneOf": [{"type": "object", "description": "S"}], "description": "P"}, []),
        ({"oneOf": [{"oneOf": [TEXT]}]},
         [("/oneOf/0/oneOf", "as they are written, they are no part of what they stand in")]),
        ({"type": "object", "properties": {"q": False}},
         [("/properties/q", "that there is no such value is not written")]),
    ],
)  # fmt: skip
def test_a_loss_is_told_with_its_place_and_why(schema: dict[str, Any], losses: list[tuple[str, str]]) -> None:
    assert lost(schema) == losses


def test_the_parameters_themselves_lose_more() -> None:
    parameters = {"type": "object", "title": "T", "description": "D", "default": {}, "nullable": True}
    tools = [
        ToolDescription.new("f", "", parameters),
        ToolDescription.new("g", ""),
        ToolDescription.new("h", "", {"const": 1}),
    ]
    why = "that of the parameters is not written"
    assert schema_losses(tools) == [
        SchemaLoss("f", "#/title", "title", why),
        SchemaLoss("f", "#/default", "default", why),
        SchemaLoss("f", "#/nullable", "nullable", why),
        SchemaLoss("h", "#/const", "const", "nothing is written for it"),
    ]


@pytest.mark.parametrize(("item", "told"), [({"name": "f"}, "dict"), ("f", "str"), (None, "NoneType")])
def test_what_is_no_tool_is_told_with_its_index(item: Any, told: str) -> None:
    with pytest.raises(TypeError, match=rf"^tools\[1\]: expected a tool, not {told}$"):
        schema_losses([ToolDescription.new("f", "", LOSSY), item])


def test_the_end_of_a_declaration_can_be_hidden() -> None:
    [loss] = schema_losses([ToolDescription.new("f", "", {"oneOf": [{"type": "string", "description": "S"}]})])
    assert (loss.pointer, loss.why) == (
        "#/oneOf",
        "the comment behind the last one goes on over the end of the declaration",
    )


def test_odd_schemas_are_looked_at_without_an_error() -> None:
    odd = {"type": 5, "properties": [], "items": None, "required": 1, "oneOf": [1, None], "enum": 3, "title": []}
    assert len(lost(odd)) > 3
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"items": deep}
    with pytest.raises(ValueError, match="nested more than 118 deep"):
        lost(deep)


def test_the_docstring_of_a_base_class_is_not_that_of_a_class() -> None:
    class Point(BaseModel):
        x: int

    assert ToolDescription.from_function(Point).description == ""
