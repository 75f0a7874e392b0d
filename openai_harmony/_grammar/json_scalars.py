"""What schemas say of strings and numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from .json_automata import Automaton, TooManyStates, automaton
from .json_facts import Facts
from .json_formats import FORMATS_OF_STRINGS
from .json_patterns import PatternError, pattern_node
from .json_shapes import ANY_INTEGER, ANY_NUMBER, ANY_TEXT, Number, Text
from .nodes import Node

__all__ = ["NUMBERS", "STRINGS", "automaton_of", "number_holds", "number_of", "text_holds", "text_of"]

STRINGS = ("pattern", "format", "minLength", "maxLength")
NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_MOST_DIGITS = 100  # of a bound

_pattern_node = lru_cache(maxsize=256)(pattern_node)


def text_of(facts: Facts) -> Text:
    """Return the shape of the strings."""
    if facts.keywords.isdisjoint(STRINGS):
        return ANY_TEXT
    patterns: list[Node] = []
    for value, pointer in facts.all("pattern"):
        try:
            patterns.append(_pattern_node(value))
        except PatternError as error:
            facts.fail(pointer, f"`pattern` cannot be kept: it {error}")
    for value, pointer in facts.all("format"):
        if value not in FORMATS_OF_STRINGS:
            known = ", ".join(FORMATS_OF_STRINGS)
            facts.fail(pointer, f"`format` cannot be kept: {value!r} is none of those that are known ({known})")
        patterns.append(_pattern_node(FORMATS_OF_STRINGS[value]))
    place = facts.first("pattern", "format", "maxLength", "minLength") or "#"
    text = Text(tuple(dict.fromkeys(patterns)), facts.least("minLength"), facts.most("maxLength"), place)
    try:
        automaton_of(text)
    except TooManyStates as error:
        pointer = place
        facts.fail(pointer, f"`{pointer.rpartition('/')[2]}` cannot be kept: with the keywords beside it, it {error}")
    return text


def automaton_of(text: Text) -> Automaton | None:
    """Return the automaton of strings with patterns; None for strings without."""
    return _automaton(text) if text.patterns else None


@lru_cache(maxsize=256)
def _automaton(text: Text) -> Automaton:
    return automaton(text.patterns, least=text.least, most=text.most)


def text_holds(text: Text, value: str) -> bool:
    """Whether a string has a shape."""
    found = automaton_of(text)
    if found is not None:
        return found.reads(value)
    return text.least <= len(value) and (text.most is None or len(value) <= text.most)


def number_of(facts: Facts, *, integer: bool) -> Number:
    """Return the shape of the numbers."""
    if facts.keywords.isdisjoint(NUMBERS):
        return ANY_INTEGER if integer else ANY_NUMBER
    low, open_low = None, False
    for keyword, is_open in (("minimum", False), ("exclusiveMinimum", True)):
        for value, pointer in facts.all(keyword):
            bound = _bound(value, pointer, facts)
            if low is None or bound > low or (bound == low and is_open):
                low, open_low = bound, is_open
    high, open_high = None, False
    for keyword, is_open in (("maximum", False), ("exclusiveMaximum", True)):
        for value, pointer in facts.all(keyword):
            bound = _bound(value, pointer, facts)
            if high is None or bound < high or (bound == high and is_open):
                high, open_high = bound, is_open
    multiple = _multiple(facts)
    if multiple is not None and (multiple >= 1 or integer):
        integer, multiple = True, multiple if multiple > 1 else None
    if multiple is not None and multiple < 1 and (low is not None or high is not None):
        facts.fail(facts.first("multipleOf") or "#", "`multipleOf` below one cannot be kept beside bounds")
    if integer:
        low, open_low, high, open_high = *_whole(low, open_low, 1), *_whole(high, open_high, -1)
    place = facts.first("exclusiveMinimum", "exclusiveMaximum", "minimum", "maximum", "multipleOf")
    return Number(integer, low, high, open_low, open_high, multiple, place or "")


def _bound(value: int | float, pointer: str, facts: Facts) -> Decimal:
    bound = Decimal(repr(value))
    if abs(bound.adjusted()) > _MOST_DIGITS:
        facts.fail(pointer, f"a bound of more than {_MOST_DIGITS} digits cannot be kept")
    return bound


def _multiple(facts: Facts) -> Decimal | None:
    found: Decimal | None = None
    for value, pointer in facts.all("multipleOf"):
        multiple = Decimal(repr(value)).normalize()
        if multiple.as_tuple().digits != (1,):
            facts.fail(pointer, "`multipleOf` cannot be kept: it is no power of ten")
        found = multiple if found is None else max(found, multiple)
    return found


def _whole(bound: Decimal | None, is_open: bool, step: int) -> tuple[Decimal | None, bool]:
    """Return the integer that is the bound of integers."""
    if bound is None:
        return None, False
    whole = ceil(bound) if step > 0 else floor(bound)
    return Decimal(whole + step if is_open and whole == bound else whole), False


def number_holds(number: Number, value: int | float) -> bool:
    """Whether a number has a shape."""
    exact = Decimal(repr(value))
    if number.integer and exact != int(exact):
        return False
    if number.low is not None and (exact < number.low or (number.open_low and exact == number.low)):
        return False
    if number.high is not None and (exact > number.high or (number.open_high and exact == number.high)):
        return False
    return number.multiple is None or Fraction(exact) % Fraction(number.multiple) == 0
