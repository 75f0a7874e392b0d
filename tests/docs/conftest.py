"""The documentation site, built once for all tests of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]


class Site(NamedTuple):
    """A site, and what was said while it was built."""

    folder: Path
    said: str


def build(folder: Path, config: Path = ROOT / "mkdocs.yml") -> tuple[int, str]:
    """Build a site into a folder; return the exit status and what was said."""
    command = [sys.executable, "-m", "mkdocs", "build", "--config-file", str(config), "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, said = shared / "site", shared / "site.txt"
    with FileLock(shared / "site.lock"):
        if not said.exists():
            said.write_text("\n".join(map(str, build(folder))), encoding="utf-8")
    status, text = said.read_text(encoding="utf-8").split("\n", 1)
    assert status == "0", text
    return Site(folder, text)
