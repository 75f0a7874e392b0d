"""What is installed works without the repository: a wheel in an empty environment, without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

import openai_harmony
from openai_harmony import Conversation, DeveloperContent, Message, Role, SystemContent, load_harmony_encoding

ROOT = Path(__file__).parents[2]
DATA = "openai_harmony/data/o200k_base.bin"
PLUGIN = "openai_harmony_pytest.py"  # beside the package, which pytest does not import with it
INSTALLED = f"openai_harmony-{openai_harmony.__version__}"
NEEDED = {
    name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ
}  # without it Windows starts no Python
PROGRAM = """
import json, sys

def hook(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(f"the network is asked for: {event}")

sys.addaudithook(hook)
import openai_harmony
encoding = openai_harmony.load_harmony_encoding("HarmonyGptOss")
conversation = openai_harmony.Conversation.from_json(sys.argv[1])
tokens = encoding.render_conversation_for_completion(conversation, "assistant")
print(json.dumps({"at": openai_harmony.__file__, "tokens": tokens}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    (made,) = folder.glob("*.whl")
    return made


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True)


def strangers(names: Iterable[str]) -> list[str]:
    """Files of a wheel that belong neither to the package nor to the wheel's own notes."""
    own = ("openai_harmony/", f"{INSTALLED}.dist-info/")
    return [name for name in names if not name.startswith(own) and name != PLUGIN]


def test_the_wheel_is_for_every_python_and_platform(wheel: Path) -> None:
    assert wheel.name == f"{INSTALLED}-py3-none-any.whl"


def test_the_wheel_holds_the_package_whole_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert strangers(names) == []
    package = ROOT / "openai_harmony"
    files = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in files} == {
        n for n in names if n.startswith("openai_harmony/")
    }
    assert {DATA, PLUGIN, "openai_harmony/py.typed", "openai_harmony/_generated/framing.py"} <= set(names)


def test_pytest_finds_the_plugin_of_the_wheel(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    notes = archive.read(f"{INSTALLED}.dist-info/entry_points.txt").decode()
    assert "[pytest11]\nopenai_harmony_pytest = openai_harmony_pytest\n" in notes


def test_the_rows_of_the_conformance_kit_take_little_of_the_wheel(wheel: Path) -> None:
    rows = [info for info in zipfile.ZipFile(wheel).infolist() if "/data/conformance/" in info.filename]
    assert sum(info.file_size for info in rows) > 1_000_000
    assert sum(info.compress_size for info in rows) < 250_000


def test_a_test_or_the_generator_in_a_wheel_is_noticed() -> None:
    assert strangers(["openai_harmony/__init__.py", "tests/test_x.py", "codegen/check.py", "formats/a.yaml"]) != []


def test_the_vocabulary_takes_about_a_megabyte_and_a_half_of_the_wheel(wheel: Path) -> None:
    assert 1_200_000 < zipfile.ZipFile(wheel).getinfo(DATA).compress_size < 1_600_000
    assert wheel.stat().st_size < 2_300_000


def test_the_wheel_says_what_it_needs_and_under_which_licence_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    notes = archive.read(f"{INSTALLED}.dist-info/METADATA").decode().splitlines()
    needed = [line for line in notes if line.startswith("Requires-Dist:") and "extra" not in line]
    assert sorted(needed) == ["Requires-Dist: pydantic>=2.7.1", "Requires-Dist: tiktoken>=0.14"]
    assert {"Name: openai-harmony", f"Version: {openai_harmony.__version__}", "Requires-Python: >=3.10"} <= set(notes)
    licences = {name.rpartition("/")[2] for name in archive.namelist() if "/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel; what the wheel needs is lent by this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    python = folder / "bin" / "python" if os.name == "posix" else folder / "Scripts" / "python.exe"
    command = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
    zipfile.ZipFile(wheel).extractall(packages)
    # These come behind the wheel's folder, and their own *.pth files, such as an editable install's, do not count.
    lent = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    (packages / "lent.pth").write_text("\n".join(lent) + "\n", encoding="utf-8")
    return python


def test_an_installed_wheel_renders_in_another_folder_without_a_network(environment: Path, tmp_path: Path) -> None:
    conversation = Conversation.from_messages(
        [
            Message.from_role_and_content(Role.SYSTEM, SystemContent.new().with_browser_tool()),
            Message.from_role_and_content(Role.DEVELOPER, DeveloperContent.new().with_instructions("Be brief.")),
            Message.from_role_and_content(Role.USER, "Wie spät ist es? 🕰"),
        ]
    )
    command = [str(environment), "-I", "-c", PROGRAM, conversation.to_json()]
    done = subprocess.run(command, cwd=tmp_path, env=NEEDED, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert Path(found["at"]).is_relative_to(environment.parents[1])
    assert Path(openai_harmony.__file__).is_relative_to(ROOT)
    expected = load_harmony_encoding("HarmonyGptOss").render_conversation_for_completion(conversation, Role.ASSISTANT)
    assert found["tokens"] == expected


def test_a_program_that_asks_for_the_network_fails(environment: Path, tmp_path: Path) -> None:
    program = PROGRAM + "import socket; socket.getaddrinfo('localhost', 80)\n"
    command = [str(environment), "-I", "-c", program, '{"messages": []}']
    done = subprocess.run(command, cwd=tmp_path, env=NEEDED, capture_output=True, text=True)
    assert done.returncode == 1
    assert "the network is asked for: socket.getaddrinfo" in done.stderr
