"""What pydantic does with a tagged union: it is loaded with this module, when a program first needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import ArgsKwargs, PydanticKnownError, core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, SerializationInfo
    from pydantic_core import CoreSchema

    from .variants import Family, Variant

__all__ = ["family_schema"]


def family_schema(family: Family, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Return the core schema of a root class, which accepts any of its variants."""
    choices = {tag: handler.generate_schema(member) for tag, member in family.members.items()}
    return core_schema.no_info_wrap_validator_function(
        _reader(family),
        core_schema.tagged_union_schema(choices, discriminator=family.key),
        serialization=core_schema.plain_serializer_function_ser_schema(_writer(family), info_arg=True),
    )


def _reader(family: Family) -> Any:
    def read(value: Any, handler: core_schema.ValidatorFunctionWrapHandler) -> Any:
        if isinstance(value, (family.root, ArgsKwargs)):  # the latter from the root's constructor
            return value
        if not isinstance(value, dict):
            raise PydanticKnownError("model_type", {"class_name": family.root.__name__})
        if family.key not in value:
            fitting = [tag for tag, member in family.members.items() if _fits(value, member)]
            value = {**value, family.key: fitting[0]} if len(fitting) == 1 else value
        return handler(value)

    return read


def _fits(value: dict[str, Any], member: type[Variant]) -> bool:
    """Whether a dictionary without a tag, such as a dump of a model, has the fields of this variant."""
    fields = member.model_fields
    return value.keys() <= fields.keys() and all(name in value for name, field in fields.items() if field.is_required())


def _writer(family: Family) -> Any:
    def write(value: Any, info: SerializationInfo) -> Any:
        if not isinstance(value, family.root) or value._tag is None:
            return value.to_dict() if hasattr(value, "to_dict") else value
        given: Any = info  # pydantic uses two types for `include`
        fields = value.model_dump(
            include=given.include,
            exclude=given.exclude,
            exclude_defaults=info.exclude_defaults,
            exclude_none=info.exclude_none,
            warnings=False,
        )
        tag = {value._family.key: value._tag}
        return {**tag, **fields} if value._tag_first else {**fields, **tag}

    return write
