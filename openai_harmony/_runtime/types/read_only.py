"""Attributes that are there to be read: they are found where they are and not computed, since some are asked for after
every token. Which ones a class has is its own to say, with `__slots__`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

__all__ = ["ReadOnlyAttributes", "setter"]


class ReadOnlyAttributes:
    """Base of classes with slots that users read and the class alone sets; other attributes are as everywhere."""

    __slots__ = ()
    _read_only: ClassVar[frozenset[str]] = frozenset()

    def __setattr__(self, name: str, value: object) -> None:
        self._refuse(name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        self._refuse(name)
        object.__delattr__(self, name)

    def _refuse(self, name: str) -> None:
        if name in self._read_only:
            raise AttributeError(f"{name!r} of a {type(self).__name__} is there to be read; only the object sets it")


def setter(cls: type[ReadOnlyAttributes], name: str) -> Callable[[object, Any], None]:
    """What sets a slot of a class, also where a subclass has something else under its name; nobody else can then."""
    cls._read_only |= {name}
    found: Callable[[object, Any], None] = cls.__dict__[name].__set__
    return found
