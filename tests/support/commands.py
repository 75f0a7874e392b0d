"""What commands in pages, recipes and workflows need: targets of the Makefile, modules and scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["called_targets", "missing", "targets"]


def targets(makefile: str) -> set[str]:
    """What a Makefile can make that is no file."""
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def called_targets(text: str) -> set[str]:
    """What `make` is asked for where a line, or what stands in backticks, is a command."""
    return set(re.findall(r"(?:^ *|`)make ([a-z][a-z-]*)", text, re.MULTILINE))


def missing(folder: Path, commands: str) -> Iterator[str]:
    """The modules and scripts that commands run, would stand in a folder, and do not."""
    for name in re.findall(r"-m ([\w.]+)", commands):
        path = folder / name.replace(".", "/")
        ours = (folder / name.partition(".")[0]).is_dir()
        if ours and not ((path / "__main__.py").is_file() or path.with_suffix(".py").is_file()):
            yield name
    for name in re.findall(r"(?<= )(?:[\w/]+\.py\b|tests(?:/\w+)*(?!\S))", commands):
        if not (folder / name).exists():
            yield name
