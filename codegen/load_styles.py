"""The keys of styles.yaml, with the names of the algorithms of the runtime that a style can choose."""

from __future__ import annotations

from codegen.load_wording import INLINE
from codegen.model_styles import AbsentRule, FieldStyle, OrderRule, SectionStyle, StyleSpec, TextRule
from codegen.reader import Reader
from codegen.sources import Node, Scalar

__all__ = ["FORMS", "HISTORIES", "MARKERS", "PRINTERS", "load_style"]

MARKERS = ("always", "never")
FORMS = ("json", "json_object")
HISTORIES = ("unfinished",)
PRINTERS = ("inline",)
_KEYS = ("orders", "fields", "texts", "sections", "history", "printers", "wording", "inline")


def load_style(reader: Reader, name: Scalar, node: Node) -> StyleSpec:
    record = reader.record(node, ("doc",), _KEYS)
    inline = record.record("inline", tuple(INLINE))
    return StyleSpec(
        word=name.text,
        doc=record.doc(),
        orders=tuple(_order(reader, row) for row in record.items("orders")),
        fields=record.named("fields", _field),
        texts=tuple(_text(reader, row) for row in record.items("texts")),
        sections={content.text: _sections(reader, sections) for content, sections in record.entries("sections")},
        history=record.choice("history", HISTORIES) if "history" in record else None,
        printers={content.text: reader.choice(printer, PRINTERS) for content, printer in record.entries("printers")},
        wording=record.text_map("wording"),
        inline={key: inline.text(key) for key in INLINE} if "inline" in record else {},
        place=name.place,
    )


def _order(reader: Reader, node: Node) -> OrderRule:
    record = reader.record(node, ("fields",), ("role", "channel"))
    return OrderRule(record.texts("fields"), record.text_or_none("role"), record.text_or_none("channel"), node.place)


def _field(reader: Reader, name: Scalar, node: Node) -> FieldStyle:
    record = reader.record(node, (), ("marker", "marks", "absent"))
    return FieldStyle(
        name=name.text,
        marker=record.choice("marker", MARKERS) if "marker" in record else None,
        marks=record.texts("marks"),
        absent=tuple(_absent(reader, row) for row in record.items("absent")),
        place=name.place,
    )


def _absent(reader: Reader, node: Node) -> AbsentRule:
    record = reader.record(node, ("value",), ("role", "with"))
    return AbsentRule(record.text("value"), record.text_or_none("role"), record.text_or_none("with"), node.place)


def _text(reader: Reader, node: Node) -> TextRule:
    record = reader.record(node, ("form",), ("role", "with"))
    return TextRule(record.choice("form", FORMS), record.text_or_none("role"), record.text_or_none("with"), node.place)


def _sections(reader: Reader, node: Node) -> tuple[SectionStyle, ...]:
    return tuple(_section(reader, field, section) for field, section in reader.entries(node))


def _section(reader: Reader, name: Scalar, node: Node) -> SectionStyle:
    record = reader.record(node, (), ("when", "closed"))
    return SectionStyle(name.text, record.text_or_none("when"), record.flag("closed"), name.place)
