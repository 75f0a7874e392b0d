"""What the folder of the example formats holds: specs of few lines, one vocabulary, and no code of a format."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import pytest

from codegen.check import checked
from tests.formats.made import FOLDER, NAMES, VOCABULARY

MOST_LINES = 150
MAKER = "vocabulary.py"


def test_each_folder_is_a_spec_that_passes_the_checks() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__") == [*NAMES]
    for name in NAMES:
        assert checked(FOLDER / name).contents


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_said_in_few_lines(name: str) -> None:
    files = [path for path in (FOLDER / name).rglob("*") if path.is_file()]
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) <= MOST_LINES


def test_no_format_has_code_of_its_own() -> None:
    assert [path.name for path in FOLDER.rglob("*.py")] == [MAKER]


def test_the_vocabulary_is_what_its_program_makes(tmp_path: Path) -> None:
    shutil.copy(FOLDER / MAKER, tmp_path)
    runpy.run_path(str(tmp_path / MAKER), run_name="__main__")
    assert (tmp_path / VOCABULARY.name).read_bytes() == VOCABULARY.read_bytes()


def test_both_formats_have_the_same_vocabulary() -> None:
    assert (
        len({(FOLDER / name / "encodings.yaml").read_text(encoding="utf-8").partition("context")[2] for name in NAMES})
        == 1
    )
