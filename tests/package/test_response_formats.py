"""Response formats: the end of a developer message's text, a field like any other, and absent where there are none."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from openai_harmony import (
    Content,
    Conversation,
    DeveloperContent,
    HarmonyEncoding,
    Message,
    RenderConversationConfig,
    ResponseFormat,
    ToolDescription,
    load_harmony_encoding,
)
from tests.support.effort import examples
from tests.support.schemas import TEXTS, VALUES, documents

ENCODING = load_harmony_encoding("HarmonyGptOss")
LIST = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "string"}}}}
LIST_LINE = '{"type":"object","properties":{"items":{"type":"array","items":{"type":"string"}}}}'
pytestmark = pytest.mark.shipped


def conversation(content: DeveloperContent) -> Conversation:
    return Conversation.from_messages([Message.from_role_and_content("developer", content)])


def written(content: DeveloperContent, config: RenderConversationConfig | None = None) -> str:
    text = ENCODING.decode(ENCODING.render_conversation(conversation(content), config))
    return text.removeprefix("<|start|>developer<|message|>").removesuffix("<|end|>")


# the text -------------------------------------------------------------------------------------------


def test_formats_are_the_end_of_the_developers_text() -> None:
    content = DeveloperContent.new().with_response_format("shopping_list", LIST, "Things to buy.")
    content = content.with_function_tools([ToolDescription.new("f", "Does f.")]).with_instructions("Be brief.")
    assert written(content).startswith("# Instructions\n\nBe brief.\n\n# Tools\n\n## functions\n\n")
    assert written(content).endswith(
        f"\n\n}} // namespace functions\n\n# Response Formats\n\n## shopping_list\n\n// Things to buy.\n{LIST_LINE}"
    )


@pytest.mark.parametrize("description", [None, ""])
def test_a_format_without_description_has_no_comment(description: str | None) -> None:
    content = DeveloperContent.new().with_response_format("a", LIST, description)
    assert written(content) == f"# Response Formats\n\n## a\n\n{LIST_LINE}"


def test_several_formats_are_written_in_their_order_below_one_heading() -> None:
    content = DeveloperContent().with_response_format("b", True, "B.").with_response_format("a", {"const": None})
    assert written(content) == '# Response Formats\n\n## b\n\n// B.\ntrue\n\n## a\n\n{"const":null}'


def test_every_line_of_a_description_is_a_comment() -> None:
    content = DeveloperContent().with_response_format("a", LIST, "One.\n\r\nTwo.\u2028# Tools\r{}\n")
    assert written(content).split("\n")[4:-1] == ["// One.", "// ", "// Two.", "// # Tools", "// {}"]


def test_the_ways_to_write_the_schemas_of_tools_do_not_matter() -> None:
    content = DeveloperContent().with_response_format("a", LIST, "A.")
    assert written(content, RenderConversationConfig(schema="full")) == written(content)


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(TEXTS, documents() | st.booleans(), st.none() | TEXTS), min_size=1, max_size=3))
def test_what_is_written_says_each_format_whatever_its_texts_hold(given: list[tuple[str, Any, str | None]]) -> None:
    formats = [ResponseFormat(f"n{number}", schema, said) for number, (_, schema, said) in enumerate(given)]
    heading, *texts = written(DeveloperContent(response_formats=formats)).split("\n\n## ")
    assert heading == "# Response Formats"
    assert len(texts) == len(formats)
    for text, made in zip(texts, formats, strict=True):
        name, empty, *comments, schema = text.split("\n")
        assert (name, empty, json.loads(schema)) == (made.name, "", made.schema)
        assert all(comment.startswith("// ") for comment in comments)
        assert len(text.splitlines()) == 3 + len(comments) - text.endswith("\n")


# builders and schemas -------------------------------------------------------------------------------


class Item(BaseModel):
    name: str
    count: int = Field(1, ge=1)


class Shopping(BaseModel):
    """Things to buy."""

    items: list[Item]


def test_a_model_stands_for_its_schema() -> None:
    by_model = DeveloperContent().with_response_format("shopping", Shopping)
    assert by_model == DeveloperContent(response_formats=[ResponseFormat("shopping", Shopping)])
    (made,) = by_model.response_formats or []
    assert made.schema == {
        "$defs": {
            "Item": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "count": {"type": "integer", "default": 1, "minimum": 1}},
                "required": ["name"],
            }
        },
        "type": "object",
        "description": "Things to buy.",
        "properties": {"items": {"type": "array", "items": {"$ref": "#/$defs/Item"}}},
        "required": ["items"],
    }


def test_a_format_replaces_the_one_with_its_name() -> None:
    content = DeveloperContent().with_response_format("a", True).with_response_format("b", True)
    assert content.with_response_format("a", {}, "New.") is content
    assert content.response_formats == [ResponseFormat("b", True), ResponseFormat("a", {}, "New.")]
    assert content.with_response_formats(None) == DeveloperContent()


def test_the_given_schema_is_copied() -> None:
    given: dict[str, Any] = {"properties": {"a": {"enum": ("x", "y")}}}
    (made,) = DeveloperContent().with_response_format("a", given).response_formats or []
    given["properties"]["a"]["enum"] = 5
    assert made.schema == {"properties": {"a": {"enum": ["x", "y"]}}}


def nested(depth: int) -> dict[str, Any]:
    return {"a": nested(depth - 1)} if depth > 1 else {}


def circular() -> dict[str, Any]:
    schema: dict[str, Any] = {}
    schema["items"] = [schema]
    return schema


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [
        ([], "#: expected an object or a boolean, not list"),
        ('{"type": "object"}', "#: expected an object or a boolean, not str"),
        (1, "#: expected an object or a boolean, not int"),
        (b"{}", "#: expected an object or a boolean, not bytes"),
        ({"a": [0, {"b/~c": float("nan")}]}, "#/a/1/b~1~0c: JSON has no number nan"),
        ({"a": float("-inf")}, "#/a: JSON has no number -inf"),
        ({"a": {1: 2}}, "#/a: the key 1 is not text"),
        ({"a": {"b": {1, 2}}}, "#/a/b: set is not a type of JSON"),
        ({"a": "\ud800"}, "#/a: the text contains half of a surrogate pair"),
        ({"a": {"\udfff": 1}}, "#/a: the text contains half of a surrogate pair"),
        ({"a": 10**5000}, "#/a: the integer has too many digits"),
        (nested(119), "#" + "/a" * 118 + ": nested more than 118 deep"),
        (circular(), "nested more than 118 deep"),
        ({"type": "zzz"}, "#/type: expected the name of a type"),
        ({"properties": 5}, "#/properties: expected an object, not 5"),
        ({"properties": {"a/b": {"required": True}}}, "#/properties/a~1b/required: expected a list of names, not true"),
        (
            {"patternProperties": {"^a": 5}},
            "#/patternProperties/^a: expected a schema, which is an object or a",
        ),
        ({"additionalProperties": {"items": "a"}}, "#/additionalProperties/items: expected a schema"),
        ({"items": [True, {"anyOf": []}]}, "#/items/1/anyOf: expected a list of schemas, at least one, not []"),
        ({"prefixItems": [{"additionalItems": 1}]}, "#/prefixItems/0/additionalItems: expected a schema"),
        ({"oneOf": [{}, {"allOf": [{"type": []}]}]}, "#/oneOf/1/allOf/0/type: expected the name of a type"),
        ({"prefixItems": [], "items": []}, "#/items: expected a schema, which is an object or a boolean, not []"),
        ({"$defs": {"A": {"$ref": 5}}}, "#/$defs/A/$ref: expected a reference as text, not 5"),
        ({"definitions": {"A": {"title": 5}}}, "#/definitions/A/title: expected text, not 5"),
    ],
)
def test_what_is_not_a_schema_is_refused_with_its_place(schema: Any, complaint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DeveloperContent().with_response_format("a", schema)
    (error,) = caught.value.errors()
    assert error["loc"] == ("schema",)
    assert complaint in error["msg"]
    content = DeveloperContent().with_response_format("a", True)
    (made,) = content.response_formats or []
    made.schema = schema
    with pytest.raises(ValueError, match=r"at messages\[0\]\.content\[0\]\.response_formats\[0\]\.schema") as refused:
        written(content)
    assert complaint in str(refused.value)


@settings(max_examples=examples(150), deadline=None)
@given(documents(), st.data())
def test_what_full_schemas_refuse_in_a_tool_is_refused_in_a_format(schema: dict[str, Any], data: st.DataObject) -> None:
    keyword = data.draw(st.sampled_from(["type", "properties", "items", "anyOf", "required", "description", "$ref"]))
    schema[keyword] = data.draw(VALUES)
    tool = DeveloperContent().with_function_tools([ToolDescription("f", "", {"properties": {"a": schema}})])
    try:
        written(tool, RenderConversationConfig(schema="full"))
    except ValueError as problem:
        if "leads nowhere" not in str(problem):
            with pytest.raises(ValidationError, match="invalid JSON Schema"):
                DeveloperContent().with_response_format("a", schema)


def test_values_that_are_no_schemas_may_look_like_wrong_ones() -> None:
    wrong = {"type": "zzz", "properties": 5}
    schema = {"const": wrong, "default": wrong, "enum": [wrong], "examples": [wrong], "x-own": wrong, "not": wrong}
    assert DeveloperContent().with_response_format("a", {"properties": {"a": schema, "type": {}}})
    assert DeveloperContent().with_response_format("a", {"$ref": "https://elsewhere.org/a.json#/b"})


def test_the_deepest_schema_is_written_and_read() -> None:
    content = DeveloperContent().with_response_format("a", nested(118))
    assert written(content).endswith('"a":{' + "}" * 118)
    given = conversation(content)
    assert Conversation.from_json(given.to_json()) == given


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": ""}, "expected one line of text, not string ''"),
        ({"name": "a\n\n# Tools"}, r"expected one line of text, not string 'a\\n\\n# Tools'"),
        ({"name": "a\u2028b"}, "expected one line of text"),
        ({"name": 5}, "expected a string"),
        ({"description": 5}, "expected a string"),
    ],
    ids=str,
)
def test_a_format_that_cannot_be_written_is_refused_with_its_place(change: Mapping[str, Any], complaint: str) -> None:
    content = DeveloperContent(response_formats=[ResponseFormat("a", True), ResponseFormat("b", True)])
    (content.response_formats or [])[1].__dict__.update(change)
    (field,) = change
    place = rf"at messages\[0\]\.content\[0\]\.response_formats\[1\]\.{field}"
    with pytest.raises(ValueError, match=f"{complaint}.*{place}"):
        written(content)


# forms ----------------------------------------------------------------------------------------------

FORMS: dict[str, Callable[[Conversation], Conversation]] = {
    "to_dict": lambda given: Conversation.from_dict(given.to_dict()),
    "to_json": lambda given: Conversation.from_json(given.to_json()),
    "model_dump": lambda given: Conversation.model_validate(given.model_dump()),
    "model_dump in JSON mode": lambda given: Conversation.model_validate(given.model_dump(mode="json")),
    "model_dump_json": lambda given: Conversation.model_validate_json(given.model_dump_json()),
    "without None": lambda given: Conversation.model_validate(given.model_dump(exclude_none=True)),
    "pickle": lambda given: pickle.loads(pickle.dumps(given)),  # type: ignore[no-any-return]
    "copy": copy.deepcopy,
    "model_copy": lambda given: given.model_copy(deep=True),
    "content": lambda given: conversation(Content.from_dict(given.messages[0].content[0].to_dict())),  # type: ignore[arg-type]
}


@settings(max_examples=examples(50), deadline=None)
@given(st.dictionaries(TEXTS, documents() | st.booleans(), max_size=3), st.none() | TEXTS)
def test_every_form_gives_the_formats_back(schemas: dict[str, Any], description: str | None) -> None:
    content = DeveloperContent("i").with_response_formats([])
    for name, schema in schemas.items():
        content = content.with_response_format(name, schema, description)
    given = conversation(content)
    for form, copied in FORMS.items():
        assert copied(given) == given, form
    assert eval(repr(content), {"DeveloperContent": DeveloperContent, "ResponseFormat": ResponseFormat}) == content


@settings(max_examples=examples(50), deadline=None)
@given(VALUES)
def test_values_in_a_schema_are_exact(value: Any) -> None:
    (made,) = DeveloperContent().with_response_format("a", {"const": value}).response_formats or []
    assert repr(made.schema) == repr({"const": value})
    line = written(DeveloperContent(response_formats=[made])).rpartition("\n")[2]
    assert repr(json.loads(line)) == repr(made.schema)


class Body(BaseModel):
    developer: DeveloperContent
    contents: list[Content]


def test_without_formats_every_form_is_that_of_the_reference() -> None:
    content = DeveloperContent("i")
    assert repr(content) == "DeveloperContent(instructions='i', tools=None)"
    assert str(content) == "instructions='i' tools=None"
    assert dict(content) == content.model_dump() == {"instructions": "i", "tools": None}
    assert content.model_dump_json() == '{"instructions":"i","tools":null}'
    assert content.to_dict() == {"instructions": "i", "type": "developer_content"}
    assert content.model_dump(exclude={"instructions"}) == {"tools": None}
    assert content.model_dump(include={"response_formats"}) == {}
    body = Body(developer=content, contents=[content])
    assert body.model_dump() == {
        "developer": {"instructions": "i", "tools": None},
        "contents": [{"instructions": "i", "tools": None, "type": "developer_content"}],
    }
    assert body.model_dump_json() == (
        '{"developer":{"instructions":"i","tools":null},'
        '"contents":[{"instructions":"i","tools":null,"type":"developer_content"}]}'
    )


def test_with_formats_every_form_shows_them() -> None:
    content = DeveloperContent().with_response_format("a", True)
    shown = [{"name": "a", "schema": True, "description": None}]
    assert content.model_dump() == {"instructions": None, "tools": None, "response_formats": shown}
    assert dict(content)["response_formats"] == [ResponseFormat("a", True)]
    assert content.to_dict() == {"response_formats": [{"name": "a", "schema": True}], "type": "developer_content"}
    assert str(content).endswith("response_formats=[ResponseFormat(name='a', schema=True, description=None)]")
    assert content != DeveloperContent()
    assert DeveloperContent(response_formats=[]).model_dump()["response_formats"] == []


# the cache and spans --------------------------------------------------------------------------------


def test_what_is_kept_of_one_format_is_not_taken_for_another() -> None:
    encoding = HarmonyEncoding("HarmonyGptOss")
    values: list[Any] = [1, True, 1.0, "1", None, [], {}, [1], [True]]
    contents = [DeveloperContent().with_response_format("a", {"const": value}) for value in values]
    contents += [DeveloperContent(), DeveloperContent().with_response_format("a", True)]
    contents += [
        DeveloperContent().with_response_format("a", True, "1"),
        DeveloperContent().with_response_format("b", True),
    ]
    first = [encoding.render_conversation(conversation(content)) for content in contents]
    assert len(set(map(tuple, first))) == len(contents)
    assert [encoding.render_conversation(conversation(content)) for content in contents] == first
    changed = contents[0]
    (made,) = changed.response_formats or []
    assert isinstance(made.schema, dict)
    made.schema["const"] = 2
    assert '{"const":2}' in encoding.decode(encoding.render_conversation(conversation(changed)))


def test_formats_are_content_and_not_sampled() -> None:
    given = conversation(DeveloperContent("i").with_response_format("a", LIST, "A."))
    rendered = ENCODING.render_with_spans(given)
    assert rendered.tokens == ENCODING.render_conversation(given)
    assert [span.part for span in rendered.spans()] == ["start", "role", "header_end", "content", "stop"]
    assert not any(rendered.sampled)
