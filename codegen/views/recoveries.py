"""Values for the template of the recoveries: the doc of each kind."""

from __future__ import annotations

from codegen.model import Spec
from codegen.python_text import literal, value_text


def view(spec: Spec, package: str) -> dict[str, object]:
    kinds = ((literal(recovery.kind), " ".join(recovery.doc.split())) for recovery in spec.recoveries)
    return {"meanings": [f"{kind}: {value_text(doc, 4, len(kind) + 6)}" for kind, doc in kinds]}
