"""Requests that once broke the exports of grammars: each is told in an error, or exported."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from openai_harmony.__main__ import main
from openai_harmony._grammar.json_shapes import same_json
from openai_harmony.grammar import GrammarError, check, export

pytestmark = pytest.mark.shipped

TOOL = {"name": "lookup"}
ENDS = {"reasoning": "forbid", "preambles": False}
FORMATS = ("llguidance", "structural-tag", "xgrammar-ebnf", "gbnf", "regex")
RULES = ("structural-tag", "xgrammar-ebnf", "gbnf")


def lark(definition: object, name: str = "run") -> dict[str, Any]:
    body = {"type": "grammar", "syntax": "lark", "definition": definition}
    return {"type": "custom", "name": name, "format": body}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("tools", 5),
        ("tools", {"name": "lookup"}),
        ("channels", 5),
        ("channels", [[]]),
        ("engine_stops", 200012),
        ("engine_stops", [True]),
        ("engine_stops", {}),
        ("preambles", "no"),
        ("parallel", "no"),
        ("after_prompt", None),
    ],
)
def test_a_value_of_another_type_is_an_error_of_its_option(option: str, value: object) -> None:
    with pytest.raises(GrammarError) as refused:
        export("llguidance", **{option: value})
    assert str(refused.value.option).startswith(option)


@pytest.mark.parametrize("format", [[], {}, None])
def test_a_format_of_another_type_is_an_error(format: Any) -> None:
    with pytest.raises(GrammarError) as refused:
        export(format)
    assert refused.value.option == "format"


@pytest.mark.parametrize("token", [200006, 200005, 200008, 200003, 200007, 5])
def test_an_engine_cannot_stop_within_a_message(token: int) -> None:
    with pytest.raises(GrammarError) as refused:
        export("llguidance", engine_stops=[200012, token])
    assert refused.value.option == "engine_stops"


@pytest.mark.parametrize("completion", [None, 5, b"Hello", [1.5], ["a"]])
def test_a_completion_of_another_type_is_an_error(completion: Any) -> None:
    with pytest.raises(GrammarError) as refused:
        check("llguidance", completion)
    assert str(refused.value.option).startswith("completion")


def test_an_option_that_is_none_is_named() -> None:
    with pytest.raises(TypeError, match="bogus"):
        check("llguidance", "", bogus=1)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("tool", "option"),
    [
        ({"type": "web_search"}, "tools[0].type"),
        ({"type": "functoin", "name": "lookup"}, "tools[0].type"),
        ({"type": "custom", "name": "run", "format": {"type": "grammer"}}, "tools[0].format.type"),
    ],
)
def test_an_unknown_type_is_not_taken_for_another_one(tool: dict[str, Any], option: str) -> None:
    with pytest.raises(GrammarError) as refused:
        export("llguidance", tools=[tool])
    assert refused.value.option == option


def test_a_choice_is_the_tool_of_just_this_name() -> None:
    tools = [{"name": "w"}, {"name": "functions.w"}]
    grammar = export("llguidance", tools=tools, tool_choice={"name": "functions.w"}, **ENDS)
    call = "<|channel|>commentary to=functions.{}<|message|>{{}}<|call|>"
    assert check(grammar, call.format("functions.w"))
    assert not check(grammar, call.format("w"))


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        ('start: "a" <|end|>', "special tokens"),
        ('start: "a"\nother: <[200007]>', "line 2"),
        ('start: "a" /"\n/ <[200007]> //"', "special tokens"),
        ('start: "a" }\nother: %lark {\nstart: "b"', "not opened"),
        ('start: "a" %lark { start: "b"', "not closed"),
        ('rule: "a"', "`start`"),
        ('other: %lark {\nstart: "b"\n}', "`start`"),
        ("", "`start`"),
    ],
)
def test_a_grammar_in_lark_stays_within_the_input(definition: str, told: str) -> None:
    with pytest.raises(GrammarError, match=told) as refused:
        export("llguidance", tools=[lark(definition)])
    assert refused.value.option == "tools[0].format.definition"


@pytest.mark.parametrize(
    "definition",
    [
        'start: "{" X "}"\nX: /[a-z}<>]+/',
        'start: "a" // }',
        'start: "<|end|>" "\\"}"',
        "start: /<x>[{]/",
        "\n ?start: /a/",
        "start[capture]: WORD\n%import common.WORD",
    ],
)
def test_braces_and_signs_within_texts_are_no_fault(definition: str) -> None:
    assert definition.strip() in export("llguidance", tools=[lark(definition)])


@pytest.mark.parametrize("format", [*RULES, "regex"])
def test_a_tool_in_lark_is_named_where_no_rules_can_hold_it(format: str) -> None:
    with pytest.raises(GrammarError) as refused:
        export(format, tools=[TOOL, lark('start: "a"')])
    assert refused.value.option == "tools[1]"


def nested(levels: int) -> object:
    schema: object = {}
    for _ in range(levels):
        schema = {"items": schema}
    return schema


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "minimum": 1e300},
        {"type": "number", "minimum": 1e-300},
        {"type": "number", "exclusiveMinimum": 5e-324, "maximum": 1},
        {"const": 10**5000},
        {"type": "integer", "minimum": 10**5000},
        nested(500),
    ],
)
def test_what_is_too_large_is_an_error(format: str, schema: Any) -> None:
    with pytest.raises(GrammarError):
        export(format, response_schema=schema)


def test_many_first_items_are_rules_or_an_error() -> None:
    schema = {"type": "array", "prefixItems": [{"type": "integer"}] * 1000}
    assert export("llguidance", response_schema=schema)
    with pytest.raises(GrammarError):
        export("gbnf", response_schema=schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "multipleOf": 1e300},
        {"type": "number", "multipleOf": 1e-12},
        {"type": "number", "minimum": 1e-300},
        {"type": "string", "maxLength": 2**53 - 1},
        {"type": "string", "minLength": 10**20},
    ],
)
def test_what_llguidance_cannot_read_is_refused_at_its_place(schema: dict[str, Any]) -> None:
    (keyword,) = schema.keys() - {"type"}
    with pytest.raises(GrammarError) as refused:
        export("llguidance", response_schema=schema)
    assert refused.value.pointer == f"#/{keyword}"


@pytest.mark.parametrize("format", RULES)
def test_a_bound_of_length_that_rules_cannot_keep_has_its_place(format: str) -> None:
    assert export(format, response_schema={"type": "string", "maxLength": 500})
    with pytest.raises(GrammarError) as refused:
        export(format, response_schema={"properties": {"a": {"type": "string", "maxLength": 501}}})
    assert refused.value.pointer == "#/properties/a/maxLength"


@pytest.mark.parametrize("format", FORMATS)
def test_ten_thousand_values_take_seconds_at_most(format: str) -> None:
    begin = time.process_time()
    export(format, response_schema={"enum": [f"value {number}" for number in range(10_000)]})
    assert time.process_time() - begin < 5


def test_an_expression_of_a_bounded_pattern_does_not_double_with_each_character() -> None:
    schema = {"type": "string", "pattern": "^[a-z]", "maxLength": 50}
    assert len(export("regex", response_schema=schema)) < 50_000
    with pytest.raises(GrammarError, match="too large"):
        export("regex", response_schema={**schema, "maxLength": 400})


def test_values_are_the_same_if_json_has_them_so() -> None:
    groups: list[list[object]] = [[1, 1.0], [True], [False], [0, 0.0, -0.0], [None], ["1"], [[1], [1.0]], [[True]]]
    groups += [[{"a": 1, "b": 2}, {"b": 2.0, "a": 1}], [{"a": True}], [[]], [{}], [""], ["array"], ["object"]]
    for number, group in enumerate(groups):
        for other, others in enumerate(groups):
            assert all(same_json(one, each) == (number == other) for one in group for each in others)


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]


class Home(BaseModel):
    pet: Cat | Dog = Field(discriminator="kind")


@pytest.mark.parametrize("format", FORMATS)
def test_a_union_of_pydantic_is_told_apart_by_its_kind(format: str) -> None:
    grammar = export(format, response_schema=Home, engine_stops="none")
    answer = '<|channel|>final<|message|>{{"pet": {}}}<|return|>'
    assert check(grammar, answer.format('{"kind": "dog"}'))
    assert check(grammar, answer.format('{"kind": "cat", "lives": 9}'))
    assert not check(grammar, answer.format('{"kind": "cat"}'))
    assert not check(grammar, answer.format('{"kind": "cow"}'))


@pytest.mark.parametrize(("text", "told"), [("5", "a list of tools"), ("[" * 100_000, "nested too deep")])
def test_the_command_tells_of_a_file_that_is_no_list_of_tools(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    (tmp_path / "tools.json").write_text(text, encoding="utf-8")
    assert main(["grammar", "--tools", str(tmp_path / "tools.json")]) == 2
    assert told in capsys.readouterr().err


def test_the_command_names_the_file_of_a_number_that_is_too_long(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "schema.json"
    path.write_text('{"const": ' + "9" * 5000 + "}", encoding="utf-8")
    assert main(["grammar", "--response-schema", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_a_value_that_is_nested_deep_is_judged_as_fast_as_any() -> None:
    grammar = export("llguidance", response_schema={"type": "array", "items": {"$ref": "#"}})
    begin = time.process_time()
    assert check(grammar, "<|channel|>final<|message|>" + "[" * 5000 + "]" * 5000 + "<|return|>")
    assert time.process_time() - begin < 5
