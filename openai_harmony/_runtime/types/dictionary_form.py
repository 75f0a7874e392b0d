"""Reading a dictionary that came from outside; which keys it should have is the caller's to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

__all__ = ["MissingKeyError", "WrongKindError", "entry", "members"]

_Read = TypeVar("_Read")


class MissingKeyError(KeyError, ValueError):
    """A dictionary lacks a key: a KeyError as programs expect it, and a ValueError since the value is to blame."""

    __str__ = ValueError.__str__  # KeyError shows the repr of its message


class WrongKindError(TypeError, ValueError):
    """Something is of another kind than it should be: a TypeError as programs expect it, and a ValueError as above."""


def entry(data: Mapping[str, object], key: str, keys: tuple[str, ...]) -> Any:
    """The value under `key`; `keys` are all that the dictionary may have, for the complaint."""
    try:
        return data[key]
    except KeyError:
        raise MissingKeyError(f"missing key {key!r} (known keys: {_listed(keys)})") from None
    except TypeError:
        raise WrongKindError(f"expected a dictionary (known keys: {_listed(keys)}), not {_kind(data)}") from None


def members(value: object, key: str, expected: str, read: Callable[[Any], _Read]) -> list[_Read]:
    """What `read` makes of each member of the list that stands under `key`; `expected` says so in the complaint."""
    if isinstance(value, (str, bytes, bytearray, Mapping)) or not isinstance(value, Iterable):
        raise WrongKindError(f"key {key!r}: expected {expected}, not {_kind(value)}")
    made: list[_Read] = []
    for index, member in enumerate(value):
        try:
            made.append(read(member))
        except ValueError as error:
            if type(error) not in (ValueError, MissingKeyError, WrongKindError):
                raise  # pydantic's says itself what it is about
            raise type(error)(f"{error}, in item {index} of key {key!r}") from None
    return made


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(repr(name) for name in keys)
