"""Claims about batches: the same as one by one, in order, and a failure says which one it was."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from openai_harmony import Conversation, Message, ParseError, RenderConversationConfig, RenderError, Role
from openai_harmony import load_harmony_encoding as load
from tests.support.roles import USER

ENCODING = load("HarmonyGptOss")


def conversation(number: int) -> Conversation:
    return Conversation.from_messages(
        [
            Message.from_role_and_content(USER, f"question {number}"),
            Message.from_role_and_content(Role.ASSISTANT, "hm").with_channel("analysis"),
            Message.from_role_and_content(Role.ASSISTANT, f"answer {number}").with_channel("final"),
        ]
    )


CONVERSATIONS = [conversation(number) for number in range(30)]
NAMELESS = Conversation.from_messages([Message.from_role_and_content(Role.TOOL, "x")])
KEEP = RenderConversationConfig(auto_drop_analysis=False)


@pytest.mark.shipped
def test_batches_of_any_size_are_done_in_this_process_unless_workers_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*arguments: Any, **options: Any) -> None:
        raise AssertionError("a process is started")

    monkeypatch.setattr("openai_harmony._batch.ProcessPoolExecutor", refused)
    before = ENCODING.cache_info()
    tokens = ENCODING.render_batch(CONVERSATIONS * 400)
    after = ENCODING.cache_info()
    assert after.hits + after.misses - before.hits - before.misses == 60 * 400
    assert len(ENCODING.parse_batch(tokens)) == 12_000
    with pytest.raises(RuntimeError, match="a process is started"):
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


SCRIPT = """
import sys
from openai_harmony import Conversation, Message, Role, load_harmony_encoding

encoding = load_harmony_encoding("HarmonyGptOss")
conversation = Conversation.from_messages([Message.from_role_and_content(next(iter(Role)), "x")])
many = [conversation] * 5_000
written = encoding.render_batch(many)
if __name__ == "__main__":
    print(len(encoding.parse_batch(written)), flush=True)
encoding.{batch}
"""


@pytest.mark.parametrize("from_input", [False, True])
@pytest.mark.parametrize("batch", ["render_batch(many, workers=2)", "parse_batch(written, workers=2)"])
def test_a_script_without_a_guard_needs_no_workers_and_is_told_why_it_can_have_none(
    batch: str, from_input: bool, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(batch=batch), encoding="utf-8")
    command = [sys.executable, "-" if from_input else str(script)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    given = script.read_text(encoding="utf-8") if from_input else ""
    done = subprocess.run(command, cwd=tmp_path, env=environment, input=given, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "5000\n")
    told = [
        line for line in done.stderr.splitlines() if line.startswith("RuntimeError: 2 worker processes cannot start;")
    ]
    assert len(told) == 1
    assert 'under `if __name__ == "__main__":`' in told[0]
    assert "without `workers`, this process does it all" in told[0]
    assert "BrokenProcessPool" in told[0]


def test_workers_that_the_system_refuses_are_named_as_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: Any, **options: Any) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("openai_harmony._batch.ProcessPoolExecutor", refused)
    with pytest.raises(RuntimeError, match=r"^2 worker processes cannot start; .* temporarily unavailable"):
        ENCODING.render_batch(CONVERSATIONS, workers=2)


class Fatal(Conversation):
    """Ends the process that renders it, as the system ends one that takes too much memory."""

    def __getattribute__(self, name: str) -> Any:
        if name == "messages" and multiprocessing.parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getattribute__(name)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no such signals here")
def test_a_worker_that_is_killed_is_not_taken_for_one_that_cannot_start() -> None:
    with pytest.raises(RuntimeError, match=r"^a worker process ended before its work was done; .*fewer workers"):
        ENCODING.render_batch([Fatal(messages=c.messages) for c in CONVERSATIONS], workers=2)
