"""What the template of the events is given: the header's fields, which the start of a message tells."""

from __future__ import annotations

from codegen.model import Spec
from codegen.python_text import docstring


def view(spec: Spec, package: str) -> dict[str, object]:
    return {
        "fields": [
            {"name": field.name, "number": number, "doc": docstring(field.doc, 4), "doc8": docstring(field.doc, 8)}
            for number, field in enumerate(spec.message.fields)
        ],
    }
