"""Values for the template of the messages: the header fields, and the content type that a string becomes."""

from __future__ import annotations

from codegen.model import Spec
from codegen.python_text import docstring, literal, value_text
from codegen.views.contents import plain_content


def view(spec: Spec, package: str) -> dict[str, object]:
    plain = plain_content(spec)
    fields = spec.message.fields
    keys = ("role", "name", "content", *(field.name for field in fields))
    return {
        "plain": plain.class_name,
        "plain_field": plain.fields[0].name,
        "fields": [{"name": field.name, "doc": docstring(field.doc, 4)} for field in fields],
        "example": {"role": literal(next(iter(spec.roles)))},
        "keys": value_text(keys, 0, len("_MESSAGE_KEYS = ")),
    }
