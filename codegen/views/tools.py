"""Values for the template of the tools: structures, and built-in namespaces as literals."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.model import Spec
from codegen.model_contents import BuiltInNamespace, StructSpec, TypeSpec
from codegen.python_text import (
    call,
    docstring,
    docstring_with_example,
    function_head,
    literal,
    names,
    value_text,
)
from codegen.views.fields import constructors, field_lines, late_fields, modelling_names, parameter, plain_default

TOOL = (("name", "text", None), ("description", "text", None), ("parameters", "object", None))


def view(spec: Spec, package: str) -> dict[str, object]:
    structures = spec.tools.structures
    has_tool = any(_is_tool(structure) for structure in structures)
    return {
        "names": names(["FUNCTION_NAMESPACE", *(structure.name for structure in structures)]),
        "modelling": modelling_names(structure.fields for structure in structures),
        "typing": "TYPE_CHECKING, Any" + (", overload" if any(late_fields(s.fields) for s in structures) else ""),
        "collections": "Callable, Mapping, Sequence" if has_tool else "Mapping, Sequence",
        "has_tool": has_tool,
        "structures": [_structure(structure, spec) for structure in structures],
        "function_namespace": literal(spec.tools.function_namespace or ""),
        "namespaces": [
            {"constant": _constant(namespace), "value": value_text(_value(namespace))}
            for namespace in spec.tools.namespaces
        ],
    }


def namespace_structure(spec: Spec) -> StructSpec:
    """Return the structure that holds other structures in a list: a namespace of tools."""
    known = {structure.name for structure in spec.tools.structures}
    return next(
        structure
        for structure in spec.tools.structures
        if any(field.type.container == "list" and field.type.name in known for field in structure.fields)
    )


def _structure(structure: StructSpec, spec: Spec) -> dict[str, object]:
    parameters = [parameter(field) for field in structure.fields]
    built_in = spec.tools.namespaces if structure is namespace_structure(spec) else ()
    return {
        "name": structure.name,
        "doc": docstring_with_example(structure.doc, _example(structure, built_in), 4),
        "fields": field_lines(structure.fields, {}),
        "constructors": constructors(structure.fields),
        "new": [] if structure is namespace_structure(spec) else function_head("new", ["cls", *parameters], "Self:", 8),
        "made": call("cls", (f"{field.name}={field.name}" for field in structure.fields), 8, 15),
        "is_tool": _is_tool(structure),
        "namespaces": [
            {"name": namespace.name, "doc": docstring(namespace.doc, 8), "constant": _constant(namespace)}
            for namespace in built_in
        ],
    }


def _example(structure: StructSpec, built_in: Sequence[BuiltInNamespace]) -> list[str]:
    """Return lines that create an instance: a built-in namespace, or one whose required fields are all texts."""
    if built_in:
        return [f">>> {structure.name}.{built_in[0].name}().name", repr(built_in[0].name)]
    required = [field for field in structure.fields if not plain_default(field, 0)]
    if not required or any(field.type != TypeSpec(None, "text") for field in required):
        return []
    texts = ", ".join(['"lookup"', *['"Looks up a word."' for _ in required[1:]]])
    return [f">>> {structure.name}({texts}).{required[0].name}", "'lookup'"]


def _is_tool(structure: StructSpec) -> bool:
    """Return whether a structure has the usual fields of a tool, so that it can be made from other forms of tools."""
    return tuple((field.name, field.type.name, field.type.container) for field in structure.fields) == TOOL


def _constant(namespace: BuiltInNamespace) -> str:
    return f"_{namespace.name.upper()}"


def _value(namespace: BuiltInNamespace) -> dict[str, object]:
    """Return the namespace as the arguments of its structure, without absent values."""
    tools = [
        {"name": tool.name, "description": tool.description}
        | ({} if tool.parameters is None else {"parameters": tool.parameters})
        for tool in namespace.tools
    ]
    description = {} if namespace.description is None else {"description": namespace.description}
    return {"name": namespace.name, **description, "tools": tools}
