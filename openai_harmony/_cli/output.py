"""Writes what commands make: text or JSON, to a file or to standard output."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from .._output import json_line, write_text
from .failing import Failure

__all__ = ["Line", "json_line", "show", "visible", "write_exactly", "write_lines", "write_now"]

Line: TypeAlias = tuple[str, str]  # a text, and its style in the words of rich


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def write_exactly(text: str, path: Path | None = None) -> None:
    """Write a text and nothing else, so that other programs read it as it is; on a terminal, a line break, too."""
    _write(f"{text}\n" if path is None and sys.stdout.isatty() else text, path)


def _write(text: str, path: Path | None) -> None:
    try:
        write_text(text, path)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"{path or 'standard output'}: {error.strerror}") from None


def write_lines(lines: Iterable[str], path: Path | None = None) -> None:
    """Write lines. Raises Failure if the file cannot be written."""
    _write("".join(f"{line}\n" for line in lines), path)


def write_now(text: str) -> None:
    """Write a text to standard output at once; on a terminal, without control characters."""
    _write(visible(text) if sys.stdout.isatty() else text, None)
    sys.stdout.flush()


def visible(text: str) -> str:
    """Return a text in which control characters, which a terminal would obey, are escaped. Lines and tabs remain."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def show(lines: Iterable[Line]) -> None:
    """Write lines for people to standard output, with their styles if it is a terminal."""
    if not sys.stdout.isatty():
        write_lines(text for text, _ in lines)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for text, style in lines:
        console.print(Text(visible(text), style))
