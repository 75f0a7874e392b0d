"""Values for all templates with data types: the line, the docstring and the default of each field."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.model_contents import FieldSpec
from codegen.python_text import annotation, docstring, value_text


def field_lines(fields: Iterable[FieldSpec], defaults: dict[str, str]) -> list[dict[str, str]]:
    """Return the fields of a class as lines; `defaults` holds the defaults that `plain_default` cannot return."""
    lines = []
    behind_a_default = False
    for field in fields:
        head = f"{field.name}: {annotation(field.type, optional=field.optional)}"
        default = defaults.get(field.name) or plain_default(field, 4 + len(head) + 3)
        if default:
            behind_a_default = True
        elif behind_a_default:
            default = "required()"
        lines.append({"line": f"{head} = {default}" if default else head, "doc": docstring(field.doc, 4)})
    return lines


def plain_default(field: FieldSpec, before: int) -> str:
    """Return the default of a text or flag, `None` for another optional field, or an empty text for a required one."""
    if field.has_default and field.default is not None:
        return value_text(field.default == "true" if field.type.name == "flag" else field.default, 4, before)
    return "None" if field.optional else ""


def modelling_names(owners: Iterable[Iterable[FieldSpec]]) -> str:
    """Return the names that a module with these fields imports to declare them."""
    listed = [list(fields) for fields in owners]
    objects = any(field.type.name == "object" for fields in listed for field in fields)
    names = ["CONFIG", "DataType", *(["JsonDict"] if objects else [])]
    return ", ".join([*names, "required"] if any(map(_needs_required, listed)) else names)


def _needs_required(fields: Iterable[FieldSpec]) -> bool:
    """Return whether a required field comes after one that is not required."""
    given = [not (field.optional or field.has_default) for field in fields]
    return given != sorted(given, reverse=True)
