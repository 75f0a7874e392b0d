"""Makes the data types dataclasses of pydantic, when a program first needs that; only this module and
`variant_validation.py` import pydantic for them.

Nothing here depends on the fields, classes or words of a format.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass, rebuild_dataclass
from pydantic_core import ArgsKwargs, PydanticKnownError, core_schema

from ..locks import loading
from .plain_subclasses import CONFIG, adopt

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["built", "completed", "core_schema_of", "filled"]

_NAMED = ("__pydantic_validator__", "__pydantic_serializer__")
_CORE_SCHEMA = "__pydantic_core_schema__"


class _Coming:
    """Stands for a validator or serializer until pydantic has set it, also for other threads."""

    def __init__(self, cls: Any, name: str) -> None:
        self._of = cls, name

    def __getattr__(self, method: str) -> Any:
        return getattr(self.rebuild(), method)

    def rebuild(self, **options: object) -> Any:
        """Return the validator or serializer; pydantic calls this if it must have the object itself."""
        cls, name = self._of
        return getattr(built(cls), name)


_completing: list[type] = []  # of the thread that has the lock


def completed(cls: Any) -> Any:
    """Return a class whose declared bases, and itself, are dataclasses of pydantic."""
    adopt(cls.__mro__)
    for base in reversed(cls.__mro__):
        if vars(base).get("_declared"):
            with loading():
                if base._declared and base not in _completing:
                    _completing.append(base)
                    try:
                        _complete(base)
                        base._declared = False
                    finally:
                        _completing.remove(base)
    return cls


def built(cls: Any) -> Any:
    """Return a class that has its validator and its serializer."""
    completed(cls)
    if not _is_built(cls):
        with loading():  # pydantic's first build is not thread-safe
            if not _is_built(cls):
                with _constructor_kept(cls):
                    rebuild_dataclass(cls, force=True)
    return cls


def _is_built(cls: Any) -> bool:
    own = vars(cls)  # a subclass without a decorator inherits the attributes of its base
    validator = own.get(_NAMED[0])
    return validator is not None and not isinstance(validator, _Coming) and own.get("__pydantic_complete__", True)


def filled(value: Any, given: tuple[object, ...], named: dict[str, object]) -> None:
    """Fill a new object with arguments, which pydantic converts.

    Raises:
        ValidationError: an argument is invalid or missing.
    """
    built(type(value)).__pydantic_validator__.validate_python(ArgsKwargs(given, named), self_instance=value)


def core_schema_of(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Return the core schema of a data type, which takes what a model of pydantic takes."""
    completed(source)
    found = vars(source).get(_CORE_SCHEMA)
    if isinstance(found, dict):  # as pydantic's models do, so that other types need not build it again
        return cast("CoreSchema", found)
    inner = handler(source)
    writer = core_schema.wrap_serializer_function_ser_schema(_dumped, schema=inner) if source._quiet else None
    return core_schema.no_info_before_validator_function(_model_input(source), inner, serialization=writer)


def _complete(cls: Any) -> None:
    """Make a declared class a dataclass of pydantic, in its place."""
    own = cls.__annotations__
    behind, must = False, []
    for field in dataclasses.fields(cls):
        usual = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        if field.name in own and field.default_factory is not dataclasses.MISSING:
            # The standard library's decorator removed it from the class.
            setattr(cls, field.name, dataclasses.field(default_factory=field.default_factory))
        elif field.name in own and behind and not usual:
            must.append(field.name)
            setattr(cls, field.name, Field())  # else a required field after an optional one would be refused
        behind = behind or usual
    _announce(cls)  # without a validator, pydantic would make a subclass
    ours = {"defer_build": True, **({"extra": "forbid"} if cls._closed else {})}
    config = cast("ConfigDict", {**getattr(cls, CONFIG, {}), **ours})
    parameters = cls.__dataclass_params__
    with _constructor_kept(cls):
        dataclass(cls, repr=False, eq=False, config=config)
    if not cls.__pydantic_complete__:
        _announce(cls)  # what pydantic announces would change the constructor when it is used
        if _CORE_SCHEMA in vars(cls):
            delattr(cls, _CORE_SCHEMA)
    cls.__dataclass_params__ = parameters
    for name in must:
        delattr(cls, name)
        cls.__dataclass_fields__[name].default = dataclasses.MISSING


def _announce(cls: Any) -> None:
    for name in _NAMED:
        setattr(cls, name, _Coming(cls, name))


@contextmanager
def _constructor_kept(cls: Any) -> Iterator[None]:
    """Let pydantic change a class, but not its constructor or its signature, which fails after a `required()` field."""
    own = vars(cls).get("__init__")
    yield
    if own is None:
        del cls.__init__
    else:
        cls.__init__ = own
    if "__signature__" in vars(cls):
        del cls.__signature__


def _dumped(value: Any, dump: Callable[[Any], Any]) -> Any:
    """Return the dump of a value without the quiet fields that are None."""
    dumped = dump(value)
    if isinstance(dumped, dict):
        for name in getattr(value, "_quiet", ()):
            if name in dumped and getattr(value, name, None) is None:
                del dumped[name]
    return dumped


def _model_input(cls: Any) -> Any:
    """Return a validator that gives a dataclass the accepted inputs and the errors of a pydantic model."""
    names = tuple(cls.__dataclass_fields__)

    def model_input(value: Any) -> Any:
        if isinstance(value, (dict, cls)):
            return value
        if isinstance(value, ArgsKwargs):
            return named(value)
        raise PydanticKnownError("model_type", {"class_name": cls.__name__})

    def named(given: ArgsKwargs) -> Any:
        # A dictionary makes errors name fields instead of positions. Pydantic handles arguments without a field.
        by_name = given.kwargs or {}
        if not given.args:
            return by_name
        by_position = dict(zip(names, given.args, strict=False))
        if len(given.args) > len(names) or by_position.keys() & by_name.keys():
            return given
        return {**by_position, **by_name}

    return model_input
