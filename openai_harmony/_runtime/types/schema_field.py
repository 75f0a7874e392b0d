"""The type of a field that holds a JSON Schema; the code for schemas is loaded with the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..locks import loading
from .exact import OTHER

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

    from .json_text import Json

__all__ = ["SchemaField"]


class SchemaField:
    """The validator of a field. It accepts a class, too, and takes the schema that pydantic generates for it."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        with loading():
            from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(_accepted)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, object]:
        return {"anyOf": [{"type": "object"}, {"type": "boolean"}]}

    @staticmethod
    def _take(value: Any) -> Any:
        if type(value) not in (dict, bool):
            return OTHER
        with loading():
            from .json_schema import checked_schema

        try:
            return checked_schema(value)
        except ValueError:
            return OTHER  # pydantic reports it


def _accepted(value: object) -> bool | dict[str, Json]:
    with loading():
        from .json_schema import checked_schema

    if isinstance(value, type):
        with loading():
            from .tool_forms import schema_of

        value = schema_of(value, value.__name__, "field")
    return checked_schema(value)
