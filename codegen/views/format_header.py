"""Values for the template of docs/pictures/format-header.svg: headers, as railroad diagrams."""

from __future__ import annotations

from codegen.diagrams import of_headers
from codegen.model import Spec


def view(spec: Spec, package: str) -> dict[str, object]:
    return {"picture": of_headers(spec)}
