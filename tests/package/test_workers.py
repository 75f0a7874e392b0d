"""Claims about the processes of batches: when they are forked, how they end, and what they hand over."""

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
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from openai_harmony._workers import spawned, starting
from tests.support.batches import CONVERSATIONS, ENCODING, LINUX, Deed, as_a


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


class Fatal(Deed):
    """Ends the worker that renders it."""

    def deed(self) -> None:
        """End this process, as the system ends one that takes too much memory."""
        os.kill(os.getpid(), signal.SIGKILL)


class Interrupting(Deed):
    """Is rendered at length, while somebody presses Ctrl-C."""

    def deed(self) -> None:
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(100)


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


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no such signals here")
def test_an_interrupt_while_spawned_workers_start_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def result(self) -> None:
            raise KeyboardInterrupt

    def submitted(pool: ProcessPoolExecutor, *arguments: Any) -> Interrupted:
        ProcessPoolExecutor.submit(pool, time.sleep, 100)
        return Interrupted()

    class Pool(ProcessPoolExecutor):
        submit = submitted  # type: ignore[assignment]

    monkeypatch.setattr("openai_harmony._workers.spawned.ProcessPoolExecutor", Pool)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), spawned.pool_of(2):
        raise AssertionError("the workers have started")
    assert time.monotonic() - began < 50
    assert multiprocessing.active_children() == []


def other_thread() -> Callable[[], None]:
    """Start a thread that does not block Ctrl-C; return what makes it get one, and waits for its end."""
    go_on = threading.Event()

    def interrupted() -> None:
        go_on.wait()
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    other = threading.Thread(target=interrupted)
    other.start()

    def interrupt() -> None:
        go_on.set()
        other.join()

    return interrupt


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="there are no such signals here")
def test_an_interrupt_that_another_thread_gets_waits_until_the_workers_have_started() -> None:
    interrupt = other_thread()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    steps: list[str] = []

    def begin() -> None:
        with starting.no_interrupts():
            interrupt()
            steps.append("started")

    try:
        with pytest.raises(KeyboardInterrupt):
            begin()
        steps.append("interrupted")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert steps == ["started", "interrupted"]


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="there are no such signals here")
@pytest.mark.parametrize("last", [False, True], ids=["as they begin to start", "when they have started"])
def test_an_interrupt_of_another_thread_does_not_leave_the_signal_blocked(
    last: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt = other_thread()
    change, block = signal.signal, signal.pthread_sigmask

    def changed(number: int, handler: Any) -> Any:
        try:
            return change(number, handler)
        finally:
            if last and handler is signal.default_int_handler:
                interrupt()

    def blocked(how: int, mask: Any) -> Any:
        found = block(how, mask)
        if not last and how == signal.SIG_BLOCK:
            interrupt()
        return found

    def begin() -> None:
        with monkeypatch.context() as patched:
            patched.setattr("signal.signal", changed)
            patched.setattr("signal.pthread_sigmask", blocked)
            with starting.no_interrupts():
                pass

    before = change(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            begin()
        assert signal.SIGINT not in block(signal.SIG_BLOCK, [])
    finally:
        block(signal.SIG_UNBLOCK, {signal.SIGINT})
        change(signal.SIGINT, before)


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
        monkeypatch.setattr(threading, "get_native_id", lambda: 0)
        monkeypatch.setattr(starting, "_sleeps", lambda task, left=left: left.pop(0) if len(left) > 1 else left[0])
        assert starting.can_fork() is wanted


@pytest.mark.skipif(not LINUX, reason="workers are forked on Linux")
def test_each_item_is_worked_on_once(tmp_path: Path) -> None:
    from openai_harmony._workers.forked import in_forked

    file = os.open(tmp_path / "calls", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    with in_forked(lambda item: os.write(file, b"%d " % item), range(15_000), 1, 8) as chunks:
        assert sum(len(results) for results, _ in chunks) == 15_000
    os.close(file)
    assert sorted(map(int, (tmp_path / "calls").read_bytes().split())) == [*range(15_000)]


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
