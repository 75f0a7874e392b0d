"""`python -m benchmarks`: measure everything, print the tables, and write the results and pictures beside this file."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from .batches import NAMES as BATCHES
from .batches import batch_claim
from .cases import CASES, FRESH
from .claims import Claim, Growth, claims, compared, exports, grown
from .columns import columns
from .commands import NAMES as COMMANDS
from .commands import command_claim
from .grammars import GrammarRow, measured_grammars
from .inputs import completion
from .measure import Library, Measured, measured, measured_fresh, open_worker
from .purposes import PAIRS
from .report import as_json, as_markdown
from .texts import Texts

HERE = Path(__file__).parent
MEMORY_OF = "fresh-render"


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    rounds = options.rounds or (2 if options.quick else 7)
    budget = 3.0 if options.quick else 40.0
    begun = perf_counter()
    works: list[Measured] = []
    memory: Measured | None = None
    growth: Growth | None = None
    grammars: list[GrammarRow] = []
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        libraries = columns(options.reference, scratch, quick=options.quick)
        for case in CASES:
            if _wanted(options.only, case.name):
                _say(case.name)
                works.append(measured(case, libraries, scratch, rounds, budget))
        for fresh in FRESH:
            if _wanted(options.only, fresh.name):
                _say(fresh.name)
                file = _input(fresh.work, libraries, scratch)
                taking_part = [library for library in libraries if library.name in fresh.libraries]
                seconds, held = measured_fresh(fresh, file, taking_part, scratch, rounds)
                works.append(seconds)
                memory = held if fresh.name == MEMORY_OF else memory
        found: list[Claim] = []
        for pair in PAIRS:
            if _wanted(options.only, pair.name):
                _say(pair.name)
                found.append(compared(pair, libraries, scratch, rounds))
        for command_name in COMMANDS:
            if _wanted(options.only, command_name):
                _say(command_name)
                found.append(command_claim(command_name, libraries, scratch, rounds))
        for batch_name in BATCHES:
            if _wanted(options.only, batch_name):
                _say(batch_name)
                found.append(batch_claim(batch_name, libraries, scratch, rounds))
        if _wanted(options.only, "growth"):
            _say("growth")
            growth = grown(libraries, scratch, 2 if options.quick else 5)
            found += claims(growth, memory)
    if _wanted(options.only, "grammars"):
        _say("grammars")
        grammars = measured_grammars()
        found += exports(grammars)
    table = as_markdown(works, found, grammars)
    print(table)
    _say(f"{perf_counter() - begun:.0f} s in all")
    if not (options.quick or options.only):
        (HERE / "results.md").write_text(table, encoding="utf-8")
        _write(works, memory, growth, found, grammars)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--reference", type=Path, required=True, help="folder with openai-harmony in it")
    parser.add_argument("--rounds", type=int, help="rounds of each work (7, or 2 if quick)")
    parser.add_argument("--quick", action="store_true", help="few rounds, two libraries; nothing is written")
    names = [*(case.name for case in CASES), *(pair.name for pair in PAIRS)]
    known = [*names, *(fresh.name for fresh in FRESH), *COMMANDS, *BATCHES, "growth", "grammars"]
    parser.add_argument(
        "--only", action="append", choices=known, metavar="NAME", help=f"this work alone; one of {', '.join(known)}"
    )
    return parser.parse_args(arguments)


def _wanted(only: list[str] | None, name: str) -> bool:
    return not only or name in only


def _input(work: str, libraries: Sequence[Library], scratch: Path) -> Path:
    file = scratch / work
    if work == "render":
        file.write_text(Texts("fresh").prose(200), encoding="utf-8")
        return file
    with open_worker(libraries[0], scratch) as worker:
        ids = completion(lambda text: list(worker.ask("encode", text)), 4000, "fresh")
    file.write_text(" ".join(map(str, ids)), encoding="ascii")
    return file


def _write(
    works: list[Measured],
    memory: Measured | None,
    growth: Growth | None,
    found: list[Claim],
    grammars: list[GrammarRow],
) -> None:
    (HERE / "results.json").write_text(as_json(works, memory, growth, found, grammars), encoding="utf-8")
    if find_spec("matplotlib") is None:
        _say("no pictures: matplotlib is not installed")
        return
    from .pictures import draw

    draw(works, growth, HERE)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
