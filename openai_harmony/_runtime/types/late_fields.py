"""The fields of the data types as the module `dataclasses` has them, made when a program first asks for them.

That module imports `inspect`, which takes a fifth of the time of importing this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ..locks import loading_own

if TYPE_CHECKING:
    from dataclasses import field
else:

    def field(*, default_factory=None):
        """Stand for `dataclasses.field` in the body of a class: a default that is made anew, or a required field."""
        return _Field(default_factory)


__all__ = ["FIELDS", "Maker", "declare", "field", "is_field_info", "make_fields", "makers_of"]

Maker = Callable[[], Any]

NONE: Mapping[str, Maker] = {}

FIELDS, PARAMS = "__dataclass_fields__", "__dataclass_params__"


class _Field:
    __slots__ = ("make",)

    def __init__(self, make: Maker | None) -> None:
        self.make = make


class _Late:
    """An attribute that the decorator of `dataclasses` sets, which is called when it is read."""

    def __init__(self, cls: type, name: str, marked: Mapping[str, Maker | None]) -> None:
        self.marked = marked  # what makes the defaults that are no attributes of the class; None for a required field
        self._cls = cls
        self._name = name

    def __get__(self, instance: object, owner: type) -> Any:
        make_fields(self._cls)
        return vars(self._cls)[self._name]


def declare(cls: Any, own: Iterable[str], copied: Mapping[str, Maker] = NONE) -> None:
    """Make a class a dataclass with these fields, whose methods are its own; pydantic makes it one of its own later.

    Args:
        own: the names of fields that its bases do not have, or have otherwise.
        copied: what makes the defaults that are attributes of the class, but must be made anew.
    """
    given = dict(vars(cls))
    marked = {**{name: value.make for name, value in given.items() if isinstance(value, _Field)}, **copied}
    makers: dict[str, Maker | None] = {}
    for base in reversed(cls.__mro__[1:]):
        if FIELDS in vars(base):
            makers |= base._defaults
    for name in own:
        makers[name] = marked[name] if name in marked else _made_of(given[name]) if name in given else None
    for name in marked:
        delattr(cls, name)
    setattr(cls, FIELDS, _Late(cls, FIELDS, marked) if makers else {})
    setattr(cls, PARAMS, _Late(cls, PARAMS, marked))
    cls.__match_args__ = tuple(makers)  # type: ignore[misc]  # of any class, not of `type`
    cls.__is_pydantic_dataclass__ = True
    cls._defaults = makers
    cls._taken = None
    cls._declared = cls._adopted = True  # last: other threads do not wait if it is set


def make_fields(cls: type) -> None:
    """Make the fields of a class that is declared, unless they are made."""
    with loading_own():
        late = [value for name in (FIELDS, PARAMS) if isinstance(value := vars(cls).get(name), _Late)]
        if late:
            import dataclasses

            for name, make in late[0].marked.items():
                setattr(cls, name, dataclasses.field() if make is None else dataclasses.field(default_factory=make))
            if not cls.__doc__:
                cls.__doc__ = cls.__name__  # else the decorator would write the signature, which needs the fields
            dataclasses.dataclass(init=False, repr=False, eq=False)(cls)


def makers_of(fields: Mapping[str, Any]) -> dict[str, Maker | None]:
    """Return what makes the default of each field of `dataclasses`; None for a required one."""
    with loading_own():
        from dataclasses import MISSING

    makers: dict[str, Maker | None] = {}
    for name, each in fields.items():
        if each.default_factory is not MISSING:
            makers[name] = each.default_factory
        else:
            makers[name] = None if each.default is MISSING else _made_of(each.default)
    return makers


def is_field_info(value: object) -> bool:
    """Return whether a default is a `pydantic.Field`."""
    return type(value).__name__ == "FieldInfo"


def _made_of(value: Any) -> Maker | None:
    """Return what makes the default that is an attribute of a class."""
    if is_field_info(value):
        return None if value.is_required() else partial(value.get_default, call_default_factory=True)
    return _returning(value)


def _returning(value: object) -> Maker:
    return lambda: value
