"""Writing generated files to disk, and comparing them with it. This module does not know what the files contain."""

from __future__ import annotations

import difflib
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

GENERATED = "_generated"
SUFFIXES = ("*.py", "*.jinja", "*.json")  # of generated files


def write(files: Mapping[str, str], root: Path) -> list[str]:
    """Write the files that differ and remove stale ones; return the names of those that were written or removed."""
    changed = []
    for name, text in files.items():
        path = root / name
        if _read(path) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
            changed.append(name)
    for name in stale(files, root):
        (root / name).unlink()
        changed.append(name)
    return sorted(changed)


def compare(files: Mapping[str, str], root: Path) -> str:
    """Return what `write` would change, as a unified diff; empty if the disk is up to date."""
    wanted: dict[str, str | None] = {**files, **dict.fromkeys(stale(files, root))}
    return "".join(line for name in sorted(wanted) for line in _diff(name, _read(root / name), wanted[name]))


def stale(files: Mapping[str, str], root: Path) -> list[str]:
    """Return the files in generated folders that are no longer generated, and have the suffix of one that is."""
    folders = {Path(name).parent for name in files if Path(name).parent.name == GENERATED}
    paths = (path for folder in folders for pattern in SUFFIXES for path in (root / folder).glob(pattern))
    found = {path.relative_to(root).as_posix() for path in paths}
    return sorted(found - set(files))


def foreign(files: Mapping[str, str], root: Path, is_generated: Callable[[str], bool]) -> list[str]:
    """Return the files outside of generated folders that `write` would replace although they were not generated."""
    outside = {name: _read(root / name) for name in files if Path(name).parent.name != GENERATED}
    return sorted(name for name, text in outside.items() if text is not None and not is_generated(text))


def _read(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None


def _lines(text: str | None) -> list[str]:
    return list(io.StringIO(text or "", newline="\n"))  # unlike str.splitlines, this splits only at "\n"


def _diff(name: str, old: str | None, new: str | None) -> Iterator[str]:
    before = "/dev/null" if old is None else f"on disk: {name}"
    after = "/dev/null" if new is None else f"from the spec: {name}"
    lines = difflib.unified_diff(_lines(old), _lines(new), before, after)
    if (old is None) != (new is None) and not (old or new):
        yield f"--- {before}\n+++ {after}\n"  # there are no lines to show for an empty file
    for line in lines:
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
