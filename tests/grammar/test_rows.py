"""What completions by hand are: accepted or refused by each engine, token by token, by mask and by acceptance."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from openai_harmony import StreamableParser
from openai_harmony._grammar.exporting import Exported, ExportedTag
from openai_harmony.grammar import check, export
from tests.grammar.rows import FORMATS, Row, RowSet, encoding, row_sets
from tests.support.engines import ENGINES, Engine, verdicts, version

pytestmark = pytest.mark.shipped
SETS = list(row_sets())


def exported(options: dict[str, Any], engine: Engine) -> Exported | ExportedTag | None:
    """The grammar that an engine gets of some options; None if they are for another one."""
    if engine.stops is not None and options.get("engine_stops", engine.stops) in ("none", [200012]):
        return None
    options = options if engine.stops is None else {"engine_stops": engine.stops, **options}
    made = export(engine.format, **options)
    assert isinstance(made, (Exported, ExportedTag))
    return made


def faults(engine: Engine, each: RowSet) -> list[str]:
    grammar = exported(each.options, engine)
    if grammar is None:
        return []
    stops = grammar.settings.stops
    said = verdicts(engine, grammar, stops, [row.tokens for row in each.rows])
    return [
        f"{each.about}: {row.told}\n  {verdict}, expected {row.expected(stops, engine.reader)}"
        for row, verdict in zip(each.rows, said, strict=True)
        if not fits(row, verdict, engine, stops)
    ]


def fits(row: Row, verdict: dict[str, Any], engine: Engine, stops: frozenset[int]) -> bool:
    if (verdict["accepted"], verdict["position"]) != row.expected(stops, engine.reader):
        return False
    forced = engine.name == "llguidance" and engine.forcing and not (row.accepted and row.canonical())
    # What a grammar forces is masked but for its canonical tokens; no mask has a token that is then refused.
    return not verdict["differ"] or (forced and not any(allowed for _, allowed in verdict["differ"]))


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_an_engine_accepts_and_refuses_what_the_rows_say(engine: Engine) -> None:
    read = [each for each in SETS if engine.format in each.only]
    assert sum(row.accepted for each in read for row in each.rows) >= 60
    assert sum(not row.accepted for each in read for row in each.rows) >= 100
    assert [fault for each in read for fault in faults(engine, each)] == []


@pytest.mark.parametrize("format", FORMATS)
def test_the_judge_accepts_and_refuses_what_the_rows_say(format: str) -> None:
    wrong = []
    for each in SETS:
        if format not in each.only:
            continue
        grammar = export(format, **each.options)
        stops = grammar.settings.stops  # type: ignore[union-attr]
        for row in each.rows:
            verdict = check(grammar, row.tokens)
            expected = row.expected_of_judge(stops, format)
            if (verdict.accepted, verdict.position) != expected:
                wrong.append(f"{each.about}: {row.told}\n  {verdict}, expected {expected}")
    assert wrong == []


@pytest.mark.parametrize("each", SETS, ids=lambda each: each.about)
def test_what_is_accepted_has_no_fault_for_the_parser(each: RowSet) -> None:
    grammar = export("llguidance", **each.options)
    for row in each.rows:
        if check(grammar, row.tokens):
            parser = StreamableParser(
                encoding, "assistant" if grammar.settings.after_prompt else None, strict="pedantic"
            )  # type: ignore[union-attr]
            for token in row.tokens:
                parser.process(token)
            parser.process_eos()
            assert parser.messages


OPTIONS = {
    "tools": lambda options: bool(options.get("tools")),
    "no tools": lambda options: not options.get("tools"),
    "response_schema": lambda options: "response_schema" in options,
    "tool_choice auto": lambda options: options.get("tools") and "tool_choice" not in options,
    "tool_choice none": lambda options: options.get("tool_choice") == "none",
    "tool_choice required": lambda options: options.get("tool_choice") == "required",
    "tool_choice named": lambda options: isinstance(options.get("tool_choice"), dict),
    "channels": lambda options: "channels" in options,
    "reasoning require": lambda options: options.get("reasoning") == "require",
    "reasoning forbid": lambda options: options.get("reasoning") == "forbid",
    "preambles": lambda options: options.get("preambles") is False,
    "builtin_tools": lambda options: bool(options.get("builtin_tools")),
    "parallel": lambda options: bool(options.get("parallel")),
    "after_prompt": lambda options: options.get("after_prompt") is False,
    "custom tools": lambda options: any(tool.get("type") == "custom" for tool in options.get("tools", ())),
    **{
        f"engine_stops {stops}": lambda options, stops=stops: options.get("engine_stops") == stops
        for stops in ("none", "vllm", "vllm-guidance", "sglang", "llama.cpp", [200012])
    },
}


def test_each_option_is_in_four_rows_that_are_accepted_or_refused() -> None:
    found: Counter[str] = Counter()
    for each in SETS:
        for name, has in OPTIONS.items():
            found[name] += len(each.rows) if has(each.options) else 0
    assert {name for name in OPTIONS if found[name] < 4} == set()


def test_the_engines_are_those_of_today_and_those_of_servers() -> None:
    assert version("llguidance", older=True) == "1.7.6"
    assert version("xgrammar", older=True) == "0.2.7"
    assert version("llguidance") != "1.7.6"
    assert version("xgrammar") != "0.2.7"
