"""There is one place that says which version this is, and everything that shows it reads it there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import openai_harmony
from openai_harmony.__main__ import main

ROOT = Path(__file__).parents[2]
TOLD = "import sys, openai_harmony; print(openai_harmony.__version__, 'importlib.metadata' in sys.modules)"


def test_the_version_is_known_without_looking_for_what_is_installed() -> None:
    done = subprocess.run([sys.executable, "-c", TOLD], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [openai_harmony.__version__, "False"]


def test_the_command_tells_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"openai_harmony {openai_harmony.__version__}\n"


def test_the_version_stands_in_no_other_file() -> None:
    stated = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(r'^dynamic = \["version", "readme"\]$', stated, re.MULTILINE)
    assert not re.search(r"^version *=", stated, re.MULTILINE)
    assert '[tool.hatch.version]\npath = "openai_harmony/_version.py"\n' in stated


def test_the_changelog_begins_with_this_version() -> None:
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first is not None
    assert first[1] == openai_harmony.__version__
