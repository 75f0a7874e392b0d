"""Asks a program that runs as long as the kit asks: a question a line on its standard input, an answer a line back."""

from __future__ import annotations

import json
import queue
import shlex
import shutil
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress

from .answers import Answer, answer_of
from .rows import Row
from .targets import Target

__all__ = ["program"]

SECONDS = 10.0
STARTS = 3  # how often a program that gives no answer is started, one row after the other


class _NoAnswer(Exception):
    """A program has given no answer."""


class _Program:
    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self.name = shlex.join(command)
        self._command, self._seconds = list(command), seconds
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self._failures = 0

    def ask(self, row: Row) -> Answer:
        if self._failures >= STARTS:
            return Answer("crash", reason=f"not asked: the program gave no answer {STARTS} times in a row")
        try:
            line = self._answered(json.dumps({"id": row.id, "op": row.kind, "input": row.input}))
        except (_NoAnswer, OSError) as error:
            self._failures += 1
            self.close()
            said = f"the program cannot be run: {error}" if isinstance(error, OSError) else str(error)
            return Answer("crash", reason=said)
        self._failures = 0
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            return Answer("crash", reason=f"the answer is not JSON: {line.rstrip()[:200]}")
        try:
            return answer_of(answer)
        except ValueError as error:
            return Answer("crash", reason=str(error))

    def _answered(self, question: str) -> str:
        """Return the line that answers a question.

        Raises:
            _NoAnswer: the program has ended, or needs too long.
            OSError: it cannot be run.
        """
        process = self._process or self._started()
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, which its output says
            process.stdin.write(question + "\n")
            process.stdin.flush()
        try:
            line = self._lines.get(timeout=self._seconds)
        except queue.Empty:
            raise _NoAnswer(f"no answer within {self._seconds:g} seconds") from None
        if not line:
            raise _NoAnswer(f"the program ended with status {self._status(process)}")
        return line

    def _status(self, process: subprocess.Popen[str]) -> int | None:
        """Return the exit status of a program that has closed its output; None if it runs on."""
        try:
            return process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            return None

    def _started(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
        )
        self._process, self._lines = process, queue.Queue()
        threading.Thread(target=_read, args=(process, self._lines), daemon=True).start()
        return process

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended before
            process.stdin.close()
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Put what a program writes into a queue, and an empty text at its end."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if line.strip():
                lines.put(line)
    lines.put("")


def program(command: str | Sequence[str], *, seconds: float = SECONDS) -> Target:
    """Return a target that asks a program.

    The program reads lines `{"id": …, "op": …, "input": …}` until its input ends. It answers each, before it reads the
    next, with a line `{"output": …}`, `{"error": "why it is refused"}` or `{"not_offered": "why"}`, and flushes it. If
    it ends or gives no answer in time, that row has crashed, and the program is started again for the next.

    Args:
        command: the program and its arguments; a text is split as a shell would.
        seconds: the time limit for one answer.

    Raises:
        ValueError: the command is empty, or is not closed, or there is no such program.

    Example:
        >>> target = program("node my-kit.js")
        >>> target.name
        'node my-kit.js'
    """
    words = shlex.split(command) if isinstance(command, str) else list(command)
    if not words:
        raise ValueError("the command is empty")
    if shutil.which(words[0]) is None:
        raise ValueError(f"no such program: {words[0]}")
    return _Program(words, seconds)
