"""Loaders for contents, types, fields, texts and tool namespaces, with the keys of their entries."""

from __future__ import annotations

import re

from codegen.load_dialects import load_responses
from codegen.model_contents import (
    BuiltInNamespace,
    BuiltInTool,
    ContentSpec,
    EnumMember,
    EnumSpec,
    FieldSpec,
    Section,
    StructSpec,
    TextPiece,
    TypeSpec,
)
from codegen.reader import Reader
from codegen.sources import Node, Scalar

TAGS = ("first", "last")
_TYPE = re.compile(r"(?:(list|map) of )?([A-Za-z][A-Za-z0-9]*)")


def load_enumeration(reader: Reader, name: Scalar, node: Node) -> EnumSpec:
    record = reader.record(node, ("doc", "members"))
    return EnumSpec(name.text, record.named("members", _member), record.doc(), name.place)


def _member(reader: Reader, name: Scalar, node: Node) -> EnumMember:
    record = reader.record(node, ("value", "written"))
    return EnumMember(name.text, record.text("value"), record.text("written"), name.place)


def load_structure(reader: Reader, name: Scalar, node: Node) -> StructSpec:
    record = reader.record(node, ("doc", "fields"))
    return StructSpec(name.text, record.named("fields", _field), record.doc(), name.place)


def load_content(reader: Reader, name: Scalar, node: Node) -> ContentSpec:
    record = reader.record(node, ("class", "doc", "tag", "fields", "sections"), ("role", "block", "behind"))
    return ContentSpec(
        type=name.text,
        class_name=record.text("class"),
        role=record.text_or_none("role"),
        block=record.flag("block"),
        behind=record.text_or_none("behind"),
        tag=record.choice("tag", TAGS),
        fields=record.named("fields", _field),
        sections=tuple(_section(reader, section) for section in record.items("sections")),
        doc=record.doc(),
        place=name.place,
    )


def _field(reader: Reader, name: Scalar, node: Node) -> FieldSpec:
    record = reader.record(node, ("type", "doc"), ("optional", "default", "quiet", "one"))
    return FieldSpec(
        name=name.text,
        type=_type(reader, record.values["type"]) if "type" in record else TypeSpec(None, "text"),
        optional=record.flag("optional"),
        default=record.text_or_none("default"),
        has_default="default" in record,
        doc=record.doc(),
        place=name.place,
        quiet=record.flag("quiet"),
        one=record.text_or_none("one"),
    )


def _type(reader: Reader, node: Node) -> TypeSpec:
    text = reader.text(node)
    match = _TYPE.fullmatch(text)
    if match is None:
        if text:
            reader.complain(node.place, f"'{text}' is not a type", "write T, 'list of T' or 'map of T'")
        return TypeSpec(None, "text")
    return TypeSpec(match[1], match[2])


def _section(reader: Reader, node: Node) -> Section:
    record = reader.record(node, (), ("lines", "tools", "each", "heading"))
    if ("lines" in record) == ("tools" in record):
        reader.complain(node.place, "a section has either 'lines' or 'tools'")
    elif "each" in record and "tools" in record:
        reader.complain(node.place, "'each' needs 'lines'", "they are written for each member")
    if "heading" in record and "each" not in record:
        reader.complain(node.place, "'heading' needs 'each'", "it stands above the members")
    return Section(
        lines=tuple(_piece(reader, line) for line in record.items("lines")),
        tools=record.text_or_none("tools"),
        place=node.place,
        each=record.text_or_none("each"),
        heading=record.text_or_none("heading"),
    )


def _piece(reader: Reader, node: Node) -> TextPiece:
    record = reader.record(node, ("text",), ("when", "join", "more", "margin"))
    return TextPiece(
        text=record.text("text"),
        when=record.text_or_none("when"),
        join=record.text_or_none("join"),
        more=tuple(_piece(reader, piece) for piece in record.items("more")),
        place=node.place,
        margin=record.text_or_none("margin"),
    )


def load_namespace(reader: Reader, node: Node) -> BuiltInNamespace:
    record = reader.record(node, ("name", "doc", "tools"), ("description", "responses"))
    return BuiltInNamespace(
        name=record.text("name"),
        doc=record.doc(),
        description=record.text_or_none("description"),
        tools=tuple(_tool(reader, tool) for tool in record.items("tools")),
        responses=load_responses(record),
        place=node.place,
    )


def _tool(reader: Reader, node: Node) -> BuiltInTool:
    record = reader.record(node, ("name", "description"), ("parameters",))
    parameters = record.values.get("parameters")
    if parameters is not None:
        reader.entries(parameters)  # report a schema that is not a map
    return BuiltInTool(
        name=record.text("name"),
        description=record.text("description"),
        parameters=None if parameters is None else reader.json(parameters),
        place=node.place,
    )
