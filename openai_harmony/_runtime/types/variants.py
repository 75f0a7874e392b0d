"""Tagged unions: data types with several variants, which a tag in the dictionary form distinguishes.

This module does not define the tags or their key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ..locks import loading
from .exact import OTHER
from .modelling import DataType, with_nulls

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema
    from typing_extensions import Self

    from .modelling import JsonDict

__all__ = ["Family", "Variant"]


class Family(NamedTuple):
    """A root class and its variants by tag."""

    key: str
    root: type[Variant]
    members: dict[str, type[Variant]]

    def tags(self) -> str:
        return ", ".join(repr(tag) for tag in self.members)


class Variant(DataType):
    """Base class of a root class (`key=` in its class statement), whose subclasses are the variants (`tag=`).

    A field of the root's type accepts any variant; its dictionary form includes the tag.
    """

    _family: ClassVar[Family]
    _tag: ClassVar[str | None] = None
    _tag_first: ClassVar[bool] = False

    def __init_subclass__(
        cls, *, key: str | None = None, tag: str | None = None, tag_first: bool = False, **others: Any
    ) -> None:
        super().__init_subclass__(**others)
        if key is not None:
            cls._family = Family(key, cls, {})
        if tag is not None:
            cls._tag, cls._tag_first = tag, tag_first
            cls._family.members[tag] = cls
            # Only the root changes its schema. A schema that may be changed is repeated, and not referred to.
            cls.__get_pydantic_json_schema__ = None  # type: ignore[method-assign, assignment]

    def to_dict(self) -> JsonDict:
        """Return the fields and the tag. A field that is None is omitted, unless its default is another value."""
        if self._tag is None:
            raise NotImplementedError(f"{type(self).__name__} has no to_dict")
        fields = _plain_fields(self)
        if fields is None:
            fields = with_nulls(self, self.model_dump(exclude_none=True, warnings=False))
        tag: JsonDict = {self._family.key: self._tag}
        return {**tag, **fields} if self._tag_first else {**fields, **tag}

    @classmethod
    def from_dict(cls, raw: Mapping[str, object]) -> Self:
        """Create an instance from its dictionary form; on the root class, the tag selects the variant.

        Raises:
            ValueError: The tag is unknown, or a value is invalid.
        """
        if isinstance(raw, Mapping):
            raw = dict(raw)
        if cls._tag is not None:
            return cls.model_validate(raw)
        family = cls._family
        tag = raw.get(family.key) if isinstance(raw, dict) else None
        variant = family.members.get(tag) if isinstance(tag, str) else None
        if variant is None:
            kind = family.root.__name__.lower()
            raise ValueError(f"Unknown {kind} variant: {raw!r} (its {family.key!r} should be one of {family.tags()})")
        return variant.model_validate(raw)  # type: ignore[return-value]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[DataType], handler: GetCoreSchemaHandler) -> CoreSchema:
        family = cls._family
        if source is not family.root or not family.members:
            return super().__get_pydantic_core_schema__(source, handler)
        with loading():
            from .variant_validation import family_schema

        return family_schema(family, handler)

    @classmethod
    def _take(cls, value: Any) -> Any:
        family = cls._family
        if cls is not family.root or type(value) is not dict:
            return super()._take(value)
        tag = value.get(family.key)
        member = family.members.get(tag) if type(tag) is str else None
        return OTHER if member is None else member._take(value)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        made = handler(schema)
        family = cls._family
        if cls is not family.root or "oneOf" not in made:
            return made
        members = zip(family.members, made["oneOf"], strict=True)
        return {"oneOf": [_tagged(_resolved(member, handler), family.key, tag) for tag, member in members]}


# Types that pydantic writes unchanged; an object with only these needs no serializer, which takes 20 ms to build.
_PLAIN = frozenset({str, bool, int, type(None)})


def _plain_fields(value: Variant) -> dict[str, Any] | None:
    """Return the fields that are not None, if all values have plain types and the class is a variant itself."""
    held = value.__dict__
    known = value._defaults
    if value._family.members.get(str(value._tag)) is not type(value) or held.keys() != known.keys():
        return None
    if not _PLAIN.issuperset(map(type, held.values())):
        return None
    fields = {name: held[name] for name in known if held[name] is not None}
    return fields if len(fields) == len(held) else with_nulls(value, fields)


def _resolved(member: dict[str, Any], handler: GetJsonSchemaHandler) -> dict[str, Any]:
    try:
        return handler.resolve_ref_schema(member)
    except LookupError:  # pydantic before 2.11, if the member is referred to elsewhere, too
        return {"allOf": [member], "type": "object"}


def _tagged(schema: dict[str, Any], key: str, tag: str) -> dict[str, Any]:
    """Add the tag to the JSON Schema of a variant."""
    properties = {key: {"const": tag, "type": "string"}, **schema.get("properties", {})}
    return {**schema, "properties": properties, "required": [key, *schema.get("required", [])]}
