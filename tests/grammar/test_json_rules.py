"""What rules of a schema read: by the schema, as `jsonschema` reads it, and as llguidance reads what it is given."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from openai_harmony._grammar.json_llguidance import for_llguidance
from openai_harmony._grammar.json_rules import STRING, rules_of
from openai_harmony._grammar.nodes import Chars, Choice, Literal, Many, Node, Ref, Seq
from openai_harmony.errors import GrammarError
from tests.support.effort import examples
from tests.support.kept_schemas import OF_FORMATS, TREE, documents, mutants, texts_of, values_of
from tests.support.llguidance_json import engine_reader_of
from tests.support.rule_reading import reader_of, reader_or_fault

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example]
OPTION = "response_schema"
# What a schema of `documents` may be refused for: two of its keywords that hold for one property, which is documented.
NOT_TOGETHER = ("no value satisfies the schema", "cannot be kept beside a list of values (`enum` or `const`)")


def _exact(text: str) -> Any:
    """JSON with numbers that are not rounded: jsonschema divides by `multipleOf`."""
    return json.loads(text, parse_float=Decimal)


def _is_valid(schema: Any, text: str, formats: jsonschema.FormatChecker | None = None) -> bool:
    """Whether a text is JSON, and valid by the schema as it stands: open where it says nothing."""
    try:
        value = _exact(text)
    except ValueError:
        return False
    return bool(jsonschema.Draft202012Validator(_exact(json.dumps(schema)), format_checker=formats).is_valid(value))


def _of_formats() -> jsonschema.FormatChecker:
    """What takes, of each format, the texts of which it is known that they are of it."""
    made = jsonschema.FormatChecker(formats=())
    for name, valid in OF_FORMATS.items():
        made.checks(name)(lambda value, valid=valid: not isinstance(value, str) or value in valid)
    return made


FORMATS = _of_formats()


def _engine_or_none(schema: Any) -> Callable[[str], bool] | None:
    """What llguidance says; None if it cannot keep a keyword that rules keep."""
    try:
        return engine_reader_of(for_llguidance(schema, OPTION))
    except GrammarError as error:
        event(str(error)[-40:])
        if "llguidance cannot keep" in str(error):
            return None
        raise


@settings(max_examples=examples(60), deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_what_rules_read_is_valid_by_the_schema_and_llguidance_says_the_same(data: st.DataObject) -> None:
    schema = data.draw(documents())
    reads = reader_or_fault(schema)
    if isinstance(reads, str):
        assert any(why in reads for why in NOT_TOGETHER)
        return
    engine = _engine_or_none(schema)
    text = data.draw(values_of(schema).flatmap(texts_of))
    for each in [text, *(data.draw(mutants(text)) for _ in range(3))]:
        found = reads(each)
        assert engine is None or engine(each) == found, (schema, each)
        assert not found or _is_valid(schema, each), (schema, each)
        event(f"read: {found}")


def _closed(schema: Any) -> Any:
    """The schema with a word on other properties wherever it lists some and says nothing of others."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {k: v if k in ("enum", "const") else _closed(v) for k, v in schema.items()}
    if isinstance(found.get("properties"), dict) and "type" in found and found["properties"]:
        found.setdefault("additionalProperties", False)
    return found


@settings(max_examples=examples(60), deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_rules_read_every_valid_value_whose_properties_come_in_the_schemas_order(data: st.DataObject) -> None:
    schema = data.draw(documents())
    reads = reader_or_fault(schema)
    if isinstance(reads, str):
        assert any(why in reads for why in NOT_TOGETHER)
        return
    text = data.draw(values_of(schema).flatmap(texts_of))
    if _is_valid(_closed(schema), text, FORMATS):
        assert reads(text), (schema, text)


# claims -------------------------------------------------------------------------------------------

PLACE = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city"],
}


@pytest.mark.parametrize(
    "text",
    [
        '{"city": "Rome", "days": 3}',
        '{"city":"Rome","days":3}',
        '{\n  "city": "Rome"\n}',
        '{ "city" :\t"Rome" ,\r\n"days" : -0 }',
        '{"city": "\\u0041\\ud83d\\ude00\\n\\"\\\\\\b\\f\\r\\t é"}',
    ],
)
def test_white_space_and_escapes_are_free_within_a_value(text: str) -> None:
    assert reader_of(PLACE)(text)
    assert engine_reader_of(for_llguidance(PLACE, OPTION))(text)


@pytest.mark.parametrize(
    "text",
    [
        ' {"city": "Rome"}',
        '{"city": "Rome"} ',
        '{"days": 3, "city": "Rome"}',
        '{"city": "Rome", "other": 1}',
        '{"city": "Rome", "city": "Bonn"}',
        '{"city": "Rome",}',
        '{"days": 3}',
        '{"city": "Rome", "days": 3.0}',
        '{"city": "Rome", "days": 03}',
        '{"city": "a\tb"}',
        '{"city": "\\ud83d"}',
        '{"city": "\\ud041\\udc00"}',
        '{"city": "\\x41"}',
        '{"\\u0063ity": "Rome"}',
        "",
    ],
)
def test_all_else_is_refused(text: str) -> None:
    assert not reader_of(PLACE)(text)
    assert not engine_reader_of(for_llguidance(PLACE, OPTION))(text)


def test_the_name_of_a_property_cannot_come_again_among_others_however_it_is_spelled() -> None:
    schema = {"type": "object", "properties": {"a\n": {"type": "integer"}}, "additionalProperties": {"type": "string"}}
    for reads in (reader_of(schema), engine_reader_of(for_llguidance(schema, OPTION))):
        assert reads('{"a\\n": 1, "b": "x", "a": "y", "\\n": "z"}')
        for text in ['{"a\\n": 1, "a\\n": "x"}', '{"a\\n": "x"}', '{"a\\u000a": "x"}', '{"\\u0061\\n": "x"}']:
            assert not reads(text)


def test_an_object_that_lists_no_properties_is_open() -> None:
    for schema in ({"type": "object"}, {"type": "object", "required": ["a"]}, True, {}):
        assert reader_of(schema)('{"a": {"b": [1.5e3, null]}}')


def test_silence_about_other_properties_makes_no_schemas_of_oneOf_disjoint() -> None:
    silent = [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}}]
    schema = {"type": "object", "oneOf": silent}
    with pytest.raises(GrammarError, match="oneOf") as refused:
        reader_of(schema)  # {"a": 1} is valid by both
    assert refused.value.pointer == "#/oneOf"
    told = [{**each, "additionalProperties": False} for each in silent]
    reads = reader_of({"type": "object", "oneOf": told})
    assert reads('{"a": 1}')
    assert not reads('{"a": 1, "b": 1}')


def test_additionalProperties_of_one_schema_hold_for_the_properties_that_another_lists() -> None:
    first = {"properties": {"a": {}}, "additionalProperties": {"type": "integer"}}
    reads = reader_of({"type": "object", "allOf": [first, {"properties": {"b": {"minimum": 3}}}]})
    assert reads('{"a": "x", "b": 4}')
    assert not reads('{"a": "x", "b": 2}')
    assert not reads('{"a": "x", "b": "y"}')


def test_a_schema_that_holds_twice_holds_once_also_if_it_refers_to_itself() -> None:
    twice = {"allOf": [{"$ref": "#/$defs/tree"}, {"$ref": "#/$defs/tree"}], "$defs": {"tree": TREE}}
    assert reader_of(twice)('{"name": "x", "of": [{"name": "y"}]}')
    assert not reader_of(twice)('{"name": "x", "of": [{"name": 1}]}')
    listed = {"properties": {"a": {"$ref": "#/$defs/tree"}, "ab": {"type": "string"}}, "$defs": {"tree": TREE}}
    reads = reader_of({**listed, "patternProperties": {"^a": {"$ref": "#/$defs/tree"}}, "additionalProperties": False})
    assert reads('{"a": {"name": "x"}, "ac": {"name": "y"}}')
    assert not reads('{"ab": "text"}')


CIRCLE = {"allOf": [{"minLength": 1}, {"$ref": "#/$defs/a"}]}


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"$ref": "#"}, "#"),
        ({"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "#"),
        ({"allOf": [{"$ref": "#"}]}, "#/allOf/0/$ref"),
        (
            {"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"type": "string"}, {"$ref": "#/$defs/b"}]}, "b": CIRCLE}},
            "#/$defs/b/allOf/1/$ref",
        ),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}, "#"),
        ({"$ref": "#/$defs/b"}, "#/$ref"),
        ({"properties": {"a": {"$ref": "https://x.org/s"}}}, "#/properties/a/$ref"),
        ({"properties": {"a": {"$id": "b"}}}, "#/properties/a/$id"),
        ({"type": "string", "enum": [1]}, "#"),
        ({"type": "integer", "minimum": 3, "maximum": 2}, "#"),
        ({"type": "string", "pattern": "^a$", "minLength": 2}, "#"),
        ({"enum": ["\ud800"]}, "#/enum"),
        ({"properties": {"\ud800": {}}}, "#/properties"),
        ({"type": "object", "properties": {"a~/b": {"not": {}}}}, "#/properties/a~0~1b/not"),
        ({"type": "string", "pattern": "^(?:[ab]{0,99}c){0,99}$"}, "#/pattern"),
        ({"type": "text"}, "#/type"),
        ({"properties": {"a": 1}}, "#/properties/a"),
        ({"minLength": -1}, "#/minLength"),
        ({"exclusiveMinimum": True}, "#/exclusiveMinimum"),
        ({"const": float("nan")}, "#/const"),
        ({"const": {1: 2}}, "#/const"),
        ({"const": {1, 2}}, "#/const"),
        ([], "#"),
        (None, "#"),
    ],
    ids=repr,
)
def test_a_schema_that_is_none_or_has_no_values_is_refused_at_its_place(schema: Any, pointer: str) -> None:
    for convert in (lambda: rules_of(schema, "value", OPTION), lambda: for_llguidance(schema, OPTION)):
        with pytest.raises(GrammarError) as refused:
            convert()
        assert (refused.value.option, refused.value.pointer) == (OPTION, pointer)
        assert str(refused.value).startswith(f"{OPTION}: {pointer}: ")


def test_what_no_value_has_is_left_out() -> None:
    tree = {"type": "object", "properties": {"a": {"$ref": "#/$defs/tree"}}, "required": ["a"]}
    items = {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/tree"}, {"$ref": "#/$defs/items"}]}}
    schema = {"anyOf": [{"$ref": "#/$defs/tree"}, {"$ref": "#/$defs/items"}], "$defs": {"tree": tree, "items": items}}
    assert reader_of(schema)("[[], []]")
    _, rules = rules_of(schema, "value", OPTION)
    assert not any(isinstance(node, Literal) and "{" in node.text for rule in rules.values() for node in _nodes(rule))


def test_strings_with_bounds_do_not_contain_a_text_that_is_forbidden() -> None:
    schema = {"type": "string", "pattern": "^.*$", "maxLength": 6}
    assert reader_of(schema)('"a<|b"')
    reads = reader_of(schema, forbidden="<|")
    assert reads('"<a|<"')
    assert not reads('"a<|b"')
    assert not reads('"<<|b"')
    assert not reads('"<a|<bcd"')


def _nodes(node: Node) -> list[Node]:
    inner = node.nodes if isinstance(node, (Seq, Choice)) else [node.node] if isinstance(node, Many) else []
    return [node, *(found for each in inner for found in _nodes(each))]


@settings(max_examples=examples(40), deadline=None, suppress_health_check=SLOW)
@given(documents())
def test_rules_have_names_of_their_own_and_refer_only_to_each_other(schema: Any) -> None:
    try:
        root, rules = rules_of(schema, "arguments_7", OPTION)
    except GrammarError:
        return
    _, others = rules_of(schema, "arguments_8", OPTION)
    assert all(rules[name] == others[name] for name in rules.keys() & others.keys())  # those that all schemas share
    assert all(name.startswith(("arguments_7", "json_")) for name in rules)
    nodes = [node for rule in rules.values() for node in _nodes(rule)]
    assert {root} | {node.rule for node in nodes if isinstance(node, Ref)} == set(rules)
    assert all(isinstance(node, (Literal, Chars, Seq, Choice, Many, Ref)) for node in nodes)
    assert all(node.text for node in nodes if isinstance(node, Literal))


def test_all_strings_without_bounds_share_one_rule() -> None:
    _, rules = rules_of({"type": "array", "items": {"type": ["string", "null"]}}, "value", OPTION)
    assert STRING in rules
