"""What several tests stand on: of the command `fuzz`, and of the workers of batches."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.batches import LINUX


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, from which modules are imported."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


STARTS = [pytest.param("forked", marks=pytest.mark.skipif(not LINUX, reason="workers are forked on Linux")), "spawned"]


@pytest.fixture(params=STARTS)
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How workers start, whatever threads the program has that runs the tests."""
    monkeypatch.setattr("openai_harmony._batch.can_fork", lambda: request.param == "forked")
    return str(request.param)
