"""What `python -m codegen` prints may be read in part."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.generated import ROOT, SPEC, generate
from tests.support.trial import ENVIRONMENT


@pytest.mark.parametrize("arguments", [["check"], ["--help"]])
def test_whoever_stops_reading_is_no_traceback(tmp_path: Path, arguments: list[str]) -> None:
    if arguments == ["check"]:
        spec = shutil.copytree(SPEC, tmp_path / "spec")
        generate(spec, tmp_path, "harmony_copy")
        for path in (tmp_path / "harmony_copy" / "_generated").glob("*.py"):
            path.write_text("", encoding="utf-8")  # so that there is much to show
        arguments = ["check", "--spec", str(spec), "--out", str(tmp_path), "--package", "harmony_copy"]
    command = [sys.executable, "-m", "codegen", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141
