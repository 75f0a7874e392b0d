"""Whatever comes, a token takes as much work late in the input as early: counted in steps taken, never in time.

A step is a function called, a line run, an id looked up or copied. Inputs are those that made a reader look back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from types import FrameType
from typing import Any

import pytest

from openai_harmony import HarmonyEncoding, ParseError, StreamableParser, load_harmony_encoding
from openai_harmony._runtime.reading.reader import Reader
from openai_harmony._runtime.tokens.tokenizer import Tokenizer
from openai_harmony._runtime.tokens.vocabulary_file import Vocabulary

FEW, MANY = 75, 300
SMALL = 1.2  # how much more a token may take in the longer input; where work is quadratic it takes four times as much
ODD = (-1, 2**32, 10**30)
READ = ("tokens", "messages", "recoveries", "state", "state_data", "current_content", "last_content_delta", "usage")


class Steps:
    """Counts steps while something runs."""

    def __init__(self) -> None:
        self.taken = 0

    def of(self, run: Callable[[], object]) -> int:
        self.taken = 0
        before = sys.getprofile(), sys.gettrace()
        sys.setprofile(self._called)
        sys.settrace(self._lines)
        try:
            run()
        finally:
            sys.setprofile(before[0])
            sys.settrace(before[1])
        return self.taken

    def _called(self, frame: FrameType, event: str, argument: object) -> None:
        self.taken += event in ("call", "c_call")

    def _lines(self, frame: FrameType, event: str, argument: object) -> Any:
        self.taken += event == "line"
        return self._lines


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """A counter that sees what C does with ids: each that is looked up, each that is copied."""
    counter = Steps()

    class Ids(list[int]):
        def __getitem__(self, index: Any) -> Any:
            found: Any = super().__getitem__(index)
            counter.taken += len(found) if isinstance(index, slice) else 1
            return found

    started, decoded = Reader.__init__, Tokenizer.ordinary_bytes

    def start(self: Reader, *arguments: Any) -> None:
        started(self, *arguments)
        self.ids = Ids()

    def decode(self: Tokenizer, tokens: list[int]) -> bytes | None:
        counter.taken += len(tokens)
        return decoded(self, tokens)

    pieces = _pieces()
    monkeypatch.setattr(Vocabulary, "pieces", lambda self: pieces)
    monkeypatch.setattr(Reader, "__init__", start)
    monkeypatch.setattr(Tokenizer, "ordinary_bytes", decode)
    return counter


class Pieces(list[Any]):
    def __getitem__(self, index: Any) -> Any:  # each is a call
        return super().__getitem__(index)


@cache
def _pieces() -> Pieces:
    return Pieces(load_harmony_encoding("HarmonyGptOss").tokenizer.vocabulary.pieces())


def encoding() -> HarmonyEncoding:
    """An encoding that has kept nothing of other inputs."""
    made = HarmonyEncoding("HarmonyGptOss")
    made._made = load_harmony_encoding("HarmonyGptOss").tokenizer
    return made


def ids(text: str) -> list[int]:
    return load_harmony_encoding("HarmonyGptOss").encode(text, allowed_special="all")


# By name: what comes before, what is repeated, what comes behind.
INPUTS: dict[str, tuple[list[int], list[int], list[int]]] = {
    "white space between messages": (ids("<|message|>a<|end|>"), ids("\n"), ids("<|start|>user<|message|>b")),
    "white space before text": (ids("<|message|>a<|end|>"), ids(" \n"), ids("so")),
    "reserved ids in a header": (ids("<|channel|>final"), [200013], ids("<|message|>b")),
    "unknown ids in a header": (ids("<|channel|>final"), [999999], ids("<|message|>b")),
    "ids that are none in a header": (ids("<|channel|>final"), [-1], ids("<|message|>b")),
    "reserved ids between messages": (ids("<|message|>a<|end|>"), [200013], ids("<|start|>user<|message|>b")),
    "repeated channels": ([], ids("<|channel|>final"), ids("<|message|>b")),
    "repeated recipients": ([], ids(" to=functions.f"), ids("<|message|>b")),
    "channels and words": ([], ids("<|channel|>a b"), ids("<|message|>b")),
    "channels and words without an end": ([], ids("<|channel|>a b"), []),
    "role words": ([], ids(" user"), ids("<|message|>b")),
    "one long word": ([], ids("final"), ids("<|message|>b")),
    "markers": ([], ids("<|channel|>"), ids("<|message|>b")),
    "stop tokens": ([], ids("<|end|>"), []),
    "start tokens": ([], ids("<|start|>"), ids("user<|message|>b")),
    "turns": ([], ids("<|start|>assistant"), ids("<|message|>b")),
    "headers that break off": ([], ids("<|start|>assistant<|channel|>final"), ids("<|message|>b")),
    "messages": ([], ids("<|channel|>final<|message|>b<|end|><|start|>assistant"), []),
    "message tokens in content": (ids("<|message|>a"), ids("<|message|>"), []),
    "ids that are none in content": (ids("<|message|>a"), list(ODD), []),
    "halves of characters": (ids("<|message|>a"), [93643], []),
    "text": (ids("<|message|>"), ids(" steady"), []),
}


def made(name: str, times: int) -> list[int]:
    opening, repeated, end = INPUTS[name]
    return opening + repeated * times + end


def streaming(tokens: list[int], read: str, *, strict: bool = False) -> Callable[[], None]:
    one = encoding()
    StreamableParser(one, "assistant", strict=False).feed(ids("a<|message|>a<|end|>"))  # what is made once

    def run() -> None:
        parser = StreamableParser(one, "assistant", strict=strict)
        for token in tokens:
            try:
                parser.process(token)
            except (ParseError, OverflowError):
                assert strict
            getattr(parser, read)
        try:
            parser.process_eos()
        except ParseError:
            assert strict

    return run


def feeding(tokens: list[int], size: int) -> Callable[[], None]:
    one = encoding()

    def run() -> None:
        parser = StreamableParser(one, "assistant", strict=False)
        for at in range(0, len(tokens), size):
            parser.feed(tokens[at : at + size])
        parser.feed_eos()

    return run


def at_once(tokens: list[int]) -> Callable[[], object]:
    one = encoding()
    return lambda: one.parse(tokens, "assistant")


def growth(steps: Steps, run: Callable[[list[int]], Callable[[], object]], name: str) -> float:
    """How much more a token takes in an input that is four times as long."""
    few, many = (steps.of(run(tokens)) / len(tokens) for tokens in (made(name, FEW), made(name, MANY)))
    return many / few


# Whatever is repeated -----------------------------------------------------------------------------


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", INPUTS)
def test_a_token_takes_as_much_work_late_as_early(steps: Steps, name: str, strict: bool) -> None:
    assert growth(steps, lambda tokens: streaming(tokens, "tokens", strict=strict), name) < SMALL


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize("name", INPUTS)
def test_events_take_as_much_work_late_as_early(steps: Steps, name: str, size: int) -> None:
    assert growth(steps, lambda tokens: feeding(tokens, size), name) < SMALL


@pytest.mark.parametrize("name", INPUTS)
def test_a_whole_input_takes_work_in_proportion_to_its_length(steps: Steps, name: str) -> None:
    assert growth(steps, at_once, name) < SMALL


@pytest.mark.parametrize("read", READ)
def test_whatever_is_read_after_each_id_that_is_none_takes_as_much_work_late_as_early(steps: Steps, read: str) -> None:
    for name in ("ids that are none in content", "ids that are none in a header", "text"):
        assert growth(steps, lambda tokens: streaming(tokens, read), name) < SMALL, name


# The mutants: readers that look back ----------------------------------------------------------------


def looking_back_at_the_header(real: Any) -> Any:
    def in_header(self: Reader, terminal: str, token: int) -> bool:
        self._header_text(len(self.ids) - 1)
        return bool(real(self, terminal, token))

    return in_header


def looking_back_at_the_text(real: Any) -> Any:
    def between(self: Reader, terminal: str, token: int) -> bool:
        self.content.replace("", self.mark)
        return bool(real(self, terminal, token))

    return between


@pytest.fixture(params=[("_in_header", looking_back_at_the_header), ("_between", looking_back_at_the_text)])
def looks_back(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name, mutant = request.param
    monkeypatch.setattr(Reader, name, mutant(getattr(Reader, name)))
    return {"_in_header": "reserved ids in a header", "_between": "white space between messages"}[name]


def test_a_reader_that_looks_back_is_seen(steps: Steps, looks_back: str) -> None:
    assert growth(steps, lambda tokens: streaming(tokens, "state"), looks_back) > 2


def test_tokens_that_are_listed_anew_are_seen(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    anew = property(lambda self: [self._reader.foreign.get(at, id) for at, id in enumerate(self._reader.ids)])
    monkeypatch.setattr(StreamableParser, "tokens", anew)
    assert growth(steps, lambda tokens: streaming(tokens, "tokens"), "ids that are none in content") > 2
