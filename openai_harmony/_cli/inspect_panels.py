"""Inspections on a terminal: a panel for each message. Plain text, for files and pipes, is made in the package."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import ROUNDED, SIMPLE
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.text import Text

from .._generated.enumerations import Role
from .._inspection.layout import Block, Style, blocks, counted, fault_lines, named, verdict
from ..inspection import Inspection

__all__ = ["panels", "show_panels"]

STYLES = {
    Style.BOUNDARY: "bright_black",
    Style.CONTENT: "",
    Style.ERROR: "bold white on red",
    Style.FIELD: "bold cyan",
    Style.FRAMING: "cyan",
    Style.OUTSIDE: "yellow",
    Style.RECOVERY: "bold black on yellow",
    Style.UNREAD: "bright_black",
}
# By the order of the roles.
COLOURS = ("green", "cyan", "magenta", "blue", "yellow")


def show_panels(inspection: Inspection, strictness: str) -> None:
    """Print an inspection."""
    console = Console(highlight=False)
    for panel in panels(inspection, strictness):
        console.print(panel)


def panels(inspection: Inspection, strictness: str) -> Iterator[RenderableType]:
    """Yield what is printed: what it is, the messages, what the modes say, and the faults."""
    yield Text.assemble((named(inspection), "bold"), f"  {counted(inspection)}")
    for block in blocks(inspection, strictness):
        yield _panel(block)
    for reading in inspection.readings:
        mark, style = ("\N{BALLOT X}", "red") if reading.errors else ("\N{CHECK MARK}", "green")
        yield Text.assemble((f"{mark} ", style), (verdict(reading), "bold" if reading.strictness == strictness else ""))
    for line in fault_lines(inspection, strictness):
        first, _, rest = line.partition(":")
        yield Text.assemble((first, "bold yellow"), f":{rest}")


def _panel(block: Block) -> Panel:
    fields = [(f"{block.fields}\n", "italic")] if block.fields else []
    text = Text.assemble(*fields, *((run.text, STYLES[run.style]) for run in block.runs))
    if block.role is None:
        heading, colour, box = Text(block.author, "yellow"), "bright_black", SIMPLE
    else:
        colour, box = _colour(block.role), ROUNDED
        heading = Text(block.author, f"bold {colour}")
    border = f"dim {colour}" if block.is_hidden else colour
    note = Text(block.note, "bright_black")
    return Panel(
        text, title=heading, title_align="left", subtitle=note, subtitle_align="right", border_style=border, box=box
    )


def _colour(role: str) -> str:
    return COLOURS[[str(known.value) for known in Role].index(role) % len(COLOURS)]
