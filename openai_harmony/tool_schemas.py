"""What the schemas of tools lose on their way into a prompt; docs/tool-schemas.md shows both ways to write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ._runtime.writing.schema_losses import losses

__all__ = ["SchemaLoss", "schema_losses"]


class _Tool(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def parameters(self) -> Mapping[str, object] | None: ...


@dataclass(frozen=True)
class SchemaLoss:
    """Something that a tool's schema says, and a model does not see."""

    tool: str
    """The name of the tool."""
    pointer: str
    """Where it stands in the tool's parameters: a JSON pointer, as the fragment `#/properties/city/pattern`."""
    keyword: str
    """The keyword of JSON Schema, or the schema `false`."""
    why: str
    """What is not written, or how it is misread."""


def schema_losses(tools: Iterable[_Tool]) -> list[SchemaLoss]:
    """What the default way to write schemas, `schema="reference"`, hides of these tools or writes so that it misleads.

    In `schema="full"`, all of it is written. What is hidden as a whole is one loss: what it holds, or leads to, is not
    looked at.

    Raises:
        ValueError: the parameters of a tool cannot be written as JSON.
    """
    return [
        SchemaLoss(tool.name, *loss)
        for tool in tools
        if tool.parameters is not None
        for loss in losses(tool.parameters)
    ]
