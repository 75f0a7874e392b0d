"""Whether an answer is right, and where it first differs from the right one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .answers import Answer
from .kinds import KINDS, Kind
from .rows import Row

__all__ = ["first_difference", "judged"]

# Keys whose values are names that each implementation makes up: only which of them are equal is compared.
IDS = frozenset({"id", "call_id", "item_id", "tool_use_id"})
# What an event says beside what a row expects of it, by the name of the object that has the further keys.
OPEN = frozenset({"response", "message"})
BESIDE = frozenset({"sequence_number", "usage"})
RANGE = "tokens"  # which tokens of a completion the text of an event is; a target need not say it
TEXT = "text"
COUNT = "count"  # of the tokens, which a row has
CONTENT = "content"
ARGUMENTS = "arguments"  # of a call, which are compared as values if they are JSON
LONG = 60


def judged(row: Row, answer: Answer) -> str | None:
    """Return what is wrong with an answer, None if it is right. An answer that is not offered cannot be judged."""
    if answer.form == "crash":
        return f"crashed: {answer.reason}"
    if row.expect is None:
        return None if answer.form == "error" else "the input is not refused"
    if answer.form == "error":
        return f"refused: {answer.reason}"
    if not isinstance(answer.output, Mapping):
        return f"the output is no object: {_short(answer.output)}"
    kind, output = KINDS[row.kind], answer.output
    if not any(all(key in output and (key in row.expect or key == COUNT) for key in keys) for keys in kind.enough):
        ways = " or ".join(" and ".join(keys) for keys in kind.enough)
        return f"the output has no {ways}, only {', '.join(map(str, output)) or 'nothing'}"
    try:
        return first_difference(*_comparable(kind, row.expect, output))
    except RecursionError:
        return "the output is nested too deeply"


def _comparable(kind: Kind, expect: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[object, object]:
    """Return both sides without what is not compared."""
    if COUNT in output and "tokens" in expect:
        expect = {**expect, COUNT: len(expect["tokens"])}
    if not kind.free:
        both = sorted((key for key in output if key in expect), key=lambda key: key != TEXT)  # it tells people most
        return {key: _message(expect[key]) for key in both}, {key: _message(output[key]) for key in both}
    wanted, got = _plain(expect, ""), _plain(output, "")
    got = _told(wanted, got, "") if "events" in expect else got
    kept = {key: value for key, value in wanted.items() if key in got or any(key in keys for keys in kind.enough)}
    return _numbered(kept, {}), _numbered(got, {})


def _message(value: Any) -> Any:
    """Return a value in which messages have one form: a content of one text is that text, and null is absent."""
    if isinstance(value, Mapping):
        made = {key: _message(each) for key, each in value.items() if each is not None or CONTENT not in value}
        if CONTENT in made and isinstance(made[CONTENT], list) and len(made[CONTENT]) == 1:
            [part] = made[CONTENT]
            if isinstance(part, Mapping) and part.keys() == {"type", "text"}:
                made[CONTENT] = part["text"]
        return made
    return [_message(each) for each in value] if isinstance(value, list) else value


def _plain(value: Any, name: str) -> Any:
    """Return a value without absent keys that are spelled null, and without ranges of no tokens."""
    if isinstance(value, Mapping):
        plain = {key: _plain(each, key) for key, each in value.items()}
        return {key: each for key, each in plain.items() if each is not None}
    if isinstance(value, list | tuple):
        if name == RANGE and len(value) == 2 and value[0] == value[1]:
            return None
        return [_plain(each, name) for each in value]
    return value


def _told(wanted: Any, got: Any, within: str) -> Any:
    """Return what events say without what they say beside what is wanted."""
    if isinstance(wanted, list) and isinstance(got, list):
        return [_told(each, other, within) for each, other in zip(wanted, got)] + got[len(wanted) :]
    if not (isinstance(wanted, Mapping) and isinstance(got, Mapping)):
        return got
    told = {key: _told(wanted[key], each, key) if key in wanted else each for key, each in got.items()}
    beside = got.keys() if within in OPEN else BESIDE
    told = {key: each for key, each in told.items() if key in wanted or key not in beside}
    return {**told, RANGE: wanted[RANGE]} if RANGE in wanted and RANGE not in got else told


def _numbered(value: Any, seen: dict[str, str]) -> Any:
    """Return a value in which each id says which one it is, in the order of the keys."""
    if isinstance(value, Mapping):
        return {
            key: seen.setdefault(value[key], f"#{len(seen)}")
            if key in IDS and isinstance(value[key], str)
            else _numbered(value[key], seen)
            for key in sorted(value)
        }
    return [_numbered(each, seen) for each in value] if isinstance(value, list) else value


def first_difference(expected: object, got: object) -> str | None:
    """Return the place of the first difference of two JSON values, with both sides; None if they are the same.

    Example:
        >>> first_difference({"a": [1, 2]}, {"a": [1, 3]})
        'a[1]: expected 2, got 3'
    """
    return next(_differences("", expected, got), None)


def _differences(place: str, expected: Any, got: Any) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for key in [*expected, *(key for key in got if key not in expected)]:
            inner = f"{place}.{key}" if place else str(key)
            if key not in got:
                yield f"{inner}: expected {_short(expected[key])}, got nothing"
            elif key not in expected:
                yield f"{inner}: expected nothing, got {_short(got[key])}"
            else:
                yield from _differences(inner, expected[key], got[key])
    elif isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        for index, (each, other) in enumerate(zip(expected, got)):
            yield from _differences(f"{place}[{index}]", each, other)
        if len(expected) != len(got):
            at = min(len(expected), len(got))
            ends = [_short(side[at]) if at < len(side) else "the end" for side in (expected, got)]
            yield f"{place}[{at}]: expected {ends[0]}, got {ends[1]}"
    elif isinstance(expected, str) and isinstance(got, str):
        if expected != got and not (place.endswith(f".{ARGUMENTS}") and _same_json(expected, got)):
            at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b), min(len(expected), len(got)))
            start = max(0, at - LONG // 3)
            yield f"{place}, character {at}: expected {_short(expected[start:])}, got {_short(got[start:])}"
    elif type(expected) is not type(got) or expected != got:
        yield f"{place}: expected {_short(expected)}, got {_short(got)}"


def _same_json(one: str, other: str) -> bool:
    try:
        return first_difference(json.loads(one), json.loads(other)) is None
    except (ValueError, RecursionError):
        return False


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= LONG else text[:LONG] + "…"
