"""docs/new-format.md is followed as it stands: its files are written, its commands run, what it shows is what comes."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.formats.made import FOLDER, VOCABULARY
from tests.support.generated import ROOT

PAGE = ROOT / "docs" / "new-format.md"
SPEC, OUT = "my-format", "build"
_BLOCK = re.compile(r"^```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = "import doctest, sys; sys.exit(doctest.testfile(sys.argv[1], False, optionflags=doctest.ELLIPSIS)[0] > 0)"


class Block(NamedTuple):
    language: str
    file: str | None
    text: str


def blocks(page: str) -> list[Block]:
    return [Block(found["language"], found["file"], found["text"]) for found in _BLOCK.finditer(page)]


class Follower:
    """Does what a page says in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder / OUT)])}

    def follow(self, block: Block) -> str | None:
        """Does what a block says; what did not come as it is shown."""
        if block.file is not None:
            path = self.folder / block.file
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            return self._commands(block.text)
        elif block.language == "pycon":
            return self._session(block.text)
        return None

    def _commands(self, text: str) -> str | None:
        """Commands behind `$`, each with what it prints; `cd` holds up to the end of the block."""
        folder = self.folder
        for command, shown in _shown(text):
            words = shlex.split(command)
            if words[0] == "cd":
                folder = folder / words[1]
                continue
            assert words[0] == "python", command
            done = self._run(folder, *words[1:])
            printed = done.stdout if done.returncode == 0 else done.stderr
            if not doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS):
                return f"{command} printed {done.stdout}{done.stderr}"
        return None

    def _session(self, text: str) -> str | None:
        path = self.folder / "session.txt"
        path.write_text(text, encoding="utf-8")
        done = self._run(self.folder, "-c", RUN, str(path))
        return None if done.returncode == 0 else f"{done.stdout}{done.stderr}"

    def _run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, encoding="utf-8"
        )


def _shown(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Follower:
    follower = Follower(tmp_path_factory.mktemp("page"))
    (follower.folder / FOLDER.name).mkdir()
    shutil.copy(VOCABULARY, follower.folder / FOLDER.name)
    for block in blocks(PAGE.read_text(encoding="utf-8")):
        assert follower.follow(block) is None, block.text
    return follower


def test_the_page_can_be_followed_to_its_end(followed: Follower) -> None:
    languages = [block.language for block in blocks(PAGE.read_text(encoding="utf-8"))]
    assert languages.count("pycon") == languages.count("console") - 2 == 5


def test_at_its_end_the_spec_is_that_of_the_example(followed: Follower) -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in (followed.folder / SPEC).iterdir()}
    assert found == {path.name: path.read_text(encoding="utf-8") for path in (FOLDER / "chatml").iterdir()}


@pytest.mark.parametrize(
    "block",
    [
        Block("console", None, "$ python -c \"print('a')\"\nb\n"),
        Block("console", None, '$ python -c "import no_such_module"\n'),
        Block("pycon", None, ">>> 1 + 1\n3\n"),
    ],
)
def test_what_comes_otherwise_than_it_is_shown_is_noticed(block: Block, tmp_path: Path) -> None:
    assert Follower(tmp_path).follow(block) is not None


def test_its_python_is_for_a_package_that_no_type_checker_knows_and_marked_as_such() -> None:
    assert "```python" not in PAGE.read_text(encoding="utf-8")
