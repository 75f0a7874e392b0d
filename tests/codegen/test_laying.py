"""What is laid is brought up to date, and what a person did is neither replaced nor removed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from codegen.laying import MANIFEST, Laying, laying_of
from codegen.output import write

FILES = {"a.py": "A", "deep/__init__.py": "", "deep/b.py": "B"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write(FILES, tmp_path / "source")
    return tmp_path / "source"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


def plan(source: Path, target: Path) -> Laying:
    found = laying_of(source, target, lambda name: True)
    assert found is not None
    return found


def lay(source: Path, target: Path) -> Laying:
    found = plan(source, target)
    found.lay()
    return found


def shown(target: Path) -> dict[str, str]:
    paths = [path for path in target.rglob("*") if path.is_file() and path.name != MANIFEST]
    return {path.relative_to(target).as_posix(): path.read_text() for path in paths}


def test_everything_that_is_written_by_hand_is_laid_where_nothing_is(source: Path, target: Path) -> None:
    write({"_generated/g.py": "G", "__pycache__/a.pyc": "P", "deep/__pycache__/b.pyc": "P"}, source)
    assert sorted(lay(source, target).written) == sorted(FILES)
    assert shown(target) == FILES


def test_what_is_not_part_of_the_variant_is_not_laid(source: Path, target: Path) -> None:
    found = laying_of(source, target, lambda name: name != "a.py")
    assert found is not None
    assert sorted(found.written) == ["deep/__init__.py", "deep/b.py"]


def test_what_is_laid_is_not_laid_again(source: Path, target: Path) -> None:
    lay(source, target)
    for name in (*FILES, MANIFEST):
        os.utime(target / name, (1, 1))
    again = lay(source, target)
    assert (again.written, again.removed, again.changed, again.abandoned) == ({}, (), (), ())
    assert {(target / name).stat().st_mtime for name in (*FILES, MANIFEST)} == {1}


def test_a_package_is_not_laid_over_itself(source: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(source)
    assert laying_of(source, source / ".." / "source", lambda name: True) is None
    assert laying_of(source, tmp_path / "link", lambda name: True) is None


def test_a_new_version_replaces_adds_and_removes(source: Path, target: Path) -> None:
    lay(source, target)
    write({"a.py": "A2", "c.py": "C"}, source)
    shutil.rmtree(source / "deep")
    found = lay(source, target)
    assert (sorted(found.written), found.removed) == (["a.py", "c.py"], ("deep/__init__.py", "deep/b.py"))
    assert shown(target) == {"a.py": "A2", "c.py": "C"}
    assert not (target / "deep").exists()
    assert plan(source, target).removed == ()


def test_a_file_that_is_missing_is_laid_again_and_one_that_is_removed_already_is_no_matter(
    source: Path, target: Path
) -> None:
    lay(source, target)
    (target / "a.py").unlink()
    (target / "deep/b.py").unlink()
    (source / "deep/b.py").unlink()
    found = lay(source, target)
    assert (list(found.written), found.removed, found.abandoned) == (["a.py"], (), ())


def test_bytecode_keeps_no_folder(source: Path, target: Path) -> None:
    lay(source, target)
    write({"deep/__pycache__/b.cpython-311.pyc": "P"}, target)
    shutil.rmtree(source / "deep")
    lay(source, target)
    assert shown(target) == {"a.py": "A"}
    assert not (target / "deep").exists()


def test_a_file_that_was_never_laid_stays_and_keeps_its_folder(source: Path, target: Path) -> None:
    lay(source, target)
    write({"deep/mine.py": "M", "mine.py": "M"}, target)
    shutil.rmtree(source / "deep")
    found = lay(source, target)
    assert (found.changed, found.abandoned) == ((), ())
    assert shown(target) == {"a.py": "A", "deep/mine.py": "M", "mine.py": "M"}


def test_a_file_that_somebody_changed_stays_and_is_told_as_long_as_it_differs(source: Path, target: Path) -> None:
    lay(source, target)
    write({"a.py": "mine"}, target)
    assert lay(source, target).changed == ("a.py",)
    write({"a.py": "A2"}, source)
    assert lay(source, target).changed == ("a.py",)
    assert shown(target)["a.py"] == "mine"
    write({"a.py": "A"}, target)  # as it was laid
    assert list(lay(source, target).written) == ["a.py"]
    assert shown(target)["a.py"] == "A2"


def test_a_file_that_somebody_changed_is_not_removed(source: Path, target: Path) -> None:
    lay(source, target)
    write({"deep/b.py": "mine"}, target)
    shutil.rmtree(source / "deep")
    found = lay(source, target)
    assert (found.removed, found.abandoned) == (("deep/__init__.py",), ("deep/b.py",))
    assert shown(target) == {"a.py": "A", "deep/b.py": "mine"}
    assert lay(source, target).abandoned == ()  # it is theirs now


def test_without_digests_what_is_equal_is_taken_for_laid_and_all_else_for_somebodys(source: Path, target: Path) -> None:
    write({**FILES, "a.py": "older"}, target)
    found = lay(source, target)
    assert (found.written, found.changed) == ({}, ("a.py",))
    shutil.rmtree(source / "deep")
    assert lay(source, target).removed == ("deep/__init__.py", "deep/b.py")
    assert shown(target) == {"a.py": "older"}


def test_nothing_is_written_through_a_link_or_over_a_folder(source: Path, target: Path, tmp_path: Path) -> None:
    write({"b.py": "old"}, tmp_path / "elsewhere")
    target.mkdir()
    (target / "deep").symlink_to(tmp_path / "elsewhere")
    (target / "a.py").mkdir()
    assert lay(source, target).changed == ("a.py", "deep/__init__.py", "deep/b.py")
    assert shown(tmp_path / "elsewhere") == {"b.py": "old"}


@pytest.mark.parametrize("name", ["../outside.py", "deep/../../outside.py", "{absolute}"])
def test_nothing_is_removed_outside_of_the_package(name: str, source: Path, target: Path, tmp_path: Path) -> None:
    lay(source, target)
    outside = tmp_path / "outside.py"
    outside.write_text("A")
    row = (target / MANIFEST).read_text().splitlines()[0].replace("a.py", name.format(absolute=outside))
    with (target / MANIFEST).open("a") as file:
        file.write(f"{row}\nnot a row\n")
    found = lay(source, target)
    assert (found.removed, found.abandoned) == ((), ())
    assert outside.exists()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_the_digests_can_be_checked_by_the_usual_tool(source: Path, target: Path) -> None:
    lay(source, target)
    command = ["sha256sum", "--check", "--strict", MANIFEST]
    assert subprocess.run(command, cwd=target, capture_output=True).returncode == 0
    write({"a.py": "mine"}, target)
    assert subprocess.run(command, cwd=target, capture_output=True).returncode == 1
