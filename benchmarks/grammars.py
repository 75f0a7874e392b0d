"""Grammars: exporting, compiling in the engine, and masks, for 1, 10 and 100 tools.

Run by `python -m benchmarks` in a process of its own, since engines are large. An export is measured with tools that
were not seen before, in processor time, and again with the same tools. The tools of most rows are alike but for texts;
those of one row share nothing: neither a name nor a schema of a string, number or list of values, so that nothing that
is kept of one helps with another.
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
from random import Random
from statistics import mean, median
from time import perf_counter, process_time
from typing import Any

__all__ = ["GrammarRow", "measured_grammars"]

ROOT = Path(__file__).parents[1]
WORKER = ROOT / "tests" / "support" / "engine_worker.py"  # what reads grammars in engines
TOOLS = ((1, True), (10, True), (10, False), (100, True))  # how many, and whether they are alike
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
        alike: whether the tools have schemas of properties in common; otherwise they share nothing.
        export: exporting tools that were not seen before.
        again: exporting the same tools again.
        compiling: what the engine does with the grammar, once.
        mask: the mean time of a mask, over the tokens of completions.
        worst: the longest time of a mask.
    """

    engine: str
    format: str
    tools: int
    alike: bool
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


def _tool_of_its_own(number: int, seed: str) -> dict[str, Any]:
    """A tool like those of `_tool`, which has no name, bounds, value or description in common with another."""
    random = Random(f"{number} {seed}")
    words = [f"w{random.randrange(16**8):08x}" for _ in range(9)]
    properties: dict[str, Any] = {
        words[0]: {"type": "string", "description": words[1]},
        words[2]: {"type": "integer", "minimum": random.randrange(7), "maximum": random.randrange(10**5, 10**6)},
        words[3]: {"enum": [words[4], words[5]]},
        words[6]: {"type": "array", "items": {"type": "string"}},
        words[7]: {"type": ["string", "null"]},
    }
    parameters = {"type": "object", "properties": properties, "required": [words[0]]}
    return {"name": words[8], "parameters": parameters}


def new_tools(count: int, seed: str, *, alike: bool) -> list[dict[str, Any]]:
    """Tools that are the same only for the same seed."""
    return [(_tool if alike else _tool_of_its_own)(number, seed) for number in range(count)]


def _completions(tools: list[dict[str, Any]]) -> list[str]:
    """Completions with everything that takes masks: text, headers, and JSON of the first and the last tool."""
    thought = "<|channel|>analysis<|message|>The user asks about the weather in Rome; I look it up.<|end|>"
    begin = "<|start|>assistant<|channel|>"
    calls = [
        f"{thought}{begin}commentary to=functions.{tool['name']} <|constrain|>json<|message|>{_arguments(tool)}<|call|>"
        for tool in (tools[0], *tools[1:][-1:])
    ]
    return [*calls, f"{thought}{begin}final<|message|>It will be warm and sunny in Rome for all of the week.<|return|>"]


def _arguments(tool: dict[str, Any]) -> str:
    properties = tool["parameters"]["properties"]
    listed = next(each["enum"][0] for each in properties.values() if "enum" in each)
    return json.dumps(dict(zip(properties, ['Rome, near the "Pantheon"', 7, listed, ["a", "b"]])))


def _rows() -> Iterator[GrammarRow]:
    from openai_harmony import load_harmony_encoding
    from openai_harmony.grammar import export

    encoding = load_harmony_encoding("HarmonyGptOss")
    for engine, format in CASES:
        compiling = _compiler(engine, format)
        for count, alike in TOOLS:
            new: list[float] = []
            again: list[float] = []
            grammar = None
            tools: list[dict[str, Any]] = []
            for number in range(ROUNDS):
                tools = new_tools(count, f"{engine}{format}{count}x{number}", alike=alike)
                for times in (new, again):
                    begun = process_time()
                    grammar = export(format, tools=tools, engine_stops="none")
                    times.append(process_time() - begun)
            completions = [encoding.encode(each, allowed_special="all") for each in _completions(tools)]
            figures = (None, None, None) if compiling is None else _in_engine(compiling, grammar, completions)
            yield GrammarRow(engine, format, count, alike, median(new), median(again), *figures)


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
