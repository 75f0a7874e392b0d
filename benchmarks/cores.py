"""Batches of 2,000 conversations with two workers, compared with the same by one process.

The workers are started anew for each batch, and end with it. All rounds have the same texts, and a cache that is empty.
How much two processes can gain on the machine is a row of its own: they do the same and hand nothing over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from .inputs import Chat, Turn
from .task import Pair, Task
from .texts import Texts

__all__ = ["CORES"]

COUNT, TURNS, CHARACTERS = 2_000, 8, 850  # some 2,000 tokens each
MOST = round(1 / 1.7, 3)


def _rendering(name: str, lib: Any, seed: str) -> tuple[Task, Task]:
    from openai_harmony import batch

    made = _conversations(lib)
    render = getattr(batch, name)
    return _pair(lib, lambda workers: render(lib.encoding, made, workers=workers))


def _parsing(work: Callable[[Any, Any, int | None], Any], lib: Any, seed: str) -> tuple[Task, Task]:
    arrays = _arrays(lib)
    return _pair(lib, lambda workers: work(lib, arrays, workers))


def _parsed(lib: Any, arrays: Any, workers: int | None) -> Any:
    return lib.encoding.parse_batch(arrays, workers=workers)


def _mapped(lib: Any, arrays: Any, workers: int | None) -> Any:
    from openai_harmony.batch import map_parsed

    return map_parsed(_characters, lib.encoding, arrays, workers=workers)


def _characters(messages: list[Any]) -> int:
    return sum(len(message.text) for message in messages)


def _machine(lib: Any, seed: str) -> tuple[Task, Task]:
    made, render = _conversations(lib), lib.encoding.render_conversation

    def both(_: object) -> None:
        processes = [_forked(lambda part=part: [render(each) for each in part]) for part in (made[::2], made[1::2])]
        for process in processes:
            os.waitpid(process, 0)

    def one(_: object) -> None:
        for each in made:
            render(each)

    return _task(lib, both, None), _task(lib, one, None)


def _forked(work: Callable[[], object]) -> int:
    process = os.fork()
    if not process:
        work()
        os._exit(0)
    return process


def _pair(lib: Any, batch: Callable[[int | None], object]) -> tuple[Task, Task]:
    return _task(lib, batch, 2), _task(lib, batch, None)


def _task(lib: Any, batch: Callable[[int | None], object], workers: int | None) -> Task:
    return Task(partial(_emptied, lib, batch, workers), COUNT, fresh=True, processes=True)


def _emptied(lib: Any, batch: Callable[[int | None], object], workers: int | None) -> object:
    lib.forget()
    return batch(workers)


@cache
def _conversations(lib: Any) -> Sequence[Any]:
    return [lib.conversation(_chat(number)) for number in range(COUNT)]


def _chat(number: int) -> Chat:
    texts = Texts(f"cores {number}")
    return Chat(tuple(Turn("assistant" if turn % 2 else "user", texts.mixed(CHARACTERS)) for turn in range(TURNS)))


@cache
def _arrays(lib: Any) -> Any:
    from openai_harmony.batch import render_arrays

    return render_arrays(lib.encoding, _conversations(lib))


_OF = f"{COUNT:,} conversations of 2,000 tokens: two workers / one process"

CORES = (
    Pair("cores-render", f"`render_batch`, {_OF}", "conversation", MOST, partial(_rendering, "render_batch")),
    Pair("cores-arrays", f"`render_arrays`, {_OF}", "conversation", MOST, partial(_rendering, "render_arrays")),
    Pair("cores-machine", f"the same, but nothing is handed over, {_OF}", "conversation", MOST, _machine),
    Pair("cores-parse", f"`parse_batch`, {_OF}", "conversation", MOST, partial(_parsing, _parsed)),
    Pair("cores-map", f"`map_parsed`, {_OF}", "conversation", MOST, partial(_parsing, _mapped)),
)
