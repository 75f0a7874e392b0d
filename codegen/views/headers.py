"""Lines that make the pieces of a header, for the renderer and the styles."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TypeAlias

from codegen.framing import compile_framing
from codegen.grammar import spelling
from codegen.model import HeaderField, Spec
from codegen.python_text import literal

Lines = list[str]
FieldLines: TypeAlias = Callable[[Spec, str, int], Lines]


def field_lines(spec: Spec, name: str, depth: int = 0) -> Lines:
    """Return statements that add the pieces of a field, if it is written. They stand `depth` levels deeper."""
    field, condition, lead, marker = written_field(spec, name)
    bare = f"{literal(lead)} + {name}" if lead else name
    if marker is None:
        return [condition, f"    parts.append({bare})"]
    if not field.keeps_marker:
        return [condition, f"    parts += {_marked(lead, marker, name)}"]
    return [condition, *_kept_marker(spec, field, marker, lead, bare)]


def written_if(spec: Spec, name: str) -> str:
    """Return the condition for writing a field."""
    field = next(field for field in spec.message.fields if field.name == name)
    written = f"{name} is not None"
    return written if field.unwritten is None else f"{written} and {name} != {literal(field.unwritten)}"


def written_field(spec: Spec, name: str) -> tuple[HeaderField, str, str, str | None]:
    """Return a field, the condition for writing it, the text before it, and the terminal of its marker."""
    field = next(field for field in spec.message.fields if field.name == name)
    marker, prefix = spelling(spec, name)
    return (
        field,
        f"if {written_if(spec, name)}:",
        field.before + (spec.message.literals[prefix] if prefix else ""),
        marker,
    )


def _kept_marker(spec: Spec, field: HeaderField, marker: str, lead: str, bare: str) -> Lines:
    """Return lines for a value that can begin with its marker's text, which is then written as the special token."""
    text = spec.tokens[marker].text
    rest = f"{field.name}[{len(text)}:]"
    return [
        f"    if {field.name}.startswith({literal(text)}):",
        f"        parts += {_marked(lead, marker, rest)}",
        "    else:",
        f"        parts.append({bare})",
    ]


def _marked(lead: str, marker: str, value: str) -> str:
    return f"({literal(lead)}, {marker}_ID, {value})" if lead else f"({marker}_ID, {value})"


def closing(spec: Spec) -> list[str]:
    """Return the ids and texts between a header and its content."""
    closes, behind = spec.message.closes_header, compile_framing(spec).behind_header
    end = f"{closes}_ID" if closes in spec.tokens else literal(spec.message.literals[closes])
    return [end] if behind is None else [end, literal(behind)]


def closing_line(spec: Spec) -> str:
    pieces = closing(spec)
    return f"parts.append({pieces[0]})" if len(pieces) == 1 else f"parts += ({', '.join(pieces)})"


def unpacked(spec: Spec, named: Collection[str]) -> str:
    """Return the statement that unpacks a header into names; values that are not needed are named `_`."""
    names = ["role", "name", *(field.name for field in spec.message.fields)]
    return ", ".join(name if name in named else "_" for name in names) + " = header"


def ids(spec: Spec, code: str) -> Lines:
    """Return the constants of the special tokens that the code uses, in the order of tokens.yaml."""
    used = [token for token in spec.tokens.values() if names_in(code, f"{token.terminal}_ID")]
    return [f"{token.terminal}_ID = {token.id}  # {token.text}" for token in used]


def names_in(code: str, name: str) -> bool:
    """Return whether lines of Python have a name."""
    return re.search(rf"\b{name}\b", code) is not None


def first_pieces(spec: Spec) -> str:
    """Return the statement that begins the pieces of a header."""
    return f"parts: list[int | str] = [{spec.message.opens}_ID, author_text(role, name)]"
