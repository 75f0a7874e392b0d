"""The package works where it is no folder: in a zip on `sys.path`, as zipapp, PEX and `--py-files` have it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from openai_harmony import Message, Role, load_harmony_encoding, response_template

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
import openai_harmony
from openai_harmony import Message, Role, load_harmony_encoding

encoding = load_harmony_encoding("HarmonyGptOss")
tokens = encoding.render(Message.from_role_and_content(Role.USER, "Wie geht's?"))
read = encoding.parse_messages_from_completion_tokens(tokens)
print(json.dumps([openai_harmony.__file__, encoding.encode("Grüße"), tokens, read[0].to_json()]))
"""
MISSING = 'from openai_harmony import load_harmony_encoding\nload_harmony_encoding("HarmonyGptOss").encode("x")\n'


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zipped(tmp_path_factory.mktemp("zip") / "package.zip")


def zipped(path: Path, without: str = "nothing") -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for file in sorted((ROOT / "openai_harmony").rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts and file.suffix != without:
                made.write(file, file.relative_to(ROOT))
    return path


def run(arguments: list[str], folder: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TIKTOKEN"))}
    environment |= {} if path is None else {"PYTHONPATH": str(path)}
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)


def check(answer: str, archive: Path) -> None:
    encoding = load_harmony_encoding("HarmonyGptOss")
    where, encoded, tokens, read = json.loads(answer)
    assert Path(where) == archive / "openai_harmony" / "__init__.py"
    assert encoded == encoding.encode("Grüße")
    message = Message.from_role_and_content(Role.USER, "Wie geht's?")
    assert tokens == encoding.render(message)
    assert Message.from_json(read) == message


@pytest.mark.shipped
def test_a_zip_on_the_path_encodes_renders_and_parses(archive: Path, tmp_path: Path) -> None:
    done = run(["-c", PROGRAM], tmp_path, archive)
    assert done.returncode == 0, done.stderr
    check(done.stdout, archive)


@pytest.mark.shipped
def test_a_zip_that_is_a_program_does_too(tmp_path: Path) -> None:
    program = zipped(tmp_path / "program.pyz")
    with zipfile.ZipFile(program, "a") as made:
        made.writestr("__main__.py", PROGRAM)
    done = run([str(program)], tmp_path)
    assert done.returncode == 0, done.stderr
    check(done.stdout, program)


def test_a_zip_has_the_templates(archive: Path, tmp_path: Path) -> None:
    done = run(["-m", "openai_harmony", "template", "response"], tmp_path, archive)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == response_template()


def test_a_zip_without_the_vocabulary_says_so(tmp_path: Path) -> None:
    bare = zipped(tmp_path / "bare.zip", without=".bin")
    done = run(["-c", MISSING], tmp_path, bare)
    assert "VocabularyError: cannot read the packed vocabulary: " in done.stderr
    assert str(Path("bare.zip", "openai_harmony", "data", "o200k_base.bin")) in done.stderr
