"""An inspection as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from .layout import blocks, counted, fault_lines, named, verdict
from .model import Inspected

__all__ = ["text_of"]


def text_of(inspected: Inspected, strictness: str) -> str:
    """Return a text for people. Raises ValueError if the mode is unknown."""
    return "\n".join(_lines(inspected, strictness)) + "\n"


def _lines(inspected: Inspected, strictness: str) -> Iterator[str]:
    yield f"{named(inspected)}: {counted(inspected)}"
    for block in blocks(inspected, strictness):
        yield ""
        yield f"{block.author} {block.fields}".rstrip() + f": {block.note}"
        yield from (f"  {line}" for line in "".join(run.text for run in block.runs).split("\n"))
    yield ""
    yield from (verdict(reading) for reading in inspected.readings)
    faults = fault_lines(inspected, strictness)
    if faults:
        yield ""
        yield from faults
