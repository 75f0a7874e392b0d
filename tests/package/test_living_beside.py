"""docs/living-beside-the-reference.md tells which of two packages of one name is imported, and how to see it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import openai_harmony
from tests.support.reference import ROOT, reference_folder

PAGE = (ROOT / "docs" / "living-beside-the-reference.md").read_text(encoding="utf-8")
NAME = "openai_harmony"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def laid(folder: Path, *sources: Path) -> Path:
    """A folder that holds the files of packages, written one over the other, as pip does."""
    for source in sources:
        shutil.copytree(source / NAME, folder / NAME, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env={**environment, "PYTHONPATH": str(folder)}, capture_output=True, text=True
    )


SHOWN = next(block for block in blocks("python") if "__path__" in block)
VERSION = ["-m", NAME, "--version"]


@pytest.mark.parametrize("sources", [["ours"], ["theirs", "ours"]])
def test_this_package_is_seen_where_it_was_installed_last(sources: list[str], tmp_path: Path) -> None:
    folder = laid(tmp_path, *({"ours": ROOT, "theirs": reference_folder()}[name] for name in sources))
    assert "`python -m openai_harmony --version`" in PAGE.replace("```sh\n", "`").replace("\n```", "`")
    assert run(folder, *VERSION).stdout == f"openai_harmony {openai_harmony.__version__}\n"
    assert run(folder, "-c", SHOWN).stdout == f"{openai_harmony.__version__} {folder / NAME}\n"


def test_the_reference_alone_has_no_such_command(tmp_path: Path) -> None:
    folder = laid(tmp_path, reference_folder())
    done = run(folder, *VERSION)
    assert done.returncode == 1
    (shown,) = re.findall(r"\(`(No module named .*)`\)", PAGE)
    assert shown in done.stderr
    assert run(folder, "-c", SHOWN).stdout == f"not this package {folder / NAME}\n"


def test_another_package_over_this_one_is_named(tmp_path: Path) -> None:
    folder = laid(tmp_path, ROOT, reference_folder())
    done = run(folder, *VERSION)
    assert done.returncode == 1
    assert done.stderr.startswith("openai_harmony: another package of this name was installed over this one")
    assert "docs/living-beside-the-reference.md" in done.stderr
    assert run(folder, "-c", SHOWN).stdout == f"not this package {folder / NAME}\n"


def test_a_folder_of_its_own_comes_first(tmp_path: Path) -> None:
    mine, environment = laid(tmp_path / "harmony", ROOT), laid(tmp_path / "environment", reference_folder())
    program = f"import sys; sys.path.append({str(environment)!r})\n{SHOWN}"
    assert run(mine, "-c", program).stdout == f"{openai_harmony.__version__} {mine / NAME}\n"


def test_what_the_page_says_to_do_before_a_fork_builds_the_encoder() -> None:
    (code,) = (block for block in blocks("python") if "prepare" in block)
    done = run(ROOT, "-c", f"{code}\nimport sys; print('tiktoken' in sys.modules)")
    assert done.stdout == "True\n", done.stderr


@pytest.mark.parametrize("page", ["README.md", "openai_harmony/__main__.py"])
def test_the_page_is_linked(page: str) -> None:
    assert "docs/living-beside-the-reference.md" in (ROOT / page).read_text(encoding="utf-8")
