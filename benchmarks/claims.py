"""What is measured of ours alone, or as a shape and not as a ratio: what must not grow, ways compared, and memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .grammars import GrammarRow
from .measure import Library, Measured, Worker, open_worker
from .task import Pair

__all__ = ["Claim", "Growth", "claims", "compared", "exports", "grown"]

TURNS = 40
SIZES = (1000, 4000, 16000)
RUNS = (300_000, 600_000, 1_200_000)
WORKS = ("stream", "stream-fields", "stream-content")
SLOW = 8.0  # seconds: a library that took longer for a size is measured once


@dataclass
class Growth:
    """Seconds by size: for each unit of a work, or for each turn of a chat."""

    units: dict[str, dict[str, dict[int, float]]]  # work -> library -> size -> seconds for one unit
    turns: dict[str, list[tuple[float, float]]]  # library -> for each turn: rendering it, and copying its tokens


@dataclass
class Claim:
    """A figure that must not be greater than another."""

    title: str
    value: float
    most: float
    means: str

    def reached(self) -> bool:
        return self.value <= self.most


def grown(libraries: Sequence[Library], folder: Path, rounds: int) -> Growth:
    """The works at several sizes; the least of the rounds counts, because a disturbance only ever adds."""
    growth = Growth({}, {})
    with ExitStack() as stack:
        workers = [
            stack.enter_context(open_worker(library, folder))
            for library in libraries
            if library.name in ("ours", "reference")
        ]
        for worker in workers:
            name = worker.library.name
            for work in WORKS:
                growth.units.setdefault(work, {})[name] = {size: _least(worker, work, size, rounds) for size in SIZES}
            growth.turns[name] = _turns(worker, rounds)
        ours = next(worker for worker in workers if worker.library.name == "ours")
        growth.units["spaces"] = {"ours": {size: _least(ours, "spaces", size, rounds) for size in RUNS}}
    return growth


def _least(worker: Worker, work: str, size: int, rounds: int) -> float:
    found: list[float] = []
    while len(found) < rounds and sum(found) * size < SLOW:
        found.append(worker.ask("growth", work, size, f"growth {len(found)}"))
    return min(found)


def _turns(worker: Worker, rounds: int) -> list[tuple[float, float]]:
    sessions = [worker.ask("turns", TURNS, "turns") for _ in range(rounds)]
    return [(min(turn[0] for turn in same), min(turn[1] for turn in same)) for same in zip(*sessions, strict=True)]


def compared(pair: Pair, libraries: Sequence[Library], folder: Path, rounds: int) -> Claim:
    """A way of ours against another; the ratio, or the difference, is the median of the rounds."""
    ours = next(library for library in libraries if library.name == "ours")
    with open_worker(ours, folder) as worker:
        worker.ask("pair", pair.name, f"{pair.name} warm")
        found: list[list[float]] = [worker.ask("pair", pair.name, f"{pair.name} {n}") for n in range(rounds)]
    one, other = (median(seconds) for seconds in zip(*found, strict=True))
    means = f"{one * 1e6:,.1f} µs and {other * 1e6:,.1f} µs a {pair.unit}"
    figures = [(first - second) * 1e6 if pair.more else first / second for first, second in found]
    return Claim(pair.title, median(figures), pair.most, means)


def claims(growth: Growth, memory: Measured | None) -> list[Claim]:
    """What the issue asks of the figures."""
    made = []
    for work in WORKS:
        costs = growth.units[work]["ours"]
        means = f"{costs[1000] * 1e9:,.0f} ns and {costs[16000] * 1e9:,.0f} ns a token"
        made.append(Claim(f"{work}: cost of a token at 16,000 / at 1,000", costs[16000] / costs[1000], 1.5, means))
    early, late = (_beyond_copying(growth.turns["ours"], turn) for turn in (5, TURNS))
    means = f"{early * 1e6:,.0f} µs and {late * 1e6:,.0f} µs beyond copying the tokens"
    made.append(Claim(f"chat: cost of turn {TURNS} / of turn 5", late / early, 2, means))
    # The tokenizer's merging is n log n; if it were quadratic, this would be 4.
    blanks = growth.units["spaces"]["ours"]
    means = ", ".join(f"{size:,}: {blanks[size] * size * 1e3:,.0f} ms" for size in RUNS)
    made.append(Claim("spaces: cost of one at 1,200,000 / at 300,000", blanks[RUNS[-1]] / blanks[RUNS[0]], 2, means))
    if memory is not None:
        ours, theirs = memory.median("ours"), memory.median("reference")
        assert ours is not None
        assert theirs is not None
        means = f"{ours / 2**20:,.0f} MiB and {theirs / 2**20:,.0f} MiB"
        made.append(Claim("peak memory after load and first render / the reference's", ours / theirs, 1, means))
    return made


def exports(rows: Sequence[GrammarRow]) -> list[Claim]:
    """The exports of ten tools that share nothing, in milliseconds."""
    by_format = {row.format: row for row in reversed(rows) if row.tools == 10 and not row.alike}
    return [
        Claim(
            f"{format}: milliseconds of an export of ten new tools that share nothing",
            row.export * 1e3,
            5,
            f"{row.again * 1e3:.2f} ms for the same tools again",
        )
        for format, row in reversed(by_format.items())
    ]


def _beyond_copying(turns: list[tuple[float, float]], turn: int) -> float:
    """What a turn costs, as the median of five turns around it: the texts of turns differ in length."""
    first = min(max(turn - 3, 0), len(turns) - 5)
    return median(rendering - copying for rendering, copying in turns[first : first + 5])
