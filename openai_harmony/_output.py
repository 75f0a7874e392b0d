"""Writes the output of commands."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["write_text"]


def write_text(text: str, path: Path | None) -> None:
    """Write text to a file, or to standard output: in UTF-8, whatever the encoding of the terminal."""
    if path is not None:
        path.write_text(text, encoding="utf-8", newline="\n")
    elif hasattr(sys.stdout, "buffer"):
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
    else:
        sys.stdout.write(text)
