"""Files that commands read, and commands run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_harmony.__main__ import main
from tests.commands.running import Ran


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., str]:
    """Writes a file, a text or a JSON value, and returns its path."""

    def write(name: str, value: object) -> str:
        text = value if isinstance(value, str) else json.dumps(value)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


@pytest.fixture
def harmony(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Ran]:
    """Runs a command in this process."""

    def run(*arguments: str) -> Ran:
        status = main(list(arguments))
        out, err = capsysbinary.readouterr()
        return Ran(status, out.decode("utf-8"), err.decode("utf-8"))

    return run
