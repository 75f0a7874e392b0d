"""A check in a process of its own: a parser that hangs, exits or crashes there fails one input, and the search goes on.

The process is started again when it is needed again. That an input takes too long is noticed in the process itself, by
a thread of `faulthandler`: it stops extension modules too, tells where they were, and works when nobody waits any more.
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

__all__ = ["EACH", "Apart", "serve"]

EACH = 10.0  # seconds that an input may take
LEAST = 1.0  # what it may take even when the time of the search is up, since most that are slower than others are sound
LOADING = 60.0  # seconds that the import of a target may take
LATE = 5.0  # when a process is ended from outside that did not end itself

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {module} import serve; serve(*sys.argv[2:])"
_FRAME = re.compile(r'^  File "(.*)", line \d+ in (.*)$', re.MULTILINE)


class Apart:
    """The check of a target, or of our parser, in a process of its own; to be closed, as by `with`.

    Args:
        target: `module:function`, or None for our parser.
        seconds: what one input may take.

    Attributes:
        until: when the time of the search is up, by `time.monotonic`; no input may take much longer.
        current: what is being tried, since the time `began`; stays when that is interrupted.

    Raises:
        ValueError: the target cannot be loaded; also when it is called, should the process have to be started again.
    """

    def __init__(self, target: str | None, seconds: float = EACH) -> None:
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
        seconds = min(self.seconds, max(LEAST, self.until - time.monotonic()))
        self.current, self.began = example, time.monotonic()
        try:
            wrong: Wrong | None = _asked(process, (example, seconds), seconds)
        except (EOFError, OSError):
            took, ended, where = time.monotonic() - self.began, self._ended(), self._where()
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

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._ended()
        self._folder.cleanup()

    def _start(self) -> subprocess.Popen[bytes]:
        paths = json.dumps([path for path in sys.path if isinstance(path, str)])
        arguments = [paths, str(self._trace), self.target or ""]
        # A session of its own: Ctrl-C is for the command alone.
        process = self._process = subprocess.Popen(
            [sys.executable, "-c", _START.format(module=__name__), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        began = time.monotonic()
        try:
            complaint = _asked(process, LOADING, LOADING)
        except (EOFError, OSError):
            took, ended, where = time.monotonic() - began, self._ended(), self._where()
            how = f"takes longer than {LOADING:g} s" if took >= LOADING else f"ended the process, {ended}"
            raise ValueError(f"{self.target!r}: its import {how}{where}") from None
        if complaint is not None:
            raise ValueError(complaint)
        return process

    def _ended(self) -> str:
        """Waits for the end of the process, and says how it ended."""
        process, self._process = self._process, None
        assert process is not None
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what was not sent yet is not sent any more
                pipe.close()  # type: ignore[union-attr]
        try:
            code = process.wait(LATE)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        return f"status {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"

    def _where(self) -> str:
        """The innermost function of the thread that was checking when the process ended, if that is known."""
        trace = self._trace.read_text(encoding="utf-8", errors="replace") if self._trace.exists() else ""
        for thread in trace.split("\n\n"):
            frames = _FRAME.findall(thread)
            if any(name == serve.__name__ for _, name in frames):
                file, name = frames[0]
                return f", in {name} of {os.path.basename(file)}"
        return ""


def _asked(process: subprocess.Popen[bytes], request: object, seconds: float) -> Any:
    """The answer of a process.

    Raises:
        EOFError, OSError: it has ended, or had to be ended.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    overdue = threading.Timer(seconds + LATE, process.kill)  # should a target have turned off what is to end it
    overdue.start()
    try:
        pickle.dump(request, process.stdin)
        process.stdin.flush()
        return pickle.load(process.stdout)
    except pickle.UnpicklingError as error:  # it ended within an answer
        raise EOFError from error
    finally:
        overdue.cancel()


# In the other process -----------------------------------------------------------------------------


def serve(trace: str, target: str) -> None:
    """Load a target and check inputs as long as they come."""
    # What the target reads is no request, and what it prints is no answer.
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    del sys.argv[1:]
    with open(trace, "wb") as traces:
        faulthandler.enable(traces)
        with _at_most(pickle.load(requests), traces):
            check = _loaded(target)
            material()  # which the first input need not wait for then
        _give(answers, check if isinstance(check, str) else None)
        while not isinstance(check, str):
            try:
                example, seconds = pickle.load(requests)
            except EOFError:
                return
            with _at_most(seconds, traces):
                wrong = check(example)
            _give(answers, wrong)


def _loaded(target: str) -> Check | str:
    try:
        return check_of(loaded(target)) if target else ours
    except ValueError as error:
        return str(error)


@contextmanager
def _at_most(seconds: float, traces: IO[bytes]) -> Iterator[None]:
    """Ends the process, and writes where it was, when this takes longer."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=traces)
    yield
    faulthandler.cancel_dump_traceback_later()


def _give(answers: IO[bytes], answer: object) -> None:
    pickle.dump(answer, answers)
    answers.flush()
