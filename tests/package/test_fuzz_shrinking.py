"""What the command `fuzz` shows of a failure: less than was tried, of the same kind, with names that can be read."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from openai_harmony.fuzzing.choices import RandomChoices, RecordingChoices, ReplayedChoices
from openai_harmony.fuzzing.example import Example, shapes_of
from openai_harmony.fuzzing.material import material
from openai_harmony.fuzzing.search import KINDS, Failure, Search, Seed
from openai_harmony.fuzzing.shrink import smallest
from openai_harmony.fuzzing.targets import Wrong, ours

ENCODING = material().encoding


def failing(kind: str, fails: Callable[[Example], bool], seeds: list[Seed] | None = None) -> Failure:
    """The first failure of a kind of input in a search for what `fails`."""
    search = Search(lambda e: Wrong("fails", frozenset(), "") if fails(e) else None, [kind], seeds or [], 1)
    return next(failure for _ in range(500) if (failure := search.next()) is not None)


def has_long_text(example: Example) -> bool:
    return len(ENCODING.parse(list(example.tokens), example.role).messages) > 1 and len(example.tokens) > 12


def has_recipient(example: Example) -> bool:
    return any(message.recipient for message in ENCODING.parse(list(example.tokens), example.role).messages)


def is_written_by_the_renderer(example: Example) -> bool:
    read = ENCODING.parse_messages_from_completion_tokens(list(example.tokens), example.role, strict="pedantic")
    written = [ENCODING.render(message) for message in read]
    tokens = [token for tokens in written for token in tokens]
    opening = len(ENCODING.encode(example.role)) + 1 if example.role else 0
    tokens = tokens[opening:]
    # The stop token of the last message may be another, or not there.
    return list(example.tokens[: len(tokens) - 1]) == tokens[:-1] and len(example.tokens) <= len(tokens)


@pytest.mark.parametrize("fails", [has_long_text, has_recipient])
def test_a_completion_is_shrunk_to_one_that_the_renderer_writes(fails: Callable[[Example], bool]) -> None:
    small = failing("completions", fails).example
    assert is_written_by_the_renderer(small)
    assert small.messages is not None
    assert shapes_of(ENCODING.parse(list(small.tokens), small.role).messages) == small.messages


@pytest.mark.parametrize("fails", [has_long_text, has_recipient])
def test_a_tolerated_spelling_is_shrunk_to_one_that_says_its_messages(fails: Callable[[Example], bool]) -> None:
    small = failing("tolerated", fails).example
    read = ENCODING.parse_messages_from_completion_tokens(list(small.tokens), small.role, strict="pedantic")
    assert shapes_of(read) == small.messages


@pytest.mark.parametrize("kind", ["completions", "tolerated", "malformed"])
def test_names_are_shrunk_to_words(kind: str) -> None:
    small = failing(kind, has_recipient).example
    (message,) = ENCODING.parse(list(small.tokens), small.role).messages
    words = {"word", "name", *material().namespaces}
    assert set((message.recipient or "").split(".")) <= words
    assert len(small.tokens) <= 8


@pytest.mark.parametrize("kind", KINDS)
def test_what_always_fails_is_shrunk_to_the_smallest_of_its_kind(kind: str) -> None:
    assert len(failing(kind, lambda example: True).example.tokens) <= 2


def test_a_real_output_is_shrunk_token_by_token() -> None:
    text = "<|channel|>final to=functions.get_weather json<|message|>What a day, is it not?<|return|>"
    seed = Seed(tuple(ENCODING.encode(text, allowed_special="all")), "assistant")
    (closes,) = ENCODING.encode("<|message|>", allowed_special="all")
    small = failing("soup", lambda example: closes in example.tokens and has_recipient(example), [seed]).example
    assert len(small.tokens) <= 4
    assert small.description == "seed 1"


def test_text_is_shrunk_to_a_plain_word() -> None:
    seed = Seed(tuple(ENCODING.encode("<|message|>Tuesdays, Fridays", allowed_special="all")), "assistant")
    small = failing("soup", lambda example: any(map(material().is_text, example.tokens)), [seed]).example
    assert ENCODING.decode(small.tokens) == "word"


def test_a_damaged_output_is_shrunk_too() -> None:
    seed = Seed(tuple(ENCODING.encode("<|channel|>final<|message|>a b c", allowed_special="all")), "assistant")
    found = failing("soup", lambda example: example.description.startswith("seed 1, "), [seed])
    assert len(found.example.tokens) <= 1


def test_a_failure_that_vanishes_is_told_as_it_was_met() -> None:
    tries: list[Example] = []

    def once(example: Example) -> bool:
        tries.append(example)
        return len(tries) == 1

    assert failing("malformed", once).example == tries[0]
    assert len(tries) > 1


def test_only_what_fails_alike_is_shrunk_to() -> None:
    def check(example: Example) -> Wrong | None:
        many = len(example.tokens) > 3
        return Wrong("many" if many else "few", frozenset(), f"{len(example.tokens)} tokens")

    search = Search(check, ["soup"], [], 1)
    found = [failure for _ in range(40) if (failure := search.next()) is not None]
    sizes = {failure.wrong.property: len(failure.example.tokens) for failure in found}
    assert sizes == {"many": 4, "few": 0}
    assert {failure.wrong.detail for failure in found} == {"4 tokens", "0 tokens"}


def test_when_the_time_is_up_a_failure_is_told_as_it_is() -> None:
    tries: list[Example] = []

    def check(example: Example) -> Wrong:
        tries.append(example)
        return Wrong("fails", frozenset(), "")

    failure = Search(check, ["malformed"], [], 1, over=lambda: True).next()
    assert failure is not None
    assert tries == [failure.example]


def test_interrupted_it_tells_how_far_it_came() -> None:
    failed: list[Example] = []

    def check(example: Example) -> Wrong | None:
        if failed and len(example.tokens) < len(failed[0].tokens) // 2:
            raise KeyboardInterrupt
        failed.append(example)
        return Wrong("fails", frozenset(), "")

    search = Search(check, ["malformed"], [], 5)
    failure = search.next()
    assert failure is not None
    assert failure.example == failed[-1]
    assert search.interrupted


def test_a_fault_of_our_own_parser_is_told_though_the_search_asks_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> None:
        raise IndexError("broken")

    monkeypatch.setattr(type(ENCODING), "parse", fails)
    failure = Search(ours, ["soup"], [], 1).next()
    assert failure is not None
    assert failure.wrong.property == "never_raises"


def test_what_gets_no_answer_is_not_read_in_the_process_of_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(type(ENCODING), "parse", lambda *arguments: asked.append(arguments))
    search = Search(lambda example: Wrong("hangs", frozenset(), "", answered=False), ["soup"], [], 1)
    assert search.next() is not None
    assert (search.unanswered, asked) == (1, [])


# By itself ----------------------------------------------------------------------------------------


def test_shrinking_keeps_what_fails_and_nothing_else() -> None:
    def still(numbers: tuple[int, ...]) -> tuple[int, ...] | None:
        return numbers if numbers.count(7) >= 2 and 9 in numbers else None

    numbers = (1, 2, 7, 3, 9, 4, 5, 7, 7, 6)
    assert sorted(smallest(numbers, still, lambda number: (1,) if number != 1 else ())) == [7, 7, 9]


def test_numbers_are_replaced_by_the_simplest_that_fails() -> None:
    def still(numbers: tuple[int, ...]) -> tuple[int, ...] | None:
        return numbers if len(numbers) == 2 and numbers[1] > 5 else None

    assert smallest((50, 60), still, lambda number: range(number)) == (0, 6)


def test_nothing_is_tried_twice() -> None:
    tried: list[Any] = []

    def still(numbers: tuple[int, ...]) -> tuple[int, ...] | None:
        tried.append(numbers)
        return numbers if sum(numbers) > 10 else None

    smallest((3, 3, 3, 3, 3, 3), still, lambda number: range(number))
    assert len(tried) == len(set(tried))


@pytest.mark.parametrize("kind", KINDS)
def test_noted_decisions_build_the_same_again(kind: str) -> None:
    for number in range(50):
        noted = RecordingChoices(RandomChoices(random.Random(number)))
        example = KINDS[kind](noted, material())
        assert KINDS[kind](ReplayedChoices(noted.taken()), material()) == example


def test_repeated_decisions_fit_any_bound() -> None:
    repeated = ReplayedChoices([5, 1])
    assert [repeated.below(3), repeated.below(3), repeated.below(3)] == [2, 1, 0]
