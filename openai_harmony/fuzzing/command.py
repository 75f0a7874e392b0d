"""The command `fuzz`: options, output and exit status of a search or a replay. Building inputs does not belong here."""

from __future__ import annotations

import argparse
import math
import secrets
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from .example import Example
from .isolation import INPUT_SECONDS, IsolatedCheck
from .lines import Lines, Replayed, line_of, replayed, seeds_of, spelled
from .search import KINDS, Failure, Search
from .targets import Wrong

__all__ = ["HELP", "add_arguments", "run"]

HELP = "search for inputs that a parser gets wrong"
EVERY = 2.0  # seconds between two lines of progress
MOST_FAILURES = 25  # a search stops after so many different failures, or so many inputs without an answer
NOTHING_FOUND, FOUND, NOT_RUN, INTERRUPTED = 0, 1, 2, 130  # 130 is 128 plus the number of SIGINT, as in shells
EPILOG = """\
examples:
  harmony fuzz --runs 20000 --seconds 300
  harmony fuzz --target my_server.parsing:parse
  harmony fuzz --replay failures.jsonl

exit status:
  0    nothing found
  1    failures found
  2    could not run: wrong arguments, a file or a target that cannot be used
  130  interrupted by Ctrl-C, whatever was found before
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = (
        "Feeds a parser well-formed, damaged and random tokens, shrinks every input that\n"
        "fails and writes it as a line of JSON."
    )
    parser.epilog = EPILOG
    add = parser.add_argument
    add("--target", metavar="MODULE:FUNCTION", help="f(tokens, role) -> messages; default: this parser")
    add("--seeds", metavar="FILE", type=Path, help='real outputs, {"tokens" or "text", "role"} a line')
    add("--runs", metavar="N", type=_count, default=2000, help="inputs to try (default: 2000)")
    add("--seconds", metavar="S", type=_seconds, default=math.inf, help="stop after so long")
    add(
        "--timeout",
        metavar="S",
        type=_seconds,
        default=INPUT_SECONDS,
        help=f"what one input may take (default: {INPUT_SECONDS:g})",
    )
    add("--seed", metavar="K", type=int, help="repeat the inputs of an earlier search")
    add("--kinds", metavar="KIND", nargs="+", choices=KINDS, default=list(KINDS), help=", ".join(KINDS))
    add("--out", metavar="FILE", type=Path, help="where failures go (default: failures.jsonl)")
    add("--replay", metavar="FILE", type=Path, help="try the failures of an earlier search again, with their target")


def run(options: argparse.Namespace) -> int:
    try:
        return _search(options) if options.replay is None else _replay(options)
    except ValueError as error:
        complaint = str(error)
    except BrokenPipeError:  # the reader of the output has closed it
        raise
    except OSError as error:
        complaint = str(error) if error.filename is None else f"{error.filename}: {error.strerror}"
    except KeyboardInterrupt:
        print("fuzz: interrupted", file=sys.stderr)
        return INTERRUPTED
    print(f"fuzz: {_on_one_line(complaint)}", file=sys.stderr)
    return NOT_RUN


def _search(options: argparse.Namespace) -> int:
    seeds = [] if options.seeds is None else seeds_of(options.seeds)
    out = options.out or Path("failures.jsonl")
    if options.seeds is not None and out.exists() and out.samefile(options.seeds):
        raise ValueError(f"{out}: holds the seeds, which the failures would overwrite")
    seed = secrets.randbelow(2**31) if options.seed is None else options.seed
    with Lines(out) as lines, IsolatedCheck(options.target, options.timeout) as check:
        check.until = time.monotonic() + options.seconds
        search = Search(check, options.kinds, seeds, seed, over=lambda: time.monotonic() >= check.until)
        return _SearchRun(search, check, lines).run(options.runs)


class _SearchRun:
    """A running search: counts failures, writes them to the file, and prints them."""

    def __init__(self, search: Search, check: IsolatedCheck, lines: Lines) -> None:
        self.search = search
        self.check = check
        self.lines = lines
        self.counts: Counter[str] = Counter()
        self.progress = _Progress(sys.stderr)

    def run(self, runs: int) -> int:
        search = self.search
        try:
            while search.runs < runs and not self._enough():
                failure = search.next()
                if failure is not None:
                    self.counts[failure.wrong.property] += 1
                    self._report(failure)
                if search.interrupted:
                    raise KeyboardInterrupt
                self.progress.count(search.runs, self.counts.total())
        except KeyboardInterrupt:
            self._summarize("interrupted, ", self._report_interrupted())
            return INTERRUPTED
        self._summarize()
        return FOUND if self.counts else NOTHING_FOUND

    def _enough(self) -> bool:
        search = self.search
        return search.over() or max(self.counts.total(), search.unanswered) >= MOST_FAILURES

    def _report(self, failure: Failure) -> None:
        said = {"property": failure.wrong.property, "detail": failure.wrong.detail, **line_of(failure.example)}
        try:  # the file first, in case printing fails; a failure that cannot be written is printed nevertheless
            self.lines.write({**said, "target": self.check.target, "seed": self.search.random_seed, "run": failure.run})
        finally:
            self.progress.show(_shown(failure.wrong, failure.example))

    def _report_interrupted(self) -> str:
        """Write the input that Ctrl-C interrupted, because it may hang, unless it was reported as a failure.

        Returns:
            The end of the summary's line.
        """
        example = self.check.current
        if example is None or self.search.interrupted:
            return ""
        waited = f"no answer for {time.monotonic() - self.check.began:.1f} s"
        self._report(Failure(Wrong("interrupted", frozenset(), waited), example, self.search.runs - 1))
        return f"; the last input is written to {self.lines.path}"

    def _summarize(self, before: str = "", behind: str = "") -> None:
        counts, search = self.counts, self.search
        kinds = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.most_common())
        found = f"{counts.total()} failures ({kinds}), written to {self.lines.path}" if counts else "no failures"
        print(f"fuzz: {before}{search.runs} inputs, seed {search.random_seed}: {found}{behind}")


def _replay(options: argparse.Namespace) -> int:
    cases = replayed(options.replay)
    if options.target is not None:
        cases = [case._replace(target=options.target) for case in cases]
    tried = still = 0
    with ExitStack() as stack:
        checks = {
            name: stack.enter_context(IsolatedCheck(name, options.timeout))
            for name in dict.fromkeys(c.target for c in cases)
        }
        until = time.monotonic() + options.seconds
        try:
            for tried, case in enumerate(cases, 1):
                check = checks[case.target]
                check.until = until
                still += _fails_again(check, case, tried)
                if time.monotonic() >= until:
                    break
        except KeyboardInterrupt:
            print(f"fuzz: interrupted at failure {tried}: {still} of {tried - 1} failures again")
            return INTERRUPTED
    left = f", {len(cases) - tried} not tried" if tried < len(cases) else ""
    print(f"fuzz: {still} of {tried} failures again{left}")
    return FOUND if still else NOTHING_FOUND


def _fails_again(check: IsolatedCheck, case: Replayed, number: int) -> bool:
    wrong = check(case.example)
    print(f"{number}: {'passes' if wrong is None else _shown(wrong, case.example)}")
    return wrong is not None


# Output -------------------------------------------------------------------------------------------


def _shown(wrong: Wrong, example: Example) -> str:
    role = "no role" if example.role is None else f"role {example.role}"
    told = f"{wrong.property.replace('_', ' ')}: {_on_one_line(wrong.detail):.300}"
    return f"{told}\n      {role}: {_on_one_line(spelled(example.tokens))}"


def _on_one_line(text: str) -> str:
    """Escape unprintable characters, which could move the cursor of a terminal."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


class _Progress:
    """Prints progress as plain lines, at most one every `EVERY` seconds; it works without a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._began = self._shown = time.monotonic()

    def count(self, runs: int, failures: int) -> None:
        now = time.monotonic()
        if now - self._shown >= EVERY:
            self._shown = now
            self.show(f"{runs} inputs, {failures} failures, {runs / (now - self._began):.0f} inputs/s")

    def show(self, text: str) -> None:
        print(f"fuzz: {text}", file=self._stream, flush=True)


# Values of options --------------------------------------------------------------------------------


def _count(text: str) -> int:
    return int(_positive(int, text))


def _seconds(text: str) -> float:
    return float(_positive(float, text))


def _positive(kind: Any, text: str) -> Any:
    try:
        number = kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return number
