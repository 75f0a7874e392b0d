"""The part of the spec in contents.yaml and tools/, as frozen values like those of `model.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.model_dialects import ResponsesToolSpec
from codegen.place import Place


@dataclass(frozen=True)
class TypeSpec:
    """A type: a plain one, an enumeration or a structure; alone, in a list, or in a map by name."""

    container: str | None  # None, "list" or "map"
    name: str


@dataclass(frozen=True)
class FieldSpec:
    name: str
    type: TypeSpec
    optional: bool
    default: str | None  # as written; for an enumeration, a member's name; "channels" for the default channels
    has_default: bool
    doc: str
    place: Place
    quiet: bool = False  # whether dictionaries and the repr omit it while it is None
    one: str | None = None  # the name of one member of a list, for the method that adds one


@dataclass(frozen=True)
class EnumMember:
    name: str
    value: str
    written: str
    place: Place


@dataclass(frozen=True)
class EnumSpec:
    name: str
    members: tuple[EnumMember, ...]
    doc: str
    place: Place


@dataclass(frozen=True)
class StructSpec:
    name: str
    fields: tuple[FieldSpec, ...]
    doc: str
    place: Place


@dataclass(frozen=True)
class TextPiece:
    """One line, or a further piece of one: literal text with placeholders {field} or {field.part}."""

    text: str
    when: str | None
    join: str | None
    more: tuple[TextPiece, ...]
    place: Place
    margin: str | None = None  # the text before each of its lines


@dataclass(frozen=True)
class Section:
    lines: tuple[TextPiece, ...]  # empty for a section of tools
    tools: str | None  # the field whose tool namespaces are printed
    place: Place
    each: str | None = None  # the field for each of whose members the lines are written
    heading: str | None = None  # the text above all members
    closed: bool = False  # whether a section break follows even if it is the last one; only in a style


@dataclass(frozen=True)
class ContentSpec:
    type: str  # the tag, such as `system_content`
    class_name: str
    role: str | None  # the only role that may carry it
    block: bool  # whether it is parsed from a message's text, by the literal text around its fields
    behind: str | None  # the special token before its text
    tag: str  # "first" or "last": the position of `type` in the dictionary form
    fields: tuple[FieldSpec, ...]
    sections: tuple[Section, ...]
    doc: str
    place: Place


@dataclass(frozen=True)
class BuiltInTool:
    name: str
    description: str
    parameters: Mapping[str, Any] | None  # JSON values
    place: Place


@dataclass(frozen=True)
class BuiltInNamespace:
    name: str
    doc: str
    description: str | None
    tools: tuple[BuiltInTool, ...]
    responses: ResponsesToolSpec | None
    place: Place


@dataclass(frozen=True)
class ToolsSpec:
    function_namespace: str | None
    reserved_names: tuple[str, ...]  # further names that no function should have
    alias: str | None  # another name for a function with such a name; with {name}
    structures: tuple[StructSpec, ...]
    wording: Mapping[str, str]  # without `types`
    types: Mapping[str, str]  # wording.types: JSON Schema type -> TypeScript
    namespaces: tuple[BuiltInNamespace, ...]  # one per file of tools/ other than schema.yaml, by file name
