"""The text of a content as the lines of a Jinja macro, and a content as a Jinja dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codegen.check_contents import (
    CHANNELS_TYPE,
    FUNCTION_CHANNEL,
    FUNCTION_NAMESPACE,
    FUNCTION_TOOLS,
    NAMESPACE_TYPE,
    PLACEHOLDER,
    PLAIN_TYPES,
)
from codegen.model import Spec
from codegen.model_contents import ContentSpec, EnumSpec, FieldSpec, Section, StructSpec, TextPiece, TypeSpec
from codegen.views.jinja_text import NONE, concatenated, literal, value
from codegen.views.sections import snake

__all__ = [
    "ContentMacro",
    "default_of",
    "dictionary",
    "enumeration_of",
    "holds_namespaces",
    "is_requested",
    "table_name",
]

LINE = TypeSpec(None, "line")
TEXTS = (TypeSpec(None, "text"), LINE)
SUBJECT, MEMBER = "content", "member"  # the macro's argument; each member of one of its fields
# After a section that a break follows even if it is the last one, and at the end.
CLOSED = "{%- set closed = sections | length if sections | length > begun else closed -%}"
BREAK_AT_END = '{%- if closed and closed == sections | length -%}{%- set sections = sections + [""] -%}{%- endif -%}'


def table_name(enumeration: str) -> str:
    """Return the variable that holds the written forms of an enumeration's values."""
    return f"written_{snake(enumeration)}"


def enumeration_of(spec: Spec, field: FieldSpec) -> EnumSpec | None:
    """Return the enumeration that is the type of a field; None for other types."""
    return next((e for e in spec.enumerations if field.type == TypeSpec(None, e.name)), None)


def dictionary(fields: Mapping[str, str], indent: int) -> list[str]:
    """Return the lines of a dictionary of expressions."""
    space = " " * indent
    return ["{", *(f"{space}  {literal(name)}: {expression}," for name, expression in fields.items()), f"{space}}}"]


def default_of(spec: Spec, field: FieldSpec, indent: int = 0) -> str:
    """Return the default of a field as an expression at an indent; `none` if it has no default."""
    if not field.has_default or field.default is None:
        return NONE
    if field.type.name == CHANNELS_TYPE:
        structure = next(s for s in spec.structures if s.name == CHANNELS_TYPE)
        channels = [channel.word for channel in spec.channels.values() if channel.default]
        made = {TypeSpec("list", "text"): channels, TypeSpec(None, "flag"): True}
        return value({inner.name: made.get(inner.type) for inner in structure.fields}, indent)
    if field.type.name == "flag":
        return field.default
    enumeration = enumeration_of(spec, field)
    if enumeration is not None:
        return literal(next(member.written for member in enumeration.members if member.name == field.default))
    return literal(field.default)


class ContentMacro:
    """The lines of the macro that writes the text of a content."""

    def __init__(
        self,
        spec: Spec,
        content: ContentSpec,
        printer: str | None = None,
        member: StructSpec | None = None,
    ) -> None:
        self._spec = spec
        self._printer = "tools_text" if printer is None else f"{printer}_tools_text"
        self._content = content
        self._member = member  # the type of a member, for the lines that are written for each
        self._fields = {field.name: field for field in (content if member is None else member).fields}
        self._structures: dict[str, StructSpec] = {s.name: s for s in (*spec.structures, *spec.tools.structures)}

    def lines(self) -> list[str]:
        closed = any(section.closed for section in self._content.sections)
        found = [*self._enclosed(), "{%- set sections = [] -%}", *(["{%- set closed = 0 -%}"] * closed)]
        for section in self._content.sections:
            if section.closed:
                found += ["{%- set begun = sections | length -%}", *self._section(section), CLOSED]
            else:
                found += self._section(section)
        found += [BREAK_AT_END] if closed else []
        return [*found, f"{{{{- sections | join({literal(self._spec.section_break or '')}) -}}}}"]

    def _enclosed(self) -> Iterator[str]:
        """Yield the checks of a block, whose fields end at the text after them."""
        pieces = PLACEHOLDER.split(self._content.sections[0].lines[0].text) if self._content.block else []
        for name, end in zip(pieces[1::2], pieces[2::2]):
            path, ends = self._path(name), literal(end)
            yield f"{{%- if ({path} ~ {ends}).find({ends}) < {path} | length -%}}"
            said = literal(f": the {name} holds {end!r}, which ends it")
            yield f"  {{{{- raise_exception(place ~ {said}) -}}}}"
            yield "{%- endif -%}"

    def _section(self, section: Section) -> Iterator[str]:
        if section.tools is not None:
            namespaces = self._path(section.tools)
            yield f"{{%- if {namespaces} -%}}"
            yield f"  {{%- set sections = sections + [{self._printer}({namespaces})] -%}}"
            yield "{%- endif -%}"
        elif section.each is not None:
            yield from self._repeated(section, self._fields[section.each])
        elif len(section.lines) == 1:
            yield from self._appended("sections", section.lines[0])
        else:
            yield "{%- set lines = [] -%}"
            for piece in section.lines:
                yield from self._appended("lines", piece)
            joined = f"lines | join({literal(self._spec.line_break or '')})"
            yield f"{{%- if lines -%}}{{%- set sections = sections + [{joined}] -%}}{{%- endif -%}}"

    def _repeated(self, section: Section, field: FieldSpec) -> Iterator[str]:
        """Yield statements that append the lines of each member of a field, below the heading of the section."""
        structure = self._structures[field.type.name]
        members = ContentMacro(self._spec, self._content, member=structure)
        path = self._path(field.name)
        yield f"{{%- if {path} -%}}"
        if section.heading is not None:
            yield f"  {{%- set sections = sections + [{literal(section.heading)}] -%}}"
        yield "  {%- set held = namespace(sections=[]) -%}"
        yield f"  {{%- for {MEMBER} in {path}{'.values()' if field.type.container == 'map' else ''} -%}}"
        yield from (f"    {line}" for line in members._member_checks(field))
        yield "    {%- set lines = [] -%}"
        for piece in section.lines:
            yield from (f"    {line}" for line in members._appended("lines", piece))
        joined = f"lines | join({literal(self._spec.line_break or '')})"
        yield f"    {{%- set held.sections = held.sections + [{joined}] -%}}"
        yield "  {%- endfor -%}"
        yield "  {%- set sections = sections + held.sections -%}"
        yield "{%- endif -%}"

    def _member_checks(self, holder: FieldSpec) -> Iterator[str]:
        """Yield statements that refuse a member of a field whose values are of the wrong types."""
        at = f'"{holder.name}[" ~ loop.index0 ~ "]'
        yield from _refused(f"{MEMBER} is not mapping", f'{at}: expected an object"')
        for name, field in self._fields.items():
            path, at_field = self._path(name), f"{at}.{name}"
            if field.type in TEXTS:
                missing = f"{path} is not none and " if field.optional else ""
                yield from _refused(f"{missing}{path} is not string", f'{at_field}: expected a text"')
            elif not (field.optional or field.has_default):
                yield from _refused(f"{path} is none", f'{at_field}: no value is given"')
            if field.type == LINE:
                several = f"{path}.splitlines() | length > 1"
                yield from _refused(several, f'{at_field}: expected one line, not several"')

    def _appended(self, target: str, piece: TextPiece) -> Iterator[str]:
        """Yield statements that append a piece to a list, under its conditions."""
        conditions = self._conditions(piece)
        indent = "  " if conditions else ""
        if conditions:
            yield f"{{%- if {' and '.join(conditions)} -%}}"
        if piece.more:
            yield f"{indent}{{%- set line = {self.expression(piece)} -%}}"
            for more in piece.more:
                yield from (indent + line for line in self._more(more))
            yield f"{indent}{{%- set {target} = {target} + [line] -%}}"
        else:
            yield f"{indent}{{%- set {target} = {target} + [{self.expression(piece)}] -%}}"
        if conditions:
            yield "{%- endif -%}"

    def _more(self, piece: TextPiece) -> Iterator[str]:
        conditions = self._conditions(piece)
        if conditions:
            yield f"{{%- if {' and '.join(conditions)} -%}}"
        yield f"  {{%- set line = line ~ {self.expression(piece)} -%}}"
        for more in piece.more:
            yield from (f"  {line}" for line in self._more(more))
        if conditions:
            yield "{%- endif -%}"

    def expression(self, piece: TextPiece) -> str:
        """Return the text of a piece as an expression."""
        parts = PLACEHOLDER.split(piece.text)
        text = concatenated(
            self._operand(part, piece.join) if index % 2 else (part, False) for index, part in enumerate(parts)
        )
        return text if piece.margin is None else f"margined({text}, {literal(piece.margin)})"

    def _operand(self, name: str, join: str | None) -> tuple[str, bool]:
        if name == FUNCTION_CHANNEL:
            return next(channel.word for channel in self._spec.channels.values() if channel.functions), False
        if name == FUNCTION_NAMESPACE:
            return self._spec.tools.function_namespace or "", False
        field, path = self._field(name), self._path(name)
        if field.type.container == "list":
            return f"{path} | join({literal(join or '')})", True
        if field.type.name == "schema":
            return f"schema_line({path})", True
        enumeration = enumeration_of(self._spec, field)
        return (f"{table_name(enumeration.name)}[{path}]" if enumeration else path), True

    def _conditions(self, piece: TextPiece) -> list[str]:
        """Return the conditions under which a piece is written."""
        if piece.when == FUNCTION_TOOLS:
            return [FUNCTION_TOOLS]
        if piece.when is not None:
            return [*self._guards(piece.when)[:-1], self._path(piece.when)]
        named = [name for name in PLACEHOLDER.findall(piece.text) if name.partition(".")[0] in self._fields]
        return list(dict.fromkeys(guard for name in named for guard in self._guards(name)))

    def _guards(self, name: str) -> list[str]:
        """Return the conditions that a named field, and the named part of it, are present."""
        head, _, part = name.partition(".")
        return [f"{self._path(head)} is not none", *([f"{self._path(name)} is not none"] if part else [])]

    def _field(self, name: str) -> FieldSpec:
        head, _, part = name.partition(".")
        field = self._fields[head]
        if not part:
            return field
        return next(inner for inner in self._structures[field.type.name].fields if inner.name == part)

    def _path(self, name: str) -> str:
        head, *parts = name.split(".")
        start = f"{SUBJECT}[{literal(head)}]" if self._member is None else f"{MEMBER}.get({literal(head)})"
        return start + "".join(f"[{literal(part)}]" for part in parts)


def _refused(condition: str, reason: str) -> Iterator[str]:
    """Yield statements that raise an error under a condition; both are expressions."""
    yield f"{{%- if {condition} -%}}"
    yield f"  {{{{- raise_exception({reason}) -}}}}"
    yield "{%- endif -%}"


def is_requested(field: FieldSpec) -> bool:
    """Return whether a field holds what a request has beside its messages, other than tools."""
    return field.type.container is not None and field.type.name not in PLAIN_TYPES and not holds_namespaces(field)


def holds_namespaces(field: FieldSpec) -> bool:
    """Return whether a field holds tool namespaces."""
    return field.type == TypeSpec("map", NAMESPACE_TYPE)
