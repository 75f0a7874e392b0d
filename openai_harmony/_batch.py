"""Runs batches in the current process or in others, with any encoding that has the methods they need."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from ._arguments import expect_one_end, integer
from ._parsing import messages_of_parts, parse_parts
from ._runtime.locks import loading
from ._workers.chunks import done, joined
from ._workers.starting import can_fork
from .options import NOT_TOLD
from .strictness import told

if TYPE_CHECKING:
    from ._generated.enumerations import Role
    from ._generated.messages import Conversation, Message
    from ._runtime.reading.content import ByteSource
    from ._runtime.tokens.tokenizer import Tokenizer
    from .options import RenderConversationConfig, Strictness

__all__ = ["How", "mapped", "parsed", "rendered", "rendered_arrays"]

CHUNKS_PER_SPAWNED, CHUNKS_PER_FORKED = 4, 16  # of each worker; more of them balance better, but cost more if pickled
MOST = 500  # items of a chunk in a forked worker, whose results are in memory twice

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Made = TypeVar("_Made")


class Encodes(Protocol):
    """What every batch needs of an encoding, which is pickled for each worker that is spawned."""

    @property
    def tokenizer(self) -> Tokenizer: ...


class Renders(Encodes, Protocol):
    """The methods of an encoding that a batch renders with."""

    def render_conversation(
        self, conversation: Conversation, config: RenderConversationConfig | None = None
    ) -> list[int]: ...

    def render_conversation_for_completion(
        self, conversation: Conversation, next_turn_role: Role | str, config: RenderConversationConfig | None = None
    ) -> list[int]: ...

    def render_conversation_for_training(
        self, conversation: Conversation, config: RenderConversationConfig | None = None
    ) -> list[int]: ...


class Parses(Encodes, Protocol):
    """What a batch needs of an encoding to parse."""

    @property
    def name(self) -> str: ...

    @property
    def id_bytes(self) -> ByteSource: ...

    def scan_bytes(self, tokens: Sequence[int]) -> bytes | None: ...

    def parse_messages_from_completion_tokens(
        self, tokens: Sequence[int], role: Role | str | None = None, *, strict: Strictness = NOT_TOLD
    ) -> list[Message]: ...


class How(NamedTuple):
    """How conversations are rendered: the arguments of `batch.render_batch` of these names."""

    next_turn_role: Role | str | None
    training: bool
    config: RenderConversationConfig | None


def rendered(
    encoding: Renders, conversations: Iterable[Conversation], how: How, workers: int | None
) -> list[list[int]]:
    """Return the tokens of each conversation; see `batch.render_batch`."""
    work, items, count = _rendering(encoding, conversations, how, workers)
    if count == 1:
        return _here(work, items)
    return _spread(partial(_packed, work), items, count, encoding.tokenizer.prepare, _listed)


def rendered_arrays(
    encoding: Renders, conversations: Iterable[Conversation], how: How, workers: int | None
) -> list[array[int]]:
    """Return the tokens of each conversation in an array; see `batch.render_arrays`."""
    work, items, count = _rendering(encoding, conversations, how, workers)
    packed = partial(_packed, work)
    return _here(packed, items) if count == 1 else _spread(packed, items, count, encoding.tokenizer.prepare, _same)


def _rendering(
    encoding: Renders, conversations: Iterable[Conversation], how: How, workers: int | None
) -> tuple[Callable[[Conversation], list[int]], list[Conversation], int]:
    """Return what renders one conversation, the conversations, and the number of processes."""
    expect_one_end(how.training, how.next_turn_role, how.config)
    items = list(conversations)
    return partial(_rendered_one, encoding, how), items, _count(workers, items)


def parsed(
    encoding: Parses,
    token_lists: Iterable[Sequence[int]],
    role: Role | str | None,
    strict: Strictness,
    workers: int | None,
) -> list[list[Message]]:
    """Return the messages of each completion; see `batch.parse_batch`."""
    strict, items = told(strict), list(token_lists)
    count = _count(workers, items)
    if count == 1:
        return _here(partial(_parsed_one, encoding, role, strict), items)
    prepare = partial(encoding.scan_bytes, ())
    if type(encoding).parse_messages_from_completion_tokens.__module__ != f"{__package__}.encoding":  # it has its own
        return _spread_any(partial(_parsed_one, encoding, role, strict), items, count, prepare)
    return _spread(partial(parse_parts, encoding, role, strict), items, count, prepare, messages_of_parts)


def mapped(
    function: Callable[[list[Message]], _Result],
    encoding: Parses,
    token_lists: Iterable[Sequence[int]],
    role: Role | str | None,
    strict: Strictness,
    workers: int | None,
) -> list[_Result]:
    """Return what a function makes of the messages of each completion; see `batch.map_parsed`."""
    work, items = partial(_mapped_one, function, encoding, role, told(strict)), list(token_lists)
    count = _count(workers, items)
    return _here(work, items) if count == 1 else _spread_any(work, items, count, partial(encoding.scan_bytes, ()))


def _rendered_one(encoding: Renders, how: How, conversation: Conversation) -> list[int]:
    if how.training:
        return encoding.render_conversation_for_training(conversation, how.config)
    if how.next_turn_role is not None:
        return encoding.render_conversation_for_completion(conversation, how.next_turn_role, how.config)
    return encoding.render_conversation(conversation, how.config)


def _parsed_one(encoding: Parses, role: Role | str | None, strict: Strictness, tokens: Sequence[int]) -> list[Message]:
    return encoding.parse_messages_from_completion_tokens(tokens, role, strict=strict)


def _mapped_one(
    function: Callable[[list[Message]], _Result],
    encoding: Parses,
    role: Role | str | None,
    strict: Strictness,
    tokens: Sequence[int],
) -> _Result:
    return function(encoding.parse_messages_from_completion_tokens(tokens, role, strict=strict))


def _packed(work: Callable[[_Item], list[int]], item: _Item) -> array[int]:
    return array("i", work(item))


def _listed(tokens: array[int]) -> list[int]:
    return tokens.tolist()


def _here(work: Callable[[_Item], _Result], items: list[_Item]) -> list[_Result]:
    return joined([done(work, items)], len(items), _same)


def _spread_any(
    work: Callable[[_Item], _Result], items: list[_Item], workers: int, prepare: Callable[[], object]
) -> list[_Result]:
    """Return the results, which can be anything, even something that cannot be sent."""
    with loading():
        from ._workers.sending import received, sent
    return _spread(partial(sent, work), items, workers, prepare, received)


def _spread(
    work: Callable[[_Item], _Result],
    items: list[_Item],
    workers: int,
    prepare: Callable[[], object],
    made: Callable[[_Result], _Made],
) -> list[_Made]:
    """Return what is made of the results, which other processes hand over; `prepare` loads what they can share."""
    if not can_fork():
        with loading():
            from ._workers.spawned import in_spawned
        size = -(-len(items) // (workers * CHUNKS_PER_SPAWNED))
        with in_spawned(work, items, size, workers) as chunks:
            return joined(chunks, size, made)
    with loading():
        from ._workers.forked import in_forked
    prepare()
    size = min(-(-len(items) // (workers * CHUNKS_PER_FORKED)), MOST)
    with in_forked(work, items, size, workers) as chunks:
        return joined(chunks, size, made)


def _same(result: _Result) -> _Result:
    return result


def _count(workers: int | None, items: list[_Item]) -> int:
    """Return the number of processes to use.

    Raises:
        TypeError: `workers` is no integer.
        ValueError: `workers` is less than 1.
    """
    if workers is None:
        return 1
    number = integer(workers, "workers")
    if number < 1:
        raise ValueError(f"workers must be at least 1: {number}")
    return max(1, min(number, len(items)))
