"""Converts JSON values exactly as the reference library does; independent of schemas, tools and chat formats.

The reference passes a message to its engine as JSON text, which changes values: keys become text, surrogate pairs are
joined, and numbers pass through serde_json's default parser, which does not round correctly. The results are visible in
prompts, so this module computes the same values. It does not recurse on Python's stack: callers bound the nesting.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, TypeAlias, TypeVar

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

# The maximum nesting of lists and objects in one value. The limit of the reference is 127 for a whole message or
# conversation. This leaves 118 levels for a tool's parameters in a conversation, or 120 in a message: 58 or 59 nested
# objects of a schema.
MAX_DEPTH = 118
MORE_IN_A_MESSAGE = 2

# A leading surrogate without a trailing one, or the reverse; and the next character.
_LONE_SURROGATE = re.compile("([\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])(.?)", re.DOTALL)

_CONTAINERS = (dict, list, tuple)
_LARGEST_UNSIGNED = 2**64 - 1
_SMALLEST_SIGNED = -(2**63)
_LARGEST_POWER = 308
_POWERS = tuple(float(f"1e{exponent}") for exponent in range(_LARGEST_POWER + 1))

_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


class TooDeep(ValueError):
    """The nesting of a value is too deep, or the value contains itself."""


_limit: ContextVar[int] = ContextVar("limit", default=MAX_DEPTH)


@contextmanager
def as_in_a_message() -> Generator[None, None, None]:
    """In this context, a value may nest as deep as in a message that is rendered alone."""
    before = _limit.set(MAX_DEPTH + MORE_IN_A_MESSAGE)
    try:
        yield
    finally:
        _limit.reset(before)


def walk(visit: Callable[[_Task], Generator[_Task, Any, _Answer]], task: _Task, limit: int | None = None) -> _Answer:
    """Return the result of the generator function `visit` for `task`. It yields subtasks and receives their results.

    Tasks nested deeper than `limit` are refused; without it, the limit is that of JSON values.
    """
    generators = [visit(task)]
    answer: Any = None
    limit = _limit.get() if limit is None else limit
    while generators:
        try:
            inner = generators[-1].send(answer)
        except StopIteration as finished:
            generators.pop()
            answer = finished.value
        else:
            if len(generators) >= limit:
                raise TooDeep(f"invalid message JSON: nested more than {limit} deep")
            generators.append(visit(inner))
            answer = None
    return answer  # type: ignore[no-any-return]


def refusal(reason: str) -> ValueError:
    """Return the error about a value that JSON cannot represent. Clients look for its first words, the reference's."""
    return ValueError(f"invalid message JSON: {reason}")


def well_formed(text: object) -> str:
    """Return `text` as JSON represents it: surrogate pairs are joined, and a lone surrogate raises ValueError."""
    if not isinstance(text, str):
        raise refusal(f"expected a string, not {type(text).__name__}")
    plain = str.__str__(text)  # a member of a str enumeration is its value
    if plain.isascii():
        return plain
    try:
        plain.encode()
    except UnicodeEncodeError:
        return _joined(plain)
    return plain


def _joined(text: str) -> str:
    if match := _LONE_SURROGATE.search(text):
        lone, following = match.groups()
        # After a leading surrogate the parser expects a `\u` escape, and stops at a character without one.
        sought = encode_basestring_ascii(following).startswith('"\\u')
        reason = "lone leading surrogate in" if lone >= "\udc00" or sought else "unexpected end of"
        raise refusal(f"{reason} hex escape: the surrogate U+{ord(lone):04X} has no other half")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def as_json(value: object) -> Json:
    """Return a copy of `value` as the reference's engine receives it: only JSON types, valid text, numbers in range."""
    return walk(_visit_value, value)


def _visit_value(value: object) -> Generator[object, Json, Json]:
    if isinstance(value, dict):
        entries: dict[str, Json] = {}
        for key, inner in value.items():
            entries[_key(key)] = (yield inner) if isinstance(inner, _CONTAINERS) else _scalar(inner)
        return entries
    if isinstance(value, (list, tuple)):
        members: list[Json] = []
        for inner in value:
            members.append((yield inner) if isinstance(inner, _CONTAINERS) else _scalar(inner))
        return members
    return _scalar(value)


def _scalar(value: object) -> Json:
    if type(value) is str and value.isascii():  # the most common case, without a function call
        return value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _key(key: object) -> str:
    if type(key) is str and key.isascii():
        return key
    if isinstance(key, str):
        return well_formed(key)
    if key is None or isinstance(key, bool):
        return json_text(key)
    if isinstance(key, int):
        return int.__repr__(key)
    if isinstance(key, float):
        return _FLOAT_NAMES.get(str(float(key)), float.__repr__(key))
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")


# The keys that Python's json writes for floats that JSON cannot represent.
_FLOAT_NAMES = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _integer(value: int) -> int | float:
    if _SMALLEST_SIGNED <= value <= _LARGEST_UNSIGNED:
        return int(value)
    return parsed_float(int.__repr__(value))


def _float(value: float) -> float:
    if not math.isfinite(value):
        raise refusal(f"expected value, not {float(value)}")
    return parsed_float(float.__repr__(value))


def parsed_float(literal: str) -> float:
    """Return the float that serde_json parses from `literal`: up to 64 bits of digits, scaled with a few roundings."""
    magnitude = literal.lstrip("-")
    mantissa, _, power = magnitude.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits, used = _significand(whole + fraction)
    scaled = _scaled(float(digits), len(whole) - used + int(power or 0))
    return -scaled if literal.startswith("-") else scaled


def _significand(digits: str) -> tuple[int, int]:
    """Return the leading digits that fit into 64 bits, and their count; the others are dropped, not rounded."""
    zeros = len(digits) - len(digits.lstrip("0"))
    fitting = 20 if int(digits[zeros : zeros + 20] or "0") <= _LARGEST_UNSIGNED else 19
    used = digits[: zeros + fitting]
    return int(used), len(used)


def _scaled(number: float, exponent: int) -> float:
    while abs(exponent) > _LARGEST_POWER:
        if number == 0.0:
            return number
        if exponent > 0:
            raise refusal("number out of range")
        number /= _POWERS[_LARGEST_POWER]
        exponent += _LARGEST_POWER
    number = number * _POWERS[exponent] if exponent >= 0 else number / _POWERS[-exponent]
    if math.isinf(number):
        raise refusal("number out of range")
    return number


def json_text(value: Json, exponent: str = "e") -> str:
    """Return `value` as compact JSON, with keys in their order and no unnecessary escapes.

    Args:
        exponent: the text before the exponent of a number from 1e16 on.
    """
    return walk(partial(_visit_text, exponent), value)


def spaced_json_text(value: object) -> str:
    """Return `value` as JSON the way that Python's `json` writes it, with a blank after each comma and colon."""
    return json.dumps(value, ensure_ascii=False)


def _visit_text(exponent: str, value: Json) -> Generator[Json, str, str]:
    if isinstance(value, dict):
        entries = []
        for key, inner in value.items():
            text = yield inner
            entries.append(f"{encode_basestring(key)}:{text}")
        return "{" + ",".join(entries) + "}"
    if isinstance(value, list):
        members = []
        for inner in value:
            members.append((yield inner))
        return "[" + ",".join(members) + "]"
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, float):
        return float_text(value, exponent)
    return "null" if value is None else str(value).lower()


def float_text(value: float, exponent: str = "e") -> str:
    """Return the shortest digits of `value`, in fixed notation from 1e-5 up to 1e16, always with a point or an `e`."""
    mantissa, _, power = float.__repr__(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(digits) - len(fraction) + int(power or 0)  # the value is 0.digits times 10 to the power of `point`
    digits = digits.rstrip("0")
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    if not digits:
        return f"{sign}0.0"
    if len(digits) <= point <= 16:
        return f"{sign}{digits}{'0' * (point - len(digits))}.0"
    if 0 < point <= 16:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -5 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{sign}{mantissa}{exponent if point > 0 else 'e'}{point - 1}"
