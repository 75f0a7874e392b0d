"""Subclasses of data types without a decorator: what they declare counts, as in a subclass of a pydantic model.

A class that declares nothing is like its base. It is looked at when it is first used, or has a subclass: by then, a
decorator of `dataclasses` or of pydantic has made it a dataclass if it has one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from ..locks import loading_own
from .late_fields import FIELDS, Maker, declare, is_field_info, makers_of

__all__ = ["CONFIG", "Defaults", "adopt"]

CONFIG = "model_config"


class Defaults:
    """What makes the default of each field, by name, on a class that is not declared, or not yet."""

    _known: tuple[Any, Mapping[str, Maker | None]] = {}, {}

    def __get__(self, instance: object, owner: Any) -> Mapping[str, Maker | None]:
        if not owner._adopted:
            adopt(owner.__mro__)
            if "_declared" in vars(owner):
                declared: Mapping[str, Maker | None] = owner._defaults
                return declared
        fields, makers = self._known
        if fields is not owner.__dataclass_fields__:
            fields = owner.__dataclass_fields__
            self._known = fields, makers = fields, makers_of(fields)
        return makers


def adopt(classes: Iterable[type]) -> None:
    """Make those classes data types that have no decorator, but fields, validators or a configuration of their own.

    Args:
        classes: a class and its bases, in the order of their resolution.
    """
    for cls in reversed([*classes]):
        if not vars(cls).get("_adopted", True):
            with loading_own():
                if not vars(cls)["_adopted"]:
                    _adopt(cls)
                    cls._adopted = True  # type: ignore[attr-defined]  # last: other threads do not wait if it is set


def _adopt(cls: Any) -> None:
    if FIELDS in vars(cls):  # a decorator has made it a dataclass
        return
    fields = [name for name, told in _annotations(cls).items() if name[:1] != "_" and "ClassVar" not in str(told)]
    given = {name: vars(cls)[name] for name in fields if name in vars(cls)}
    checked = CONFIG in vars(cls) or any(map(is_field_info, given.values())) or any(map(_is_hook, vars(cls).values()))
    if fields or checked:
        cls.__annotations__ = {name: told for name, told in _annotations(cls).items() if name[:1] != "_"}
        changeable = {name: value for name, value in given.items() if isinstance(value, (list, dict, set))}
        declare(cls, fields, {name: partial(copy.deepcopy, value) for name, value in changeable.items()})
    if checked:
        cls._needs_pydantic = True


def _annotations(cls: type) -> dict[str, Any]:
    try:
        return cls.__annotations__
    except NameError:  # Python 3.14: a name in an annotation is not defined
        return {}


def _is_hook(value: object) -> bool:
    """Return whether a value of a class is a validator, a serializer or the like, which pydantic will collect."""
    return type(value).__name__ == "PydanticDescriptorProxy"
