"""The fields of the data types as the module `dataclasses` has them, made when a program first asks for them.

That module imports `inspect`, which takes a fifth of the time of importing this package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ..locks import loading_own

if TYPE_CHECKING:
    from dataclasses import field
else:

    def field(*, default_factory=None):
        """Stand for `dataclasses.field` in the body of a class: a default that is made anew, or a required field."""
        return _Field(default_factory)


__all__ = ["FIELDS", "Defaults", "Maker", "declare", "field", "make_fields"]

Maker = Callable[[], Any]

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


class Defaults:
    """What makes the default of each field, by name, on a class that another decorator may make a dataclass."""

    _known: tuple[Any, Mapping[str, Maker | None]] = {}, {}

    def __get__(self, instance: object, owner: Any) -> Mapping[str, Maker | None]:
        fields, makers = self._known
        if fields is not owner.__dataclass_fields__:
            fields = owner.__dataclass_fields__
            makers = {name: _maker(field) for name, field in fields.items()}
            self._known = fields, makers
        return makers


def declare(cls: Any) -> None:
    """Make a class a dataclass whose fields are its annotations, and whose methods are its own."""
    given = dict(vars(cls))
    marked = {name: value.make for name, value in given.items() if isinstance(value, _Field)}
    makers: dict[str, Maker | None] = {}
    for base in reversed(cls.__mro__[1:]):
        if FIELDS in vars(base):
            makers |= base._defaults
    for name in cls.__annotations__:
        makers[name] = marked[name] if name in marked else _returning(given[name]) if name in given else None
    for name in marked:
        delattr(cls, name)
    setattr(cls, FIELDS, _Late(cls, FIELDS, marked) if makers else {})
    setattr(cls, PARAMS, _Late(cls, PARAMS, marked))
    cls.__match_args__ = tuple(makers)  # type: ignore[misc]  # of any class, not of `type`
    cls._defaults = makers


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


def _maker(field: Any) -> Maker | None:
    with loading_own():
        from dataclasses import MISSING

    if field.default_factory is not MISSING:
        made: Maker = field.default_factory
        return made
    if field.default is MISSING:
        return None
    if type(field.default).__name__ == "FieldInfo":  # of pydantic
        return None if field.default.is_required() else partial(field.default.get_default, call_default_factory=True)
    return _returning(field.default)


def _returning(value: object) -> Maker:
    return lambda: value
