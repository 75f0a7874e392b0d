"""The engines of constrained decoding, each version in a process of its own: the newest, and what servers still use."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.reference import ROOT, installed_folder

WORKER = Path(__file__).with_name("engine_worker.py")


@dataclass(frozen=True)
class Engine:
    """An engine that reads a format.

    Attributes:
        name: `llguidance`, `xgrammar` or `outlines-core`.
        format: the format of `openai_harmony.grammar` that it reads.
        older: whether it is the version that servers still use.
        masks: whether its masks are asked, too.
        forcing: False for a grammar with the line by which llguidance's masks have all tokens, not only canonical ones.
    """

    name: str
    format: str
    older: bool = False
    masks: bool = True
    forcing: bool = True

    def __str__(self) -> str:
        notes = f"{' (older)' if self.older else ''}{'' if self.forcing else ' without forcing'}"
        return f"{self.name}{notes} reads {self.format}"

    @property
    def reader(self) -> str:
        """What rows call it that say something of it alone."""
        return self.stops or self.format

    @property
    def stops(self) -> str | None:
        """The engine that a grammar is made for, if no stops are told; None for the usual one of the format."""
        return "sglang" if self.name == "llguidance" and self.older else None


ENGINES = [
    Engine("llguidance", "llguidance"),
    Engine("llguidance", "llguidance", forcing=False),
    Engine("llguidance", "llguidance", older=True),
    Engine("xgrammar", "llguidance"),
    Engine("xgrammar", "llguidance", older=True),
    Engine("xgrammar", "xgrammar-ebnf"),
    Engine("xgrammar", "xgrammar-ebnf", older=True),
    Engine("xgrammar", "structural-tag"),
    Engine("xgrammar", "structural-tag", older=True),
    Engine("xgrammar", "gbnf", masks=False),
    Engine("outlines-core", "regex", masks=False),
]
WITHOUT_FORCING = '%llguidance {"no_forcing": true}\n'


class Refused(Exception):
    """An engine refuses a grammar."""


class Worker:
    """A process with engines, which answers questions one after the other."""

    def __init__(self, folder: Path | None) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([] if folder is None else [str(folder)])])
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # llguidance says there of each token that it refuses
            env=environment,
            encoding="utf-8",
        )

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        to, back = self._process.stdin, self._process.stdout
        assert to is not None
        assert back is not None
        to.write(json.dumps(question) + "\n")
        to.flush()
        line = back.readline()
        if not line:
            raise RuntimeError(f"the engines' process ended with exit code {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()


def older_folder() -> Path:
    """Where the versions are that servers still use."""
    return installed_folder("older llguidance and xgrammar", "HARMONY_ENGINES", ".engines", "xgrammar/__init__.py")


@functools.cache
def worker(older: bool) -> Worker:
    """This process's worker; it ends with this process."""
    made = Worker(older_folder() if older else None)
    atexit.register(made.close)
    return made


def version(name: str, older: bool = False) -> str:
    """The version of an engine that answers."""
    return str(worker(older).ask({"version": name})["version"])


def verdicts(
    engine: Engine, grammar: Any, stops: Sequence[int], completions: Sequence[Sequence[int]]
) -> list[dict[str, Any]]:
    """What an engine says of completions: `accepted`, `position`, and where mask and acceptance `differ`.

    Raises:
        Refused: the engine refuses the grammar.
    """
    grammar = grammar if engine.forcing else WITHOUT_FORCING + grammar
    question = {"engine": engine.name, "kind": engine.format, "grammar": grammar, "stops": sorted(stops)}
    answer = worker(engine.older).ask({**question, "completions": list(completions), "masks": engine.masks})
    if "refused" in answer:
        raise Refused(answer["refused"])
    found: list[dict[str, Any]] = answer["verdicts"]
    return found


def sampled(grammar: str, seeds: Sequence[int]) -> list[list[int]]:
    """What a model of random logits writes, for each seed, held to a grammar by llguidance."""
    found: list[list[int]] = worker(False).ask({"sampled": grammar, "seeds": list(seeds)})["completions"]
    return found
