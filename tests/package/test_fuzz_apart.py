"""Parsers that hang, exit, crash or print: each is a failure of an input or one line, and never a hanging command."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openai_harmony import __main__ as program
from openai_harmony.__main__ import main
from openai_harmony.fuzzing import isolation
from openai_harmony.fuzzing.example import Example
from openai_harmony.fuzzing.isolation import IsolatedCheck
from tests.support.trial import ENVIRONMENT, FUZZ, SOUND, failures, on_trial

EXAMPLE = Example((200008, 64), "assistant", "an input")
LOOPS = """
while True:
    try:
        while True: pass
    except BaseException: pass
"""
MATCHES = "re.match('(a+)+b', 'a' * 60)"  # does not give other threads a turn
UNBOUNDED = "faulthandler.cancel_dump_traceback_later()\ntime.sleep(1000)"
IMPORTS = "import faulthandler, os, re, sys, time"


def search(*arguments: str) -> int:
    return main(["fuzz", "--target", "parser_on_trial:parse", "--seed", "1", *arguments])


# Hanging ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["time.sleep(1000)", LOOPS, MATCHES])
def test_a_search_ends_in_its_time_whatever_hangs_and_writes_the_input_down(folder: Path, body: str) -> None:
    on_trial(folder, body, imports=IMPORTS)
    began = time.monotonic()
    assert search("--seconds", "1", "--out", "found.jsonl") == 1
    assert time.monotonic() - began < 30
    (found,) = failures(folder / "found.jsonl")
    assert found["property"] == "gives an answer"
    assert found["detail"].startswith("none in 1.0 s, in ")


def test_an_input_may_take_the_timeout_and_the_search_goes_on(folder: Path) -> None:
    on_trial(folder, f"if role is None: time.sleep(1000)\n{SOUND}", imports=IMPORTS)
    assert search("--runs", "12", "--timeout", "0.3", "--seconds", "20", "--kinds", "soup") == 1
    found = failures(folder / "failures.jsonl")
    assert [(line["property"], line["role"], line["tokens"]) for line in found] == [("gives an answer", None, [])]


def test_a_search_ends_after_25_inputs_without_an_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai_harmony.fuzzing.command.MOST_FAILURES", 2)
    on_trial(folder, "time.sleep(1000)", imports=IMPORTS)
    began = time.monotonic()
    assert search("--timeout", "0.2", "--kinds", "completions", "--runs", "1000") == 1
    assert time.monotonic() - began < 120


def test_a_slow_input_at_the_end_of_the_time_is_no_failure(folder: Path) -> None:
    on_trial(folder, f"time.sleep(0.3)\n{SOUND}", imports=IMPORTS)
    assert search("--seconds", "0.4") == 0


def test_a_process_that_is_not_ended_from_within_is_ended_from_outside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "GRACE_SECONDS", 0.5)
    on_trial(folder, UNBOUNDED, imports=IMPORTS)
    with IsolatedCheck("parser_on_trial:parse", 0.2) as check:
        wrong = check(EXAMPLE)
    assert wrong is not None
    assert (wrong.kinds, wrong.answered) == ({"hangs"}, False)


# Exiting and crashing -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "name", "detail"),
    [
        ("sys.exit(3)", "raises on well-formed input", "SystemExit: 3 in parse of parser_on_trial.py"),
        ("raise KeyboardInterrupt", "gives an answer", "its process ended, signal SIGINT"),
        ("os._exit(3)", "gives an answer", "its process ended, status 3"),
        ("faulthandler._sigsegv()", "gives an answer", "its process ended, signal SIGSEGV, in parse of"),
        ("raise ValueError('two\\nlines')", "raises on well-formed input", "ValueError: two lines in parse of"),
        ("raise Mute", "raises on well-formed input", "Mute: (its text cannot be shown) in parse of"),
        ("return Mute()", "returns messages", "cannot read "),
    ],
)
def test_whoever_exits_or_crashes_fails_an_input(folder: Path, body: str, name: str, detail: str) -> None:
    mute = "class Mute(Exception):\n    def __str__(self): raise TypeError\n    __repr__ = __str__"
    on_trial(folder, body, imports=f"{IMPORTS}\n{mute}")
    with IsolatedCheck("parser_on_trial:parse") as check:
        for _ in range(2):  # the second time in a process that was started anew
            wrong = check(EXAMPLE)
            assert wrong is not None
            assert wrong.property == name
            assert wrong.detail.startswith(detail)


def test_what_a_target_prints_and_reads_is_not_taken_for_answers(folder: Path) -> None:
    on_trial(folder, f"print('noise')\nassert sys.stdin.read() == ''\n{SOUND}", imports=f"{IMPORTS}\nprint('noise')")
    done = subprocess.run(
        [*FUZZ, "--target", "parser_on_trial:parse", "--runs", "4", "--seed", "1"],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        input="not to be read",
    )
    assert (done.returncode, done.stdout) == (0, "fuzz: 4 inputs, seed 1: no failures\n")


# Loading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("import sys; sys.exit(4)", "SystemExit: 4 in <module> of parser_on_trial.py"),
        ("import sys; sys.exit()", "SystemExit in <module> of parser_on_trial.py"),
        ("1 / 0", "ZeroDivisionError: division by zero in <module> of parser_on_trial.py"),
        ("import os; os._exit(5)", "its import ended the process, status 5"),
        ("def parse(", "SyntaxError: '(' was never closed (parser_on_trial.py, line 1)"),
        ("import time; time.sleep(1000)", "its import takes longer than 2 s, in <module> of parser_on_trial.py"),
    ],
)
def test_a_target_that_cannot_be_loaded_is_one_line_and_status_2(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    complaint: str,
) -> None:
    if "sleep" in source:
        monkeypatch.setattr(isolation, "IMPORT_SECONDS", 2.0)
    (folder / "parser_on_trial.py").write_text(source, encoding="utf-8")
    assert search() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"fuzz: 'parser_on_trial:parse': {complaint}")
    assert told.err.count("\n") == 1


# Ctrl-C -------------------------------------------------------------------------------------------


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command, once its target has been called."""
    called = folder / "called"
    with subprocess.Popen(
        [*FUZZ, "--seed", "1", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            while not called.exists():
                assert process.poll() is None
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


HANGS = "open('called', 'w').close()\ntime.sleep(1000)"
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl-C cannot be sent to one process")


@needs_signals
def test_ctrl_c_writes_down_what_was_tried_and_ends_quietly(folder: Path) -> None:
    target = on_trial(folder, HANGS, imports=IMPORTS)
    with running(folder, "--target", target, "--kinds", "completions") as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    (found,) = failures(folder / "failures.jsonl")
    assert process.returncode == 130
    assert (found["property"], found["target"]) == ("interrupted", target)
    assert out == ("fuzz: interrupted, 1 inputs, seed 1: no failures; the last input is written to failures.jsonl\n")
    assert err.startswith("fuzz: interrupted: no answer for ")
    assert "Traceback" not in err


@needs_signals
def test_ctrl_c_ends_a_replay_quietly(folder: Path) -> None:
    target = on_trial(folder, HANGS, imports=IMPORTS)
    (folder / "found.jsonl").write_text('{"tokens": [1], "role": null, "target": "parser_on_trial:parse"}')
    with running(folder, "--target", target, "--replay", "found.jsonl") as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
    assert out == "fuzz: interrupted at failure 1: 0 of 0 failures again\n"


def test_ctrl_c_at_any_other_time_is_no_traceback_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def main() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "main", main)
    assert program.run() == 130


@needs_signals
def test_a_killed_command_leaves_no_process_behind(folder: Path) -> None:
    body = f"open('called', 'w').write(str(os.getpid()))\n{LOOPS}"
    target = on_trial(folder, body, imports=IMPORTS)
    with running(folder, "--target", target, "--timeout", "3") as process:
        process.kill()
        process.wait()
        pid = (folder / "called").read_text()
        deadline = time.monotonic() + 30
        while pid and lives(int(pid)):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def lives(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"  # nobody may be there to wait for it
    except OSError:
        return False
