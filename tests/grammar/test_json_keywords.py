"""The table of keywords: it has every one, and what it says of each is so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema_specifications import REGISTRY

from openai_harmony._grammar.json_keywords import FORMATS, KEYWORDS
from openai_harmony._grammar.json_llguidance import for_llguidance
from openai_harmony._grammar.json_rules import rules_of
from openai_harmony.errors import GrammarError
from tests.support.kept_schemas import TREE
from tests.support.llguidance_json import engine_reader_of
from tests.support.rule_reading import reader_of

OPTION = "tools[0] (search)"


def _specified() -> set[str]:
    """The keywords of the drafts from 7 on."""
    drafts = ("draft-07/schema", "draft/2019-09/", "draft/2020-12/")
    schemas = [REGISTRY.contents(uri) for uri in REGISTRY if any(draft in uri for draft in drafts)]
    return {keyword for schema in schemas for keyword in schema.get("properties", {})}


def test_every_keyword_of_the_specification_is_in_the_table_for_every_format() -> None:
    assert len(_specified()) > 55
    assert _specified() - set(KEYWORDS) == set()
    for entry in KEYWORDS.values():
        assert {entry.verdict(format) for format in FORMATS} <= {"kept", "rewritten", "left out", "refused"}


def _with(*verdicts: str) -> list[str]:
    return [keyword for keyword, entry in KEYWORDS.items() if entry.rules in verdicts or entry.schema in verdicts]


# Pinned: a keyword that is kept in silence, without being read, would loosen a grammar.
REFUSED = {
    *("not", "if", "then", "else", "contains", "minContains", "maxContains", "unevaluatedItems"),
    *("unevaluatedProperties", "dependencies", "dependentRequired", "dependentSchemas"),
    *("$dynamicRef", "$recursiveRef", "$recursiveAnchor"),
}
NOTES = {
    *("$schema", "$comment", "$vocabulary", "title", "description", "default", "example", "examples", "deprecated"),
    *("readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema", "discriminator"),
}


def test_no_keyword_is_left_out_or_refused_but_these() -> None:
    assert set(_with("refused")) == REFUSED
    assert set(_with("left out")) == NOTES


@pytest.mark.parametrize("keyword", sorted(REFUSED))
def test_a_refused_keyword_is_refused_by_name_and_place(keyword: str) -> None:
    assert KEYWORDS[keyword].rules == KEYWORDS[keyword].schema
    schema = {"type": "object", "properties": {"a": {"type": "array", keyword: {}}}}
    for convert in (lambda: rules_of(schema, "value", OPTION), lambda: for_llguidance(schema, OPTION)):
        with pytest.raises(GrammarError, match=f"`{keyword.replace('$', '.')}` cannot be kept: .+") as refused:
            convert()
        assert refused.value.option == OPTION
        assert refused.value.pointer == f"#/properties/a/{keyword}"


def test_a_keyword_that_is_not_known_is_refused_but_for_notes() -> None:
    with pytest.raises(GrammarError, match="`minimun` is no keyword") as refused:
        rules_of({"items": {"minimun": 3}}, "value", OPTION)
    assert refused.value.pointer == "#/items/minimun"
    assert reader_of({"type": "null", "x-note": 3})("null")


@pytest.mark.parametrize("keyword", _with("left out"))
def test_an_annotation_changes_nothing(keyword: str) -> None:
    value: Any = {"a": "::="} if keyword == "contentSchema" else ["::="] if keyword == "examples" else "::="
    plain = {"type": "object", "properties": {keyword: {"type": "string"}}}
    noted = {**plain, keyword: value}
    assert rules_of(noted, "value", OPTION) == rules_of(plain, "value", OPTION)
    assert for_llguidance(noted, OPTION) == for_llguidance(plain, OPTION)


A = {"a": {"type": "integer"}}
# For each keyword: a schema, a text that is valid only because others are not forbidden by it, and one that is not.
KEPT: dict[str, list[tuple[Any, str, str]]] = {
    "$id": [
        (
            {"$id": "https://x.org/s", "items": {"$ref": "https://x.org/s#/$defs/n"}, "$defs": {"n": {"const": 1}}},
            "[1]",
            "[2]",
        )
    ],
    "$anchor": [({"$ref": "#here", "$defs": {"n": {"$anchor": "here", "const": 1}}}, "1", "2")],
    "$dynamicAnchor": [({"$ref": "#here", "$defs": {"n": {"$dynamicAnchor": "here", "const": 1}}}, "1", "2")],
    "$defs": [({"$ref": "#/$defs/a%20b", "$defs": {"a b": {"const": 1}}}, "1", "2")],
    "definitions": [({"$ref": "#/definitions/n", "definitions": {"n": {"const": 1}}}, "1", "2")],
    "$ref": [
        ({"type": "object", "properties": {"next": {"$ref": "#"}}}, '{"next": {"next": {}}}', '{"next": {"next": 1}}'),
        ({"$ref": "#/$defs/n", "maxLength": 1, "$defs": {"n": {"type": "string"}}}, '"a"', '"ab"'),
    ],
    "type": [({"type": ["integer", "null"]}, "null", "1.5"), ({"type": "boolean"}, "true", '"true"')],
    "nullable": [
        ({"type": "string", "nullable": True}, "null", "1"),
        ({"type": "string", "nullable": False}, '""', "null"),
    ],
    "enum": [
        ({"enum": ["a", 1, {"b": [1, 2]}]}, '{"b": [1,2]}', "2"),
        ({"enum": ["a", "bc", 1], "type": "string", "minLength": 2}, '"bc"', '"a"'),
        ({"enum": [True, 0]}, "true", "1"),
    ],
    "const": [({"const": "a\n"}, '"a\\n"', '"a"'), ({"const": 1.0}, "1", "2")],
    "anyOf": [
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "null", '"a"'),
        ({"type": "string", "anyOf": [{"maxLength": 1}, {"pattern": "^b"}]}, '"bb"', '"aa"'),
    ],
    "oneOf": [
        ({"oneOf": [{"type": "integer", "maximum": 3}, {"type": "integer", "minimum": 5}]}, "5", "4"),
        (
            {
                "oneOf": [
                    {"type": "object", "properties": {"k": {"const": k}, "v": v}, "required": ["k", "v"]}
                    for k, v in (("i", {"type": "integer"}), ("s", {"type": "string"}))
                ]
            },
            '{"k": "s", "v": "x"}',
            '{"k": "i", "v": "x"}',
        ),
    ],
    "allOf": [
        ({"allOf": [{"type": "string", "pattern": "a"}, {"pattern": "b", "maxLength": 3}]}, '"bxa"', '"xxa"'),
        (
            {"allOf": [{"properties": A}, {"properties": {"b": {}}, "required": ["b"]}], "type": "object"},
            '{"a": 1, "b": 2}',
            '{"a": 1}',
        ),
    ],
    "minLength": [({"type": "string", "minLength": 2}, '"\\u0041😀"', '"\\ud83d\\ude00"')],
    "maxLength": [({"type": "string", "maxLength": 1}, '"\\ud83d\\ude00"', '"ab"')],
    "pattern": [({"type": "string", "pattern": "b+$"}, '"abb"', '"ba"'), ({"pattern": "^[^\\s]$"}, '"\\\\"', '" "')],
    "format": [({"type": "string", "format": "date"}, '"2024-02-29"', '"2023-02-29"')],
    "minimum": [
        ({"type": "integer", "minimum": 12}, "112", "11"),
        ({"type": "number", "minimum": -0.5}, "-0.25", "-0.6"),
    ],
    "maximum": [
        ({"type": "integer", "maximum": 12}, "-112", "13"),
        ({"type": "number", "maximum": 1.5}, "1.499", "1.501"),
    ],
    "exclusiveMinimum": [
        ({"type": "integer", "exclusiveMinimum": 12}, "13", "12"),
        ({"type": "number", "exclusiveMinimum": 0}, "0.01", "0.0"),
    ],
    "exclusiveMaximum": [
        ({"type": "integer", "exclusiveMaximum": 12}, "11", "12"),
        ({"type": "number", "exclusiveMaximum": 1}, "0.99", "1.0"),
    ],
    "multipleOf": [
        ({"type": "integer", "multipleOf": 10, "minimum": 15}, "20", "25"),
        ({"type": "number", "multipleOf": 0.01}, "1.25", "1.125"),
    ],
    "items": [
        ({"items": {"type": "integer"}}, "[1,\n2]", '[1,"a"]'),
        ({"type": "array", "items": [{"const": 1}]}, "[1, 2]", "[2]"),
    ],
    "prefixItems": [({"type": "array", "prefixItems": [{"const": 1}], "items": False}, "[]", "[1,1]")],
    "additionalItems": [({"type": "array", "items": [{}], "additionalItems": {"const": 2}}, "[1,2,2]", "[1,1]")],
    "minItems": [({"type": "array", "minItems": 2}, "[1,2,3]", "[1]")],
    "maxItems": [
        ({"type": "array", "maxItems": 2}, "[1,2]", "[1,2,3]"),
        ({"type": "array", "maxItems": 0}, "[ ]", "[1]"),
    ],
    "uniqueItems": [({"type": "array", "uniqueItems": False, "maxItems": 2}, "[1,1]", "[1,1,1]")],
    "properties": [
        ({"type": "object", "properties": {"a": {"const": 1}}}, '{"a": 1}', '{"a": 2}'),
        ({"properties": {"a": False}}, "{}", '{"a": 2}'),
    ],
    "required": [({"type": "object", "properties": A, "required": ["a"]}, '{"a": 1}', "{}")],
    "additionalProperties": [
        ({"type": "object", "properties": A, "additionalProperties": True}, '{"a": 1, "b": 2}', '{"a": 1, "a": "x"}'),
        ({"type": "object", "additionalProperties": False}, "{ }", '{"a": 1}'),
        ({"type": "object", "additionalProperties": {"const": 1}}, '{"b": 1}', '{"b": 2}'),
    ],
    "patternProperties": [
        (
            {
                "type": "object",
                "properties": A,
                "patternProperties": {"^x": {"const": 1}},
                "additionalProperties": False,
            },
            '{"a": 2, "xy": 1}',
            '{"xy": 2}',
        )
    ],
    "propertyNames": [({"type": "object", "propertyNames": {"pattern": "^x"}}, '{"xy": 2}', '{"a": 1}')],
    "minProperties": [({"type": "object", "minProperties": 1}, '{"a": 1}', "{}")],
    "maxProperties": [({"type": "object", "maxProperties": 1}, '{"a": 1}', '{"a": 1, "b": 1}')],
}


def test_there_is_a_case_for_every_keyword_that_is_kept() -> None:
    assert set(_with("kept", "rewritten")) == set(KEPT)


CASES = [pytest.param(k, *case, id=f"{k}-{n}") for k, cases in KEPT.items() for n, case in enumerate(cases)]


@pytest.mark.parametrize(("keyword", "schema", "valid", "invalid"), CASES)
def test_a_keyword_that_is_kept_decides(keyword: str, schema: Any, valid: str, invalid: str) -> None:
    assert f'"{keyword}"' in json.dumps(schema)
    for reads in (reader_of(schema), engine_reader_of(for_llguidance(schema, OPTION))):
        assert reads(valid)
        assert not reads(invalid)


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"type": "string", "format": "iri"}, "#/format"),
        ({"type": "array", "uniqueItems": True}, "#/uniqueItems"),
        ({"type": "integer", "multipleOf": 3}, "#/multipleOf"),
        ({"type": "number", "multipleOf": 0.1, "minimum": 0}, "#/multipleOf"),
        ({"type": "object", "minProperties": 2}, "#/minProperties"),
        ({"type": "object", "maxProperties": 1001}, "#/maxProperties"),
        ({"type": "object", "patternProperties": {"a": {}, "b": {}}}, "#/patternProperties"),
        ({"type": "object", "patternProperties": {"a": {}}, "additionalProperties": True}, "#/patternProperties"),
        ({"type": "object", "patternProperties": {"(?=a)/b": {}}}, "#/patternProperties/(?=a)~1b"),
        ({"type": "object", "propertyNames": {"enum": ["a"]}}, "#/propertyNames"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "#/oneOf"),
        ({"oneOf": [{"type": "string", "pattern": "a"}, {"type": "string", "pattern": "b"}]}, "#/oneOf"),
        ({"enum": [[1]], "minItems": 2}, "#/minItems"),
        ({"type": "string", "pattern": "(?i)a"}, "#/pattern"),
    ],
    ids=repr,
)
def test_a_keyword_outside_its_limits_is_refused(schema: Any, pointer: str) -> None:
    for convert in (lambda: rules_of(schema, "value", OPTION), lambda: for_llguidance(schema, OPTION)):
        with pytest.raises(GrammarError, match="cannot be kept") as refused:
            convert()
        assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"type": "integer", "minimum": 2**60}, "#/minimum"),
        ({"items": {"const": 2**64}}, "#/items/const"),
        ({"enum": [1e-7]}, "#/enum"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}, "#/exclusiveMinimum"),
        ({"type": "number", "exclusiveMaximum": -1, "minimum": -1.5}, "#/exclusiveMaximum"),
        ({"type": "object", "properties": {"a": {}, "b": {}}, "minProperties": 1}, "#/minProperties"),
        ({"type": "object", "propertyNames": {"maxLength": 3}}, "#/propertyNames"),
        (
            {
                "properties": {"ab": {"type": "string"}},
                "propertyNames": {"pattern": "b$"},
                "additionalProperties": {"type": "integer"},
            },
            "#/propertyNames",
        ),
        (
            {
                "properties": {"ab": {"$ref": "#/$defs/tree"}},
                "patternProperties": {"^a": {"$ref": "#/$defs/tree"}},
                "additionalProperties": False,
                "$defs": {"tree": TREE},
            },
            "#/patternProperties",
        ),
    ],
    ids=repr,
)
def test_what_llguidance_alone_cannot_keep_is_refused_for_it_alone(schema: Any, pointer: str) -> None:
    assert rules_of(schema, "value", OPTION)
    with pytest.raises(GrammarError, match="llguidance cannot keep") as refused:
        for_llguidance(schema, OPTION)
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    ("others", "kept", "refused"),
    [
        ({"propertyNames": {"pattern": "b$"}, "additionalProperties": True}, '{"ab": "x"}', '{"a": 1}'),
        ({"propertyNames": {"pattern": "^b"}, "additionalProperties": {"type": "integer"}}, '{"b": 1}', '{"ab": "x"}'),
        ({"patternProperties": {"b$": {"maxLength": 1}}, "additionalProperties": False}, '{"ab": "x"}', '{"ab": "xy"}'),
        ({"patternProperties": {"b$": {"maxLength": 1}}, "additionalProperties": False}, '{"cb": "x"}', '{"cb": "xy"}'),
    ],
    ids=repr,
)
def test_llguidance_keeps_a_pattern_of_names_that_changes_no_listed_property(
    others: dict[str, Any], kept: str, refused: str
) -> None:
    schema = {"type": "object", "properties": {"ab": {"type": "string"}}, **others}
    for reads in (reader_of(schema), engine_reader_of(for_llguidance(schema, OPTION))):
        assert reads(kept)
        assert not reads(refused)


def test_older_versions_of_llguidance_are_given_no_option_that_they_do_not_know() -> None:
    assert "x-guidance" in for_llguidance({"type": "string"}, OPTION)
    assert for_llguidance({"type": "string"}, OPTION, escapes=False) == {"type": "string"}
