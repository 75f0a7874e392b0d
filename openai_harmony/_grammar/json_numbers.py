"""Numbers of JSON as nodes: all of them, or those within bounds.

Numbers within bounds are written without an exponent, and without zeros behind a bound that has a fraction, as
llguidance writes them.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from .json_shapes import Number
from .nodes import EMPTY, Chars, Choice, Literal, Many, Node, Seq, choice, either, optional, seq

__all__ = ["EXPONENT", "FRACTION", "INTEGER", "has_numbers", "number_node"]

_DIGIT = Chars(((48, 57),))
_DIGITS = Many(_DIGIT)
_ONE_TO_NINE = Chars(((49, 57),))
_NATURAL = choice([Literal("0"), seq([_ONE_TO_NINE, _DIGITS])])
_SIGN = optional(Literal("-"))
INTEGER = seq([_SIGN, _NATURAL])
FRACTION = seq([Literal("."), Many(_DIGIT, 1)])
EXPONENT = seq([Chars(((69, 69), (101, 101))), optional(Chars(((43, 43), (45, 45)))), Many(_DIGIT, 1)])
_ABOVE_ZERO = seq([Many(Literal("0")), _ONE_TO_NINE, _DIGITS])


@lru_cache(maxsize=256)
def number_node(number: Number) -> Node | None:
    """Return the texts of a number with bounds, or of a multiple of a power of ten; None if there are none."""
    if number.multiple is not None and number.multiple < 1:
        digits = -_power(number.multiple)
        return seq([INTEGER, optional(seq([Literal("."), Many(_DIGIT, 1, digits)]))])
    if number.integer or number.multiple is not None:
        return _integers(number, _power(number.multiple))
    return _decimals(number)


def has_numbers(number: Number) -> bool:
    """Whether there are such numbers; for integers without their texts, which not all formats need."""
    if not number.integer:
        return number_node(number) is not None
    low, high = _bounds(number, _power(number.multiple))
    return low is None or high is None or low <= high


def _power(multiple: Decimal | None) -> int:
    """Return the exponent of a power of ten."""
    return 0 if multiple is None else int(multiple.normalize().as_tuple().exponent)


def _integers(number: Number, zeros: int) -> Node | None:
    """Return the integers within bounds that end in a number of zeros."""
    low, high = _bounds(number, zeros)
    if low is None and high is None and not zeros:
        return INTEGER
    parts: list[Node] = []
    if (low is None or low < 0) and (low is None or high is None or low <= high):
        least = 1 if high is None or high >= 0 else -high
        parts.append(seq([Literal("-"), _naturals(least, None if low is None else -low), *_zeros(zeros)]))
    if (low is None or low <= 0) and (high is None or high >= 0):
        parts.append(Literal("0"))
    if high is None or high >= max(low or 0, 1):
        digits = _naturals(max(low or 0, 1), high)
        parts.append(seq([digits, *_zeros(zeros)]) if zeros else digits)
    return either(parts) if parts else None


def _bounds(number: Number, zeros: int) -> tuple[int | None, int | None]:
    """Return the bounds of what stands before a number of zeros in integers."""
    scale = 10**zeros
    low, high = (None if bound is None else int(bound) for bound in (number.low, number.high))
    return None if low is None else -(-low // scale), None if high is None else high // scale


def _zeros(number: int) -> list[Node]:
    return [Literal("0" * number)] if number else []


def _naturals(least: int, most: int | None) -> Node:
    """Return the digits of the natural numbers from one to another."""
    low = str(least)
    nines = "9" * len(low)
    if most is None:
        longer = seq([_ONE_TO_NINE, Many(_DIGIT, len(low))])
        return choice([_between(low, nines), longer])
    high = str(most)
    if len(low) == len(high):
        return _between(low, high)
    longer_ones = [_all_digits("1", "9", length) for length in range(len(low), len(high) - 1)]
    return either([_between(low, nines), *longer_ones, _between("1" + "0" * (len(high) - 1), high)])


def _between(low: str, high: str, head: str = "") -> Node:
    """Return the digits from one text to another of the same length, behind others."""
    if low == high:
        return Literal(head + low) if head + low else EMPTY
    rest = len(low) - 1
    zeros, nines = "0" * rest, "9" * rest
    if low[1:] == zeros and high[1:] == nines:
        found = _all_digits(low[0], high[0], rest)
        return seq([Literal(head), found]) if head else found
    if low[0] == high[0]:
        return _between(low[1:], high[1:], head + low[0])
    parts = []
    start, stop = int(low[0]), int(high[0])
    if low[1:] != zeros:
        parts.append(_between(low[1:], nines, low[0]))
        start += 1
    end = stop if high[1:] == nines else stop - 1
    if start <= end:
        parts.append(_all_digits(str(start), str(end), rest))
    if end < stop:
        parts.append(_between(zeros, high[1:], high[0]))
    return Seq((Literal(head), either(parts))) if head else either(parts)


@lru_cache(maxsize=1024)
def _all_digits(low: str, high: str, rest: int) -> Node:
    """Return a digit from one to another, and a number of any digits: of them, all bounds have the same few."""
    return seq([_digits(low, high), *([Many(_DIGIT, rest, rest)] if rest else [])])


def _digits(low: str, high: str) -> Node:
    return Literal(low) if low == high else Chars(((ord(low), ord(high)),))


def _decimals(number: Number) -> Node | None:
    low, high = number.low, number.high
    if low is None and high is None:
        return seq([INTEGER, optional(FRACTION), optional(EXPONENT)])
    parts: list[Node] = []
    if low is None or low < 0:
        least, open_least = (Decimal(0), True) if high is None or high >= 0 else (-high, number.open_high)
        found = _magnitudes(least, open_least, None if low is None else -low, number.open_low)
        parts += [seq([Literal("-"), found])] if found is not None else []
    if high is None or high > 0 or (high == 0 and not number.open_high):
        least, open_least = (Decimal(0), False) if low is None or low < 0 else (low, number.open_low)
        found = _magnitudes(least, open_least, high, number.open_high)
        parts += [found] if found is not None else []
    return choice(parts) if parts else None


def _magnitudes(low: Decimal, open_low: bool, high: Decimal | None, open_high: bool) -> Node | None:
    """Return the decimals from one to another, none of them negative."""
    if high is not None and (low > high or (low == high and (open_low or open_high))):
        return None
    whole_low, part_low = _split(low)
    whole_high, part_high = (None, "") if high is None else _split(high)
    parts: list[Node] = []
    if whole_low == whole_high:
        inner = _fraction_between(part_low, open_low, part_high, open_high)
        return None if inner is None else seq([Literal(str(whole_low)), inner])
    parts.append(seq([Literal(str(whole_low)), _above(part_low, open_low)]))
    if whole_high is None or whole_low + 1 < whole_high:
        inside = _naturals(whole_low + 1, None if whole_high is None else whole_high - 1)
        parts.append(seq([inside, optional(FRACTION)]))
    if whole_high is not None and (part_high or not open_high):
        parts.append(seq([Literal(str(whole_high)), _below(part_high, open_high)]))
    return choice(parts)


def _split(number: Decimal) -> tuple[int, str]:
    whole, _, part = f"{number:f}".partition(".")
    return int(whole), part.rstrip("0")


def _dotted(node: Node) -> Node:
    return seq([Literal("."), node])


def _above(part: str, is_open: bool) -> Node:
    """Return what may follow the digits before the point so that the number is at least one with this fraction."""
    if not part and not is_open:
        return optional(FRACTION)
    return _dotted(_digits_above(part, is_open))


def _digits_above(part: str, is_open: bool) -> Node:
    if not part:
        return _ABOVE_ZERO if is_open else _DIGITS
    nodes = [seq([Literal(part[0]), _digits_above(part[1:], is_open)])]
    if part[0] < "9":
        nodes.append(seq([_digits(chr(ord(part[0]) + 1), "9"), _DIGITS]))
    return choice(nodes)


def _below(part: str, is_open: bool) -> Node:
    """Return what may follow the digits before the point so that the number is at most one with this fraction."""
    if not part:
        return optional(_dotted(Many(Literal("0"), 1)))
    return optional(_dotted(_digits_below(part, is_open, first=True)))


def _digits_below(part: str, is_open: bool, *, first: bool = False) -> Node:
    """Return the digits of fractions that are smaller, or as large if that is allowed; they may end at any place."""
    if not part:
        return EMPTY  # no zeros behind the bound itself
    nodes: list[Node] = [] if first else [EMPTY]
    if part[0] > "0":
        nodes.append(seq([_digits("0", chr(ord(part[0]) - 1)), _DIGITS]))
    if len(part) > 1 or not is_open:
        nodes.append(seq([Literal(part[0]), _digits_below(part[1:], is_open)]))
    return choice(nodes)


def _fraction_between(low: str, open_low: bool, high: str, open_high: bool) -> Node | None:
    """Return what may follow the same digits before the point, between two fractions."""
    if not low and not open_low:
        if not high:
            return None if open_high else optional(_dotted(Many(Literal("0"), 1)))
        return _below(high, open_high)
    inner = _inner(low, open_low, high, open_high)
    return None if inner is None else _dotted(inner)


def _inner(low: str, open_low: bool, high: str, open_high: bool) -> Node | None:
    """Return the digits between two fractions, the first of which is not zero or not allowed itself."""
    if low == high:
        return None if open_low or open_high else Literal(low)
    if not low and not open_low:
        return _digits_below(high, open_high)
    first, last = low[:1] or "0", high[:1]
    if not last or first > last:
        return None
    if first == last:
        rest = _inner(low[1:], open_low, high[1:], open_high)
        return None if rest is None else seq([Literal(first), rest])
    nodes = [seq([Literal(first), _digits_above(low[1:], open_low)])]
    if chr(ord(first) + 1) < last:
        nodes.append(seq([_digits(chr(ord(first) + 1), chr(ord(last) - 1)), _DIGITS]))
    if len(high) > 1 or not open_high:
        nodes.append(seq([Literal(last), _digits_below(high[1:], open_high)]))
    return Choice(tuple(nodes)) if len(nodes) > 1 else nodes[0]
