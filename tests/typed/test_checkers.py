"""The share of names whose type is known falls with one that is not, and a checker that does not work is no silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typed.checkers import CHECKERS, completeness, mypy


def package(folder: Path, source: str) -> Path:
    made = folder / "made_pack"
    made.mkdir()
    (made / "py.typed").touch()
    (made / "__init__.py").write_text(f"def f(a: int) -> int:\n    return a\n{source}\n")
    return made / "__init__.py"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def g(a): ...", "made_pack.g"),
        ("def g(a: int):\n    return made", "made_pack.g"),
        ("class C:\n    def __init__(self) -> None:\n        self.x = [1]", "made_pack.C.x"),
    ],
)
def test_a_name_whose_type_has_to_be_guessed_lowers_the_share(source: str, name: str, tmp_path: Path) -> None:
    path = package(tmp_path, source)
    score, complaints = completeness("made_pack", tmp_path)
    assert 0 < score < 1
    assert {(complaint.path, complaint.text.partition(":")[0]) for complaint in complaints} == {(path.resolve(), name)}


def test_a_package_without_such_a_name_is_complete(tmp_path: Path) -> None:
    package(tmp_path, "x: int = 1")
    assert completeness("made_pack", tmp_path) == (1.0, [])


def test_a_package_that_does_not_say_that_it_is_typed_is_not_complete(tmp_path: Path) -> None:
    """Without `py.typed` a checker guesses the types of what is installed."""
    (package(tmp_path, "x: int = 1").parent / "py.typed").unlink()
    score, complaints = completeness("made_pack", tmp_path)
    assert score == 0
    assert ["No py.typed file found" in complaint.text for complaint in complaints] == [True]


def test_a_package_that_is_not_there_is_not_complete(tmp_path: Path) -> None:
    score, _ = completeness("made_pack", tmp_path)
    assert score == 0


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_says_nothing_of_a_module_without_faults_and_something_of_one_with_a_fault(
    checker: str, tmp_path: Path
) -> None:
    module = tmp_path / "made_module.py"
    module.write_text("x: int = 1\n")
    assert CHECKERS[checker]([module]) == []
    module.write_text("x: int = 1\ny: str = x\n")
    (complaint,) = CHECKERS[checker]([module])
    assert (complaint.path, complaint.line) == (module.resolve(), 2)


@pytest.mark.parametrize("checker", CHECKERS)
def test_what_is_no_python_is_told_as_any_other_fault(checker: str, tmp_path: Path) -> None:
    module = tmp_path / "made_module.py"
    module.write_text("x: int = 1\n=======\n")
    assert {(complaint.path, complaint.line) for complaint in CHECKERS[checker]([module])} == {(module.resolve(), 2)}


def test_a_checker_that_does_not_do_its_work_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"mypy ended with 2:\n"):
        mypy([tmp_path / "missing.py"])
