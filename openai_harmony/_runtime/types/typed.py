"""Types for type checkers only; no module imports this at run time.

The options are those of pydantic's `BaseModel`. The oldest supported pydantic lacks some of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, TypedDict

from pydantic import JsonValue
from pydantic.json_schema import GenerateJsonSchema

__all__ = ["DumpOptions", "JsonDict", "JsonSchema", "JsonValue", "ReadOptions", "SchemaOptions", "ValidateOptions"]

JsonDict: TypeAlias = dict[str, JsonValue]
"""A JSON object."""

JsonSchema: TypeAlias = "JsonDict | bool"
"""A JSON Schema."""

Chosen: TypeAlias = "set[int] | set[str] | Mapping[int, Chosen | bool] | Mapping[str, Chosen | bool]"
"""The fields that a dump includes or excludes."""


class DumpOptions(TypedDict, total=False):
    """The options of `model_dump` and `model_dump_json`."""

    include: Chosen | None
    exclude: Chosen | None
    context: object
    by_alias: bool | None
    exclude_unset: bool
    exclude_defaults: bool
    exclude_none: bool
    round_trip: bool
    warnings: bool | Literal["none", "warn", "error"]
    fallback: Callable[[Any], Any] | None
    serialize_as_any: bool


class ReadOptions(TypedDict, total=False):
    """The options of `model_validate_json` and `model_validate_strings`."""

    strict: bool | None
    extra: Literal["allow", "ignore", "forbid"] | None
    context: object
    by_alias: bool | None
    by_name: bool | None


class ValidateOptions(ReadOptions, total=False):
    """The options of `model_validate`."""

    from_attributes: bool | None


class SchemaOptions(TypedDict, total=False):
    """The options of `model_json_schema`."""

    by_alias: bool
    ref_template: str
    schema_generator: type[GenerateJsonSchema]
    mode: Literal["validation", "serialization"]
