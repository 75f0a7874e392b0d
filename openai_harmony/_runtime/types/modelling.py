"""What every public data type is besides a dataclass: the methods and the manners of a pydantic model.

Nothing here knows a field, a class or a word of the format that it serves.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydantic import ConfigDict, Field
from pydantic.dataclasses import rebuild_dataclass
from pydantic_core import ArgsKwargs, PydanticKnownError, core_schema

from ..locks import loading
from .plain_text import settled

if TYPE_CHECKING:
    import dataclasses
    from collections.abc import Mapping

    from pydantic import GetCoreSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic_core import CoreSchema, SchemaSerializer, SchemaValidator
    from typing_extensions import Self, Unpack

    from .typed import DumpOptions, JsonDict, ReadOptions, SchemaOptions, ValidateOptions
else:
    JsonDict = dict[Any, Any]  # as a field's type: what an object holds is not looked at

__all__ = ["CONFIG", "DataType", "JsonDict", "empty_list", "required", "with_nulls"]


CONFIG = ConfigDict(defer_build=True)  # validators are built at the first use, so that importing stays cheap


class _Fields:
    """`model_fields` of a class; on an instance too, as a pydantic model has it."""

    def __get__(self, instance: object, owner: Any) -> Any:
        return owner.__pydantic_fields__


class _Signature:
    """The constructor's signature, known before the validator is built."""

    def __get__(self, instance: object, owner: type[DataType]) -> Signature:
        parameters: list[Parameter] = []
        for name, info in owner.model_fields.items():
            # A field that must be given, behind one that need not, has to show some default.
            must = Parameter.empty if not parameters or parameters[-1].default is Parameter.empty else ...
            default = must if info.is_required() else info.get_default(call_default_factory=True)
            kind = Parameter.POSITIONAL_OR_KEYWORD
            parameters.append(Parameter(name, kind, default=default, annotation=info.annotation))
        return Signature(parameters, return_annotation=None)


class DataType:
    """Base of pydantic dataclasses that are used like pydantic models; each is declared with `CONFIG`."""

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
        __pydantic_validator__: ClassVar[SchemaValidator]
        __pydantic_serializer__: ClassVar[SchemaSerializer]
        model_fields: ClassVar[dict[str, FieldInfo]]
    else:
        model_fields = _Fields()
        __signature__ = _Signature()
    __pydantic_complete__: ClassVar[bool] = True  # before 2.10, pydantic defers nothing and does not say so

    def __new__(cls, *args: object, **values: object) -> Self:
        if not cls.__pydantic_complete__:
            _build(cls)
        return object.__new__(cls)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[DataType], handler: GetCoreSchemaHandler) -> CoreSchema:
        built = vars(source).get("__pydantic_core_schema__")
        if isinstance(built, dict):  # as pydantic's own models do, lest each type that names this one builds it again
            return cast("CoreSchema", built)
        return core_schema.no_info_before_validator_function(_model_input(source), handler(source))

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self.__dataclass_fields__:
            raise ValueError(f'"{type(self).__name__}" object has no field "{name}"')
        object.__setattr__(self, name, settled(value))

    def __iter__(self) -> Iterator[tuple[str, object]]:
        """The pairs of name and value, so that `dict(x)` is the shallow dictionary."""
        return iter([(name, getattr(self, name)) for name in self.__dataclass_fields__])

    def __str__(self) -> str:
        return " ".join(f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__)

    def model_dump(self, *, mode: str = "python", **options: Unpack[DumpOptions]) -> JsonDict:
        """The fields as a dictionary; `options` are those of pydantic's `BaseModel.model_dump`."""
        dumped: JsonDict = _built(type(self)).__pydantic_serializer__.to_python(self, mode=mode, **options)
        return dumped

    def model_dump_json(self, *, indent: int | None = None, **options: Unpack[DumpOptions]) -> str:
        """The fields as JSON; `options` are those of pydantic's `BaseModel.model_dump_json`."""
        return _built(type(self)).__pydantic_serializer__.to_json(self, indent=indent, **options).decode()

    @classmethod
    def model_validate(cls, obj: object, **options: Unpack[ValidateOptions]) -> Self:
        """An instance from a dictionary (an instance stays itself); `options` as pydantic's."""
        validated: Self = _built(cls).__pydantic_validator__.validate_python(obj, **options)
        return validated

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Unpack[ReadOptions]) -> Self:
        """An instance from JSON text; `options` as pydantic's."""
        validated: Self = _built(cls).__pydantic_validator__.validate_json(json_data, **options)
        return validated

    @classmethod
    def model_validate_strings(cls, obj: object, **options: Unpack[ReadOptions]) -> Self:
        """An instance from a dictionary whose leaves are strings; `options` as pydantic's."""
        validated: Self = _built(cls).__pydantic_validator__.validate_strings(obj, **options)  # type: ignore[arg-type]
        return validated

    @classmethod
    def model_json_schema(cls, **options: Unpack[SchemaOptions]) -> JsonDict:
        """The JSON Schema; `options` are those of pydantic's `BaseModel.model_json_schema`."""
        with loading():
            from pydantic.json_schema import model_json_schema  # here, since few programs ask for it

        return model_json_schema(_built(cls), **options)  # type: ignore[arg-type]

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: object) -> Self:
        """An instance with these values, unvalidated, and defaults for the others."""
        # `__new__` builds validators, which are of no use here.
        made = object.__new__(cls) if cls.__new__ is DataType.__new__ else cls.__new__(cls)
        for name, info in cls.model_fields.items():
            if name in values:
                made.__dict__[name] = settled(values[name])
            elif not info.is_required():
                made.__dict__[name] = info.get_default(call_default_factory=True)
        return made

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """A copy, with the values of `update` put in unvalidated; what is no field is ignored."""
        made = copy.deepcopy(self) if deep else copy.copy(self)
        known = self.__dataclass_fields__
        made.__dict__.update({name: settled(value) for name, value in (update or {}).items() if name in known})
        return made


def with_nulls(value: Any, dumped: Any) -> Any:
    """A dump without what is None, in which None is put back for the fields whose default is something else."""
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
    """The default of a field that must be given although it stands behind one that need not."""
    return Field()


def empty_list() -> list[Any]:
    """A factory for `field`: pydantic asks every factory for its signature, which is slow for `list` itself."""
    return []


def _built(cls: type[DataType]) -> type[DataType]:
    if not cls.__pydantic_complete__:
        _build(cls)
    return cls


def _build(cls: type[DataType]) -> None:
    with loading():  # pydantic's own first build is not safe to run in two threads
        if not cls.__pydantic_complete__:
            rebuild_dataclass(cls)  # type: ignore[arg-type]
            if "__signature__" in vars(cls):
                del cls.__signature__  # type: ignore[attr-defined]  # pydantic's fails behind a `required()` field


def _model_input(cls: type[DataType]) -> Any:
    """Makes what a dataclass accepts, and what it complains of, that of a model."""
    names = tuple(cls.__dataclass_fields__)

    def model_input(value: Any) -> Any:
        if isinstance(value, (dict, cls)):
            return value
        if isinstance(value, ArgsKwargs):
            return named(value)
        raise PydanticKnownError("model_type", {"class_name": cls.__name__})

    def named(given: ArgsKwargs) -> Any:
        # As a dictionary, so that complaints name fields and not positions. What cannot be named is left to pydantic.
        by_name = given.kwargs or {}
        if not given.args:
            return by_name
        by_position = dict(zip(names, given.args, strict=False))
        if len(given.args) > len(names) or by_position.keys() & by_name.keys():
            return given
        return {**by_position, **by_name}

    return model_input
