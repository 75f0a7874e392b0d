"""Prints tools as declarations whose nested objects are inline: the text of a Hugging Face chat template.

Such a template omits more of a schema than `typescript` does. It repeats the caller's text as it is: a line end in a
description ends its comment. The printed strings are those of a `Wording` and of an `InlineWording`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..types.json_text import as_json, spaced_json_text, well_formed
from .typescript import NamespaceLike, ToolLike, TypePrinter, section_text
from .wording import Wording, template

__all__ = ["InlinePrinter", "InlineWording", "tools_text"]


class InlineWording(NamedTuple):
    """The strings of this printer; `{name}`, `{type}` and `{text}` are placeholders."""

    property: str
    optional_property: str
    property_break: str
    line_of_property: str
    line_of_optional: str
    line_end: str
    default: str
    default_of_variants: str
    object_without_properties: str
    variant_comment: str
    variant_default: str
    variant_break: str
    unclear_type: str  # an array of this type is an array of any type
    longest_element: str  # a number; an array of a type with more characters is an array of any type


def tools_text(namespaces: Mapping[str, NamespaceLike], wording: Wording, inline: InlineWording) -> str:
    """Return the section about tools, like the function of this name in `typescript`.

    Raises:
        ValueError: the parameters of a tool cannot be written as JSON.
    """
    return section_text(namespaces, InlinePrinter(wording, inline))


class InlinePrinter(TypePrinter):
    """Prints JSON Schemas as types on one line, with a line for each parameter of a tool."""

    def __init__(self, wording: Wording, inline: InlineWording) -> None:
        super().__init__(wording)
        self._inline = inline
        self._longest = int(inline.longest_element)
        self._inner = {True: template(inline.property), False: template(inline.optional_property)}
        self._line = {True: template(inline.line_of_property), False: template(inline.line_of_optional)}
        self._default_of_parameter = template(inline.default)
        self._default_of_variants = template(inline.default_of_variants)
        self._variant_comment = template(inline.variant_comment)
        self._variant_default = template(inline.variant_default)

    def tool_lines(self, tool: ToolLike) -> list[str]:
        return [self._comment(text=well_formed(tool.description)), self.declaration(tool)]

    def type_text(self, schema: object) -> str:
        lines, required = [self.wording.object_open], _required(schema)
        for name, inner in _properties(schema).items():
            if description := _get(inner, "description"):
                lines.append(self._comment(text=description))
            lines.append(self._parameter(name, inner, name in required))
        return "\n".join([*lines, self.wording.object_close])

    def declaration(self, tool: ToolLike) -> str:
        try:
            as_json(tool.parameters)  # raises for values that are not JSON, and bounds the depth
        except ValueError as problem:
            raise type(problem)(f"{problem} (in the parameters of the tool {tool.name!r})") from None
        if not _properties(tool.parameters):
            return self._tool_without_parameters(name=self.name(tool.name))
        return self._tool_with_parameters(name=self.name(tool.name), type=self.type_text(tool.parameters))

    def _parameter(self, name: object, schema: object, required: bool) -> str:
        default = ""
        if isinstance(schema, Mapping) and "default" in schema:
            value = schema["default"]
            if _get(schema, "enum"):
                default = self._default_of_parameter(text=value)
            elif _get(schema, "oneOf"):
                default = self._default_of_variants(text=value)
            else:
                default = self._default_of_parameter(text=spaced_json_text(value))
        return self._line[required](name=name, type=self._type(schema)) + default + self._inline.line_end

    def _type(self, schema: object) -> str:
        """Return the type of a schema. The first of its keywords in this order decides."""
        kind, variants = _get(schema, "type"), _get(schema, "oneOf")
        if kind == "array":
            return self._or_null(self._array_of(_get(schema, "items")), schema)
        if isinstance(kind, (list, tuple)) and kind:
            return self.wording.union.join(map(str, kind))
        if variants:
            return self._inline.variant_break.join(map(self._one_variant, variants))
        if kind == "string":
            choices = _get(schema, "enum")
            if choices:
                return self.wording.union.join(self._quoted(text=choice) for choice in choices)
            return self._or_null(self._named(kind), schema)
        if kind == "object":
            return self._inner_object(schema)
        return self._named(kind)

    def _named(self, kind: object) -> str:
        return self.wording.types.get(kind, self.wording.any_type) if isinstance(kind, str) else self.wording.any_type

    def _or_null(self, text: str, schema: object) -> str:
        return text + self.wording.union + self.wording.null_type if _get(schema, "nullable") else text

    def _array_of(self, items: object) -> str:
        if not items:
            return self._array_type(type=self.wording.any_type)
        kind = _get(items, "type")
        if isinstance(kind, str) and kind in self.wording.types:
            return self._array_type(type=self.wording.types[kind])
        text = self._type(items)
        unclear = text == self._inline.unclear_type or len(text) > self._longest
        return self._array_type(type=self.wording.any_type if unclear else text)

    def _one_variant(self, variant: object) -> str:
        text = self._type(variant)
        if description := _get(variant, "description"):
            text += self._variant_comment(text=description)
        if isinstance(variant, Mapping) and "default" in variant:
            text += self._variant_default(text=spaced_json_text(variant["default"]))
        return text

    def _inner_object(self, schema: object) -> str:
        properties, required = _properties(schema), _required(schema)
        if not properties:
            return self._inline.object_without_properties
        text = self._inline.property_break.join(
            self._inner[name in required](name=name, type=self._type(inner)) for name, inner in properties.items()
        )
        return f"{self.wording.object_open}\n{text}{self.wording.object_close}"


def _get(schema: object, keyword: str) -> Any:
    return schema.get(keyword) if isinstance(schema, Mapping) else None


def _properties(schema: object) -> Mapping[object, object]:
    found = _get(schema, "properties")
    return found if isinstance(found, Mapping) else {}


def _required(schema: object) -> Sequence[object]:
    found = _get(schema, "required")
    return found if isinstance(found, (list, tuple)) else ()
