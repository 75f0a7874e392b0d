"""A program that runs a job many times, kills it before each step that changes a file, and goes on with it each time.

Run with a folder that has `a.jsonl`; prints the names of outputs and how many steps each took. Each job is in a forked
process, so that what is loaded is loaded once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openai_harmony.datasets import RenderTask, run_batch
from tests.batches.rows_made import digests

STEPS = ("replace", "remove", "fsync", "open", "mkdir")


def job(folder: Path, name: str, resume: bool) -> None:
    run_batch(folder / "a.jsonl", folder / name, RenderTask("training"), part_rows=4, resume=resume)


def killed_before(step: int) -> None:
    """Kill this process before a step with files, the first one of which is 1."""
    left = [step]

    def counting(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **options)

        return call

    for name in STEPS:
        setattr(os, name, counting(getattr(os, name)))


def forked(work: Callable[[], object]) -> int:
    """Do something in another process, and return how it ended."""
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    try:
        work()
        os._exit(0)
    except BaseException as error:
        print(repr(error), file=sys.stderr)
        os._exit(1)


def torn(folder: Path, name: str) -> None:
    """Leave what a job leaves that ends while it writes: a part of a line, and part of a file."""
    beside = folder / f"{name}.batch"
    state = beside if beside.is_dir() else folder / name
    manifest = state / "_manifest.jsonl"
    if manifest.exists() and b"finished" not in manifest.read_bytes():
        with open(manifest, "ab") as stream:
            stream.write(b'{"part": ')
        (state / ".part-00001.parquet.1.tmp").write_bytes(b"PAR1")


def main(folder: Path) -> None:
    for name in ("out.parquet", "out"):
        begin(folder, f"whole-{name}")
        job(Path(), name, resume=False)
        wanted = digests(Path(name))
        step = 1
        while killed_and_resumed(folder, name, step):
            assert digests(Path(name)) == wanted, (name, step)
            step += 1
        print(name, step)


def begin(folder: Path, work: str) -> None:
    """Work in a new folder; the manifest has the path as it was given."""
    (folder / work).mkdir()
    (folder / work / "a.jsonl").write_bytes((folder / "a.jsonl").read_bytes())
    os.chdir(folder / work)


def killed_and_resumed(folder: Path, name: str, step: int) -> bool:
    """Return whether a job has a step of this number. It is killed before it, and another job goes on."""
    begin(folder, f"{name}-{step}")
    status = forked(lambda: (killed_before(step), job(Path(), name, resume=False)))  # type: ignore[func-returns-value]
    if status == 0:
        return False
    assert status == -signal.SIGKILL, status
    if step % 2:
        torn(Path(), name)
    if step % 3 == 0:  # and once more, a little later
        forked(lambda: (killed_before(5), job(Path(), name, resume=True)))  # type: ignore[func-returns-value]
    assert forked(lambda: job(Path(), name, resume=True)) == 0, step
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]))
