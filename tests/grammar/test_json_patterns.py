"""Patterns and formats of strings: what rules read is what the expression finds, as Python and the standards say."""

from __future__ import annotations

import datetime
import ipaddress
import json
import re
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony._grammar.json_automata import automaton
from openai_harmony._grammar.json_formats import FORMATS_OF_STRINGS
from openai_harmony._grammar.json_llguidance import for_llguidance
from openai_harmony._grammar.json_patterns import PatternError, pattern_node
from openai_harmony._grammar.nodes import Chars, Seq
from openai_harmony._grammar.regex_rules import rule_of_regex
from openai_harmony.errors import GrammarError
from tests.support.effort import examples
from tests.support.kept_schemas import OF_FORMATS
from tests.support.llguidance_json import engine_reader_of
from tests.support.rule_reading import reader_of, reader_or_fault

ATOMS = ["a", "b", "[ab]", "[^a]", ".", r"\d", r"\w", r"\.", "(?:ab|b)", "(a|)", r"\S", "[b-c1]", r"\x61", "-"]
ATOMS += ['[^"]', r"[^\\a]", r'[^"\\]', r"[^\n\"]", r"[\x00-\x1f]"]
QUANTIFIERS = ["", "", "*", "+", "?", "{2}", "{1,2}", "{0,3}?", "{2,}"]
TEXTS = st.text(st.sampled_from('ab1c.-"\\'), max_size=5)


@st.composite
def _patterns(draw: st.DrawFn) -> str:
    branches = draw(
        st.lists(st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(QUANTIFIERS)), max_size=3), max_size=3)
    )
    written = ["".join(atom + quantifier for atom, quantifier in branch) for branch in branches]
    anchored = [draw(st.sampled_from(["", "^"])) + each + draw(st.sampled_from(["", "$"])) for each in written]
    return "|".join(f"(?:{each})" if draw(st.booleans()) else each for each in anchored)


@settings(max_examples=examples(60), deadline=None)
@given(_patterns(), st.lists(TEXTS, min_size=1, max_size=8))
def test_rules_read_the_strings_in_which_a_pattern_is_found(pattern: str, texts: list[str]) -> None:
    schema = {"type": "string", "pattern": pattern}
    reads = reader_or_fault(schema)
    if isinstance(reads, str):
        assert "no value satisfies" in reads
        assert not any(re.search(pattern, text, re.ASCII) for text in texts)
        return
    engine = engine_reader_of(for_llguidance(schema, "o"))
    for text in texts:
        written = json.dumps(text)
        found = re.search(pattern, text, re.ASCII) is not None
        assert reads(written) == found, (pattern, text)
        assert engine(written) == found, (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "reads", "refuses"),
    [
        (r"^\s$", "\ufeff", "x"),  # ECMAScript's classes
        (r"^\d$", "7", "٣"),
        (r"^\w$", "_", "é"),
        ("^.$", "é", "\u2028"),
        ("^[^x]$", "\n", "x"),
        ("a$", "ba", "a\n"),
        ("^a|b$", "xb", "xa"),
        ("(^|,)a(,|$)", "b,a,c", "ba"),
        ("", "anything", None),
        ("^$", "", "a"),
        (r"^[\u0000-\u001f]$", "\x01", " "),
        ('^[^"]$', "\\", '"'),
        (r"^[^\\]$", '"', "\\"),
        (r'^[^"\\\n]$', "\t", "\\"),
        (r'^([^"\n\x00]|\n|\x00)$', "\n", '"'),
    ],
)
def test_patterns_mean_what_they_mean_in_ECMAScript(pattern: str, reads: str, refuses: str | None) -> None:
    schema = {"type": "string", "pattern": pattern}
    for judge in (reader_of(schema), engine_reader_of(for_llguidance(schema, "o"))):
        assert judge(json.dumps(reads, ensure_ascii=reads < " "))
        assert refuses is None or not judge(json.dumps(refuses, ensure_ascii=refuses < " "))


def test_only_U_0000_is_lost_where_llguidance_would_take_a_class_for_a_larger_one() -> None:
    schema = {"type": "string", "pattern": '^[^"]$'}
    engine, reads = engine_reader_of(for_llguidance(schema, "o")), reader_of(schema)
    controls = [json.dumps(chr(code)) for code in range(0x20)]
    assert [text for text in controls if not engine(text)] == [json.dumps("\0")]
    assert all(map(reads, controls))


@pytest.mark.parametrize("name", ['q"', "\\", 'a"b\\c', '"'])
def test_the_value_of_a_listed_property_is_that_of_no_other_whatever_its_name(name: str) -> None:
    schema = {"properties": {name: {"type": "string"}}, "type": "object", "additionalProperties": True}
    for reads in (reader_of(schema), engine_reader_of(for_llguidance(schema, "o"))):
        assert reads(json.dumps({name: "x", name + "y": 5}))
        assert not reads(json.dumps({name: 5}))
        assert not reads(json.dumps({"a": 1, name: 5}))


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?=a)", "not kept"),
        ("(?<!a)b", "not kept"),
        (r"(a)\1", "not kept"),
        (r"a\b", "a word boundary"),
        ("(?i)a", "not kept"),
        ("(?i:a)", "not kept"),
        ("a^b", "`^` where"),
        ("a$b", "`$` where"),
        ("(a$)+", "`$` where"),
        (r"\Aa", "not kept"),
        (r"\p{L}", "bad escape"),
        ("[a&&b]", "no regular expression"),
        ("[[:alpha:]]", "no regular expression"),
        ("a{,3}", "not kept"),
        ("(?#note)a", "not kept"),
        ("(?P<name>a)", "not kept"),
        ("a++", "not kept|multiple repeat"),
        ("(", "no regular expression"),
        (r"\ud800", "surrogates"),
        (r"[\ud800-\udfff]", "without a character"),
        (r"[^\s\S]", "without a character"),
    ],
)
def test_what_no_rule_can_express_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(PatternError, match=re.escape(why) if "|" not in why else why):
        pattern_node(pattern)


def test_an_expression_of_a_tool_describes_the_whole_input() -> None:
    assert rule_of_regex("input_1", "ab", "tools[0]") == {"input_1": Seq((Chars(((97, 97),)), Chars(((98, 98),))))}
    assert rule_of_regex("input_1", "ab|c", "tools[0]") == rule_of_regex("input_1", "^ab$|^c", "tools[0]")
    with pytest.raises(GrammarError) as refused:
        rule_of_regex("input_1", "(?=a)", "tools[0].format.definition")
    assert refused.value.option == "tools[0].format.definition"


def test_states_that_read_the_same_are_one() -> None:
    assert len(automaton([pattern_node("^(?:a[0-9]*|b[0-9]*)$")]).edges) == 2


# formats ------------------------------------------------------------------------------------------


def _clock(text: str) -> bool:
    shape = re.fullmatch(r"(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)", text)
    if shape is None:
        return False
    datetime.time.fromisoformat(shape[1])
    return shape[3] == "Z" or datetime.time.fromisoformat(shape[3][1:]) is not None


def _date(text: str) -> bool:
    """A date of the calendar; the year 0, which Python has not, is a leap year like 4000."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return False
    return datetime.date.fromisoformat(text.replace("0000", "4000", 1) if text.startswith("0000") else text) is not None


STANDARDS: dict[str, Callable[[str], bool]] = {
    "date": _date,
    "time": _clock,
    "date-time": lambda text: _date(text[:10]) and text[10:11] == "T" and _clock(text[11:]),
    "ipv4": lambda text: ipaddress.IPv4Address(text) is not None,
    "ipv6": lambda text: ipaddress.IPv6Address(text) is not None,
    "uuid": lambda text: str(uuid.UUID(text)) == text.lower(),
}


@settings(max_examples=examples(40), deadline=None)
@given(st.sampled_from(sorted(STANDARDS)), st.data())
def test_formats_are_those_of_the_standards(format: str, data: st.DataObject) -> None:
    reads = reader_of({"type": "string", "format": format})
    text = data.draw(st.from_regex(FORMATS_OF_STRINGS[format], fullmatch=True).filter(str.isascii))
    place = data.draw(st.integers(0, len(text)))
    put = data.draw(st.sampled_from(["", "0", "1", "9", ":", "-", "T", "a", "."]))
    changed = text[:place] + put + text[place + data.draw(st.integers(0, 2)) :]
    for each in (text, changed):
        try:
            right = STANDARDS[format](each)
        except ValueError:
            right = False
        found = reads(json.dumps(each))
        assert right or not found, each
        assert found or not right or format == "ipv6", each  # Python also reads an IPv4 address at the end


@pytest.mark.parametrize("format", sorted(FORMATS_OF_STRINGS))
def test_every_format_that_is_kept_has_values_and_is_read_alike_by_llguidance(format: str) -> None:
    schema = {"type": "string", "format": format}
    valid = OF_FORMATS.get(format, ["https://example.org/a?b=c#d"])
    others = ["", "x y", "2024-02-30T_", "256.1.1.1.", "1:2", "a@", "P_", "PT1S2H;", "1:2::3::4"]
    for reads in (reader_of(schema), engine_reader_of(for_llguidance(schema, "o"))):
        assert [text for text in [*valid, *others] if reads(json.dumps(text))] == valid
