"""The engine of a cluster, or of this machine if there is none: tasks of Ray Data. Imported by its first use alone.

Only descriptions of parts and counts go through Ray: each task reads its part and writes its files itself.
"""

from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

from .inputs import InputFile, Part, streams
from .reading import Chunk, read_parts

__all__ = ["Ray", "runs_of"]

_Result = TypeVar("_Result")

_LOGGER = logging.getLogger("ray.data")
STORE = 256 * 2**20  # bytes of Ray's object store, which holds next to nothing here
PIECES = 4  # for each process, of what can only be read from its beginning

# Ray reads them when it is imported.
for _name, _value in {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
}.items():
    os.environ.setdefault(_name, _value)


class Ray:
    """The engine. It uses the cluster of `RAY_ADDRESS`, or Ray as the program has begun it, or else begins it here.

    Plain tasks, no pool of actors: one as large as the machine leaves no processor for reading, and hangs.
    """

    def __init__(self, workers: int) -> None:
        try:
            import ray
        except ImportError as error:
            raise ImportError("the engine 'ray' needs Ray: pip install 'openai-harmony[ray]'") from error
        self._ray, self._workers, self._begun, self._level = ray, workers, False, logging.NOTSET

    def __enter__(self) -> Ray:
        ray: Any = self._ray
        self._level = _LOGGER.level
        _LOGGER.setLevel(logging.ERROR)
        if not ray.is_initialized():
            options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
            if not os.environ.get("RAY_ADDRESS"):
                options |= {"num_cpus": self._workers, "object_store_memory": STORE, "include_dashboard": False}
            ray.init(**options)
            self._begun = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _LOGGER.setLevel(self._level)
        if self._begun:
            self._ray.shutdown()

    def run(
        self, function: Callable[[Chunk], _Result], parts: Sequence[Part], files: Sequence[InputFile]
    ) -> Iterator[_Result]:
        """Yield the result of each part."""
        data: Any = self._ray.data
        runs = list(runs_of(parts, files, PIECES * self._workers))
        if not runs:
            return
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        items = [{"work": _packed(run, files)} for run in runs]
        done = data.from_items(items, override_num_blocks=len(items)).map(partial(_do, pickle.dumps(function)))
        for row in done.iter_rows():
            yield from pickle.loads(row["done"])


def runs_of(parts: Sequence[Part], files: Sequence[InputFile], pieces: int) -> Iterator[list[Part]]:
    """Yield what a task does: one part, or several that are read one after the other."""
    for stream in streams(parts, files):
        size = -(-len(stream) // pieces)
        yield from (stream[start : start + size] for start in range(0, len(stream), size))


def _packed(run: Sequence[Part], files: Sequence[InputFile]) -> bytes:
    """Return parts of one file with what a task has to know of it."""
    return pickle.dumps((run, files[run[0].file]))


def _do(function: bytes, row: dict[str, Any]) -> dict[str, Any]:
    run, file = pickle.loads(row["work"])
    files = {run[0].file: file}
    call = pickle.loads(function)
    return {"done": pickle.dumps([call(chunk) for chunk in read_parts(run, files)])}
