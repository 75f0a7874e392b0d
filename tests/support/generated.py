"""Packages that are generated from a changed spec, beside the shipped one; what is changed is each test's own."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from codegen.__main__ import main

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "spec"

Edit: TypeAlias = tuple[str, str]  # a piece of a spec file that stands there once, and what is written instead
SpecEdits: TypeAlias = Mapping[str, "list[Edit] | str"]  # by file; a string is the whole of a new file


def edited_spec(folder: Path, edits: SpecEdits) -> Path:
    """A copy of the spec in which files are edited."""
    copy = folder / "spec"
    shutil.copytree(SPEC, copy)
    edit(copy, edits)
    return copy


def edit(spec: Path, edits: SpecEdits) -> None:
    """Edits the files of a spec where they are."""
    for name, changes in edits.items():
        path = spec / name
        if isinstance(changes, str):
            assert not path.exists(), f"{name} is there already"
            path.write_text(changes, encoding="utf-8")
            continue
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


def generate(spec: Path, out: Path, package: str) -> None:
    """What `python -m codegen generate` does, in this process."""
    assert main(["generate", "--spec", str(spec), "--out", str(out), "--package", package]) == 0


def imported(out: Path, package: str) -> ModuleType:
    """A generated package; its name must be its own in this process, so that it shares nothing with the shipped one."""
    assert package not in sys.modules
    sys.path.insert(0, str(out))
    try:
        importlib.invalidate_caches()
        return importlib.import_module(package)
    finally:
        sys.path.remove(str(out))
