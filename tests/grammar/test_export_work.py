"""How much an export does for tools that were not seen before, and that what exports share is not seen in them."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from benchmarks.grammars import _tool
from openai_harmony.grammar import GrammarError, check, export
from tests.support.counting import calls

pytestmark = pytest.mark.shipped

MOST_CALLS = {"llguidance": 5600, "structural-tag": 8800, "xgrammar-ebnf": 8800, "gbnf": 8800, "regex": 8950}
BOUND = 2**60  # which llguidance does not keep


def _calls(format: str) -> int:
    """The calls of Python functions in an export of ten new tools."""
    seed = secrets.token_hex(4)
    tools = [_tool(number, seed) for number in range(10)]
    return calls(lambda: export(format, tools=tools))


@pytest.mark.parametrize("format", MOST_CALLS)
def test_ten_new_tools_take_no_more_calls_than_this(format: str) -> None:
    _calls(format)  # what all exports share is made
    assert _calls(format) <= MOST_CALLS[format]


@pytest.mark.parametrize("name", ["first", "second", "a/b"])
def test_an_error_names_the_place_of_a_schema_that_others_have_too(name: str) -> None:
    properties = {name: {"type": ["integer", "null"], "maximum": BOUND, "description": name}}
    with pytest.raises(GrammarError) as caught:
        export("llguidance", response_schema={"properties": properties})
    assert caught.value.pointer == f"#/properties/{name.replace('/', '~1')}/maximum"


def test_a_property_that_a_reference_has_named_stays_one_rule() -> None:
    bounded = {"type": "integer", "minimum": 1, "maximum": 3}
    properties = {"before": {"$ref": "#/properties/named"}, "named": bounded}
    assert export("llguidance", response_schema={"properties": properties}).count('"$ref"') == 2


def test_what_the_caller_does_to_a_schema_after_an_export_changes_nothing() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"a": {"enum": [1]}}, "required": ["a"]}
    made = export("llguidance", response_schema=schema, reasoning="forbid", preambles=False)
    schema["properties"]["a"]["enum"][0] = 2
    assert check(made, '<|channel|>final<|message|>{"a": 1}<|return|>').accepted


def test_values_that_are_equal_in_Python_or_as_texts_are_told_apart() -> None:
    schemas = [{"const": value} for value in (1, True, "1", None, "None")]
    texts = [export("gbnf", response_schema={"properties": {"a": schema}}) for schema in schemas]
    assert len(set(texts)) == len(schemas)
