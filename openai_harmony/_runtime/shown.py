"""Attributes that are there to be read: they are found where they are and not computed, since some are asked for after
every token. Which ones a class has is its own to say, with `__slots__`.
"""

from __future__ import annotations

from types import MemberDescriptorType

__all__ = ["Shown", "show"]

show = object.__setattr__  # how a class sets its own


class Shown:
    """Base of classes whose slots users read and the class alone sets; other attributes are as everywhere."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        self._refuse(name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        self._refuse(name)
        object.__delattr__(self, name)

    def _refuse(self, name: str) -> None:
        if isinstance(getattr(type(self), name, None), MemberDescriptorType):
            raise AttributeError(f"{name!r} of a {type(self).__name__} is there to be read; only the object sets it")
