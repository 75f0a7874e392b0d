"""What JSON does to a value on its way into a prompt; the expected texts were recorded from the reference library."""

from __future__ import annotations

import enum
import math
from collections import OrderedDict
from typing import Any

import pytest

from openai_harmony._runtime.types.json_text import MAX_DEPTH, as_json, float_text, json_text, parsed_float, well_formed


def written(value: object) -> str:
    return json_text(as_json(value))


class Word(str, enum.Enum):
    HELLO = "hello"


class Figure(enum.IntEnum):
    FIVE = 5


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (100.0, "100.0"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (123456789.125, "123456789.125"),
        (1e-05, "0.00001"),
        (1.2345e-05, "0.000012345"),
        (1e-06, "1e-6"),
        (1.5e-07, "1.5e-7"),
        (1000000000000000.0, "1000000000000000.0"),
        (9999999999999998.0, "9999999999999998.0"),
        (1234567890123456.8, "1234567890123456.8"),
        (1e16, "1e16"),
        (1.2345678901234568e16, "1.2345678901234568e16"),
        (1e22, "1e22"),
        (1.5e300, "1.5e300"),
        (1.7976931348623157e308, "1.7976931348623157e308"),
        (5e-324, "5e-324"),
    ],
)
def test_a_float_has_a_point_or_an_exponent_without_a_plus(number: float, text: str) -> None:
    assert float_text(number) == text
    assert written(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.21744916277082083, "0.21744916277082085"),
        (0.9923450239360699, "0.99234502393607"),
        (9.268750380734899e-30, "9.2687503807349e-30"),
        (4.2e27, "4.2000000000000004e27"),
        (-4.2e27, "-4.2000000000000004e27"),
    ],
)
def test_a_float_is_off_by_one_digit_where_the_reference_is(number: float, text: str) -> None:
    assert written(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-1, "-1"),
        (2**63 - 1, "9223372036854775807"),
        (2**64 - 1, "18446744073709551615"),
        (2**64, "1.8446744073709552e19"),
        (-(2**63), "-9223372036854775808"),
        (-(2**63) - 1, "-9.223372036854776e18"),
        (2**65, "3.6893488147419103e19"),
        (2**70, "1.1805916207174113e21"),
        (12559802242731363060101, "1.2559802242731363e22"),  # twenty digits fit 64 bits
        (86291375899727204793904, "8.629137589972721e22"),  # only nineteen do
        (10**30, "1e30"),
    ],
)
def test_an_integer_beyond_64_bits_becomes_a_float(number: int, text: str) -> None:
    assert written(number) == text


def test_digits_beyond_64_bits_are_dropped_and_not_rounded() -> None:
    assert parsed_float("184467440737095516159") == 18446744073709551615e1
    assert parsed_float("18446744073709551616") == 1844674407370955161e1
    assert parsed_float("0.000000000000000000000000000123") == 1.23e-28


@pytest.mark.parametrize("number", [10**309, -(10**400), 2 * 10**308])
def test_a_number_too_large_for_a_float_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=r"^invalid message JSON: number out of range$"):
        as_json(number)


def test_the_smallest_exponents_scale_in_two_steps_and_zero_stays_zero() -> None:
    assert parsed_float("0.0e-400") == 0.0
    assert parsed_float("123456789e-320") == 123456789 / 1e308 / 1e12
    assert parsed_float("0e999") == 0.0


@pytest.mark.parametrize(("number", "name"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")])
def test_what_is_no_number_is_refused(number: float, name: str) -> None:
    with pytest.raises(ValueError, match=f"^invalid message JSON: expected value, not {name}$"):
        as_json({"default": [number]})


def test_containers_are_compact_and_keep_the_order_of_their_keys() -> None:
    assert written({"b": 1, "a": {"c": []}, "": {}}) == '{"b":1,"a":{"c":[]},"":{}}'
    assert written([1, "a", None, 2.5, True, False]) == '[1,"a",null,2.5,true,false]'


def test_only_what_json_must_escape_is_escaped() -> None:
    assert (
        written(['a\x00\x1f\x7f\b\f\t\r\n/\\"é\u2028😀']) == '["a\\u0000\\u001f\x7f\\b\\f\\t\\r\\n/\\\\\\"é\u2028😀"]'
    )
    assert written({'\x00"': 1}) == '{"\\u0000\\"":1}'


def test_keys_become_text_as_python_writes_them() -> None:
    keys: dict[Any, object] = {2: "a", 1.5: "b", True: "c", None: "d", -0.0: "e", Word.HELLO: "f", Figure.FIVE: "g"}
    assert list(as_json(keys)) == ["2", "1.5", "true", "null", "-0.0", "hello", "5"]  # type: ignore[arg-type]
    endless: dict[Any, object] = {math.nan: 1, math.inf: 2, -math.inf: 3, False: 4, 10**30: 5}
    assert written(endless) == f'{{"NaN":1,"Infinity":2,"-Infinity":3,"false":4,"{10**30}":5}}'


def test_of_two_keys_that_become_the_same_the_first_keeps_its_place_and_the_last_its_value() -> None:
    assert written({1: "first", "x": None, "1": "last"}) == '{"1":"last","x":null}'


def test_a_key_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^keys must be str, int, float, bool or None, not tuple$"):
        as_json({(1,): 2})


def test_a_value_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^Object of type set is not JSON serializable$"):
        as_json([{1}])


def test_tuples_enumerations_and_ordered_dictionaries_are_plain_json() -> None:
    value = as_json(OrderedDict(a=(1, (2,)), b=Word.HELLO, c=Figure.FIVE))
    assert value == {"a": [1, [2]], "b": "hello", "c": 5}
    assert isinstance(value, dict)
    assert [type(inner) for inner in value.values()] == [list, str, int]


def test_the_value_given_is_left_alone() -> None:
    given = {"a": [1, {"b": "\ud83d\ude00"}]}
    as_json(given)
    assert given == {"a": [1, {"b": "\ud83d\ude00"}]}


def test_surrogate_pairs_are_joined_in_texts_and_keys() -> None:
    assert well_formed("x\ud83d\ude00\ud83d\ude00é") == "x😀😀é"
    assert as_json({"\ud83d\ude00": ["\ud83d\ude00"]}) == {"😀": ["😀"]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\ud800", "unexpected end of hex escape: the surrogate U+D800 "),
        ("\ud800x\udfff", "unexpected end of hex escape: the surrogate U+D800 "),
        ("😀\udbff\n", "unexpected end of hex escape: the surrogate U+DBFF "),
        ("\udc00", "lone leading surrogate in hex escape: the surrogate U+DC00 "),
        ("\ud83d\ude00\udfff", "lone leading surrogate in hex escape: the surrogate U+DFFF "),
        ("\ud800\ud83d\ude00", "lone leading surrogate in hex escape: the surrogate U+D800 "),
        ("\ud800é", "lone leading surrogate in hex escape: the surrogate U+D800 "),
    ],
)
def test_a_surrogate_without_its_other_half_is_refused(text: str, reason: str) -> None:
    for value in (text, [text], {text: 1}):
        with pytest.raises(ValueError, match=r"^invalid message JSON: ") as caught:
            as_json(value)
        assert str(caught.value) == f"invalid message JSON: {reason}has no other half"


def test_what_is_no_text_is_refused_where_text_is_wanted() -> None:
    with pytest.raises(ValueError, match=r"^invalid message JSON: expected a string, not int$"):
        well_formed(5)


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_values_nest_as_deep_as_the_limit_whatever_the_stack() -> None:
    assert written(nested(MAX_DEPTH)) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100_000])
def test_deeper_values_are_refused_without_exhausting_the_stack(depth: int) -> None:
    with pytest.raises(ValueError, match=rf"^invalid message JSON: nested more than {MAX_DEPTH} deep$"):
        as_json(nested(depth))


def test_a_value_that_contains_itself_is_refused() -> None:
    endless: dict[str, object] = {}
    endless["again"] = [endless, endless]
    with pytest.raises(ValueError, match="nested more than"):
        as_json(endless)
