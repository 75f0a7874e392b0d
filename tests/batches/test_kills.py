"""A job that ends at whatever moment goes on to the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openai_harmony.datasets import run_batch
from tests.batches.rows_made import chat, digests, write_lines
from tests.support.generated import ROOT

pytestmark = pytest.mark.shipped


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each job is a forked process")
def test_a_job_that_is_killed_before_any_step_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [*(chat(number) for number in range(5)), b"[", chat(6), b"{"])
    command = [sys.executable, "-W", "ignore", "-m", "tests.batches.program_killed", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    steps = {name: int(count) for name, count in map(str.split, done.stdout.splitlines())}
    assert [*steps] == ["out.parquet", "out"]
    assert min(steps.values()) > 20


def begun(source: Path, output: Path, parts: int) -> subprocess.Popen[bytes]:
    """A job of two processes that has done some parts."""
    command = [
        sys.executable,
        "-m",
        "openai_harmony",
        "batch",
        str(source),
        str(output),
        "--resume",
        "--part-rows",
        "50",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, "-j", "2"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    manifest = output / "_manifest.jsonl"
    while process.poll() is None and (not manifest.exists() or manifest.read_bytes().count(b"\n") <= parts):
        time.sleep(0.01)
    return process


def members(session: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, own = path.read_text(encoding="utf-8").rpartition(") ")[2].split()[:4]
        except OSError:
            continue
        if int(own) == session and state != "Z":
            found.append(int(path.parent.name))
    return found


def left(session: int) -> list[int]:
    """The processes of a session that do not end by themselves."""
    until = time.monotonic() + 10
    while (found := members(session)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="shows which processes run")
def test_with_two_processes_too_after_an_interrupt_and_after_a_kill(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", [chat(number, "Yes. " * 200) for number in range(1_500)])
    process = begun(source, tmp_path / "out", parts=2)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate() == (b"", b"")
    assert process.returncode == 130
    assert left(process.pid) == []
    process = begun(source, tmp_path / "out", parts=8)
    process.kill()
    process.communicate()  # the other processes end by themselves, or this does not
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "out" / "part-00029.parquet").exists()
    process = begun(source, tmp_path / "out", parts=31)
    assert (process.communicate()[1], process.returncode) == (b"", 0)
    run_batch(source, tmp_path / "whole", part_rows=50)
    assert digests(tmp_path / "out") == digests(tmp_path / "whole")
    assert json.loads((tmp_path / "out" / "_manifest.jsonl").read_bytes().splitlines()[-1]) == {"finished": True}
