"""How much an export does for tools that were not seen before, and that what exports share is not seen in them."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest

from benchmarks.grammars import new_tools
from openai_harmony import load_harmony_encoding
from openai_harmony._generated.framing import FRAMING
from openai_harmony._grammar import regex
from openai_harmony.grammar import GrammarError, check, export
from tests.support.counting import calls

pytestmark = pytest.mark.shipped

# The calls of an export of ten new tools, and one in twenty more. All versions of Python from 3.10 to 3.13 have the
# same, but for a few; a newer one that has more may need new bounds.
ALIKE = {"llguidance": 5200, "structural-tag": 7270, "xgrammar-ebnf": 7270, "gbnf": 7290, "regex": 8030}
SHARING_NOTHING = {"llguidance": 5200, "structural-tag": 8600, "xgrammar-ebnf": 8600, "gbnf": 8600, "regex": 9020}
BOUND = 2**60  # which llguidance does not keep


def _calls(format: str, *, alike: bool) -> int:
    """The calls of Python functions in an export of ten new tools."""
    tools = new_tools(10, secrets.token_hex(4), alike=alike)
    return calls(lambda: export(format, tools=tools))


@pytest.mark.parametrize("format", ALIKE)
def test_ten_new_tools_take_no_more_calls_than_this(format: str) -> None:
    _calls(format, alike=True)  # what all exports share is made
    assert _calls(format, alike=True) <= ALIKE[format]


@pytest.mark.parametrize("format", SHARING_NOTHING)
def test_ten_new_tools_that_share_nothing_take_no_more_calls_than_this(format: str) -> None:
    _calls(format, alike=False)
    assert _calls(format, alike=False) <= SHARING_NOTHING[format]


def test_tools_of_the_benchmark_that_share_nothing_have_no_text_and_no_schema_in_common() -> None:
    tools = new_tools(10, "a", alike=False) + new_tools(10, "b", alike=False)
    properties = [tool["parameters"]["properties"] for tool in tools]
    names = [name for each in properties for name in each]
    listed = [value for each in properties for schema in each.values() for value in schema.get("enum", ())]
    assert len({*names, *listed, *(tool["name"] for tool in tools)}) == len(names) + len(listed) + len(tools)


def test_circles_of_rules_are_not_sought_for_tools_without_recursion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(regex, "_circles")
    assert export("regex", tools=new_tools(2, secrets.token_hex(4), alike=False))


@pytest.mark.parametrize(("text", "read"), [("", True), ("xw", True), ("xyzwxw", True), ("xyx", False), ("w", False)])
def test_rules_that_lead_to_each_other_are_read_as_a_regular_expression(text: str, read: bool) -> None:
    schema = {"type": "string", "pattern": "^(x[yz]*w)*$"}
    made = export("regex", response_schema=schema, reasoning="forbid", preambles=False, engine_stops="none")
    expression = re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: f"\\U{int(found[1], 16):08x}", made)  # as Python has it
    completion = f'<|channel|>final<|message|>"{text}"<|return|>'
    encoding = load_harmony_encoding("HarmonyGptOss")
    for special in FRAMING.spellings.values():
        (token,) = encoding.encode(special, allowed_special="all")
        completion = completion.replace(special, chr(regex.PRIVATE + token - FRAMING.first_special))
    assert (re.fullmatch(expression, completion) is not None) == read


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
