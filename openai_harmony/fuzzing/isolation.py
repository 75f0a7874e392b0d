"""Runs a check in a separate process: a parser that hangs, exits or crashes fails one input, and the search goes on.

The process is restarted when it is needed again. The time limit of an input is enforced in the process itself, by a
thread of `faulthandler`: this also stops extension modules, writes a traceback, and works without the parent process.
What is checked does not belong here.
"""

from __future__ import annotations

import faulthandler
import json
import math
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from .example import Example
from .material import material
from .targets import Check, Wrong, check_of, loaded, ours

__all__ = ["INPUT_SECONDS", "IsolatedCheck", "serve"]

INPUT_SECONDS = 10.0  # the time limit of an input in seconds
LEAST_SECONDS = 1.0  # the least time limit at the end of the search, in seconds; most slow inputs are no failures
IMPORT_SECONDS = 60.0  # the time limit for the import of a target in seconds
GRACE_SECONDS = 5.0  # seconds after a time limit until the parent kills a process that did not end itself

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {module} import serve; serve(*sys.argv[2:])"
_FRAME = re.compile(r'^  File "(.*)", line \d+ in (.*)$', re.MULTILINE)


class IsolatedCheck:
    """The check of a target, or of our parser, in a separate process. It is a context manager; see also `close`.

    Args:
        target: `module:function`, or None for our parser.
        seconds: the time limit of one input.

    Attributes:
        until: the end of the search, by `time.monotonic`; no input may take much longer.
        current: the input that is being checked; it is kept if the check is interrupted.
        began: the start of the check of `current`, by `time.monotonic`.

    Raises:
        ValueError: the target cannot be loaded. A call raises it, too, if the process has to be restarted.
    """

    def __init__(self, target: str | None, seconds: float = INPUT_SECONDS) -> None:
        self.target = target
        self.seconds = seconds
        self.until: float = math.inf
        self.current: Example | None = None
        self.began: float = 0.0
        self._folder = TemporaryDirectory()
        self._trace = Path(self._folder.name, "trace")
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def __call__(self, example: Example) -> Wrong | None:
        process = self._process or self._start()
        seconds = min(self.seconds, max(LEAST_SECONDS, self.until - time.monotonic()))
        self.current, self.began = example, time.monotonic()
        try:
            wrong: Wrong | None = _request(process, (example, seconds), seconds)
        except (EOFError, OSError):
            took, ended, where = time.monotonic() - self.began, self._wait(), self._innermost_function()
            if took >= seconds:
                wrong = Wrong(
                    "gives an answer", frozenset({"hangs"}), f"none in {seconds:.1f} s{where}", answered=False
                )
            else:
                wrong = Wrong(
                    "gives an answer", frozenset({ended}), f"its process ended, {ended}{where}", answered=False
                )
        self.current = None
        return wrong

    def __enter__(self) -> IsolatedCheck:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the process, and remove its files."""
        if self._process is not None:
            self._process.kill()
            self._wait()
        self._folder.cleanup()

    def _start(self) -> subprocess.Popen[bytes]:
        paths = json.dumps([path for path in sys.path if isinstance(path, str)])
        arguments = [paths, str(self._trace), self.target or ""]
        # In a new session, so that Ctrl-C interrupts only the command.
        process = self._process = subprocess.Popen(
            [sys.executable, "-c", _START.format(module=__name__), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        began = time.monotonic()
        try:
            complaint = _request(process, IMPORT_SECONDS, IMPORT_SECONDS)
        except (EOFError, OSError):
            took, ended, where = time.monotonic() - began, self._wait(), self._innermost_function()
            how = f"takes longer than {IMPORT_SECONDS:g} s" if took >= IMPORT_SECONDS else f"ended the process, {ended}"
            raise ValueError(f"{self.target!r}: its import {how}{where}") from None
        if complaint is not None:
            raise ValueError(complaint)
        return process

    def _wait(self) -> str:
        """Wait for the end of the process; return its status or signal as text."""
        process, self._process = self._process, None
        assert process is not None
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # unsent data is discarded
                pipe.close()  # type: ignore[union-attr]
        try:
            code = process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        return f"status {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"

    def _innermost_function(self) -> str:
        """Return the innermost function of the checking thread when the process ended; empty if it is not known."""
        trace = self._trace.read_text(encoding="utf-8", errors="replace") if self._trace.exists() else ""
        for thread in trace.split("\n\n"):
            frames = _FRAME.findall(thread)
            if any(name == serve.__name__ for _, name in frames):
                file, name = frames[0]
                return f", in {name} of {os.path.basename(file)}"
        return ""


def _request(process: subprocess.Popen[bytes], request: object, seconds: float) -> Any:
    """Send a request to a process, and return the answer.

    Raises:
        EOFError, OSError: the process has ended or was killed.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    overdue = threading.Timer(seconds + GRACE_SECONDS, process.kill)  # in case a target has disabled the time limit
    overdue.start()
    try:
        pickle.dump(request, process.stdin)
        process.stdin.flush()
        return pickle.load(process.stdout)
    except pickle.UnpicklingError as error:  # the process ended in the middle of an answer
        raise EOFError from error
    finally:
        overdue.cancel()


# In the other process -----------------------------------------------------------------------------


def serve(trace: str, target: str) -> None:
    """Load a target, and check inputs until the end of the requests.

    Args:
        trace: the path of the file for tracebacks.
        target: `module:function`; empty for our parser.
    """
    # The target gets an empty standard input, and its output goes to standard error: the pipes are ours.
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    del sys.argv[1:]
    with open(trace, "wb") as traces:
        faulthandler.enable(traces)
        with _time_limit(pickle.load(requests), traces):
            check = _loaded(target)
            material()  # cached now, so that it does not count for the first input
        _send(answers, check if isinstance(check, str) else None)
        while not isinstance(check, str):
            try:
                example, seconds = pickle.load(requests)
            except EOFError:
                return
            with _time_limit(seconds, traces):
                wrong = check(example)
            _send(answers, wrong)


def _loaded(target: str) -> Check | str:
    try:
        return check_of(loaded(target)) if target else ours
    except ValueError as error:
        return str(error)


@contextmanager
def _time_limit(seconds: float, traces: IO[bytes]) -> Iterator[None]:
    """End the process and write a traceback if the block takes longer than `seconds`."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=traces)
    yield
    faulthandler.cancel_dump_traceback_later()


def _send(answers: IO[bytes], answer: object) -> None:
    pickle.dump(answer, answers)
    answers.flush()
