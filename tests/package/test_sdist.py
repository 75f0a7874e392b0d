"""The sdist is enough for what the README says: all of its commands have their files, and no more is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
from email.parser import Parser
from importlib.metadata import distributions
from pathlib import Path

import pytest

import openai_harmony
from tests.support.commands import called_targets, missing, targets

ROOT = Path(__file__).parents[2]
TOP = f"openai_harmony-{openai_harmony.__version__}"
FOLDERS = {".ci", ".github", "benchmarks", "codegen", "docs", "examples"}
FOLDERS |= {"formats", "fuzz", "openai_harmony", "spec", "tests", "website"}
PAGES = {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE", "README.md", "SECURITY.md"}
FILES = {".gitattributes", ".gitignore", "Makefile", "PKG-INFO", "hatch_build.py", "mkdocs.yml", "pyproject.toml"}
FILES |= {"openai_harmony_pytest.py"}
# `codegen check` where what others than some distributions install, told on the standard input, cannot be imported.
WITH = """
import json, sys
others = set(json.load(sys.stdin))

class Others:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in others:
            raise ModuleNotFoundError(f"not installed: {name}", name=name)

sys.meta_path.insert(0, Others())
from codegen.__main__ import main
sys.exit(main(["check"]))
"""


def build(source: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return folder / f"{TOP}.tar.gz"


def names(sdist: Path) -> list[str]:
    with tarfile.open(sdist) as archive:
        return sorted(member.name.removeprefix(f"{TOP}/") for member in archive.getmembers() if member.isfile())


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture
def unpacked(sdist: Path, tmp_path: Path) -> Path:
    with tarfile.open(sdist) as archive:
        # From 3.12 to 3.13 Python warns where nothing is chosen; the first releases of 3.10 and 3.11 have no choice.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tmp_path)
    return tmp_path / TOP


def run(folder: Path, *arguments: str, told: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, input=told, capture_output=True, text=True, encoding="utf-8")


def owners() -> dict[str, set[str]]:
    """The distributions of each name that can be imported, by their files: what else tells is not in every Python."""
    found: dict[str, set[str]] = {}
    for distribution in distributions():
        owner = distribution.metadata["Name"].lower()
        for name in {file.parts[0].partition(".")[0] for file in distribution.files or ()}:
            found.setdefault(name, set()).add(owner)
    return found


# what is in it ------------------------------------------------------------------------------------


def test_the_sdist_holds_these_folders_and_files(sdist: Path) -> None:
    assert {name.partition("/")[0] for name in names(sdist)} == FOLDERS | PAGES | FILES


def test_nothing_is_in_it_that_git_would_not_keep_and_nothing_is_left_out(sdist: Path) -> None:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("there is no repository here, or no git")
    found = set(names(sdist)) - {"PKG-INFO"}
    assert found <= tracked("--cached", "--others", "--exclude-standard")
    assert {name for name in tracked("--cached") if (ROOT / name).exists()} <= found


def tracked(*options: str) -> set[str]:
    done = subprocess.run(["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, check=True)
    return set(done.stdout.decode().split("\0")) - {""}


def test_a_folder_or_file_elsewhere_that_has_such_a_name_stays_out(sdist: Path, unpacked: Path, tmp_path: Path) -> None:
    for name in [*(f"notes/{folder}/stray.py" for folder in FOLDERS), *(f"notes/{page}" for page in PAGES), "notes.md"]:
        path = unpacked / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
    again = build(unpacked, tmp_path)
    assert names(again) == names(sdist)


# what can be done with it -------------------------------------------------------------------------


def test_the_generator_checks_what_was_unpacked(unpacked: Path) -> None:
    done = run(unpacked, "-m", "codegen", "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    roles = unpacked / "spec" / "roles.yaml"
    roles.write_text(roles.read_text(encoding="utf-8").replace("  user:\n", "  customer:\n"), encoding="utf-8")
    chat = unpacked / "spec" / "chat.yaml"
    chat.write_text(chat.read_text(encoding="utf-8").replace("{role: user}", "{role: customer}"), encoding="utf-8")
    done = run(unpacked, "-m", "codegen", "check")
    assert done.returncode == 1
    assert '+    CUSTOMER = "customer"\n' in done.stdout


def test_the_generator_needs_the_extra_that_the_readme_names_and_nothing_else(unpacked: Path) -> None:
    assert "`pip install '.[codegen]'`" in (unpacked / "README.md").read_text(encoding="utf-8")
    needed = Parser().parsestr((unpacked / "PKG-INFO").read_text(encoding="utf-8")).get_all("Requires-Dist") or []
    extra = [re.split(r"[^\w-]", line)[0] for line in needed if line.endswith("extra == 'codegen'")]
    assert extra
    known = owners()
    brought = ["markupsafe"]  # by Jinja

    def check_with(*installed: str) -> subprocess.CompletedProcess[str]:
        others = [name for name, owned_by in known.items() if not owned_by & {*installed, *brought}]
        return run(unpacked, "-c", WITH, told=json.dumps(others))

    done = check_with(*extra)
    assert done.returncode == 0, done.stderr
    for name in extra:
        done = check_with(*(other for other in extra if other != name))
        assert "ModuleNotFoundError: not installed: " in done.stderr, name


def test_the_demonstration_runs_as_it_does_here(unpacked: Path) -> None:
    program = "import sys, runpy; sys.path.insert(0, ''); runpy.run_path('examples/demo.py', run_name='__main__')"
    there, here = run(unpacked, "-c", program), run(ROOT, "-c", program)
    assert (there.returncode, there.stdout) == (0, here.stdout)


def test_what_a_page_leads_to_is_there(unpacked: Path) -> None:
    for page in unpacked.glob("*.md"):
        targets = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
        assert [target for target in targets if not (unpacked / target).exists()] == [], page.name


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "spec/README.md"])
def test_the_commands_of_a_page_are_there(page: str, unpacked: Path) -> None:
    text = (unpacked / page).read_text(encoding="utf-8")
    makefile = (unpacked / "Makefile").read_text(encoding="utf-8")
    assert called_targets(text)
    assert called_targets(text) <= targets(makefile)
    assert list(missing(unpacked, text)) == []
    assert list(missing(unpacked, makefile)) == []


def test_a_command_without_its_file_is_noticed(unpacked: Path) -> None:
    makefile = (unpacked / "Makefile").read_text(encoding="utf-8")
    shutil.rmtree(unpacked / "tests" / "conformance")
    (unpacked / "examples" / "demo.py").unlink()
    assert set(missing(unpacked, makefile)) == {"tests.conformance", "examples/demo.py"}
    assert called_targets("Run `make all`, or:\n\nmake most\n") == {"all", "most"}
