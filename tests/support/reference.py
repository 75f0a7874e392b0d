"""The reference library in a process of its own, since it has the import name of ours.

Nothing of this process reaches it but questions, and nothing comes back but answers; what is asked is each test's own.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from codegen.vocabulary import unpack_to_source

ROOT = Path(__file__).parents[2]
OPERATIONS = Path(__file__).with_name("operations.py")
Question: TypeAlias = tuple[str, dict[str, Any]]
Answer: TypeAlias = dict[str, Any]


class ReferenceMissing(AssertionError):
    """The reference library is not there: that is a failure, never a reason to skip."""


def reference_folder() -> Path:
    """Where the reference library is installed, by itself."""
    return installed_folder("the reference library", "HARMONY_REFERENCE", ".reference", "openai_harmony/__init__.py")


def template_path() -> Path:
    """Where the chat template is that the style `hf` follows, in a package that has it as data."""
    within = "trl/chat_templates/gptoss.jinja"
    return installed_folder("the chat template", "HARMONY_TEMPLATE", ".reference-template", within) / within


def installed_folder(what: str, variable: str, default: str, within: str) -> Path:
    """Where something is installed by itself, beside the environment."""
    folder = Path(os.environ.get(variable) or ROOT / default).resolve()
    if not (folder / within).is_file():
        raise ReferenceMissing(
            f"{what} is not in {folder}: `make test` installs it there (or name its folder in {variable})"
        )
    return folder


class Reference:
    """A worker that answers questions; one conversation of lines, so not to be shared by threads."""

    def __init__(self, folder: Path) -> None:
        self._vocabulary = tempfile.TemporaryDirectory(prefix="harmony-vocabulary-")
        write_vocabulary_source(Path(self._vocabulary.name))
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        environment |= {"PYTHONPATH": str(folder), "TIKTOKEN_ENCODINGS_BASE": self._vocabulary.name}
        self._worker = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(OPERATIONS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._vocabulary.name,
            env=environment,
            encoding="utf-8",
        )

    def ask(self, questions: Iterable[Question]) -> list[Answer]:
        """The answers to questions, by one line there and one back."""
        to, back = self._worker.stdin, self._worker.stdout
        assert to is not None
        assert back is not None
        to.write(json.dumps(list(questions)) + "\n")
        to.flush()
        line = back.readline()
        if not line:
            raise RuntimeError(f"the reference's process ended with exit code {self._worker.wait()}")
        answers: list[Answer] = json.loads(line)
        return answers

    def where(self) -> str:
        """The file that answers: proof that it is not ours."""
        return str(self.ask([("py", {"code": "oh.__file__"})])[0]["output"]["repr"])

    def close(self) -> None:
        with self._worker:
            assert self._worker.stdin is not None
            self._worker.stdin.close()
        self._vocabulary.cleanup()


@functools.cache
def reference() -> Reference:
    """This process's worker; it ends with this process."""
    return _worker(reference_folder())


@functools.cache
def fork() -> Reference:
    """The worker of oss-harmony, which the style `oss` follows."""
    return _worker(installed_folder("oss-harmony", "HARMONY_OSS", ".reference-oss", "openai_harmony/__init__.py"))


def _worker(folder: Path) -> Reference:
    worker = Reference(folder)
    atexit.register(worker.close)
    assert str(folder) in worker.where(), f"{worker.where()} answers for the reference in {folder}"
    return worker


def write_vocabulary_source(folder: Path) -> Path:
    """The vocabulary file that the reference wants to find, written from the packed one of this package."""
    (encoding,) = yaml.safe_load((ROOT / "spec" / "encodings.yaml").read_text(encoding="utf-8"))["encodings"].values()
    facts = encoding["vocabulary"]
    packed = (ROOT / "openai_harmony" / "data" / facts["packed"]).read_bytes()
    path = folder / str(facts["file"])
    path.write_bytes(unpack_to_source(packed, facts["ranks"]))
    return path
