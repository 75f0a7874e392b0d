"""Claims about batches: the same as one by one, in order, and a failure says which one it was."""

from __future__ import annotations

import signal
import sys
from typing import Any

import pytest

from openai_harmony import HarmonyEncoding, Message, ParseError, RenderError, Role
from openai_harmony.batch import map_parsed, parse_batch, render_arrays, render_batch
from tests.support.batches import CONVERSATIONS, ENCODING, KEEP, LINUX, NAMELESS
from tests.support.roles import USER


@pytest.mark.shipped
def test_batches_of_any_size_are_done_in_this_process_unless_workers_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*arguments: Any, **options: Any) -> None:
        raise AssertionError("a process is started")

    monkeypatch.setattr("openai_harmony._workers.spawned.ProcessPoolExecutor", refused)
    monkeypatch.setattr("openai_harmony._workers.forked.in_forked", refused)
    before = ENCODING.cache_info()
    tokens = ENCODING.render_batch(CONVERSATIONS * 400)
    after = ENCODING.cache_info()
    assert after.hits + after.misses - before.hits - before.misses == 60 * 400
    assert len(ENCODING.parse_batch(tokens)) == 12_000
    with pytest.raises((RuntimeError, AssertionError), match="a process is started"):
        ENCODING.render_batch(CONVERSATIONS, workers=2)


def test_each_way_of_rendering_has_its_batch() -> None:
    assert ENCODING.render_batch(iter(CONVERSATIONS)) == [ENCODING.render_conversation(c) for c in CONVERSATIONS]
    assert ENCODING.render_batch(CONVERSATIONS, config=KEEP) == [
        ENCODING.render_conversation(c, KEEP) for c in CONVERSATIONS
    ]
    assert ENCODING.render_batch(CONVERSATIONS, training=True) == [
        ENCODING.render_conversation_for_training(c) for c in CONVERSATIONS
    ]
    assert ENCODING.render_batch(CONVERSATIONS, next_turn_role="assistant") == [
        ENCODING.render_conversation_for_completion(c, Role.ASSISTANT) for c in CONVERSATIONS
    ]
    assert ENCODING.render_batch([]) == []


def test_processes_give_what_one_by_one_gives_and_take_what_is_given_once(start: str) -> None:
    written = ENCODING.render_batch(iter(CONVERSATIONS), config=KEEP, workers=2)
    assert written == [ENCODING.render_conversation(c, KEEP) for c in CONVERSATIONS]
    read = ENCODING.parse_batch(iter(written), workers=2)
    assert read == [ENCODING.parse_messages_from_completion_tokens(tokens) for tokens in written]
    assert read == [c.messages for c in CONVERSATIONS]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_is_that_of_the_first_item_which_fails_and_says_which(workers: int, start: str) -> None:
    mixed = [*CONVERSATIONS[:17], NAMELESS, *CONVERSATIONS[:3], NAMELESS]
    with pytest.raises(RenderError, match=r"^Tools should have a name!") as caught:
        ENCODING.render_batch(mixed, workers=workers)
    assert vars(caught.value)["batch_index"] == 17
    if sys.version_info >= (3, 11):
        assert caught.value.__notes__ == ["at index 17 of the batch"]


@pytest.mark.parametrize("workers", [None, 2])
def test_arrays_have_the_tokens_of_lists_in_the_form_of_numpy(workers: int | None, start: str) -> None:
    arrays = render_arrays(ENCODING, CONVERSATIONS, next_turn_role=Role.ASSISTANT, workers=workers)
    assert [tokens.tolist() for tokens in arrays] == render_batch(ENCODING, CONVERSATIONS, next_turn_role="assistant")
    assert {(memoryview(tokens).format, tokens.itemsize) for tokens in arrays} == {("i", 4)}
    assert parse_batch(ENCODING, arrays) == parse_batch(ENCODING, [tokens.tolist() for tokens in arrays])


def text_of_last(messages: list[Message]) -> str:
    return messages[-1].text


def is_deaf(messages: list[Message]) -> bool:
    blocked = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    return blocked or signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.parametrize("workers", [None, 2])
def test_a_function_is_called_with_the_messages_of_each_completion(workers: int | None, start: str) -> None:
    tokens = ENCODING.render_batch(CONVERSATIONS)
    made = map_parsed(text_of_last, ENCODING, tokens, workers=workers)
    assert made == [f"answer {number}" for number in range(30)]
    if workers and LINUX:  # Ctrl-C is for this process alone
        assert all(map_parsed(is_deaf, ENCODING, tokens, workers=workers))
    with pytest.raises(IndexError) as caught:
        map_parsed(text_of_last, ENCODING, [*tokens[:3], []], workers=workers)
    assert vars(caught.value)["batch_index"] == 3


@pytest.mark.shipped
def test_what_workers_cannot_parse_at_once_is_parsed_alike(start: str) -> None:
    texts = ["<|channel|>final<|message|>x<|end|>", "", "<|channel|>final", "<|message|>\u4e2d <|start|>", "no header"]
    tokens = [ENCODING.encode(text, allowed_special="all") for text in texts]
    alone = [ENCODING.parse_messages_from_completion_tokens(t, "assistant", strict=False) for t in tokens]
    assert ENCODING.parse_batch(tokens, "assistant", strict=False, workers=2) == alone
    for strict in (False, True, "pedantic"):
        for given in ([*tokens[:2], [*tokens[0], -1]], [*tokens[:2], [2**70]], tokens[3:]):
            outcomes = [outcome(given, strict, workers) for workers in ((None, 2) if start == "forked" else (None,))]
            assert outcomes[0] == outcomes[-1]
    with pytest.raises(ValueError, match="'x'"):
        ENCODING.parse_batch(tokens, strict="x", workers=2)  # type: ignore[arg-type]


@pytest.mark.skipif(not LINUX, reason="workers are forked on Linux")
def test_a_variable_with_a_wrong_value_is_told_by_workers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai_harmony._batch.can_fork", lambda: True)
    monkeypatch.setenv("HARMONY_UNPLACED", "two words")
    tokens = ENCODING.render_batch(CONVERSATIONS)
    alone = outcome(tokens, False, None)
    assert outcome(tokens, False, 2) == alone
    assert "HARMONY_UNPLACED" in str(alone)


def outcome(tokens: list[list[int]], strict: Any, workers: int | None) -> object:
    try:
        return ENCODING.parse_batch(tokens, "assistant", strict=strict, workers=workers)
    except Exception as error:
        return type(error), str(error), vars(error)


class Counting(HarmonyEncoding):
    """Has its own way to parse."""

    def parse_messages_from_completion_tokens(self, tokens: Any, *rest: Any, **more: Any) -> list[Message]:
        return [Message.from_role_and_content(USER, str(len(tokens)))]


def test_an_encoding_that_parses_in_its_own_way_does_so_in_workers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai_harmony._batch.can_fork", lambda: LINUX)
    encoding = Counting("HarmonyGptOss")
    assert encoding.parse_batch([[1], [2, 3]], workers=2 if LINUX else 1) == encoding.parse_batch([[1], [2, 3]])


@pytest.mark.shipped
def test_strictness_and_role_reach_the_parser() -> None:
    good, bad = "<|channel|>final<|message|>x<|end|>", "<|channel|>final<|message|>x<|start|>"
    tokens = [ENCODING.encode(text, allowed_special="all") for text in (good, bad)]
    assert [len(messages) for messages in ENCODING.parse_batch(tokens, Role.ASSISTANT, strict=False)] == [1, 1]
    with pytest.raises(ParseError) as caught:
        ENCODING.parse_batch(tokens, Role.ASSISTANT, strict="pedantic")
    assert vars(caught.value)["batch_index"] == 1


def test_arguments_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="for training, for a next turn or with its last message open"):
        ENCODING.render_batch([], training=True, next_turn_role=Role.ASSISTANT)
    with pytest.raises(ValueError, match="workers must be at least 1: 0"):
        ENCODING.render_batch(CONVERSATIONS, workers=0)
