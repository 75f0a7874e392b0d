"""Writes what commands make: text or JSON, to a file or to standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from .._output import write_text
from .failing import Failure

__all__ = ["Line", "json_line", "show", "write_exactly", "write_lines"]

Line: TypeAlias = tuple[str, str]  # a text, and its style in the words of rich


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


def json_line(value: object) -> str:
    """Return a value as JSON on one line. Half characters, which UTF-8 cannot hold, are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() or _is_utf8(text) else json.dumps(value)


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def show(lines: Iterable[Line]) -> None:
    """Write lines for people to standard output, with their styles if it is a terminal."""
    if not sys.stdout.isatty():
        write_lines(text for text, _ in lines)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for text, style in lines:
        console.print(Text(text, style))
