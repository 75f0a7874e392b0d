"""Reads dictionaries from outside the package; the caller specifies the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from ..locks import loading_own

__all__ = ["MissingKeyError", "WrongKindError", "as_text", "entry", "members", "of_text"]

_Read = TypeVar("_Read")


class MissingKeyError(KeyError, ValueError):
    """A dictionary lacks a key. A KeyError for compatibility, and a ValueError because the dictionary is invalid."""

    __str__ = ValueError.__str__  # KeyError shows the repr of its message


class WrongKindError(TypeError, ValueError):
    """A value has the wrong type. A TypeError for compatibility, and a ValueError as above."""


def entry(data: Mapping[str, object], key: str, keys: tuple[str, ...]) -> Any:
    """Return the value of `key`; the error message lists `keys`, the known keys of the dictionary."""
    try:
        return data[key]
    except KeyError:
        raise MissingKeyError(f"missing key {key!r} (known keys: {_listed(keys)})") from None
    except TypeError:
        raise WrongKindError(f"expected a dictionary (known keys: {_listed(keys)}), not {_kind(data)}") from None


def members(value: object, key: str, expected: str, read: Callable[[Any], _Read]) -> list[_Read]:
    """Return the results of `read` for the items of the list `value`; error messages use `key` and `expected`."""
    if isinstance(value, (str, bytes, bytearray, Mapping)) or not isinstance(value, Iterable):
        raise WrongKindError(f"key {key!r}: expected {expected}, not {_kind(value)}")
    made: list[_Read] = []
    for index, member in enumerate(value):
        try:
            made.append(read(member))
        except ValueError as error:
            if type(error) not in (ValueError, MissingKeyError, WrongKindError):
                raise  # a pydantic error names the field itself
            raise type(error)(f"{error}, in item {index} of key {key!r}") from None
    return made


def as_text(data: Mapping[str, object]) -> str:
    """Return a dictionary as JSON text."""
    with loading_own():  # not with the package: few programs need it
        import json

    return json.dumps(data)


def of_text(payload: str | bytes) -> Any:
    """Return the value of a JSON text. Raises ValueError if it is none."""
    with loading_own():
        import json

    return json.loads(payload)


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(repr(name) for name in keys)
