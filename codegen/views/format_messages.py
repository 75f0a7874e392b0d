"""Values for the template of docs/pictures/format-messages.svg: conversations and messages, as railroad diagrams."""

from __future__ import annotations

from codegen.diagrams import of_messages
from codegen.model import Spec


def view(spec: Spec, package: str) -> dict[str, object]:
    return {"picture": of_messages(spec)}
