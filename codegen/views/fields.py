"""Values for all templates with data types: the line, the docstring and the default of each field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from codegen.model_contents import FieldSpec
from codegen.python_text import annotation, docstring, function_head, taken, value_text

JSON_TYPES = {"object": "JsonDict", "schema": "JsonSchema"}  # with the names that modules import for them


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
    used = {field.type.name for fields in listed for field in fields}
    names = ["DataType", *(name for type_, name in JSON_TYPES.items() if type_ in used), "datatype"]
    return ", ".join([*names, "required"] if any(map(_needs_required, listed)) else names)


def _needs_required(fields: Iterable[FieldSpec]) -> bool:
    """Return whether a required field comes after one that is not required."""
    given = [not (field.optional or field.has_default) for field in fields]
    return given != sorted(given, reverse=True)


def parameter(field: FieldSpec, *, must: bool = False) -> str:
    """Return a parameter of a constructor, with the default of its field unless it must be given."""
    default = "" if must else plain_default(field, 0)
    return f"{field.name}: {taken(field.type, optional=field.optional)}" + (f" = {default}" if default else "")


def late_fields(fields: Sequence[FieldSpec]) -> tuple[int, int] | None:
    """Return where the first default is, and where the required fields after it end; None if there are none."""
    given = [not plain_default(field, 0) for field in fields]
    if given == sorted(given, reverse=True):
        return None
    return given.index(False), len(given) - given[::-1].index(True)


def constructors(fields: Sequence[FieldSpec]) -> list[str]:
    """Return the lines of the constructor for type checkers; pydantic converts more than the types of the fields."""
    return [f"        {line}".rstrip() for line in _constructors(fields)]


def _constructors(fields: Sequence[FieldSpec]) -> Iterator[str]:
    """Yield the constructor; overloads if a required field comes after one with a default."""
    late = late_fields(fields)
    if late is None:
        yield from ("", *_constructor(map(parameter, fields)))
        return
    first, end = late
    by_place = [parameter(field, must=index < end) for index, field in enumerate(fields)]
    by_name = [*map(parameter, fields[:first]), "*", *map(parameter, fields[first:])]
    for parameters in (by_place, by_name):
        yield from ("", "@overload", *_constructor(parameters))
    yield from ("", *_constructor(["*given: object", "**named: object"]))


def _constructor(parameters: Iterable[str]) -> list[str]:
    return function_head("__init__", ["self", *parameters], "None: ...", 8)
