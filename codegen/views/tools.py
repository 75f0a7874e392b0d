"""What the template of the tools is given: structures, and built-in namespaces as literals."""

from __future__ import annotations

from codegen.model import BuiltInNamespace, Spec, StructSpec
from codegen.python_text import annotation, docstring, literal, names, value_text
from codegen.views.fields import field_lines, modelling_names, plain_default


def view(spec: Spec, package: str) -> dict[str, object]:
    structures = spec.tools.structures
    return {
        "names": names(["FUNCTION_NAMESPACE", *(structure.name for structure in structures)]),
        "modelling": modelling_names(structure.fields for structure in structures),
        "structures": [_structure(structure, spec) for structure in structures],
        "function_namespace": literal(spec.tools.function_namespace),
        "namespaces": [
            {"constant": _constant(namespace), "value": value_text(_value(namespace))}
            for namespace in spec.tools.namespaces
        ],
    }


def namespace_structure(spec: Spec) -> StructSpec:
    """The structure that holds others in a list: a namespace of tools."""
    known = {structure.name for structure in spec.tools.structures}
    return next(
        structure
        for structure in spec.tools.structures
        if any(field.type.container == "list" and field.type.name in known for field in structure.fields)
    )


def _structure(structure: StructSpec, spec: Spec) -> dict[str, object]:
    built_in = spec.tools.namespaces if structure is namespace_structure(spec) else ()
    parameters = [
        f"{field.name}: {annotation(field.type, optional=field.optional)}"
        + (f" = {default}" if (default := plain_default(field, 0)) else "")
        for field in structure.fields
    ]
    return {
        "name": structure.name,
        "doc": docstring(structure.doc, 4),
        "fields": field_lines(structure.fields, {}),
        "parameters": "" if structure is namespace_structure(spec) else ", ".join(parameters),
        "arguments": ", ".join(f"{field.name}={field.name}" for field in structure.fields),
        "namespaces": [
            {"name": namespace.name, "doc": docstring(namespace.doc, 8), "constant": _constant(namespace)}
            for namespace in built_in
        ],
    }


def _constant(namespace: BuiltInNamespace) -> str:
    return f"_{namespace.name.upper()}"


def _value(namespace: BuiltInNamespace) -> dict[str, object]:
    """The namespace as the arguments of its structure; what is absent is left out."""
    tools = [
        {"name": tool.name, "description": tool.description}
        | ({} if tool.parameters is None else {"parameters": tool.parameters})
        for tool in namespace.tools
    ]
    description = {} if namespace.description is None else {"description": namespace.description}
    return {"name": namespace.name, **description, "tools": tools}
