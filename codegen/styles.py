"""What a style makes of the rest of a spec: the order of header fields, the contents with other sections."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from codegen.check_contents import PLACEHOLDER
from codegen.grammar import write_order
from codegen.model import Spec
from codegen.model_contents import ContentSpec, Section
from codegen.model_styles import OrderRule, StyleSpec

__all__ = ["REFERENCE", "Line", "line_of", "ordered_fields", "restyled", "style_words"]

REFERENCE = "reference"  # the style of a format as its other files describe it


class Line(NamedTuple):
    section: int
    line: int
    text: str | None  # None for a section of tools


def style_words(spec: Spec) -> tuple[str, ...]:
    """Return the names of all styles."""
    return (REFERENCE, *spec.styles)


def ordered_fields(spec: Spec, row: OrderRule) -> tuple[str, ...]:
    """Return the header fields in the order of a row: those that it names change places, the others stay."""
    named = iter(row.fields)
    return tuple(next(named) if field in row.fields else field for field in write_order(spec))


def line_of(content: ContentSpec, field: str) -> Line | None:
    """Return the first line of the section that begins with a field; None if there is none."""
    for number, section in enumerate(content.sections):
        if section.tools == field:
            return Line(number, 0, None)
        for index, piece in enumerate(section.lines[:1]):
            named = [name.partition(".")[0] for name in PLACEHOLDER.findall(piece.text)]
            if named[:1] == [field]:
                return Line(number, index, piece.text)
    return None


def restyled(content: ContentSpec, style: StyleSpec) -> ContentSpec:
    """Return a content with the sections of a style."""
    sections = list(content.sections)
    for changed in style.sections.get(content.type, ()):
        found = line_of(content, changed.field)
        if found is not None:
            sections[found.section] = _changed(sections[found.section], found, changed.when, changed.closed)
    return replace(content, sections=tuple(sections))


def _changed(section: Section, at: Line, when: str | None, closed: bool) -> Section:
    lines = list(section.lines)
    if when is not None and lines:
        lines[at.line] = replace(lines[at.line], when=when)
    return replace(section, lines=tuple(lines), closed=closed)
