"""Loss masks of rendered conversations: which messages count, and which of their tokens.

The columns come from `rendered.py`; the roles and the places of header fields from the generated tables.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from inspect import signature
from math import inf, isfinite
from typing import Literal, NamedTuple, SupportsFloat, SupportsIndex, TypeAlias, get_args

from ._arguments import listed
from ._generated.framing import FRAMING
from ._generated.parts import PARTS
from ._generated.renderer import RULES
from ._runtime.types.plain_text import plain
from ._runtime.writing.parts import NO_MESSAGE, Parted, mask_table
from ._runtime.writing.rules import Header

__all__ = ["LossPolicy", "Masked"]

PolicyName: TypeAlias = Literal[
    "last_assistant_message",
    "last_assistant_turn",
    "all_assistant_messages",
    "all_messages",
    "all_tokens",
    "all_user_and_system_messages",
]
_NAMES: tuple[str, ...] = get_args(PolicyName)
_SAMPLED = RULES.history.sampled  # the roles

LossPolicy: TypeAlias = "PolicyName | Callable[[int], float] | Sequence[float]"


class Masked:
    """Base class of `Rendered`: chooses the tokens to train on."""

    _columns: Parted

    def loss_mask(
        self,
        policy: LossPolicy = "last_assistant_turn",
        *,
        channels: Collection[str | None] | None = None,
        calls: bool = True,
        stop: bool = True,
        roles: Collection[str] | None = None,
    ) -> bytes:
        """Return 1 for each token to train on, else 0.

        Args:
            policy: the messages to train on: "last_assistant_message"; "last_assistant_turn", all messages that the
                model sampled since the last message of another role, ignoring answers of tools;
                "all_assistant_messages"; "all_messages"; "all_tokens", regardless of the other arguments; or
                "all_user_and_system_messages", which neither the model nor a tool wrote. Or the weight of each message:
                a sequence, or a function of the message's index.
            channels: the channels of sampled messages to train on; None for all.
            calls: whether to train on tool calls.
            stop: whether to train on stop tokens.
            roles: the roles whose messages count as the assistant's; None for the role that models sample.

        In a message that the model samples, the tokens to train on are those of `sampled`; in any other message, its
        content and its stop token. Messages that rendering omits have no tokens. With the default configuration, these
        are the analysis messages before a final answer, including those of the last turn.

        Raises:
            TypeError: `channels` or `roles` is not a collection of strings, or a weight is not a number.
            ValueError: `policy` or a role is unknown, or a weight is not 0 or 1; or a channel is neither one of the
                format nor the channel of a message.
        """
        return _mask(_Selection.of(policy, channels, calls, stop, roles), self._columns)

    def loss_weights(
        self,
        policy: LossPolicy = "last_assistant_turn",
        *,
        channels: Collection[str | None] | None = None,
        calls: bool = True,
        stop: bool = True,
        roles: Collection[str] | None = None,
    ) -> array[float]:
        """Return the weight of each token. The arguments are those of `loss_mask`, but messages may have any weight.

        A negative weight is kept: with it, a trainer makes the tokens less likely.

        Raises:
            TypeError: as `loss_mask`.
            ValueError: `policy`, a role or a channel is unknown, or a weight is not finite.
        """
        return _token_weights(_Selection.of(policy, channels, calls, stop, roles), self._columns)


class _Selection(NamedTuple):
    """The arguments of `Rendered.loss_mask`, checked."""

    policy: LossPolicy
    channels: frozenset[str | None] | None
    calls: bool
    stop: bool
    roles: frozenset[str]

    @classmethod
    def of(
        cls,
        policy: LossPolicy,
        channels: Collection[str | None] | None,
        calls: bool,
        stop: bool,
        roles: Collection[str] | None,
    ) -> _Selection:
        """Check the arguments.

        Raises:
            TypeError: `policy` is neither a name, nor weights, nor a function of an index, or `channels` or `roles` is
                not a collection of strings.
            ValueError: `policy` or one of `roles` is unknown.
        """
        given: object = policy
        if isinstance(given, str):
            if given not in _NAMES:
                raise ValueError(f"argument 'policy': {policy!r} is not one of {', '.join(map(repr, _NAMES))}")
        elif callable(given):
            if not _takes_an_index(given):
                raise TypeError("argument 'policy': expected a function of one argument, the index of a message")
        elif not isinstance(given, Sequence):
            raise TypeError(f"argument 'policy': expected a name, weights or a function, not {type(given).__name__}")
        chosen = _SAMPLED if roles is None else frozenset(_word(role, "roles") for role in _words(roles, "roles"))
        if unknown := chosen.difference(RULES.roles):
            raise ValueError(f"argument 'roles': {min(unknown)!r} is not one of {', '.join(map(repr, RULES.roles))}")
        on: frozenset[str | None] | None = None
        if channels is not None:
            words = _words(channels, "channels")
            on = frozenset(None if channel is None else _word(channel, "channels") for channel in words)
        return cls(policy, on, calls, stop, chosen)


def _words(words: Collection[str | None], argument: str) -> list[str | None]:
    return listed(words, argument, "a collection of strings")


def _word(word: object, argument: str) -> str:
    if not isinstance(word, str):
        raise TypeError(f"argument '{argument}': expected strings, found {type(word).__name__}")
    return plain(word)


def _expect_known(argument: str, channels: frozenset[str | None], headers: Sequence[Header]) -> None:
    """Raise ValueError if a channel is neither one of the format nor on any message."""
    unknown = {channel for channel in channels if channel is not None and channel not in FRAMING.channels}
    unknown.difference_update(PARTS.channel_of(header) for header in headers if unknown and header)
    if unknown:
        known = ", ".join(map(repr, sorted(FRAMING.channels))) or "none"
        raise ValueError(
            f"argument '{argument}': {min(unknown)!r} is on no message, and is not one of the format, which has {known}"
        )


def _mask(selection: _Selection, columns: Parted) -> bytes:
    """Return 1 for each token that counts, else 0.

    Raises:
        ValueError: the policy gives a message another weight than 0 or 1.
    """
    pieces = list[bytes]()
    for index, weight, bits in _weighed(selection, columns):
        if weight not in (0, 1):
            problem = f"a mask is made of 0 and 1, not of {weight!r}; loss_weights() takes other weights"
            raise ValueError(f"{_place(index)}: {problem}")
        pieces.append(bits)
    return b"".join(pieces)


def _token_weights(selection: _Selection, columns: Parted) -> array[float]:
    """Return the weight of each token."""
    weights = array("d")
    for _, weight, bits in _weighed(selection, columns):
        weights.extend(bits if weight in (0, 1) else [weight if bit else 0.0 for bit in bits])
    return weights


def _weighed(selection: _Selection, columns: Parted) -> Iterator[tuple[int, float, bytes]]:
    """Yield the message of each run of tokens, its weight, and which of its tokens have it, none if it is 0."""
    _, indices, sizes, codes, headers = columns
    if selection.channels is not None:
        _expect_known("channels", selection.channels, headers)
    if selection.policy == "all_tokens":
        yield NO_MESSAGE, 1, b"\1" * len(codes)
        return
    weights = _weights(selection, indices, headers)
    start = 0
    for index, size in zip(indices, sizes):
        weight = 0.0 if index == NO_MESSAGE else weights[index]
        if weight:
            table = mask_table(sampled=plain(headers[index][0]) in _SAMPLED, stop=selection.stop)
            yield index, weight, codes[start : start + size].translate(table)
        else:
            yield index, weight, bytes(size)
        start += size


def _weights(selection: _Selection, indices: Sequence[int], headers: Sequence[Header]) -> list[float]:
    """Return the weight of each message of the conversation, those that were left out included."""
    policy = selection.policy
    if callable(policy):
        weights = [_weight(policy(index), index) if header else 0.0 for index, header in enumerate(headers)]
    elif isinstance(policy, str):
        chosen = _chosen(policy, selection.roles, [index for index in indices if index != NO_MESSAGE], headers)
        weights = [1.0 if index in chosen else 0.0 for index in range(len(headers))]
    elif len(policy) != len(headers):
        raise ValueError(f"argument 'policy': has {len(policy)} weights for {len(headers)} messages")
    else:
        weights = [_weight(weight, index) for index, weight in enumerate(policy)]
    if selection.channels is None and selection.calls:
        return weights
    return [weight if _fits(selection, header) else 0.0 for weight, header in zip(weights, headers)]


def _weight(value: object, index: int) -> float:
    """Return the weight of a message as a float.

    Raises:
        TypeError: it is not a number.
        ValueError: it is not finite.
    """
    if not isinstance(value, (int, float, SupportsFloat, SupportsIndex)):
        raise TypeError(f"{_place(index)}: expected a number, not {type(value).__name__}")
    try:
        weight = float(value)
    except OverflowError:  # an integer
        weight = inf
    if not isfinite(weight):
        raise ValueError(f"{_place(index)}: expected a finite number, not {weight!r}")
    return weight


def _place(index: int) -> str:
    return f"argument 'policy': the weight of message {index}"


def _takes_an_index(function: Callable[..., object]) -> bool:
    try:
        signature(function).bind(0)
    except ValueError:  # the signature of some built-in functions is unknown
        return True
    except TypeError:
        return False
    return True


def _chosen(policy: str, roles: frozenset[str], written: Sequence[int], headers: Sequence[Header]) -> set[int]:
    """Return the indices of the messages that a named policy trains on."""
    if policy == "all_messages":
        return {*written}
    roles_of = [plain(headers[index][0]) for index in written]
    sampled = [index for index, role in zip(written, roles_of) if role in roles]
    if policy == "all_assistant_messages":
        return {*sampled}
    if policy == "last_assistant_message":
        return {*sampled[-1:]}
    in_turn = roles | RULES.history.answers_calls
    given = [index for index, role in zip(written, roles_of) if role not in in_turn]
    if policy == "all_user_and_system_messages":
        return {*given}
    return {index for index in sampled if not given or index > given[-1]}


def _fits(selection: _Selection, header: Header) -> bool:
    """Return whether the chosen channels and calls include a message; those of other roles are always included."""
    if not header or plain(header[0]) not in selection.roles:
        return True
    channels = selection.channels
    if channels is not None and PARTS.channel is not None and PARTS.channel_of(header) not in channels:
        return False
    return selection.calls or PARTS.recipient is None or header[PARTS.recipient] is None
