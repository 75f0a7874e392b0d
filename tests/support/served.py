"""The example server on a port of this machine, with a source of tokens that a test may slow down or let fail."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

__all__ = ["Source", "running", "wait_until"]


class Source:
    """The source of the server: the scripted one, which a test may let fail, or watch."""

    def __init__(self, scripted: Any, error: type[Exception]) -> None:
        self.scripted, self._error, self._script = scripted, error, scripted.script
        self.settled()

    def settled(self) -> None:
        self.fails_at: int | None = None
        self.peak = 0
        self.scripted.step, self.scripted.delay, self.scripted.script = 1, 0.0, self._script

    async def sample(self, *prompt: Any, **options: Any) -> AsyncGenerator[Any, None]:
        count = 0
        async for step in self.scripted.sample(*prompt, **options):
            self.peak = max(self.peak, self.scripted.running)
            if count == self.fails_at:
                raise self._error("the engine is out of memory")
            count += 1
            yield step


@contextmanager
def running(app: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("waited in vain")
