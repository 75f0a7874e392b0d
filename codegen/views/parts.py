"""Values for the template of the header's parts: the pieces of the renderer, each with the name of its part."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.check_framing import CHANNEL
from codegen.grammar import write_order
from codegen.model import Spec
from codegen.python_text import call, literal, value_text
from codegen.views.framing import RECIPIENT
from codegen.views.headers import closing, unpacked, written_field

FIRST = 'parts: list[Piece] = [("start", None), *author_pieces(role, name)]'
SPECIAL = "None"  # written instead of a text for a special token

Lines = list[str]


def view(spec: Spec, package: str) -> dict[str, object]:
    order = write_order(spec)
    fields = [field.name for field in spec.message.fields]
    return {
        "unpacked": unpacked(spec, ["role", "name", *order]),
        "author": _author_lines(spec),
        "pieces": [line for name in order for line in field_lines(spec, name)],
        "first": FIRST,
        "closing": closing_line(spec),
        "fields": value_text(tuple(fields), 4, 11),
        "channel": _place(fields, CHANNEL),
        "recipient": _place(fields, RECIPIENT),
    }


def _place(fields: list[str], name: str) -> int | None:
    """Return the index of a field in a header, after role and name; None if there is no such field."""
    return fields.index(name) + 2 if name in fields else None


def _author_lines(spec: Spec) -> Lines:
    """Return the lines that make the author's pieces from `role` and `name`."""
    by_name = [role.word for role in spec.roles.values() if role.author == "name"]
    lines = [line for word in by_name for line in (f"if role == {literal(word)}:", '    return [("name", name)]')]
    if spec.name_separator is None:
        return [*lines, 'return [("role", role)]']
    named = f'[("role", role), ("marker", {literal(spec.name_separator)}), ("name", name)]'
    return [*lines, "if name is None:", '    return [("role", role)]', f"return {named}"]


def field_lines(spec: Spec, name: str, depth: int = 0) -> Lines:
    """Return statements that add the pieces of a field, if it is written. They stand `depth` levels deeper."""
    field, condition, lead, marker = written_field(spec, name)
    before = [("marker", literal(lead))] if lead else []
    bare = [*before, (name, name)]
    if marker is None:
        return [condition, f"    {_added(bare, 8 + 4 * depth)}"]
    if not field.keeps_marker:
        return [condition, f"    {_added([*before, ('marker', SPECIAL), (name, name)], 8 + 4 * depth)}"]
    text = spec.tokens[marker].text
    rest = (name, f"{name}[{len(text)}:]")
    return [
        condition,
        f"    if {name}.startswith({literal(text)}):",
        f"        {_added([*before, ('marker', SPECIAL), rest], 12 + 4 * depth)}",
        "    else:",
        f"        {_added(bare, 12 + 4 * depth)}",
    ]


def closing_line(spec: Spec) -> str:
    """Return the statement that adds the end of a header."""
    ends = [SPECIAL if end.endswith("_ID") else end for end in closing(spec)]
    return _added([("header_end", text) for text in ends], 4)


def _added(pieces: Iterable[tuple[str, str]], indent: int) -> str:
    """Return a statement that adds pieces."""
    spelled = [f"({literal(part)}, {text})" for part, text in pieces]
    if len(spelled) == 1:
        return f"parts.append({spelled[0]})"
    return "parts += " + call("", spelled, indent, indent + len("parts += "))
