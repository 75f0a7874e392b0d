"""Whole datasets: what a second process is worth, for long texts and for short chats, in whole jobs of the command.

The jobs with one process and with two take turns, so that other programs disturb both alike. A job begins with its
processes, which load the vocabulary, and ends with the last file of a folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from .claims import Claim
from .measure import Library
from .texts import Texts

__all__ = ["NAMES", "batch_claim"]

LONG, SHORT = "batches-long", "batches-short"
NAMES = (LONG, SHORT)
CHARACTERS = 100_000  # of each of the long texts
# How many rows there are, and the time that two processes may take of what one takes.
JOBS = {LONG: (4_500, 1 / 1.7), SHORT: (50_000, 1 / 1.3)}


@dataclass(frozen=True)
class _Run:
    seconds: float
    cpu: float  # of all processes


def batch_claim(name: str, libraries: Sequence[Library], folder: Path, rounds: int) -> Claim:
    """Return the time of a job with two processes, divided by that with one: the median of neighbouring runs."""
    count, most = JOBS[name]
    source = folder / f"{name}.jsonl"
    with source.open("w", encoding="utf-8") as stream:
        stream.writelines(
            f"{json.dumps({'id': number, 'messages': row})}\n" for number, row in enumerate(_rows(name, count))
        )
    ours = next(library for library in libraries if library.name == "ours")
    pairs = [[_run(source, workers, ours, folder) for workers in (1, 2)] for _ in range(max(2, min(rounds, 3)))]
    one, two = ([pair[at] for pair in pairs] for at in (0, 1))
    size = source.stat().st_size / 2**20
    told = "; ".join(
        f"{median(run.seconds for run in runs):.1f} s ({count / median(run.seconds for run in runs):,.0f} rows/s, "
        f"{size / median(run.seconds for run in runs):.1f} MiB/s, {median(run.cpu for run in runs):.1f} s of CPU)"
        for runs in (one, two)
    )
    kind = f"{count:,} texts of {CHARACTERS:,} characters" if name == LONG else f"{count:,} short chats"
    title = f"`harmony batch` of {kind}: time with two processes / with one"
    return Claim(title, median(pair[1].seconds / pair[0].seconds for pair in pairs), most, told)


def _rows(name: str, count: int) -> Iterator[list[dict[str, Any]]]:
    texts = Texts(name)
    if name == SHORT:
        for _ in range(count):
            yield [{"role": "user", "content": texts.prose(60)}, {"role": "assistant", "content": texts.prose(100)}]
        return
    long = [texts.mixed(CHARACTERS) for _ in range(20)]
    for number in range(count):
        text = long[number % len(long)]
        at = number * 101 % CHARACTERS  # each row another text, which no cache has
        yield [{"role": "user", "content": text[at:] + text[:at]}, {"role": "assistant", "content": "Read."}]


def _run(source: Path, workers: int, library: Library, folder: Path) -> _Run:
    """Do a job in processes of its own."""
    command = [sys.executable, "-m", "openai_harmony", "batch", str(source), str(folder / "made")]
    begun = perf_counter()
    process = subprocess.Popen(
        [*command, "--overwrite", "-j", str(workers)], cwd=folder, env=library.variables(), stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return _Run(perf_counter() - begun, usage.ru_utime + usage.ru_stime)
