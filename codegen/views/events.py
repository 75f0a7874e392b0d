"""What the template of the events is given: the header's fields, which the start of a message tells."""

from __future__ import annotations

from codegen.model import HeaderField, Spec
from codegen.python_text import docstring


def view(spec: Spec, package: str) -> dict[str, object]:
    return {
        "fields": [
            {"name": field.name, "doc": docstring(field.doc, 4), "slot": _slot(field)} for field in spec.message.fields
        ],
    }


def _slot(field: HeaderField) -> str:
    """The entry of `__slots__`: a name, and its documentation."""
    name = f'"current_{field.name}": '
    return name + docstring(field.doc, 8 + len(name))
