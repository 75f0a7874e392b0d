"""The base class of the public data types: dataclasses with the methods of a pydantic model.

They are dataclasses of the standard library, which take arguments of exactly their types. Everything else is left to
pydantic, which is loaded then; the module `dataclasses` is, too, when it is needed. Nothing here depends on the fields,
classes or words of a format.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, get_type_hints

from ..locks import loading, loading_own
from .exact import NOTHING, OTHER, Takers, taken_fields, taking
from .late_fields import FIELDS, Maker, declare, field, make_fields
from .plain_subclasses import Defaults, adopt
from .plain_text import settled
from .pydantic_attributes import Fields, Late, Signature, validation
from .schema_field import SchemaField

if TYPE_CHECKING:
    from collections.abc import Mapping
    from dataclasses import Field
    from dataclasses import dataclass as datatype

    from pydantic import GetCoreSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic_core import CoreSchema, SchemaSerializer, SchemaValidator
    from typing_extensions import Self, Unpack

    from .typed import DumpOptions, JsonDict, JsonSchema, ReadOptions, SchemaOptions, ValidateOptions
else:
    JsonDict = dict[Any, Any]  # as the type of a field, whose contents are not validated
    JsonSchema = Annotated[Any, SchemaField]

    def datatype(cls):
        """Make a class a dataclass, which becomes one of pydantic when a program needs that."""
        declare(cls, cls.__annotations__)
        return cls


__all__ = ["DataType", "JsonDict", "JsonSchema", "datatype", "empty_list", "required", "with_nulls"]


class DataType:
    """Base class of the data types, which have the methods of pydantic models; each is declared with `@datatype`.

    The fields in `quiet` appear in dictionaries, dumps and the repr only if they are not None. A `closed` class refuses
    arguments that are of no field.
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
        __pydantic_validator__: ClassVar[SchemaValidator]
        __pydantic_serializer__: ClassVar[SchemaSerializer]
        model_fields: ClassVar[dict[str, FieldInfo]]
        _defaults: ClassVar[Mapping[str, Maker | None]]
        _adopted: ClassVar[bool]
        _taken: ClassVar[Takers | None]
    else:
        model_fields = Fields()
        __signature__ = Signature()
        __pydantic_validator__ = Late()
        __pydantic_serializer__ = Late()
        __pydantic_core_schema__ = Late()
        __pydantic_fields__ = Late()

        def __init__(self, /, *given: object, **named: object) -> None:
            values = named
            if given:
                names = tuple(_takers(type(self)))
                values = {**dict(zip(names, given, strict=False)), **named}
                if len(given) > len(names) or len(values) != len(given) + len(named):
                    values = None
            taken = OTHER if values is None else _taken(type(self), values)
            if taken is OTHER:
                validation().filled(self, given, named)
            else:
                self.__dict__.update(taken)

    __pydantic_complete__: ClassVar[bool] = True  # pydantic before 2.10 does not defer, and lacks this attribute

    _quiet: ClassVar[tuple[str, ...]] = ()
    _closed: ClassVar[bool] = False
    _needs_pydantic: ClassVar[bool] = False  # whether a subclass checks more than the types of its fields

    def __init_subclass__(cls, *, quiet: tuple[str, ...] = (), closed: bool = False) -> None:
        super().__init_subclass__()
        adopt(cls.__mro__[1:])
        cls._defaults = Defaults()  # type: ignore[assignment]  # a descriptor
        cls._adopted, cls._taken = False, None
        for base in cls.__mro__[1:]:  # decorators of other packages look into the dictionaries of the bases
            if vars(base).get(FIELDS):
                make_fields(base)
        if closed:
            cls._closed = True
        if quiet:
            cls._quiet = quiet

    @classmethod
    def _take(cls, value: Any) -> Any:
        """Return an instance unchanged, or one made of a dictionary; `OTHER` if the value needs pydantic."""
        if isinstance(value, cls):
            return value
        if type(value) is not dict or "_declared" not in vars(cls) or not all(type(key) is str for key in value):
            return OTHER
        taken = _taken(cls, value)
        if taken is OTHER:
            return OTHER
        made = object.__new__(cls)
        made.__dict__.update(taken)
        return made

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[DataType], handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: CoreSchema = validation().core_schema_of(source, handler)
        return schema

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self._defaults:
            raise ValueError(f'"{type(self).__name__}" object has no field "{name}"')
        object.__setattr__(self, name, settled(value))

    def __iter__(self) -> Iterator[tuple[str, object]]:
        """Yield pairs of name and value, so that `dict(x)` is a shallow dictionary."""
        return iter([(name, getattr(self, name)) for name in _shown(self)])

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _values(self) == _values(other)

    @recursive_repr("...")
    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _shown(self))
        return f"{type(self).__qualname__}({shown})"

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
        taken: Self = OTHER if options else cls._take(obj)
        if taken is not OTHER:
            return taken
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
        with loading():  # few programs need it, and the function imports more
            from pydantic.json_schema import model_json_schema

            return model_json_schema(_built(cls), **options)  # type: ignore[arg-type]

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: object) -> Self:
        """Create an instance with these values, without validation, and defaults for the other fields."""
        made = object.__new__(cls) if cls.__new__ is object.__new__ else cls.__new__(cls)
        for name, default in cls._defaults.items():
            if name in values:
                made.__dict__[name] = settled(values[name])
            elif default is not None:
                made.__dict__[name] = default()
        return made

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """Return a copy with the values of `update`, without validation; keys that are not fields are ignored."""
        made = copy.deepcopy(self) if deep else copy.copy(self)
        known = self._defaults
        made.__dict__.update({name: settled(value) for name, value in (update or {}).items() if name in known})
        return made

    def __replace__(self, /, **changes: object) -> Self:
        """What `copy.replace` calls: the decorator of `dataclasses` would define the same."""
        with loading_own():
            from dataclasses import replace

        return replace(self, **changes)


def _shown(value: DataType) -> list[str]:
    """Return the names of the fields, without the quiet ones that are None."""
    quiet = value._quiet
    return [name for name in value._defaults if name not in quiet or getattr(value, name) is not None]


def _values(value: Any) -> list[object]:
    return [getattr(value, name) for name in value._defaults]


def with_nulls(value: Any, dumped: Any) -> Any:
    """Add the fields that are None, and whose default is another value, to a dump that excludes None."""
    if isinstance(value, DataType) and isinstance(dumped, dict):
        written = {}
        for name, default in value._defaults.items():
            held = getattr(value, name, None)
            if name in dumped:
                written[name] = with_nulls(held, dumped[name])
            elif held is None and default is not None and default() is not None:
                written[name] = None
        return {**written, **{name: more for name, more in dumped.items() if name not in written}}
    if isinstance(value, dict) and any(isinstance(member, DataType) for member in value.values()):
        return {name: with_nulls(member, dumped[name]) for name, member in value.items() if name in dumped}
    if isinstance(value, list) and any(isinstance(member, DataType) for member in value):
        return [with_nulls(member, shown) for member, shown in zip(value, dumped, strict=True)]
    return dumped


def required() -> Any:
    """Return the default of a required field after an optional one."""
    return field()


def empty_list() -> list[Any]:
    """A default factory. Pydantic inspects the signature of every factory, which is slow for `list` itself."""
    return []


def _built(cls: type[DataType]) -> type[DataType]:
    built: type[DataType] = validation().built(cls)
    return built


def _taken(cls: type[DataType], values: Mapping[str, Any]) -> Any:
    takers = _takers(cls)
    if cls._closed and not values.keys() <= takers.keys():
        return OTHER
    return taken_fields(takers, values)


def _takers(cls: Any) -> Takers:
    """Return what takes the value of each field, and what makes its default; made when a class is first used."""
    found: Takers | None = cls._taken
    if found is None:
        adopt(cls.__mro__)
        owner = next(base for base in cls.__mro__ if "_declared" in vars(base))
        found = cls._taken = NOTHING if cls._needs_pydantic else _takers_of(owner)
    return found


def _takers_of(cls: Any) -> Takers:
    try:
        hints = get_type_hints(cls, include_extras=True)
    except NameError:  # of an annotation in a function
        return NOTHING
    return {name: (taking(hints[name]), default) for name, default in cls._defaults.items()}
