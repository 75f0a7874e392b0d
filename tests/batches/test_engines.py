"""Other engines call the functions of tables as docs/datasets.md shows it, and Ray does whole jobs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from openai_harmony import load_harmony_encoding
from openai_harmony._datasets.inputs import Limits, planned
from openai_harmony.chat import chat_prompt
from openai_harmony.datasets import RenderTask, run_batch
from tests.batches.rows_made import chat, digests, write_lines
from tests.support.generated import ROOT

pytestmark = pytest.mark.shipped

CHATS = [chat(number) for number in range(7)]
BAD = {**chat(7), "messages": [{"role": "nobody", "content": "x"}]}


def run(engine: str, folder: Path, timeout: float) -> list[str]:
    """The lines that the program prints."""
    write_lines(folder / "chats.jsonl", [*CHATS, BAD])
    told = {
        "HF_HOME": str(folder / "hf"),
        "HF_HUB_OFFLINE": "1",
        "RAY_USAGE_STATS_ENABLED": "0",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.batches.program_engines", engine]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **told}, capture_output=True, text=True, timeout=timeout
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def expect_prompts(rows: list[Any]) -> None:
    encoding = load_harmony_encoding("HarmonyGptOss")
    wanted: list[Any] = [[row["id"], chat_prompt(encoding, row), None] for row in CHATS]
    assert rows[:-1] == wanted
    assert rows[-1][:2] == [7, None]
    assert rows[-1][2].startswith("messages[0].role: unknown role 'nobody'")


def test_datasets_map_makes_the_prompts(tmp_path: Path) -> None:
    [told] = run("datasets", tmp_path, 120)
    expect_prompts(json.loads(told))


@pytest.mark.skipif(find_spec("ray") is None, reason="there is no wheel of Ray for this Python")
def test_ray_makes_the_prompts_and_does_the_job_with_the_same_bytes(tmp_path: Path) -> None:
    prompts, counts = run("ray", tmp_path, 120)[-2:]
    expect_prompts(json.loads(prompts))
    assert counts == "7 1"
    (tmp_path / "local").mkdir()
    os.rename(tmp_path / "ray", tmp_path / "local" / "ray")
    by_ray = digests(tmp_path / "local" / "ray")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        run_batch("chats.jsonl", "ray", RenderTask("training"), part_rows=3)
    finally:
        os.chdir(before)
    assert digests(tmp_path / "ray") == by_ray


@pytest.mark.parametrize(
    ("name", "runs"), [("a.jsonl", [[0], [1], [2], [3], [4]]), ("a.jsonl.gz", [[0, 1, 2], [3, 4]])]
)
def test_a_task_of_ray_reads_what_can_only_be_read_in_a_row(name: str, runs: list[list[int]], tmp_path: Path) -> None:
    pytest.importorskip("ray")
    import gzip

    from openai_harmony._datasets.ray_engine import runs_of

    data = b"".join(json.dumps(chat(number)).encode() + b"\n" for number in range(10))
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    files, parts = planned([(str(tmp_path / name), "jsonl")], Limits(2, 10**6))
    assert [[part.number for part in run] for run in runs_of(parts, files, 2)] == runs
