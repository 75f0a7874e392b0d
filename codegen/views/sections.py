"""The sections of a content type, as the lines of a function that writes its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from codegen.check_contents import FUNCTION_CHANNEL, FUNCTION_NAMESPACE, FUNCTION_TOOLS, PLACEHOLDER, TEXTS
from codegen.model import Spec
from codegen.model_contents import ContentSpec, FieldSpec, Section, StructSpec, TextPiece
from codegen.python_text import WIDTH, literal

SUBJECT = "content"  # the name of the functions' argument
MEMBER = "member"  # the name of each member of a field


def text_lines(spec: Spec, content: ContentSpec) -> list[str]:
    """Return the body of the function that writes a content's text."""
    writer = _Writer(spec, content.fields, content.class_name if content.block else None)
    if len(content.sections) == 1 and len(content.sections[0].lines) == 1 and content.sections[0].each is None:
        (piece,) = content.sections[0].lines
        if not writer.conditions(piece) and not piece.more and not content.sections[0].closed:
            parts = writer.parts(piece)
            line = f"return {' + '.join(parts)}"
            return [line] if len(line) + 4 <= WIDTH else [*_grown("line = ", parts), "return line"]
    closed = any(section.closed for section in content.sections)
    lines = ["sections: list[str] = []", *(["closed = 0"] * closed)]
    for section in content.sections:
        if section.closed:
            lines += ["begun = len(sections)", *writer.section(section)]
            lines.append("closed = len(sections) if len(sections) > begun else closed")
        else:
            lines += writer.section(section)
    if closed:  # a break follows the last section
        lines += ["if closed and closed == len(sections):", '    sections.append("")']
    return [*lines, f"return {literal(spec.section_break or '')}.join(sections)"]


def asks_for_tools(content: ContentSpec) -> bool:
    """Return whether the text depends on the function tools of the conversation."""
    return any(_asks(piece) for section in content.sections for piece in section.lines)


def prints_tools(content: ContentSpec) -> bool:
    """Return whether the text has a section of tools."""
    return any(section.tools is not None for section in content.sections)


def written_table(enumeration: str) -> str:
    """Return the name of the table with the written forms of an enumeration's values."""
    return "WRITTEN_" + snake(enumeration).upper()


def snake(name: str) -> str:
    """Return a class's name in small letters, with its words joined by `_`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _asks(piece: TextPiece) -> bool:
    return piece.when == FUNCTION_TOOLS or any(_asks(more) for more in piece.more)


class _Writer:
    """Writes lines of Python for the pieces of a content, or of each member of one of its fields.

    `block` is the class of a content that is a block. `subject` is the name of the variable with the value.
    """

    def __init__(
        self, spec: Spec, fields: Iterable[FieldSpec], block: str | None = None, subject: str = SUBJECT
    ) -> None:
        self._spec = spec
        self._block = block
        self._subject = subject
        self._fields = {field.name: field for field in fields}
        self._structures: dict[str, StructSpec] = {s.name: s for s in (*spec.structures, *spec.tools.structures)}
        self._enumerations = {enumeration.name for enumeration in spec.enumerations}
        self._annotated: set[str] = set()  # the lists that have an annotation already

    def section(self, section: Section) -> Iterator[str]:
        if section.tools is not None:
            yield f"if {SUBJECT}.{section.tools}:"
            yield f"    sections.append(tools_text({SUBJECT}.{section.tools}, WORDING))"
        elif section.each is not None:
            yield from self._repeated(section, section.each)
        elif len(section.lines) == 1:
            yield from self._appended("sections", section.lines[0])
        else:
            yield from self._opened("lines")
            for piece in section.lines:
                yield from self._appended("lines", piece)
            yield "if lines:"
            yield f"    sections.append({self._joined('lines')})"

    def _opened(self, target: str) -> Iterator[str]:
        yield f"{target} = []" if target in self._annotated else f"{target}: list[str] = []"
        self._annotated.add(target)

    def _joined(self, target: str) -> str:
        return f"{literal(self._spec.line_break or '')}.join({target})"

    def _repeated(self, section: Section, field: str) -> Iterator[str]:
        """Yield statements that append the lines of each member of a field, below the heading of the section."""
        type_ = self._fields[field].type
        members = _Writer(self._spec, self._structures[type_.name].fields, subject=MEMBER)
        yield f"if {SUBJECT}.{field}:"
        if section.heading is not None:
            yield f"    sections.append({literal(section.heading)})"
        yield f"    for {MEMBER} in {SUBJECT}.{field}{'.values()' if type_.container == 'map' else ''}:"
        yield from (f"        {line}" for line in self._opened("lines"))
        for piece in section.lines:
            yield from (f"        {line}" for line in members._appended("lines", piece))
        yield f"        sections.append({self._joined('lines')})"

    def conditions(self, piece: TextPiece) -> list[str]:
        """Return the conditions under which a piece is written."""
        if piece.when is None:
            named = [name for name in PLACEHOLDER.findall(piece.text) if name.partition(".")[0] in self._fields]
            return list(dict.fromkeys(guard for name in named for guard in self._guards(name)))
        if piece.when == FUNCTION_TOOLS:
            return [FUNCTION_TOOLS]
        path = f"{self._subject}.{piece.when}"
        return [*(guard for guard in self._guards(piece.when) if not guard.startswith(f"{path} ")), path]

    def parts(self, piece: TextPiece) -> list[str]:
        """Return the operands whose concatenation is the piece's own text."""
        operands: list[str] = []
        text = ""
        pieces = PLACEHOLDER.split(piece.text)
        for index, part in enumerate(pieces):
            if index % 2 == 0:
                text += part
            elif part == FUNCTION_CHANNEL:
                text += next(channel.word for channel in self._spec.channels.values() if channel.functions)
            elif part == FUNCTION_NAMESPACE:
                text += self._spec.tools.function_namespace or ""
            else:
                operands += [literal(text)] if text else []
                value = self._value(part, piece.join)
                operands.append(self._enclosed(part, value, pieces[index + 1]) if self._block else value)
                text = ""
        operands += [literal(text)] if text or not operands else []
        return operands if piece.margin is None else [f"margined({' + '.join(operands)}, {literal(piece.margin)})"]

    def _enclosed(self, name: str, value: str, end: str) -> str:
        """Return the expression for a value of a block, which ends at the text after it."""
        return f"enclosed({value}, {literal(end)}, {literal(f'{self._block}.{name}')})"

    def _appended(self, target: str, piece: TextPiece) -> Iterator[str]:
        """Yield statements that append a piece to a list, under its conditions."""
        conditions = self.conditions(piece)
        indent = "    " if conditions else ""
        if conditions:
            yield f"if {' and '.join(conditions)}:"
        parts = self.parts(piece)
        statement = f"{indent}{target}.append({' + '.join(parts)})"
        if not piece.more and len(statement) + 4 <= WIDTH:
            yield statement
            return
        yield from (indent + line for line in _grown("line = ", parts))
        for more in piece.more:
            yield from (indent + line for line in self._more(more, set(conditions)))
        yield f"{indent}{target}.append(line)"

    def _more(self, piece: TextPiece, known: set[str]) -> Iterator[str]:
        conditions = [condition for condition in self.conditions(piece) if condition not in known]
        indent = "    " if conditions else ""
        if conditions:
            yield f"if {' and '.join(conditions)}:"
        yield from (indent + line for line in _grown("line += ", self.parts(piece)))
        for more in piece.more:
            yield from (indent + line for line in self._more(more, known | set(conditions)))

    def _guards(self, name: str) -> list[str]:
        """Return the conditions that a named field, and the named part of it, are present."""
        head, _, part = name.partition(".")
        field = self._fields[head]
        guards = [f"{self._subject}.{head} is not None"] if field.optional else []
        if part and self._part(field, part).optional:
            guards.append(f"{self._subject}.{name} is not None")
        return guards

    def _part(self, field: FieldSpec, part: str) -> FieldSpec:
        return next(inner for inner in self._structures[field.type.name].fields if inner.name == part)

    def _value(self, name: str, join: str | None) -> str:
        head, _, part = name.partition(".")
        field = self._part(self._fields[head], part) if part else self._fields[head]
        value = f"{self._subject}.{name}"
        if field.type.name == "schema":
            return f"schema_line({value})"
        table = written_table(field.type.name) if field.type.name in self._enumerations else None
        if field.type.container != "list":
            # A subclass of str can have other operators, so its plain text is used.
            written = f"plain({value})" if table or field.type.name in TEXTS else value
            return f"{table}[{written}]" if table else written
        members = f"[{table}[plain(member)] for member in {value}]" if table else value
        return f"{literal(join or '')}.join({members})"


def _grown(start: str, parts: list[str]) -> list[str]:
    """Return an assignment of a concatenation; several statements if one would be too long."""
    whole = start + " + ".join(parts)
    if len(whole) + 8 <= WIDTH:
        return [whole]
    return [f"{start}{parts[0]}", *(f"line += {part}" for part in parts[1:])]
