"""Loss masks of rendered conversations: which messages count, and which of their tokens.

The columns come from `rendered.py`; the roles and the places of header fields from the generated tables.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from inspect import signature
from math import inf, isfinite
from typing import Literal, NamedTuple, SupportsFloat, SupportsIndex, TypeAlias, get_args

from ._generated.parts import PARTS
from ._generated.renderer import RULES
from ._runtime.types.plain_text import plain
from ._runtime.writing.parts import NO_MESSAGE, mask_table
from ._runtime.writing.rules import Header

__all__ = ["LossPolicy", "Selection", "mask_of", "weights_of"]

PolicyName: TypeAlias = Literal[
    "last_assistant_message",
    "last_assistant_turn",
    "all_assistant_messages",
    "all_messages",
    "all_tokens",
    "all_user_and_system_messages",
]
LossPolicy: TypeAlias = "PolicyName | Callable[[int], float] | Sequence[float]"


class Selection(NamedTuple):
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
    ) -> Selection:
        """Check the arguments.

        Raises:
            TypeError: `policy` is neither a name, nor weights, nor a function of an index, or `channels` or `roles` is
                a string.
            ValueError: `policy` or one of `roles` is unknown.
        """
        given: object = policy
        if not isinstance(given, (str, Sequence)) and not callable(given):
            raise TypeError(f"argument 'policy': expected a name, weights or a function, not {type(given).__name__}")
        if callable(given) and not _takes_an_index(given):
            raise TypeError("argument 'policy': expected a function of one argument, the index of a message")
        if isinstance(given, str) and given not in get_args(PolicyName):
            raise ValueError(
                f"argument 'policy': {policy!r} is not one of {', '.join(map(repr, get_args(PolicyName)))}"
            )
        for name, words in (("channels", channels), ("roles", roles)):
            if isinstance(words, str):
                raise TypeError(f"argument '{name}': expected a collection of strings, not a string")
        chosen = RULES.history.sampled if roles is None else frozenset(map(plain, roles))
        if unknown := sorted(chosen.difference(RULES.roles)):
            raise ValueError(f"argument 'roles': {unknown[0]!r} is not one of {', '.join(map(repr, RULES.roles))}")
        return cls(policy, None if channels is None else frozenset(channels), calls, stop, chosen)


Runs: TypeAlias = "Sequence[tuple[int, int, int]]"  # start and end of the tokens of a message, and its index


def mask_of(selection: Selection, runs: Runs, headers: Sequence[Header], codes: bytes) -> bytes:
    """Return 1 for each token that counts, else 0.

    Raises:
        ValueError: the policy gives a message another weight than 0 or 1.
    """
    pieces = list[bytes]()
    for index, weight, bits in _weighed(selection, runs, headers, codes):
        if weight not in (0, 1):
            problem = f"a mask is made of 0 and 1, not of {weight!r}; loss_weights() takes other weights"
            raise ValueError(f"{_place(index)}: {problem}")
        pieces.append(bits if weight else bytes(len(bits)))
    return b"".join(pieces)


def weights_of(selection: Selection, runs: Runs, headers: Sequence[Header], codes: bytes) -> array[float]:
    """Return the weight of each token."""
    weights = array("d")
    for _, weight, bits in _weighed(selection, runs, headers, codes):
        weights.extend(bits if weight == 1 else [weight if bit else 0.0 for bit in bits])
    return weights


def _weighed(
    selection: Selection, runs: Runs, headers: Sequence[Header], codes: bytes
) -> Iterator[tuple[int, float, bytes]]:
    """Yield the message of each run of tokens, its weight, and which of its tokens have that weight."""
    if selection.policy == "all_tokens":
        yield NO_MESSAGE, 1, b"\1" * len(codes)
        return
    weights = _weights(selection, [index for _, _, index in runs], headers)
    for start, end, index in runs:
        weight = 0.0 if index == NO_MESSAGE else weights[index]
        sampled = index != NO_MESSAGE and plain(headers[index][0]) in RULES.history.sampled
        yield index, weight, codes[start:end].translate(mask_table(sampled=sampled, stop=selection.stop))


def _weights(selection: Selection, indices: Sequence[int], headers: Sequence[Header]) -> list[float]:
    """Return the weight of each message of the conversation, those that were left out included."""
    policy = selection.policy
    if callable(policy):
        weights = [_weight(policy(index), index) if header else 0.0 for index, header in enumerate(headers)]
    elif isinstance(policy, str):
        chosen = _chosen(policy, selection.roles, [index for index in indices if index != NO_MESSAGE], headers)
        weights = [float(index in chosen) for index in range(len(headers))]
    elif len(policy) != len(headers):
        raise ValueError(f"argument 'policy': has {len(policy)} weights for {len(headers)} messages")
    else:
        weights = [_weight(weight, index) for index, weight in enumerate(policy)]
    return [weight if _fits(selection, header) else 0.0 for weight, header in zip(weights, headers)]


def _weight(value: object, index: int) -> float:
    """Return the weight of a message as a float.

    Raises:
        TypeError: it is not a number.
        ValueError: it is not finite.
    """
    if not isinstance(value, (SupportsFloat, SupportsIndex)):
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
    role_of = {index: plain(headers[index][0]) for index in written}
    sampled = [index for index in written if role_of[index] in roles]
    if policy == "last_assistant_message":
        return {*sampled[-1:]}
    given = [index for index in written if role_of[index] not in roles | RULES.history.answers_calls]
    if policy == "last_assistant_turn":
        return {index for index in sampled if not given or index > given[-1]}
    if policy == "all_user_and_system_messages":
        return {*given}
    return {*(sampled if policy == "all_assistant_messages" else written)}


def _fits(selection: Selection, header: Header) -> bool:
    """Return whether the chosen channels and calls include a message; those of other roles are always included."""
    if not header or plain(header[0]) not in selection.roles:
        return True
    channels = selection.channels
    if channels is not None and PARTS.channel is not None and PARTS.channel_of(header) not in channels:
        return False
    return selection.calls or PARTS.recipient is None or header[PARTS.recipient] is None
