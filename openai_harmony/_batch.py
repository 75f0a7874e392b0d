"""Runs batches in the current process or in spawned ones, with any encoding that has the methods they need."""

from __future__ import annotations

import multiprocessing
from array import array
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ._arguments import expect_one_end
from .options import NOT_TOLD
from .strictness import told

if TYPE_CHECKING:
    from ._generated.enumerations import Role
    from ._generated.messages import Conversation, Message
    from .options import RenderConversationConfig, Strictness

__all__ = ["KILLED", "parsed", "pool_of", "rendered"]

CHUNKS_PER_WORKER = 4

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Failure = tuple[int, Exception]  # the index in the chunk, and the exception


class Renders(Protocol):
    """The methods of an encoding that a batch renders with. The encoding is pickled for each worker."""

    def render_conversation(
        self, conversation: Conversation, config: RenderConversationConfig | None = None
    ) -> list[int]: ...

    def render_conversation_for_completion(
        self, conversation: Conversation, next_turn_role: Role | str, config: RenderConversationConfig | None = None
    ) -> list[int]: ...

    def render_conversation_for_training(
        self, conversation: Conversation, config: RenderConversationConfig | None = None
    ) -> list[int]: ...


class Parses(Protocol):
    """The method of an encoding that a batch parses with. The encoding is pickled for each worker."""

    def parse_messages_from_completion_tokens(
        self, tokens: Sequence[int], role: Role | str | None = None, *, strict: Strictness = NOT_TOLD
    ) -> list[Message]: ...


def rendered(
    encoding: Renders,
    conversations: Iterable[Conversation],
    next_turn_role: Role | str | None,
    training: bool,
    config: RenderConversationConfig | None,
    workers: int | None,
) -> list[list[int]]:
    """Return the tokens of each conversation; see `batch.render_batch`."""
    expect_one_end(training, next_turn_role, config)
    work = partial(_rendered_one, encoding, next_turn_role, training, config)
    items = list(conversations)
    count = _count(workers, items)
    if count == 1:
        return _here(work, items)
    return [tokens.tolist() for tokens in _spread(partial(_packed, work), items, count)]


def parsed(
    encoding: Parses,
    token_lists: Iterable[Sequence[int]],
    role: Role | str | None,
    strict: Strictness,
    workers: int | None,
) -> list[list[Message]]:
    """Return the messages of each completion; see `batch.parse_batch`."""
    work, items = partial(_parsed_one, encoding, role, told(strict)), list(token_lists)
    count = _count(workers, items)
    return _here(work, items) if count == 1 else _spread(work, items, count)


def _rendered_one(
    encoding: Renders,
    next_turn_role: Role | str | None,
    training: bool,
    config: RenderConversationConfig | None,
    conversation: Conversation,
) -> list[int]:
    if training:
        return encoding.render_conversation_for_training(conversation, config)
    if next_turn_role is not None:
        return encoding.render_conversation_for_completion(conversation, next_turn_role, config)
    return encoding.render_conversation(conversation, config)


def _parsed_one(encoding: Parses, role: Role | str | None, strict: Strictness, tokens: Sequence[int]) -> list[Message]:
    return encoding.parse_messages_from_completion_tokens(tokens, role, strict=strict)


def _packed(work: Callable[[_Item], list[int]], item: _Item) -> array[int]:
    return array("I", work(item))  # sent between processes several times faster than a list


def _here(work: Callable[[_Item], _Result], items: list[_Item]) -> list[_Result]:
    return _joined([_done(work, items)], len(items))


def _spread(work: Callable[[_Item], _Result], items: list[_Item], workers: int) -> list[_Result]:
    size = -(-len(items) // (workers * CHUNKS_PER_WORKER))
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    with pool_of(workers) as pool:
        try:
            return _joined(pool.map(partial(_done, work), chunks), size)
        except BrokenProcessPool as error:
            raise RuntimeError(f"a worker process ended before its work was done; {KILLED}: {error}") from error


def pool_of(workers: int, begin: Callable[[], None] | None = None) -> ProcessPoolExecutor:
    """Return a pool of workers, each of which begins with a call, after one of them has started.

    Raises:
        RuntimeError: the workers cannot start.
    """
    try:
        pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=begin)
        [started, *_] = [pool.submit(_started) for _ in range(workers)]
        started.result()
    except _CANNOT_START as error:
        raise RuntimeError(f"{workers} worker processes cannot start; {_GUARD}: {error!r}") from error
    return pool


# ImportError and NotImplementedError: the platform has no semaphores. AssertionError: this process is a daemonic one,
# which must not have children.
_CANNOT_START = (BrokenProcessPool, OSError, ImportError, NotImplementedError, AssertionError)
_GUARD = (
    "each imports the main module first, which must be a file, and do its work under "
    '`if __name__ == "__main__":` if it is a script; without `workers`, this process does it all'
)
KILLED = "the system may have killed it for want of memory: ask for fewer workers, or for none"


def _started() -> None:
    """Do nothing. A worker runs this first, which shows that it could start."""


def _done(work: Callable[[_Item], _Result], chunk: list[_Item]) -> tuple[list[_Result], _Failure | None]:
    """Return the results of a chunk up to the first exception, and that exception with its index."""
    results: list[_Result] = []
    for index, item in enumerate(chunk):
        try:
            results.append(work(item))
        except Exception as error:
            return results, (index, error)
    return results, None


def _joined(chunks: Iterable[tuple[list[_Result], _Failure | None]], size: int) -> list[_Result]:
    joined: list[list[_Result]] = []
    for number, (results, failure) in enumerate(chunks):
        if failure is not None:
            index, error = failure
            raise _placed(error, number * size + index)
        joined.append(results)
    return list(chain.from_iterable(joined))


def _placed(error: Exception, index: int) -> Exception:
    noted: Any = error
    noted.batch_index = index
    if hasattr(error, "add_note"):  # Python 3.11 and later
        noted.add_note(f"at index {index} of the batch")
    return error


def _count(workers: int | None, items: list[_Item]) -> int:
    """Return the number of processes to use.

    Raises:
        ValueError: `workers` is less than 1.
    """
    if workers is None:
        return 1
    if workers < 1:
        raise ValueError(f"workers must be at least 1: {workers}")
    return max(1, min(workers, len(items)))
