"""Writes the output of commands, and lines of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["NOT_WRITTEN", "WRITTEN", "is_utf8", "json_line", "write_made", "write_text"]

WRITTEN, NOT_WRITTEN = 0, 2  # what commands that write one text return


def write_text(text: str, path: Path | None) -> None:
    """Write text to a file, or to standard output: in UTF-8, whatever the encoding of the terminal."""
    if path is not None:
        path.write_text(text, encoding="utf-8", newline="\n")
    elif hasattr(sys.stdout, "buffer"):
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
    else:
        sys.stdout.write(text)


def write_made(command: str, make: Callable[[], str], path: Path | None) -> int:
    """Write the text that a command makes, or why there is none, to standard error; return what the command returns."""
    try:
        write_text(make(), path)
    except BrokenPipeError:  # the reader of the output has closed it
        raise
    except OSError as error:
        complaint = str(error) if error.filename is None else f"{error.filename}: {error.strerror}"
    except ValueError as error:
        complaint = str(error)
    else:
        return WRITTEN
    print(f"{command}: {complaint}", file=sys.stderr)
    return NOT_WRITTEN


def json_line(value: object) -> str:
    """Return a value as JSON on one line. Half characters, which UTF-8 cannot hold, are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() or is_utf8(text) else json.dumps(value)


def is_utf8(text: str) -> bool:
    """Return whether a text has no half characters."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
