"""`make` asks its Python how old it is, and makes the environment of another one anew; the Pythons here are made up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix" or shutil.which("make") is None, reason="no make here")

# Runs each program as a Python of another version in another place would. Its environments hold a copy of it.
PYTHON = """#!{python}
import os, shutil, sys
version, place, build = {version!r}, {place!r}, {build!r}
sys.version_info = (*version, "final", 0)
sys.version = ".".join(map(str, version)) + " (" + build + ")"
if sys.argv[1] == "-c":
    sys.base_prefix = place
    exec(sys.argv[2])
elif sys.argv[1:3] == ["-m", "venv"]:
    folder = sys.argv[3]
    os.makedirs(folder + "/bin")
    shutil.copy(__file__, folder + "/bin/python")
    with open(folder + "/pyvenv.cfg", "w") as notes:
        notes.write("home = " + place + "\\nversion = " + ".".join(map(str, version)) + "\\n")
with open({log!r}, "a") as log:
    log.write(" ".join([place, *sys.argv[1:]]) + "\\n" if sys.argv[1] != "-c" else "")
"""


class Project:
    """A folder with the Makefile, and what its Pythons were asked to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.venv = folder / ".venv"
        self._log = folder / "log"
        for name in ("Makefile", "pyproject.toml"):
            shutil.copy2(ROOT / name, folder)
            os.utime(folder / name, (1, 1))

    def python(self, name: str, version: tuple[int, int, int], place: str, build: str = "main") -> str:
        path = self.folder / name
        facts = {"version": version, "place": place, "build": build, "log": str(self._log)}
        path.write_text(PYTHON.format(python=sys.executable, **facts))
        path.chmod(0o755)
        return str(path)

    def make(self, *arguments: str) -> tuple[int, str, list[str]]:
        """The exit code, what was said, and the commands that a Python was given."""
        self._log.write_text("")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        command = ["make", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr, self._log.read_text().splitlines()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def venvs(asked: list[str]) -> list[str]:
    return [line for line in asked if " -m venv " in line]


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 9, 20)])
def test_an_old_python_is_refused_with_the_variable_to_set(version: tuple[int, int, int], project: Project) -> None:
    old = project.python("python3", version, "/old")
    code, said, asked = project.make("demo", f"PYTHON={old}")
    assert code != 0
    assert f"'{old}' is not Python 3.10 or newer. Name one that is: make demo PYTHON=python3.12\n" in said
    assert asked == []
    assert not project.venv.exists()


def test_a_python_that_is_not_there_is_refused_with_the_variable_to_set(project: Project) -> None:
    code, said, _ = project.make("check", "PYTHON=python-that-is-not-there")
    assert code != 0
    assert "Name one that is: make check PYTHON=python3.12\n" in said


@pytest.mark.parametrize("version", [(3, 10, 0), (3, 14, 2), (4, 0, 0)])
def test_a_newer_one_makes_an_environment_once(version: tuple[int, int, int], project: Project) -> None:
    python = project.python("python3", version, "/new")
    code, said, asked = project.make("demo", f"PYTHON={python}")
    assert code == 0, said
    assert venvs(asked) == ["/new -m venv .venv"]
    assert sum(" -m pip " in line for line in asked) == 1
    assert "anew" not in said
    _, said, asked = project.make("demo", f"PYTHON={python}")
    assert [line for line in asked if " -m " in line] == []
    assert "anew" not in said


@pytest.mark.parametrize(
    ("version", "place", "build"),
    [
        ((3, 12, 1), "/one", "main"),
        ((3, 13, 0), "/one", "main"),
        ((3, 12, 0), "/two", "main"),
        ((3, 12, 0), "/one", "free-threading build"),
    ],
    ids=["a later patch", "a later version", "another place", "another build"],
)
def test_the_environment_of_another_python_is_made_anew(
    version: tuple[int, int, int], place: str, build: str, project: Project
) -> None:
    project.make("demo", f"PYTHON={project.python('one', (3, 12, 0), '/one')}")
    (project.venv / "left-over").touch()
    two = project.python("two", version, place, build)
    code, said, asked = project.make("demo", f"PYTHON={two}")
    assert code == 0, said
    assert f".venv is of another Python than '{two}' is now, and is made anew\n" in said
    assert venvs(asked) == [f"{place} -m venv .venv"]
    assert sum(" -m pip " in line for line in asked) == 1
    assert not (project.venv / "left-over").exists()


def test_an_environment_whose_python_was_replaced_in_its_place_is_made_anew(project: Project) -> None:
    """Its `python` is a link, and so says what the new one says; what it noted when it was made does not."""
    python = project.python("python3", (3, 12, 0), "/one")
    project.make("demo", f"PYTHON={python}")
    (project.venv / "bin" / "python").unlink()
    (project.venv / "bin" / "python").symlink_to(python)
    assert venvs(project.make("demo", f"PYTHON={python}")[2]) == []
    project.python("python3", (3, 13, 0), "/one")
    assert venvs(project.make("demo", f"PYTHON={python}")[2]) == ["/one -m venv .venv"]


def test_an_environment_whose_python_is_gone_is_made_anew(project: Project) -> None:
    python = project.python("python3", (3, 12, 0), "/one")
    project.make("demo", f"PYTHON={python}")
    (project.venv / "bin" / "python").unlink()
    assert venvs(project.make("demo", f"PYTHON={python}")[2]) == ["/one -m venv .venv"]


def test_an_environment_elsewhere_that_a_link_leads_to_is_left_alone(project: Project, tmp_path: Path) -> None:
    one = project.python("one", (3, 12, 0), "/one")
    project.make("demo", f"PYTHON={one}")
    elsewhere = project.venv.rename(tmp_path / "elsewhere")
    project.venv.symlink_to(elsewhere)
    code, said, _ = project.make("demo", f"PYTHON={project.python('two', (3, 13, 0), '/two')}")
    assert code == 0, said
    assert "version = 3.12.0" in (elsewhere / "pyvenv.cfg").read_text()
    assert "version = 3.13.0" in (project.venv / "pyvenv.cfg").read_text()
    assert not project.venv.is_symlink()


def test_dist_builds_and_checks_and_says_if_the_repository_is_not_named(project: Project) -> None:
    python = project.python("python3", (3, 12, 0), "/one")
    code, said, asked = project.make("dist", f"PYTHON={python}")
    assert code == 0, said
    steps = [line.removeprefix("/one -m ") for line in asked[-3:]]
    assert steps[:2] == ["build", "twine check --strict dist/*"]
    assert steps[2].startswith("pytest tests/package/test_sdist.py ")
    assert any(" -m pip " in line and line.endswith(" .[dist]") for line in asked)
    assert "[project.urls] names no repository" in said
    settings = project.folder / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("/OWNER/", "/me/"), encoding="utf-8")
    _, said, _ = project.make("dist", f"PYTHON={python}")
    assert "names no repository" not in said


def test_help_needs_no_python(project: Project) -> None:
    code, said, _ = project.make("help", "PYTHON=python-that-is-not-there")
    assert code == 0
    assert "make test " in said
