"""The copies of hand-written files that a generated package needs, and how they are kept up to date.

The digests of the copies are kept in a file of the package that `sha256sum --check` can read. A copy with another
digest was changed by somebody: it is neither replaced nor removed.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codegen.output import GENERATED

__all__ = ["MANIFEST", "Laying", "laying_of"]

MANIFEST = "laid.sha256"
BYTECODE = "__pycache__"
_ROW = re.compile(r"([0-9a-f]{64})  (\S.*)")


@dataclass(frozen=True)
class Laying:
    """The changes to the copies in a package, by their paths relative to its folder."""

    target: Path
    written: Mapping[str, bytes]
    removed: tuple[str, ...]
    changed: tuple[str, ...]  # kept, since somebody changed them
    abandoned: tuple[str, ...]  # kept for the same reason, but no longer part of the package
    manifest: str

    def lay(self) -> None:
        """Make the changes; write the digests last, so that an interrupted run can be repeated."""
        for name, data in self.written.items():
            path = self.target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for name in self.removed:
            (self.target / name).unlink()
            self._remove_empty(PurePosixPath(name).parent)
        path = self.target / MANIFEST
        if _bytes(path) != self.manifest.encode():
            path.write_bytes(self.manifest.encode())

    def _remove_empty(self, folder: PurePosixPath) -> None:
        """Remove a folder, then its parents, while they hold only bytecode: an empty folder could still be imported."""
        while folder.parts:
            path = self.target / folder
            if any(entry.is_file() and entry.suffix != ".pyc" for entry in path.rglob("*")):
                return
            shutil.rmtree(path)
            folder = folder.parent


def laying_of(source: Path, target: Path, is_laid: Callable[[str], bool]) -> Laying | None:
    """Return the changes that copy the hand-written files of a package to a variant of it; None if both are the same.

    Args:
        is_laid: returns whether a file, by its path relative to the package's folder, is part of the variant.
    """
    if source.resolve() == target.resolve():
        return None
    wanted = {name: path.read_bytes() for name, path in _hand_written(source) if is_laid(name)}
    laid = _read_manifest(target)
    written, changed, known = {}, [], {}
    for name, data in wanted.items():
        found = _found(target, name)
        digest = _digest(data)
        if found in (digest, None, laid.get(name)):
            known[name] = digest
            if found != digest:
                written[name] = data
        else:
            changed.append(name)
            known.update({name: laid[name]} if name in laid else {})
    stale = {name: _found(target, name) for name in sorted(laid.keys() - wanted.keys())}
    removed = tuple(name for name, found in stale.items() if found == laid[name])
    abandoned = tuple(name for name, found in stale.items() if found not in (None, laid[name]))
    manifest = "".join(f"{digest}  {name}\n" for name, digest in sorted(known.items()))
    return Laying(target, written, removed, tuple(changed), abandoned, manifest)


def _hand_written(source: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if path.is_file() and GENERATED not in name.parts and BYTECODE not in name.parts:
            yield name.as_posix(), path


def _read_manifest(target: Path) -> dict[str, str]:
    rows = [_ROW.fullmatch(row) for row in (_bytes(target / MANIFEST) or b"").decode("utf-8", "replace").split("\n")]
    return {row[2]: row[1] for row in rows if row and _is_inside(row[2])}


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _found(target: Path, name: str) -> str | None:
    """Return the digest of a file; an empty text if the path is a link or a folder; None if there is no file."""
    path = target / name
    links = [part for part in (path, *path.parents) if part.is_relative_to(target) and part != target]
    if any(part.is_symlink() for part in links) or path.is_dir():
        return ""  # nothing must be written through a link or to a folder
    data = _bytes(path)
    return None if data is None else _digest(data)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
