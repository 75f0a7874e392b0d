"""Claims about batches: the same as one by one, in order, and a failure says which one it was."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from openai_harmony import (
    Conversation,
    HarmonyEncoding,
    Message,
    ParseError,
    RenderConversationConfig,
    RenderError,
    Role,
)
from openai_harmony import load_harmony_encoding as load
from openai_harmony._workers import starting
from openai_harmony.batch import map_parsed, parse_batch, render_arrays, render_batch
from tests.support.roles import USER

ENCODING = load("HarmonyGptOss")
LINUX = sys.platform.startswith("linux")
STARTS = [pytest.param("forked", marks=pytest.mark.skipif(not LINUX, reason="workers are forked on Linux")), "spawned"]


def conversation(number: int) -> Conversation:
    return Conversation.from_messages(
        [
            Message.from_role_and_content(USER, f"question {number}"),
            Message.from_role_and_content(Role.ASSISTANT, "hm").with_channel("analysis"),
            Message.from_role_and_content(Role.ASSISTANT, f"answer {number}").with_channel("final"),
        ]
    )


@pytest.fixture(params=STARTS)
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How workers start, whatever threads the program has that runs the tests."""
    monkeypatch.setattr("openai_harmony._batch.can_fork", lambda: request.param == "forked")
    return str(request.param)


CONVERSATIONS = [conversation(number) for number in range(30)]
NAMELESS = Conversation.from_messages([Message.from_role_and_content(Role.TOOL, "x")])
KEEP = RenderConversationConfig(auto_drop_analysis=False)


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


def test_beside_another_thread_workers_are_spawned(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: Any, **options: Any) -> None:
        raise OSError("no process is spawned")

    monkeypatch.setattr("openai_harmony._workers.spawned.ProcessPoolExecutor", refused)
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        with pytest.raises(RuntimeError, match="no process is spawned"):
            ENCODING.render_batch(CONVERSATIONS, workers=2)
    finally:
        done.set()
        other.join()


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


SCRIPT = """
import sys, threading, time
from openai_harmony import Conversation, Message, Role, load_harmony_encoding

threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
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


def test_workers_that_the_system_refuses_are_named_as_the_cause(start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: Any, **options: Any) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("openai_harmony._workers.spawned.ProcessPoolExecutor", refused)
    monkeypatch.setattr("os.fork", refused, raising=False)
    with pytest.raises(RuntimeError, match=r"^2 worker processes cannot start[:;] .*temporarily unavailable"):
        ENCODING.render_batch(CONVERSATIONS, workers=2)


class Fatal(Conversation):
    """Does something to the processes in a worker that renders it."""

    def __getattribute__(self, name: str) -> Any:
        if name == "messages" and multiprocessing.parent_process() is not None:
            self.deed()
        return super().__getattribute__(name)

    def deed(self) -> None:
        """End this process, as the system ends one that takes too much memory."""
        os.kill(os.getpid(), signal.SIGKILL)


class Interrupting(Fatal):
    """Is rendered at length, while somebody presses Ctrl-C."""

    def deed(self) -> None:
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(100)


class Strange(Fatal):
    """Cannot be rendered, for a reason that cannot be sent to another process."""

    def deed(self) -> None:
        error = ValueError("strange")
        error.cause = lambda: None  # type: ignore[attr-defined]
        raise error


def as_a(kind: type[Fatal]) -> list[Conversation]:
    return [kind(messages=c.messages) for c in CONVERSATIONS]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no such signals here")
def test_a_worker_that_is_killed_is_not_taken_for_one_that_cannot_start(start: str) -> None:
    with pytest.raises(RuntimeError, match=r"^a worker process ended before its work was done; .*fewer workers"):
        ENCODING.render_batch(as_a(Fatal), workers=2)
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no such signals here")
def test_an_interrupt_ends_a_batch_and_its_workers_at_once(start: str) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            ENCODING.render_batch([*as_a(Interrupting)[:1], *CONVERSATIONS], workers=2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - began < 50
    assert multiprocessing.active_children() == []
    assert gc.isenabled()


@pytest.mark.skipif(not LINUX, reason="workers are forked on Linux")
def test_a_thread_of_a_library_is_no_obstacle_once_it_sleeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stat").write_bytes(b"7 (a) R) S 1 2")
    assert starting._sleeps(tmp_path)
    (tmp_path / "stat").write_bytes(b"7 (a) S) R 1 2")
    assert not starting._sleeps(tmp_path)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(sys, "_current_frames", lambda: {1: None})
    for states, wanted in ([True], True), ([False, False, True], True), ([False], False):
        left = list(states)
        monkeypatch.setattr(starting, "PATIENCE", 60 if wanted else 0)
        monkeypatch.setattr(starting.threading, "get_native_id", lambda: 0)
        monkeypatch.setattr(starting, "_sleeps", lambda task, left=left: left.pop(0) if len(left) > 1 else left[0])
        assert starting.can_fork() is wanted


@pytest.mark.skipif(not LINUX, reason="workers are forked on Linux")
def test_an_exception_that_cannot_be_sent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai_harmony._batch.can_fork", lambda: True)
    given = [*CONVERSATIONS[:5], *as_a(Strange)]
    with pytest.raises(RuntimeError, match=r"cannot be sent to this process: ") as caught:
        ENCODING.render_batch(given, workers=2)
    assert vars(caught.value)["batch_index"] == 5
    assert gc.isenabled()
    tokens = ENCODING.render_batch(CONVERSATIONS) * 10
    with pytest.raises(RuntimeError, match="cannot be sent") as caught:
        map_parsed(
            lambda messages: text_of_last if "9" not in messages[0].text else lambda: 1, ENCODING, tokens, workers=2
        )
    assert vars(caught.value)["batch_index"] == 9


# Forked workers -----------------------------------------------------------------------------------

MEMORY = """
import json, multiprocessing, os, sys
from pathlib import Path
from openai_harmony import Conversation, Message, Role, load_harmony_encoding
from openai_harmony._workers.starting import can_fork

encoding = load_harmony_encoding("HarmonyGptOss")

class Watched(Conversation):
    def __getattribute__(self, name):
        if name == "messages" and multiprocessing.parent_process() is not None:
            rollup = [line.split() for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]]
            sizes = {line[0][:-1]: int(line[1]) for line in rollup}
            told = [os.getpid(), encoding.tokenizer.is_prepared, sizes["Private_Dirty"], sizes["Shared_Dirty"]]
            with open(sys.argv[1], "a") as stream:
                stream.write(json.dumps(told) + "\\n")
        return super().__getattribute__(name)

assert can_fork()
message = Message.from_role_and_content(next(iter(Role)), "The tide turns at a quarter past four. " * 1000)
many = [Watched(messages=[message]) for _ in range(64)]
assert encoding.render_batch(many, workers=2) == [encoding.render_conversation(many[0])] * 64
assert can_fork() and multiprocessing.active_children() == []
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="shows what memory is shared")
def test_forked_workers_share_the_vocabulary_and_need_no_guard(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    script, told = tmp_path / "script.py", tmp_path / "told.jsonl"
    script.write_text(MEMORY, encoding="utf-8")
    command = [sys.executable, "-W", "error", str(script), str(told)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 64
    last = {process: (private, shared) for process, prepared, private, shared in lines if prepared}
    assert {process for process, *_ in lines} == last.keys()
    # In KiB. The encoder of tiktoken alone has some 50,000.
    assert all(private < 15_000 and shared > 30_000 for private, shared in last.values()), last
