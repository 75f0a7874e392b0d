"""The format can be changed in place: tests that do not pin it stay green, and one that should pin it is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codegen.check import checked
from codegen.model import Spec
from tests import format_edits
from tests.support.generated import SPEC, edited_spec

pytestmark = pytest.mark.shipped  # the edits are edits of the shipped spec

FEW = ["tests/package/test_any_format.py::test_what_is_written_reads_back", "tests/spec/test_recovery_rules.py"]
SPELLED = """
from openai_harmony import load_harmony_encoding

def test_the_start_token_is_the_shipped_one():
    assert load_harmony_encoding("HarmonyGptOss").encode("<|message|>", allowed_special="all") == [200008]
"""


@pytest.fixture(scope="module")
def shipped() -> Spec:
    return checked(SPEC)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which a token has another name."""
    return format_edits.edited_copy(tmp_path_factory.mktemp("copy"), format_edits.EDITS["renamed_token"])


@pytest.mark.parametrize("name", format_edits.EDITS)
def test_every_edit_is_one_that_the_spec_allows(name: str, shipped: Spec, tmp_path: Path) -> None:
    changed = checked(edited_spec(tmp_path, format_edits.EDITS[name]))
    assert vars(replace(changed, places={})) != vars(replace(shipped, places={}))


def test_what_does_not_pin_the_format_stays_green(capsys: pytest.CaptureFixture[str]) -> None:
    assert format_edits.main(["new_header_field", "-n", "0", "--tests", *FEW]) == 0
    assert capsys.readouterr().out == "| edit | red |\n| --- | --- |\n| new_header_field | 0 |\n\nnothing is red\n"


def test_a_test_that_spells_the_shipped_format_is_red(copy: Path) -> None:
    spelled = copy / "tests" / "test_spelled.py"
    spelled.write_text(SPELLED, encoding="utf-8")
    red = ["tests/test_spelled.py::test_the_start_token_is_the_shipped_one"]
    assert format_edits.run_tests(copy, str(spelled)) == red


def test_a_module_that_cannot_be_imported_under_an_edit_is_red(tmp_path: Path) -> None:
    copy = format_edits.edited_copy(tmp_path, format_edits.EDITS["renamed_role"])
    path = copy / "tests" / "test_spelled.py"
    path.write_text("from openai_harmony import Role\n\nSAID = Role.DEVELOPER\n", encoding="utf-8")
    assert format_edits.run_tests(copy, str(path)) == ["tests/test_spelled.py"]


def test_a_run_without_tests_is_no_success(copy: Path) -> None:
    with pytest.raises(RuntimeError, match="file or directory not found"):
        format_edits.run_tests(copy, "tests/nothing.py")


def test_an_edit_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        format_edits.main(["sideways"])
    assert "no such edit: sideways" in capsys.readouterr().err
