"""Lists what a prompt omits of the schemas of tools; docs/tool-schemas.md shows both ways to render them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ._runtime.writing.schema_losses import losses

__all__ = ["SchemaLoss", "schema_losses"]


@runtime_checkable
class _Tool(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def parameters(self) -> Mapping[str, object] | None: ...


@dataclass(frozen=True)
class SchemaLoss:
    """A keyword of a tool's schema that the prompt omits or misrepresents.

    Example:
        for loss in schema_losses(tools):
            print(loss.tool, loss.pointer, loss.why)
    """

    tool: str
    """The name of the tool."""
    pointer: str
    """The keyword's place in the tool's parameters: a JSON pointer as a fragment, like `#/properties/city/pattern`."""
    keyword: str
    """The keyword of JSON Schema; `false` for the schema false."""
    why: str
    """What the prompt omits, or how it can be misread."""


def schema_losses(tools: Iterable[_Tool]) -> list[SchemaLoss]:
    """Return what the default rendering of schemas, `schema="reference"`, omits or misrepresents.

    With `schema="full"`, nothing is lost. A keyword that is omitted as a whole is one loss; the schemas that it
    contains or refers to are not examined.

    Raises:
        TypeError: an item is not a tool.
        ValueError: the parameters of a tool cannot be written as JSON.
    """
    found: list[SchemaLoss] = []
    for index, tool in enumerate(tools):
        if not isinstance(tool, _Tool):
            raise TypeError(f"tools[{index}]: expected a tool, not {type(tool).__name__}")
        if tool.parameters is not None:
            found += [SchemaLoss(tool.name, *loss) for loss in losses(tool.parameters)]
    return found
