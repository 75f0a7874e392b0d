"""Values for the template of the wording: each string of the schema printer as a keyword argument."""

from __future__ import annotations

from codegen.model import Spec
from codegen.python_text import value_text


def view(spec: Spec, package: str) -> dict[str, object]:
    lines = [f"{name}={value_text(value, 4, 8 + len(name))}" for name, value in spec.tools.wording.items()]
    return {"wording": [*lines, f"types={value_text(dict(spec.tools.types), 4, 16)}"]}
