"""Grammars: exporting, compiling in the engine, and masks, for 1, 10 and 100 tools.

Run by `python -m benchmarks` in a process of its own, since engines are large. An export is measured with tools that
were not seen before, in processor time, and again with the same tools.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median
from time import perf_counter, process_time
from typing import Any

__all__ = ["GrammarRow", "measured_grammars"]

ROOT = Path(__file__).parents[1]
WORKER = ROOT / "tests" / "support" / "engine_worker.py"  # what reads grammars in engines
COUNTS = (1, 10, 100)
ROUNDS = 15
CASES = (
    ("llguidance", "llguidance"),
    ("xgrammar", "structural-tag"),
    ("xgrammar", "xgrammar-ebnf"),
    ("xgrammar", "gbnf"),
    ("xgrammar", "llguidance"),
    ("outlines", "regex"),
)
NOT_COMPILED = ("outlines",)  # its index of all states, for a vocabulary of 200,000 tokens, takes minutes


@dataclass(frozen=True)
class GrammarRow:
    """The figures of an engine, a format and a number of tools; times in seconds, None where an engine is missing.

    Attributes:
        export: exporting tools that were not seen before.
        again: exporting the same tools again.
        compiling: what the engine does with the grammar, once.
        mask: the mean time of a mask, over the tokens of completions.
        worst: the longest time of a mask.
    """

    engine: str
    format: str
    tools: int
    export: float
    again: float
    compiling: float | None
    mask: float | None
    worst: float | None


def measured_grammars() -> list[GrammarRow]:
    """Measure in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(WORKER.parent)])}
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.grammars"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8", env=environment, cwd=ROOT)
    return [GrammarRow(**row) for row in json.loads(done.stdout)]


def _tool(number: int, seed: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "city": {"type": "string", "description": f"Where {seed} is."},
        "days": {"type": "integer", "minimum": 1, "maximum": 14},
        "unit": {"enum": ["celsius", "fahrenheit"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        f"note_{number}_{seed}": {"type": ["string", "null"]},
    }
    return {"name": f"tool_{number}", "parameters": {"type": "object", "properties": properties, "required": ["city"]}}


def _completions(count: int) -> list[str]:
    """Completions with everything that takes masks: text, headers, and JSON of the first and the last tool."""
    thought = "<|channel|>analysis<|message|>The user asks about the weather in Rome; I look it up.<|end|>"
    begin = "<|start|>assistant<|channel|>"
    arguments = '{"city": "Rome, near the \\"Pantheon\\"", "days": 7, "unit": "celsius", "tags": ["a", "b"]}'
    calls = [
        f"{thought}{begin}commentary to=functions.tool_{number} <|constrain|>json<|message|>{arguments}<|call|>"
        for number in sorted({0, count - 1})
    ]
    return [*calls, f"{thought}{begin}final<|message|>It will be warm and sunny in Rome for all of the week.<|return|>"]


def _rows() -> Iterator[GrammarRow]:
    from openai_harmony import load_harmony_encoding
    from openai_harmony.grammar import export

    encoding = load_harmony_encoding("HarmonyGptOss")
    for engine, format in CASES:
        compiling = _compiler(engine, format)
        for count in COUNTS:
            new, again, grammar = [], [], None
            for number in range(ROUNDS):
                tools = [_tool(index, f"{engine}{format}{count}x{number}") for index in range(count)]
                for times in (new, again):
                    begun = process_time()
                    grammar = export(format, tools=tools, engine_stops="none")
                    times.append(process_time() - begun)
            completions = [encoding.encode(each, allowed_special="all") for each in _completions(count)]
            figures = (None, None, None) if compiling is None else _in_engine(compiling, grammar, completions)
            yield GrammarRow(engine, format, count, median(new), median(again), *figures)


def _compiler(engine: str, format: str) -> Callable[[Any], Any] | None:
    """Return what compiles a grammar; None if the engine is not installed or compiles nothing here."""
    if engine in NOT_COMPILED:
        return None
    reader = getattr(importlib.import_module(WORKER.stem), f"{engine}_reader")
    try:
        reader(format, _warming(format), ())
    except ImportError:
        return None
    return lambda grammar: reader(format, grammar, ())


def _warming(format: str) -> Any:
    from openai_harmony.grammar import export

    return export(format, engine_stops="none")


def _in_engine(
    compiling: Callable[[Any], Any], grammar: Any, completions: list[list[int]]
) -> tuple[float, float, float]:
    begun = perf_counter()
    reading = compiling(grammar)
    compiled = perf_counter() - begun
    masks: list[float] = []
    for _ in range(2):  # the first time, engines fill what they keep
        for tokens in completions:
            state = reading()
            for token in tokens:
                begun = perf_counter()
                assert state.allows(token)
                masks.append(perf_counter() - begun)
                assert state.take(token)
    masks = masks[len(masks) // 2 :]
    return compiled, mean(masks), max(masks)


if __name__ == "__main__":
    print(json.dumps([asdict(row) for row in _rows()]))
