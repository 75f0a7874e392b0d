"""Rounds of works in the processes of several libraries that take turns, and what the rounds say together.

Only one process works at a time. A library that takes long does fewer rounds; the result says how many.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from .cases import Case, Fresh

__all__ = ["Library", "Measured", "Worker", "measured", "measured_fresh", "open_worker"]

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Library:
    """A column of the table: where a process finds it, and what it needs in its environment."""

    name: str
    path: tuple[Path, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        path = os.pathsep.join(map(str, self.path))
        # Compiled modules may be kept, as they are on any machine where a program starts twice.
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**inherited, "PYTHONPATH": path, "PYTHONHASHSEED": "0", **self.environment}


class Worker:
    """A process of one library, which works only when it is asked."""

    def __init__(self, library: Library, process: subprocess.Popen[str]) -> None:
        self.library = library
        self._process = process

    def ask(self, *what: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.library.name} ended while it was asked for {what}")
        return json.loads(answer)


@contextmanager
def open_worker(library: Library, folder: Path) -> Iterator[Worker]:
    """A worker, in a folder in which nothing can be imported by chance."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.worker", library.name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=library.variables(),
    )
    try:
        worker = Worker(library, process)
        file = worker.ask("file")
        if library.name != "template" and not Path(file).is_relative_to(library.path[0]):
            missing = "" if library.path[0].is_dir() else ", which is no folder"
            raise RuntimeError(f"{library.name} was imported from {file}, not from {library.path[0]}{missing}")
        yield worker
    finally:
        process.communicate()


@dataclass
class Measured:
    """The rounds of one work, in seconds for one unit or in bytes, by library."""

    name: str
    title: str
    unit: str
    target: float | None
    rounds: dict[str, list[float]]
    different: list[str]  # libraries whose results are not those of the reference
    fast_target: float | None = None  # the same as `target`, for ours with a faster tokenizer

    def median(self, library: str) -> float | None:
        values = self.rounds.get(library)
        return median(values) if values else None

    def ratio(self, library: str = "reference", own: str = "ours") -> float | None:
        """How many times as much as ours a library takes: the median over neighbouring rounds. `own` is our column.

        A machine that is disturbed slows both rounds of a pair, so that this is steadier than the ratio of two medians.
        """
        pairs = self._pairs(library, own)
        return median(pairs) if pairs else None

    def spread(self, library: str = "reference") -> tuple[float, float] | None:
        """The least and the greatest ratio of neighbouring rounds."""
        pairs = self._pairs(library, "ours")
        return (min(pairs), max(pairs)) if pairs else None

    def _pairs(self, library: str, own: str) -> list[float]:
        """The ratios of neighbouring rounds; the last round of a library that did fewer stands for the missing ones."""
        ours, theirs = self.rounds.get(own, []), self.rounds.get(library, [])
        if not theirs:
            return []
        return [theirs[min(number, len(theirs) - 1)] / value for number, value in enumerate(ours)]

    def reached(self) -> bool | None:
        ratio = self.ratio()
        return None if self.target is None or ratio is None else ratio >= self.target


def measured(case: Case, libraries: Sequence[Library], folder: Path, rounds: int, budget: float) -> Measured:
    """Rounds of one case; a library stops before its rounds are done when it has worked for `budget` seconds."""
    with ExitStack() as stack:
        taking_part = [library for library in libraries if library.name in case.libraries]
        workers = [stack.enter_context(open_worker(library, folder)) for library in taking_part]
        digests: dict[str, str] = {}
        spent: dict[str, float] = {}
        for worker in workers:
            start = perf_counter()
            digests[worker.library.name] = worker.ask("digest", case.name, f"{case.name} check")
            # A first round that counts for nothing warms the caches of the machine, where there is time for it.
            if perf_counter() - start < budget / 10:
                worker.ask("time", case.name, f"{case.name} warm")
            spent[worker.library.name] = perf_counter() - start
        different = _different(case.name, digests)
        result = Measured(case.name, case.title, case.unit, case.target, {}, different, case.fast_target)
        for number in range(rounds):
            for worker in workers if number % 2 else reversed(workers):
                name = worker.library.name
                if number and spent[name] >= budget:
                    continue
                start = perf_counter()
                seconds = worker.ask("time", case.name, f"{case.name} {number}")
                spent[name] += perf_counter() - start
                result.rounds.setdefault(name, []).append(seconds)
        return result


def measured_fresh(
    fresh: Fresh, file: Path, libraries: Sequence[Library], folder: Path, rounds: int
) -> tuple[Measured, Measured]:
    """Rounds of whole processes: the seconds from start to end, and the most memory that each held."""
    seconds = Measured(fresh.name, fresh.title, "process", fresh.target, {}, [], fresh.fast_target)
    memory = Measured(f"{fresh.name}-memory", fresh.title, "bytes", None, {}, [])
    digests: dict[str, str] = {}
    for number in range(-1, rounds):
        for library in libraries if number % 2 else reversed(libraries):
            taken, output = _run(library, fresh.work, file, folder)
            result, held = output.rsplit("\n", 1)
            digests[library.name] = hashlib.sha256(result.encode()).hexdigest()
            if number >= 0:  # the one before writes the files of byte code
                seconds.rounds.setdefault(library.name, []).append(taken)
                memory.rounds.setdefault(library.name, []).append(float(held))
    seconds.different = memory.different = _different(fresh.name, digests)
    return seconds, memory


def _run(library: Library, work: str, file: Path, folder: Path) -> tuple[float, str]:
    script, template = str(HERE / "fresh.py"), str(HERE / "prompt.jinja")
    command = [sys.executable, script, "fill" if library.name == "template" else work, str(file), template]
    variables = library.variables()
    start = perf_counter()
    output = subprocess.run(command, cwd=folder, env=variables, check=True, capture_output=True, text=True).stdout
    return perf_counter() - start, output.strip()


def _different(name: str, digests: dict[str, str]) -> list[str]:
    """The libraries whose result is not the reference's; ours must not be one."""
    expected = digests.get("reference", digests["ours"])
    if digests["ours"] != expected:
        raise RuntimeError(f"{name}: our result is not the reference's, so that there is nothing to compare")
    return [library for library, digest in digests.items() if digest != expected]
