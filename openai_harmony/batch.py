"""Renders or parses batches, optionally in several processes; threads would not make tokenizing faster.

Processes are started only if `workers` is given. They are spawned, not forked, which is safe in a program with threads;
therefore a script must be guarded by `if __name__ == "__main__":`. Each process loads the vocabulary again, so that
several processes are worthwhile only for thousands of conversations.
"""

from __future__ import annotations

import multiprocessing
from array import array
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from .options import NOT_TOLD
from .strictness import told

if TYPE_CHECKING:
    from ._generated.enumerations import Role
    from ._generated.messages import Conversation, Message
    from .encoding import HarmonyEncoding
    from .options import RenderConversationConfig, Strictness

__all__ = ["parse_batch", "render_batch"]

CHUNKS_PER_WORKER = 4

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Failure = tuple[int, Exception]  # the index in the chunk, and the exception


def render_batch(
    encoding: HarmonyEncoding,
    conversations: Iterable[Conversation],
    *,
    next_turn_role: Role | str | None = None,
    training: bool = False,
    config: RenderConversationConfig | None = None,
    workers: int | None = None,
) -> list[list[int]]:
    """Render conversations, like the methods of `HarmonyEncoding` for a single one.

    Args:
        encoding: The encoding.
        conversations: The conversations.
        next_turn_role: Render for completion by this role.
        training: Render for training.
        config: Options of rendering.
        workers: The number of processes; None or 1 to use only the current process.

    Returns:
        The tokens of each conversation.

    Raises:
        Exception: The exception of the first conversation that cannot be rendered, with its index as `batch_index`.
        RuntimeError: The processes cannot start, for example in a script without a `__main__` guard.
        ValueError: `training` and `next_turn_role` are both given, or `workers` is less than 1.
    """
    if training and next_turn_role is not None:
        raise ValueError("a conversation is rendered for training or for a next turn, not for both")
    work = partial(_rendered, encoding, next_turn_role, training, config)
    items = list(conversations)
    count = _count(workers, items)
    if count == 1:
        return _here(work, items)
    return [tokens.tolist() for tokens in _spread(partial(_packed, work), items, count)]


def parse_batch(
    encoding: HarmonyEncoding,
    token_lists: Iterable[Sequence[int]],
    role: Role | str | None = None,
    *,
    strict: Strictness = NOT_TOLD,
    workers: int | None = None,
) -> list[list[Message]]:
    """Parse completions, like `HarmonyEncoding.parse_messages_from_completion_tokens`; raises as `render_batch` does.

    One process parses tokens faster than messages can be sent between processes, so that `workers` rarely helps.

    Returns:
        The messages of each completion.
    """
    work, items = partial(_parsed, encoding, role, told(strict)), list(token_lists)
    count = _count(workers, items)
    return _here(work, items) if count == 1 else _spread(work, items, count)


def _rendered(
    encoding: HarmonyEncoding,
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


def _parsed(
    encoding: HarmonyEncoding, role: Role | str | None, strict: Strictness, tokens: Sequence[int]
) -> list[Message]:
    return encoding.parse_messages_from_completion_tokens(tokens, role, strict=strict)


def _packed(work: Callable[[_Item], list[int]], item: _Item) -> array[int]:
    return array("I", work(item))  # several times as fast as a list to send between processes


def _here(work: Callable[[_Item], _Result], items: list[_Item]) -> list[_Result]:
    return _joined([_done(work, items)], len(items))


def _spread(work: Callable[[_Item], _Result], items: list[_Item], workers: int) -> list[_Result]:
    size = -(-len(items) // (workers * CHUNKS_PER_WORKER))
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    with _pool(workers) as pool:
        try:
            return _joined(pool.map(partial(_done, work), chunks), size)
        except BrokenProcessPool as error:
            raise RuntimeError(f"a worker process ended before its work was done; {_KILLED}: {error}") from error


def _pool(workers: int) -> ProcessPoolExecutor:
    """Create worker processes, and check that one of them can start."""
    try:
        pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
        pool.submit(_started).result()
    except _CANNOT_START as error:
        raise RuntimeError(f"{workers} worker processes cannot start; {_GUARD}: {error!r}") from error
    return pool


# A system without semaphores raises ImportError or NotImplementedError; a daemonic process, which may have no children,
# raises AssertionError.
_CANNOT_START = (BrokenProcessPool, OSError, ImportError, NotImplementedError, AssertionError)
_GUARD = (
    "each imports the main module first, which must be a file, and do its work under "
    '`if __name__ == "__main__":` if it is a script; without `workers`, this process does it all'
)
_KILLED = "the system may have killed it because memory ran out: use fewer workers, or none"


def _started() -> None:
    """The first task of a worker; it succeeds if the worker can start."""


def _done(work: Callable[[_Item], _Result], chunk: list[_Item]) -> tuple[list[_Result], _Failure | None]:
    """Return the results of a chunk up to the first exception, and the exception."""
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
    """Return the number of processes to use."""
    if workers is None:
        return 1
    if workers < 1:
        raise ValueError(f"workers must be at least 1: {workers}")
    return max(1, min(workers, len(items)))
