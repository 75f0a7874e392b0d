"""JSON Schemas as the values of fields: an object or a boolean, made of JSON values alone."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from typing import Any, TypeAlias

from .json_text import MAX_DEPTH, Json, walk, well_formed
from .schema_keywords import below, check_schema, fault

__all__ = ["as_schema", "checked_schema"]

_CONTAINERS = (Mapping, list, tuple)
_Task: TypeAlias = "tuple[object, str, int]"  # a list or an object, its JSON pointer, and the number of those around it


def checked_schema(value: object) -> bool | dict[str, Json]:
    """Return a copy of a JSON Schema whose keywords have values that make sense.

    Raises:
        ValueError: as `as_schema`, or the value of a keyword has the wrong type.
    """
    schema = as_schema(value)
    check_schema(schema)
    return schema


def as_schema(value: object) -> bool | dict[str, Json]:
    """Return a copy of a JSON Schema, whatever the values of its keywords are.

    Raises:
        ValueError: the value is neither an object nor a boolean, or contains something that JSON cannot represent; the
            error names its place.
    """
    if isinstance(value, bool):
        return value
    if not isinstance(value, Mapping):
        raise fault("#", f"expected an object or a boolean, not {type(value).__name__}")
    whole: _Task = value, "#", 1
    copied: Any = walk(_visit, whole, MAX_DEPTH + 1)
    return copied  # type: ignore[no-any-return]


def _visit(task: _Task) -> Generator[_Task, Any, Json]:
    value, pointer, depth = task
    if depth > MAX_DEPTH:
        raise fault(pointer, f"nested more than {MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        entries: dict[str, Json] = {}
        for key, inner in value.items():
            if not isinstance(key, str):
                raise fault(pointer, f"the key {key!r} is not text")
            word = _text(key, pointer)
            at = below(pointer, word)
            entries[word] = (yield inner, at, depth + 1) if isinstance(inner, _CONTAINERS) else _scalar(inner, at)
        return entries
    members: list[Json] = []
    for index, inner in enumerate(value):  # type: ignore[arg-type]  # a list or a tuple
        at = below(pointer, index)
        members.append((yield inner, at, depth + 1) if isinstance(inner, _CONTAINERS) else _scalar(inner, at))
    return members


def _scalar(value: object, pointer: str) -> bool | int | float | str | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, pointer)
    if isinstance(value, float) and not math.isfinite(value):
        raise fault(pointer, f"JSON has no number {float(value)}")
    if isinstance(value, float):
        return float(value)
    if isinstance(value, int):
        try:
            int.__repr__(value)
        except ValueError:
            raise fault(pointer, "the integer has too many digits") from None
        return int(value)
    raise fault(pointer, f"{type(value).__name__} is not a type of JSON")


def _text(value: str, pointer: str) -> str:
    try:
        return well_formed(value)
    except ValueError:
        raise fault(pointer, "the text contains half of a surrogate pair") from None
