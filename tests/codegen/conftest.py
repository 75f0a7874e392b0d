"""The small spec that the tests of codegen change: a format of its own, untouched by edits of spec/."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

TINY = Path(__file__).parents[1] / "spec" / "tiny"
Edit: TypeAlias = Callable[[str, "str | None", str], Path]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the small spec."""
    return shutil.copytree(TINY, tmp_path / "tiny")


@pytest.fixture
def edit(tiny: Path) -> Edit:
    """Replaces a text that stands in a file, or all of it where no text is named; gives the spec's folder."""

    def edited(file: str, old: str | None, new: str) -> Path:
        path = tiny / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old is None or old in text
        path.write_text(new if old is None else text.replace(old, new, 1), encoding="utf-8")
        return tiny

    return edited
