"""The base class of the public data types: pydantic dataclasses with the methods of a pydantic model.

Nothing here depends on the fields, classes or words of a format.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, cast

from pydantic import ConfigDict, Field
from pydantic.dataclasses import rebuild_dataclass
from pydantic_core import ArgsKwargs, PydanticKnownError, core_schema

from ..locks import loading
from .json_schema import SchemaField
from .plain_text import settled

if TYPE_CHECKING:
    import dataclasses
    from collections.abc import Mapping

    from pydantic import GetCoreSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic_core import CoreSchema, SchemaSerializer, SchemaValidator
    from typing_extensions import Self, Unpack

    from .typed import DumpOptions, JsonDict, JsonSchema, ReadOptions, SchemaOptions, ValidateOptions
else:
    JsonDict = dict[Any, Any]  # as the type of a field, whose contents are not validated
    JsonSchema = Annotated[Any, SchemaField]

__all__ = ["CLOSED", "CONFIG", "DataType", "JsonDict", "JsonSchema", "empty_list", "required", "with_nulls"]


CONFIG = ConfigDict(defer_build=True)  # validators are built at first use, so that importing is fast
CLOSED = ConfigDict(defer_build=True, extra="forbid")  # for classes whose constructor refuses unknown arguments


class _Fields:
    """The attribute `model_fields`, on classes and instances, as in a pydantic model."""

    def __get__(self, instance: object, owner: Any) -> Any:
        return owner.__pydantic_fields__


class _Signature:
    """The signature of the constructor, available before the validator is built."""

    def __get__(self, instance: object, owner: type[DataType]) -> Signature:
        parameters: list[Parameter] = []
        for name, info in owner.model_fields.items():
            # A required field after an optional one needs some default in the signature.
            must = Parameter.empty if not parameters or parameters[-1].default is Parameter.empty else ...
            default = must if info.is_required() else info.get_default(call_default_factory=True)
            kind = Parameter.POSITIONAL_OR_KEYWORD
            parameters.append(Parameter(name, kind, default=default, annotation=info.annotation))
        return Signature(parameters, return_annotation=None)


class DataType:
    """Base class of pydantic dataclasses with the methods of pydantic models; each is declared with `CONFIG`.

    The fields in `quiet` appear in dictionaries, dumps and the repr only if they are not None.
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
        __pydantic_validator__: ClassVar[SchemaValidator]
        __pydantic_serializer__: ClassVar[SchemaSerializer]
        model_fields: ClassVar[dict[str, FieldInfo]]
    else:
        model_fields = _Fields()
        __signature__ = _Signature()
    __pydantic_complete__: ClassVar[bool] = True  # pydantic before 2.10 does not defer, and lacks this attribute

    _quiet: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, quiet: tuple[str, ...] = ()) -> None:
        super().__init_subclass__()
        if quiet:
            cls._quiet = quiet
            type.__setattr__(cls, "__repr__", _repr)  # so that `dataclass` defines none

    def __new__(cls, *args: object, **values: object) -> Self:
        if not cls.__pydantic_complete__:
            _build(cls)
        return object.__new__(cls)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[DataType], handler: GetCoreSchemaHandler) -> CoreSchema:
        built = vars(source).get("__pydantic_core_schema__")
        if isinstance(built, dict):  # as pydantic's models do, so that other types need not build it again
            return cast("CoreSchema", built)
        inner = handler(source)
        writer = core_schema.wrap_serializer_function_ser_schema(_dumped, schema=inner) if source._quiet else None
        return core_schema.no_info_before_validator_function(_model_input(source), inner, serialization=writer)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self.__dataclass_fields__:
            raise ValueError(f'"{type(self).__name__}" object has no field "{name}"')
        object.__setattr__(self, name, settled(value))

    def __iter__(self) -> Iterator[tuple[str, object]]:
        """Yield pairs of name and value, so that `dict(x)` is a shallow dictionary."""
        return iter([(name, getattr(self, name)) for name in _shown(self)])

    def __str__(self) -> str:
        return " ".join(f"{name}={getattr(self, name)!r}" for name in _shown(self))

    def model_dump(self, *, mode: str = "python", **options: Unpack[DumpOptions]) -> JsonDict:
        """Return the fields as a dictionary; `options` are those of pydantic's `BaseModel.model_dump`."""
        dumped: JsonDict = _built(type(self)).__pydantic_serializer__.to_python(self, mode=mode, **options)
        return dumped

    def model_dump_json(self, *, indent: int | None = None, **options: Unpack[DumpOptions]) -> str:
        """Return the fields as JSON text; `options` are those of pydantic's `BaseModel.model_dump_json`."""
        return _built(type(self)).__pydantic_serializer__.to_json(self, indent=indent, **options).decode()

    @classmethod
    def model_validate(cls, obj: object, **options: Unpack[ValidateOptions]) -> Self:
        """Create an instance from a dictionary, or return an instance unchanged; `options` as in pydantic."""
        validated: Self = _built(cls).__pydantic_validator__.validate_python(obj, **options)
        return validated

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Unpack[ReadOptions]) -> Self:
        """Create an instance from JSON text; `options` as in pydantic."""
        validated: Self = _built(cls).__pydantic_validator__.validate_json(json_data, **options)
        return validated

    @classmethod
    def model_validate_strings(cls, obj: object, **options: Unpack[ReadOptions]) -> Self:
        """Create an instance from a dictionary whose leaves are strings; `options` as in pydantic."""
        validated: Self = _built(cls).__pydantic_validator__.validate_strings(obj, **options)  # type: ignore[arg-type]
        return validated

    @classmethod
    def model_json_schema(cls, **options: Unpack[SchemaOptions]) -> JsonDict:
        """Return the JSON Schema; `options` are those of pydantic's `BaseModel.model_json_schema`."""
        with loading():
            from pydantic.json_schema import model_json_schema  # imported here, since few programs need it

        return model_json_schema(_built(cls), **options)  # type: ignore[arg-type]

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: object) -> Self:
        """Create an instance with these values, without validation, and defaults for the other fields."""
        # `__new__` would build validators, which are not needed here.
        made = object.__new__(cls) if cls.__new__ is DataType.__new__ else cls.__new__(cls)
        for name, info in cls.model_fields.items():
            if name in values:
                made.__dict__[name] = settled(values[name])
            elif not info.is_required():
                made.__dict__[name] = info.get_default(call_default_factory=True)
        return made

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """Return a copy with the values of `update`, without validation; keys that are not fields are ignored."""
        made = copy.deepcopy(self) if deep else copy.copy(self)
        known = self.__dataclass_fields__
        made.__dict__.update({name: settled(value) for name, value in (update or {}).items() if name in known})
        return made


def _shown(value: DataType) -> list[str]:
    """Return the names of the fields, without the quiet ones that are None."""
    quiet = value._quiet
    return [name for name in value.__dataclass_fields__ if name not in quiet or getattr(value, name) is not None]


def _repr(value: DataType) -> str:
    shown = ", ".join(f"{name}={getattr(value, name)!r}" for name in _shown(value))
    return f"{type(value).__qualname__}({shown})"


def _dumped(value: Any, dump: Callable[[Any], Any]) -> Any:
    """Return the dump of a value without the quiet fields that are None."""
    dumped = dump(value)
    if isinstance(dumped, dict):
        for name in getattr(value, "_quiet", ()):
            if name in dumped and getattr(value, name, None) is None:
                del dumped[name]
    return dumped


def with_nulls(value: Any, dumped: Any) -> Any:
    """Add the fields that are None, and whose default is another value, to a dump that excludes None."""
    if isinstance(value, DataType) and isinstance(dumped, dict):
        written = {}
        for name, info in type(value).model_fields.items():
            held = getattr(value, name, None)
            if name in dumped:
                written[name] = with_nulls(held, dumped[name])
            elif held is None and not info.is_required() and info.get_default(call_default_factory=True) is not None:
                written[name] = None
        return {**written, **{name: more for name, more in dumped.items() if name not in written}}
    if isinstance(value, dict) and any(isinstance(member, DataType) for member in value.values()):
        return {name: with_nulls(member, dumped[name]) for name, member in value.items() if name in dumped}
    if isinstance(value, list) and any(isinstance(member, DataType) for member in value):
        return [with_nulls(member, shown) for member, shown in zip(value, dumped, strict=True)]
    return dumped


def required() -> Any:
    """Return the default of a required field after an optional one."""
    return Field()


def empty_list() -> list[Any]:
    """A default factory. Pydantic inspects the signature of every factory, which is slow for `list` itself."""
    return []


def _built(cls: type[DataType]) -> type[DataType]:
    if not cls.__pydantic_complete__:
        _build(cls)
    return cls


def _build(cls: type[DataType]) -> None:
    with loading():  # pydantic's first build is not thread-safe
        if not cls.__pydantic_complete__:
            rebuild_dataclass(cls)  # type: ignore[arg-type]
            if "__signature__" in vars(cls):
                del cls.__signature__  # type: ignore[attr-defined]  # pydantic's fails after a `required()` field


def _model_input(cls: type[DataType]) -> Any:
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
