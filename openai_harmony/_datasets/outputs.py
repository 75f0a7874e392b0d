"""What is there already: which outputs a job may touch, and what is removed of earlier jobs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .storage import Layout, Manifest, OutputError, format_of

__all__ = ["expect_absent", "remove_earlier", "remove_unfinished", "tidy"]


def tidy(layout: Layout) -> None:
    """Remove what is no longer needed."""
    for number in range(layout.count):
        _remove(layout.bad_rows_of(number))
        if format_of(layout.output) is not None:
            _remove(layout.part(number))


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        os.remove(path)


def remove_unfinished(folder: Path) -> None:
    for path in folder.glob(".*.tmp"):
        _remove(path)


def remove_earlier(layout: Layout) -> None:
    """Remove the output of an earlier job, and nothing else."""
    for path in [*_ours(layout.folder)]:
        _remove(path)
    _remove(layout.manifest)  # the last one, so that this can be done again


def _ours(folder: Path) -> Iterator[Path]:
    for pattern in ("part-*.parquet", "part-*.jsonl", "_bad-*.jsonl", "_bad_rows.jsonl", ".*.tmp"):
        yield from folder.glob(pattern)


def expect_absent(layout: Layout, *, resume: bool, overwrite: bool) -> None:
    """Raise OutputError if there is an output that the job may not touch."""
    single = format_of(layout.output) is not None
    if layout.output.is_dir() if single else layout.output.is_file():
        raise OutputError(f"{layout.output}: is a {'folder' if single else 'file'}; choose another output")
    if overwrite:
        if any(layout.folder.glob("*")) and Manifest.read(layout.manifest) is None:
            raise OutputError(f"{layout.folder}: has other files in it than those of a batch; choose another output")
    elif not resume:
        for path in (layout.output, layout.folder):
            if _exists(path):
                raise OutputError(f"{path}: exists; resume the job, overwrite it, or choose another output")
    elif Manifest.read(layout.manifest) is None and _exists(layout.output):
        raise OutputError(f"{layout.output}: exists, and is not what a batch has begun; choose another output")


def _exists(path: Path) -> bool:
    """Return whether there is a file, or a folder that has more in it than what a job leaves that has just begun."""
    if path.is_dir():
        return any(not (each.name.startswith(".") and each.suffix == ".tmp") for each in path.iterdir())
    return path.exists() or path.is_symlink()
