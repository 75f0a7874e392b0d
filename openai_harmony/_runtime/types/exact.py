"""Takes arguments of exactly the declared types, so that pydantic is loaded only for those that it must convert.

What is taken equals what pydantic would store: the value itself, or a new list or dictionary of what was taken.
`OTHER` means that the value needs pydantic, which converts it or reports the error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from types import UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

__all__ = ["NOTHING", "OTHER", "Takers", "Taking", "taken_fields", "taking"]

OTHER: Any = object()

Taking: TypeAlias = Callable[[Any], Any]
Takers: TypeAlias = "Mapping[str, tuple[Taking, Callable[[], Any] | None]]"  # what takes each field, and its default


def taken_fields(fields: Takers, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of all fields, with defaults for those that are not given; `OTHER` if one needs pydantic.

    Args:
        fields: what takes the value of each field, and what makes its default; None for a field without one.
        values: the given values. Those that are of no field are left out.
    """
    made: dict[str, Any] = {}
    for name, (take, default) in fields.items():
        if name in values:
            value = take(values[name])
        elif default is not None:
            value = default()
        else:
            value = OTHER
        if value is OTHER:
            return OTHER  # type: ignore[no-any-return]
        made[name] = value
    return made


def taking(annotation: Any) -> Taking:
    """Return what takes values of an annotation; for one that is not known here, all values need pydantic."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        rest = [each for each in inner if each is not type(None)]
        return _optional(taking(rest[0])) if len(rest) == 1 and len(inner) == 2 else _nothing
    if origin is Literal:
        return _word(inner)
    if origin is list:
        return _list(taking(inner[0]))
    if origin is dict:
        return _copied if inner == (Any, Any) else _dictionary(taking(inner[1])) if inner[0] is str else _nothing
    own: Taking | None = getattr(annotation, "_take", None) or getattr(next(iter(inner[1:]), None), "_take", None)
    if own is not None:
        return own
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _member(annotation)
    return _exactly(annotation) if annotation in (str, bool) else _nothing


def _nothing(value: Any) -> Any:
    return OTHER


NOTHING: Takers = {"": (_nothing, None)}  # of a class whose values pydantic must see, whatever they are


def _copied(value: Any) -> Any:
    return dict(value) if type(value) is dict else OTHER


def _exactly(cls: type) -> Taking:
    return lambda value: value if type(value) is cls else OTHER


def _optional(take: Taking) -> Taking:
    return lambda value: None if value is None else take(value)


def _word(words: tuple[Any, ...]) -> Taking:
    return lambda value: value if type(value) is str and value in words else OTHER


def _member(cls: type[Enum]) -> Taking:
    members = {member.value: member for member in cls}

    def take(value: Any) -> Any:
        if type(value) is cls:
            return value
        return members.get(value, OTHER) if type(value) is str else OTHER

    return take


def _list(take: Taking) -> Taking:
    def take_list(value: Any) -> Any:
        if type(value) is not list:
            return OTHER
        taken = [take(member) for member in value]
        return OTHER if any(member is OTHER for member in taken) else taken

    return take_list


def _dictionary(take: Taking) -> Taking:
    def take_dictionary(value: Any) -> Any:
        if type(value) is not dict or not all(type(key) is str for key in value):
            return OTHER
        taken = {key: take(member) for key, member in value.items()}
        return OTHER if any(member is OTHER for member in taken.values()) else taken

    return take_dictionary
