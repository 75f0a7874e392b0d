"""One process with one library: answers on standard output, line by line, what it is asked on standard input.

Run as `python -m benchmarks.worker LIBRARY`; the path decides which library an import finds.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from .cases import CASES, growth, turn_costs
from .libraries import digest, loaded
from .purposes import pair
from .task import Task

ENOUGH = 0.05  # seconds that a repeated body runs for at least


def _timed(task: Task) -> float:
    """Seconds of processor time for one unit, which other programs disturb less than the time of a clock."""
    clock = perf_counter if task.processes else process_time

    def seconds(*given: Any) -> float:
        start = clock()
        task.body(*given)
        return clock() - start

    gc.collect()
    if task.inputs:
        return sum(seconds(make()) for make in task.inputs) / task.units
    runs, total = 0, 0.0
    while not runs or (total < ENOUGH and not task.fresh):
        total += seconds()
        runs += 1
    return total / runs / task.units


def _answers(lib: Any) -> dict[str, Callable[..., Any]]:
    cases = {case.name: case for case in CASES}
    return {
        "file": lambda: lib.file,
        "encode": lib.encode,
        "digest": lambda case, seed: digest(cases[case].make(lib, seed).once()),
        "time": lambda case, seed: _timed(cases[case].make(lib, seed)),
        "growth": lambda kind, size, seed: _timed(growth(kind, size, lib, seed)),
        "pair": lambda name, seed: [_timed(task) for task in pair(name, lib, seed)],
        "turns": lambda turns, seed: turn_costs(turns, lib, seed),
    }


def main(name: str) -> None:
    answers = _answers(loaded(name))
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(json.dumps(answers[what](*arguments)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
