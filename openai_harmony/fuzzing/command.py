"""The command `fuzz`: reads seeds and failures, shows how the search goes, and writes what it finds."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from .example import Example
from .material import material
from .search import KINDS, Failure, Search, Seed
from .targets import Check, check_of, loaded, ours

__all__ = ["HELP", "add_arguments", "run"]

HELP = "search for inputs that a parser gets wrong"
EVERY = 2.0  # seconds between two lines of progress
MOST_FAILURES = 25
FOUND, NOTHING_FOUND, MISUSED = 1, 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Feeds a parser well-formed, damaged and random tokens, shrinks every input that fails and writes it as a line "
        "of JSON. Exit status: 0 nothing found, 1 failures found, 2 misused."
    )
    parser.add_argument("--target", metavar="MODULE:FUNCTION", help="f(tokens, role) -> messages; default: this parser")
    parser.add_argument("--seeds", metavar="FILE", type=Path, help='real outputs, {"tokens" or "text", "role"} a line')
    parser.add_argument("--runs", metavar="N", type=_positive, default=2000, help="inputs to try (default: 2000)")
    parser.add_argument("--seconds", metavar="S", type=float, help="stop after so long")
    parser.add_argument("--seed", metavar="K", type=int, help="repeat the inputs of an earlier search")
    parser.add_argument("--kinds", metavar="KIND", nargs="+", choices=KINDS, default=list(KINDS), help=", ".join(KINDS))
    parser.add_argument("--out", metavar="FILE", type=Path, help="where failures go (default: failures.jsonl)")
    parser.add_argument("--replay", metavar="FILE", type=Path, help="try the failures of an earlier search again")


def run(options: argparse.Namespace) -> int:
    try:
        check = ours if options.target is None else check_of(loaded(options.target))
        if options.replay is not None:
            return _replay(check, list(_lines(options.replay)))
        seeds = [] if options.seeds is None else [Seed(*_input(line)) for line in _lines(options.seeds)]
    except (ValueError, OSError) as error:
        print(f"fuzz: {error}", file=sys.stderr)
        return MISUSED
    seed = secrets.randbelow(2**31) if options.seed is None else options.seed
    return _search(Search(check, options.kinds, seeds, seed), options)


def _search(search: Search, options: argparse.Namespace) -> int:
    out = options.out or Path("failures.jsonl")
    counts: Counter[str] = Counter()
    progress = _Progress(sys.stderr)
    enough = float("inf") if options.seconds is None else options.seconds
    with _Lines(out) as lines, suppress(KeyboardInterrupt):
        while search.runs < options.runs and counts.total() < MOST_FAILURES and progress.seconds() < enough:
            failure = search.next()
            if failure is not None:
                wrong, example = failure.wrong, failure.example
                counts[wrong.property] += 1
                lines.write(_line(failure, search.dice_seed, options.target))
                progress.show(f"{wrong.property}: {wrong.detail:.300}\n      {_spelled(example)}")
            progress.count(search.runs, counts.total())
    kinds = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.most_common())
    told = f"{counts.total()} failures ({kinds}), written to {out}" if counts else "no failures"
    print(f"fuzz: {search.runs} inputs, seed {search.dice_seed}: {told}")
    return FOUND if counts else NOTHING_FOUND


def _replay(check: Check, lines: list[dict[str, Any]]) -> int:
    still = 0
    for number, line in enumerate(lines, 1):
        tokens, role = _input(line)
        wrong = check(Example(tokens, role, "replayed"))
        still += wrong is not None
        print(f"{number}: {'passes' if wrong is None else f'{wrong.property}: {wrong.detail:.300}'}")
    print(f"fuzz: {still} of {len(lines)} failures again")
    return FOUND if still else NOTHING_FOUND


# Lines of JSON ------------------------------------------------------------------------------------


def _line(failure: Failure, seed: int, target: str | None) -> dict[str, Any]:
    wrong, example = failure.wrong, failure.example
    return {
        "property": wrong.property,
        "detail": wrong.detail,
        "text": _spelled(example),
        "tokens": list(example.tokens),
        "role": example.role,
        "description": example.description,
        "target": target,
        "seed": seed,
        "run": failure.run,
    }


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            if text.strip():
                try:
                    line = json.loads(text)
                except ValueError as error:
                    raise ValueError(f"{path}:{number}: {error}") from None
                if not isinstance(line, dict) or not ("tokens" in line or "text" in line):
                    raise ValueError(f'{path}:{number}: expected an object with "tokens" or "text"')
                yield line


def _input(line: dict[str, Any]) -> tuple[tuple[int, ...], str | None]:
    tokens = line.get("tokens")
    if tokens is None:
        tokens = material().encoding.encode(line["text"], allowed_special="all")
    role = line.get("role")
    if role is not None and role not in material().framing.roles:
        raise ValueError(f"unknown role: {role!r}")
    if not all(isinstance(token, int) for token in tokens):
        raise ValueError(f"tokens must be integers: {tokens!r:.80}")
    return tuple(tokens), role


def _spelled(example: Example) -> str:
    """The tokens for people: special ones spelled out, what is no id as a number."""
    made = material()
    known = range(made.framing.last_special + 1)
    return "".join(made.encoding.decode([token]) if token in known else f"<{token}>" for token in example.tokens)


class _Lines:
    """A file of JSON lines, which comes to be with the first line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def write(self, data: dict[str, Any]) -> None:
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8")
        self._file.write(json.dumps(data, ensure_ascii=False) + "\n")
        self._file.flush()

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._file is not None:
            self._file.close()


class _Progress:
    """Plain lines, now and then; a terminal is not asked for."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._began = self._shown = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self._began

    def count(self, runs: int, failures: int) -> None:
        now = time.monotonic()
        if now - self._shown >= EVERY:
            self._shown = now
            self.show(f"{runs} inputs, {failures} failures, {runs / self.seconds():.0f} inputs/s")

    def show(self, text: str) -> None:
        print(f"fuzz: {text}", file=self._stream, flush=True)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not positive")
    return number
