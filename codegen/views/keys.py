"""Lines that make the key of a content in the cache of rendered contents: a tuple of the values of its fields.

Texts and words of enumerations are used as they are. Everything else is passed to `exact`, which distinguishes values
that are equal in Python.
"""

from __future__ import annotations

from codegen.check_contents import PLAIN_TYPES, TEXTS
from codegen.model import Spec
from codegen.model_contents import ContentSpec, FieldSpec, StructSpec, TypeSpec
from codegen.python_text import WIDTH
from codegen.views.sections import asks_for_tools, snake

__all__ = ["key_body", "value_body"]


def key_body(spec: Spec, content: ContentSpec) -> list[str]:
    """Return the body of the function that makes the key of a content."""
    names: list[str] = []
    members = [f'"{content.type}"', *(["function_tools"] if asks_for_tools(content) else [])]
    for field in content.fields:
        if _is_word(spec, field.type):
            members.append(f"content.{field.name}")
        else:
            name = f"{field.name}_"  # differs from arguments and built-in functions
            names.append(f"{name} = content.{field.name}")
            made = f"exact({_value(spec, field, name)})"
            member = f"None if {name} is None else {made}" if field.optional else made
            if len(member) + 8 >= WIDTH:
                names[-1] = f"{name}: object = content.{field.name}"
                names += [f"if {name} is not None:", f"    {name} = {made}"] if field.optional else [f"{name} = {made}"]
                member = name
            members.append(member)
    return _body(names, members)


def value_body(spec: Spec, structure: StructSpec) -> list[str]:
    """Return the body of the function that returns the values of a structure, in types that marshal supports."""
    members: list[str] = []
    for field in structure.fields:
        value = f"value.{field.name}"
        made = _value(spec, field, value)
        bare = made == value or not field.optional
        members.append(made if bare else f"None if {value} is None else {made}")
    return _body([], members)


def _body(names: list[str], members: list[str]) -> list[str]:
    return [*names, "return (", *(f"    {member}," for member in members), ")"]


def _value(spec: Spec, field: FieldSpec, value: str) -> str:
    """Return the expression for a field's value, in types that marshal supports."""
    type_ = field.type
    if type_.name in PLAIN_TYPES:
        return value
    function = "plain" if _is_enumerated(spec, type_) else f"value_of_{snake(type_.name)}"
    if type_.container is None:
        return f"{function}({value})"
    return f"each({value}, {function})"


def _is_enumerated(spec: Spec, type_: TypeSpec) -> bool:
    return any(enumeration.name == type_.name for enumeration in spec.enumerations)


def _is_word(spec: Spec, type_: TypeSpec) -> bool:
    """Return whether a valid value of a type is equal only to the same text."""
    return type_.container is None and (type_.name in TEXTS or _is_enumerated(spec, type_))
