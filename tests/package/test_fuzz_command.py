"""The command `fuzz`: it finds the faults of a parser, shrinks them, writes what can be replayed, repeats itself."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openai_harmony import StreamableParser, load_harmony_encoding
from openai_harmony.__main__ import main
from openai_harmony._runtime.reading.bulk import BulkReader
from openai_harmony._runtime.reading.content import Content
from openai_harmony._runtime.reading.reader import Reader
from openai_harmony._runtime.reading.state import ReaderState
from openai_harmony.fuzzing import properties
from openai_harmony.fuzzing.choices import RandomChoices
from openai_harmony.fuzzing.example import Example
from openai_harmony.fuzzing.material import material
from openai_harmony.fuzzing.search import KINDS, Search, Seed
from openai_harmony.fuzzing.targets import check_of
from tests.support.trial import SOUND, STRICT, failures, on_trial

ENCODING = load_harmony_encoding("HarmonyGptOss")


def tokens_of(text: str) -> tuple[int, ...]:
    return tuple(ENCODING.encode(text, allowed_special="all"))


def ours(tokens: list[int], role: str | None) -> list[Any]:
    return ENCODING.parse(tokens, role).messages


# The command --------------------------------------------------------------------------------------


def test_a_sound_parser_passes_and_no_file_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = on_trial(folder, SOUND)
    assert main(["fuzz", "--target", target, "--runs", "200", "--seed", "1"]) == 0
    assert capsys.readouterr().out == "fuzz: 200 inputs, seed 1: no failures\n"
    assert list(folder.glob("*.jsonl")) == []


def test_a_parser_that_raises_is_found_shrunk_and_replayed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = on_trial(folder, STRICT)
    assert main(["fuzz", "--target", target, "--runs", "200", "--seed", "1", "--out", "found.jsonl"]) == 1
    told = capsys.readouterr()
    assert "written to found.jsonl" in told.out
    assert "raises on malformed input" in told.err
    found = failures(folder / "found.jsonl")
    assert {failure["property"] for failure in found} == {"raises on malformed input"}
    assert all(len(failure["tokens"]) <= 4 for failure in found)
    assert main(["fuzz", "--target", target, "--replay", "found.jsonl"]) == 1
    assert capsys.readouterr().out.endswith(f"fuzz: {len(found)} of {len(found)} failures again\n")
    sound = on_trial(folder, SOUND)
    assert main(["fuzz", "--target", sound, "--replay", "found.jsonl"]) == 0


def test_the_same_seed_finds_the_same_failures(folder: Path) -> None:
    target = on_trial(folder, STRICT)
    for name in ("one.jsonl", "two.jsonl"):
        main(["fuzz", "--target", target, "--runs", "100", "--seed", "7", "--out", name])
    assert failures(folder / "one.jsonl") == failures(folder / "two.jsonl")


def test_real_outputs_are_tried_as_they_are_and_damaged(folder: Path) -> None:
    target = on_trial(folder, "assert 4321 not in tokens, 'met'\nreturn ENCODING.parse(tokens, role).messages")
    seeds = [{"text": "<|channel|>final<|message|>a<|return|>", "role": "assistant"}, {"tokens": [4321], "role": None}]
    (folder / "seeds.jsonl").write_text("\n".join(map(json.dumps, seeds)), encoding="utf-8")
    arguments = ["fuzz", "--target", target, "--seeds", "seeds.jsonl", "--runs", "2", "--out", "found.jsonl"]
    assert main(arguments) == 1
    (found,) = failures(folder / "found.jsonl")
    assert (found["tokens"], found["description"]) == ([4321], "seed 2")


def test_a_search_ends_after_the_seconds_that_it_is_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", "--runs", "1000000", "--seconds", "0.2", "--kinds", "completions"]) == 0
    assert int(capsys.readouterr().out.split()[1]) < 1000000


# What is found in other parsers -------------------------------------------------------------------

CALL = Example(
    tokens_of("<|channel|>final to=a.f json<|message|>abc<|call|><|start|>user<|message|>x"), "assistant", ""
)
STRAY = Example(tokens_of("<|channel|>final<|message|>abc<|end|>x"), "assistant", "")


def panics(tokens: list[int], role: str | None) -> Any:
    raise BaseException("panic")


def exits(tokens: list[int], role: str | None) -> Any:
    raise SystemExit(3)


def fails_late(tokens: list[int], role: str | None) -> Any:
    yield {"text": "abc"}
    raise RuntimeError("late")


def dictionaries(*rows: dict[str, Any]) -> Callable[[list[int], str | None], Any]:
    return lambda tokens, role: rows


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("target", "example", "found"),
    [
        (ours, CALL, None),
        (ours, STRAY, None),
        (panics, CALL, "raises on well-formed input"),
        (panics, STRAY, "raises on malformed input"),
        (exits, CALL, "raises on well-formed input"),
        (fails_late, CALL, "returns messages"),
        (lambda tokens, role: 3, CALL, "returns messages"),
        (lambda tokens, role: [{"role": "user"}], CALL, "returns messages"),
        (lambda tokens, role: ours(tokens, role)[:1], CALL, "keeps all text of well-formed input"),
        (lambda tokens, role: ours(tokens, role)[:1], STRAY, "keeps all text of malformed input"),
        (dictionaries({"text": "abc"}, {"text": "x"}), CALL, None),
        (dictionaries({"content": [{"text": "a"}, "bc"]}, {"content": "x"}), CALL, None),
        (dictionaries({"author": {"role": "assistant"}, "text": "abc"}, {"role": "user", "text": "x"}), CALL, None),
        (dictionaries({"text": "abcx"}), CALL, "reads as ours does"),
        (dictionaries({"text": "xabc"}), STRAY, None),
        (dictionaries({"text": "abc", "recipient": None}, {"text": "x"}), CALL, "reads as ours does"),
        (dictionaries({"text": "abc", "role": "user"}, {"text": "x"}), CALL, "reads as ours does"),
    ],
)
def test_another_parser_is_held_to_what_holds_of_every_parser(
    target: Callable[[list[int], str | None], Any], example: Example, found: str | None
) -> None:
    wrong = check_of(target)(example)
    assert (wrong and wrong.property) == found


@pytest.mark.shipped
def test_failures_of_one_kind_are_told_once() -> None:
    search = Search(check_of(panics), list(KINDS), [Seed(STRAY.tokens, "assistant")], 1)
    found = [failure for _ in range(60) if (failure := search.next()) is not None]
    told = [(failure.wrong.property, failure.example.tokens) for failure in found]
    assert 2 <= len(told) == len(set(told)) <= 8
    assert all(len(tokens) <= 1 for _, tokens in told)


# What is found in ours, were it broken ------------------------------------------------------------


def loses_half_characters(content: Content, ids: Any, end: int, source: Any) -> str:
    return content.read(ids, end, source)


def reports_no_text(state: ReaderState, kind: Any, start: int, end: int, text: str = "", *, run: bool = False) -> None:
    RECOVER(state, kind, start, end, run=run)


def reports_nothing(state: ReaderState, kind: Any, start: int, end: int, text: str = "", *, run: bool = False) -> None:
    return None


def loses_a_message(bulk: BulkReader, data: bytes, role: str | None) -> Any:
    read = READ(bulk, data, role)
    return read and read[:-1]


def shares_its_ids(state: ReaderState) -> ReaderState:
    twin = COPY(state)
    twin.ids = state.ids
    return twin


def counts_twice(state: ReaderState, header: Any, tokens: int, content: dict[str | None, int]) -> int:
    return COUNT(state, header, 2 * tokens, content)


def tells_no_content(state: ReaderState, end: int) -> None:
    return None


def fails(*arguments: Any) -> Any:
    raise IndexError("broken")


RECOVER, READ = ReaderState._recover, BulkReader.read
COPY, COUNT = ReaderState.copy, ReaderState._count


@pytest.mark.parametrize(
    ("owner", "name", "broken", "promise"),
    [
        (Content, "close", loses_half_characters, properties.nothing_is_lost),
        (ReaderState, "_recover", reports_no_text, properties.nothing_is_lost),
        (ReaderState, "_recover", reports_nothing, properties.pedantic_is_never_silently_wrong),
        (BulkReader, "read", loses_a_message, properties.same_answer_however_fed),
        (ReaderState, "copy", shares_its_ids, properties.same_answer_however_fed),
        (ReaderState, "_count", counts_twice, properties.usage_counts_every_token),
        (ReaderState, "emit_content", tells_no_content, properties.events_tell_what_was_read),
        (Reader, "finish", fails, properties.never_raises),
        (StreamableParser, "_events", fails, properties.never_raises),
    ],
)
def test_a_broken_parser_breaks_the_promise(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, broken: Any, promise: properties.Property
) -> None:
    made = [
        build(RandomChoices(random.Random(f"{promise.__name__} {number}")), material())
        for number in range(200)
        for build in KINDS.values()
    ]
    assert [example for example in made[:40] if promise(example)] == []
    monkeypatch.setattr(owner, name, broken)
    assert any(promise(example) for example in made)
