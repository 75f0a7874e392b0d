"""Claims about batches: the same as one by one, in order, and a failure says which one it was."""

from __future__ import annotations

import threading

import pytest

from openai_harmony import Conversation, Message, ParseError, RenderConversationConfig, RenderError, Role
from openai_harmony import load_harmony_encoding as load

ENCODING = load("HarmonyGptOss")


def conversation(number: int) -> Conversation:
    return Conversation.from_messages(
        [
            Message.from_role_and_content(Role.USER, f"question {number}"),
            Message.from_role_and_content(Role.ASSISTANT, "hm").with_channel("analysis"),
            Message.from_role_and_content(Role.ASSISTANT, f"answer {number}").with_channel("final"),
        ]
    )


CONVERSATIONS = [conversation(number) for number in range(30)]
NAMELESS = Conversation.from_messages([Message.from_role_and_content(Role.TOOL, "x")])
KEEP = RenderConversationConfig(auto_drop_analysis=False)


def test_small_batches_are_done_in_this_process() -> None:
    before = ENCODING.cache_info()
    ENCODING.render_batch(CONVERSATIONS)
    after = ENCODING.cache_info()
    assert after.hits + after.misses - before.hits - before.misses == 60


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


def test_processes_give_what_one_by_one_gives_also_beside_threads() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        written = ENCODING.render_batch(CONVERSATIONS, config=KEEP, workers=2)
        assert written == [ENCODING.render_conversation(c, KEEP) for c in CONVERSATIONS]
        read = ENCODING.parse_batch(written, workers=2)
        assert read == [ENCODING.parse_messages_from_completion_tokens(tokens) for tokens in written]
        assert read == [c.messages for c in CONVERSATIONS]
    finally:
        done.set()
        other.join()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_is_that_of_the_first_item_which_fails_and_says_which(workers: int) -> None:
    mixed = [*CONVERSATIONS[:17], NAMELESS, *CONVERSATIONS[:3], NAMELESS]
    with pytest.raises(RenderError, match=r"^Tools should have a name!") as caught:
        ENCODING.render_batch(mixed, workers=workers)
    assert vars(caught.value)["batch_index"] == 17


def test_strictness_and_role_reach_the_parser() -> None:
    good, bad = "<|channel|>final<|message|>x<|end|>", "<|channel|>final<|message|>x<|start|>"
    tokens = [ENCODING.encode(text, allowed_special="all") for text in (good, bad)]
    assert [len(messages) for messages in ENCODING.parse_batch(tokens, Role.ASSISTANT, strict=False)] == [1, 1]
    with pytest.raises(ParseError) as caught:
        ENCODING.parse_batch(tokens, Role.ASSISTANT)
    assert vars(caught.value)["batch_index"] == 1


def test_arguments_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="for training or for a next turn"):
        ENCODING.render_batch([], training=True, next_turn_role=Role.ASSISTANT)
    with pytest.raises(ValueError, match="workers must be at least 1: 0"):
        ENCODING.render_batch(CONVERSATIONS, workers=0)
