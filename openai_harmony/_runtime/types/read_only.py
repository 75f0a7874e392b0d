"""Read-only attributes stored in slots, which are faster to read than properties; some are read after every token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

__all__ = ["ReadOnlyAttributes", "setter"]


class ReadOnlyAttributes:
    """Base class of classes with slots that only the class itself sets; other attributes are unrestricted."""

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
    """Return a function that sets a slot of `cls`, even if a subclass redefines the name; makes the slot read-only."""
    cls._read_only |= {name}
    found: Callable[[object, Any], None] = cls.__dict__[name].__set__
    return found
