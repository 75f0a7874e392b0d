"""The styles of a spec as frozen values. `load_styles.py` makes them from styles.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.place import Place


@dataclass(frozen=True)
class OrderRule:
    fields: tuple[str, ...]  # the header fields that change places with one another, in their new order
    role: str | None
    channel: str | None
    place: Place


@dataclass(frozen=True)
class AbsentRule:
    value: str
    role: str | None
    with_field: str | None  # `with:` in the file
    place: Place


@dataclass(frozen=True)
class FieldStyle:
    name: str
    marker: str | None  # "always" or "never"
    marks: tuple[str, ...]
    absent: tuple[AbsentRule, ...]
    place: Place


@dataclass(frozen=True)
class TextRule:
    form: str
    role: str | None
    with_field: str | None  # `with:` in the file
    place: Place


@dataclass(frozen=True)
class SectionStyle:
    field: str  # the first field of the section
    when: str | None
    closed: bool
    place: Place


@dataclass(frozen=True)
class StyleSpec:
    word: str
    doc: str
    orders: tuple[OrderRule, ...]
    fields: tuple[FieldStyle, ...]
    texts: tuple[TextRule, ...]
    sections: Mapping[str, tuple[SectionStyle, ...]]  # by content
    history: str | None
    printers: Mapping[str, str]  # content -> printer
    wording: Mapping[str, str]
    inline: Mapping[str, str]  # the strings of the printer `inline`; empty without it
    place: Place
