"""Tools printed on one line: what is written of each kind of schema, with strings of this file's own."""

from __future__ import annotations

from typing import Any

import pytest

from openai_harmony._runtime.writing.inline_types import InlineWording, tools_text
from openai_harmony._runtime.writing.text_forms import json_form, json_object_form
from tests.runtime.test_typescript import WORDING, Namespace, Tool

INLINE = InlineWording(
    property="{name}={type}",
    optional_property="{name}?={type}",
    property_break=";",
    line_of_property="{name}: {type}",
    line_of_optional="{name}?: {type}",
    line_end=",",
    default=" default {text}",
    default_of_variants=" variant's default {text}",
    object_without_properties="thing",
    variant_comment=" # {text}",
    variant_default=" # default {text}",
    variant_break=" or ",
    unclear_type="object | object",
    longest_element="10",
)
TEXT = {"type": "string"}


def printed(*tools: Tool) -> str:
    return tools_text({"f": Namespace("f", None, list(tools))}, WORDING, INLINE)


def line(schema: Any, **more: Any) -> str:
    """The line of a parameter."""
    text = printed(Tool("f", "", {"type": "object", "properties": {"p": schema}, **more}))
    return text.partition("(_: {\n")[2].partition("\n}) => any;")[0]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (TEXT, "p?: string,"),
        ({"type": "integer"}, "p?: number,"),
        ({}, "p?: any,"),
        ({"type": "null"}, "p?: any,"),
        (True, "p?: any,"),
        ({"type": "string", "nullable": True}, "p?: string | null,"),
        ({"type": "number", "nullable": True}, "p?: number,"),
        ({"type": "string", "enum": ["a", 'b"'], "nullable": True}, 'p?: "a" | "b"",'),
        ({"type": "string", "enum": []}, "p?: string,"),
        ({"type": ["integer", "null"]}, "p?: integer | null,"),
        ({"type": ["integer"]}, "p?: integer,"),
        ({"anyOf": [TEXT]}, "p?: any,"),
        ({"type": "array"}, "p?: any[],"),
        ({"type": "array", "items": {"type": "integer"}, "nullable": True}, "p?: number[] | null,"),
        ({"type": "array", "items": {"type": "string", "enum": ["a"]}}, "p?: string[],"),
        ({"type": "array", "items": {"type": ["object", "object"]}}, "p?: any[],"),
        ({"type": "array", "items": {"type": ["aaa", "bbbb"]}}, "p?: aaa | bbbb[],"),  # ten characters
        ({"type": "array", "items": {"type": ["aaaa", "bbbb"]}}, "p?: any[],"),
        ({"type": "object"}, "p?: thing,"),
        ({"type": "object", "properties": {"a": TEXT, "b": {}}, "required": ["b"]}, "p?: {\na?=string;b=any},"),
        ({"oneOf": [TEXT, {}]}, "p?: string or any,"),
        ({"oneOf": [{**TEXT, "description": "d", "default": [1, "é"]}]}, 'p?: string # d # default [1, "é"],'),
        ({**TEXT, "default": "a"}, 'p?: string default "a",'),
        ({"type": "string", "enum": ["a"], "default": "a"}, 'p?: "a" default a,'),
        ({"oneOf": [TEXT], "default": "a"}, "p?: string variant's default a,"),
        ({"type": "number", "default": 2**70}, f"p?: number default {2**70},"),
        ({**TEXT, "description": "two\nlines"}, "// two\nlines\np?: string,"),
    ],
    ids=str,
)
def test_a_parameter_is_one_line(schema: Any, expected: str) -> None:
    assert line(schema) == expected


def test_a_required_parameter_has_no_question_mark() -> None:
    assert line(TEXT, required=["p"]) == "p: string,"


@pytest.mark.parametrize("parameters", [None, {}, {"type": "object"}, {"properties": {}}, {"oneOf": [TEXT]}])
def test_a_tool_without_properties_takes_nothing(parameters: Any) -> None:
    assert "type f = () => any;" in printed(Tool("f", "d", parameters))


def test_every_description_is_a_comment_even_an_empty_one() -> None:
    declared = "// a\nb\ntype f = () => any;\n\n// \ntype g = () => any;"
    whole = f"# Tools\n\n## f\n\nnamespace f {{\n\n{declared}\n\n}} // namespace f"
    assert printed(Tool("f", "a\nb"), Tool("g", "")) == whole


@pytest.mark.parametrize("default", [float("nan"), float("inf"), "\ud800"])
def test_a_value_that_is_not_json_is_refused_with_the_tool(default: Any) -> None:
    with pytest.raises(ValueError, match=r"in the parameters of the tool 'f'"):
        line({"default": default})


def test_a_schema_that_holds_itself_is_refused_with_the_tool() -> None:
    schema: dict[str, Any] = {"type": "array"}
    schema["items"] = schema
    with pytest.raises(ValueError, match=r"nested more than \d+ deep.*the tool 'f'"):
        line(schema)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":1,"é":[]}', '{"a": 1, "é": []}'),
        (' {"a": 1.0}\n', '{"a": 1.0}'),
        ("[1]", '"[1]"'),
        ("5", '"5"'),
        ("null", '"null"'),
        ('"x"', '"\\"x\\""'),
        ("{", '"{"'),
        ("", '""'),
        ("[" * 100_000, '"' + "[" * 100_000 + '"'),
    ],
    ids=lambda text: text[:10],
)
def test_only_an_object_is_json_already(text: str, expected: str) -> None:
    assert json_object_form(text) == expected


def test_text_is_a_json_string() -> None:
    assert json_form('a"\n é') == '"a\\"\\n é"'
