"""Packs tokenized conversations into sequences of limited length, so that a trainer pads little.

Needs no other library; `PackedSequence.numpy` needs numpy.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, repeat
from math import isfinite
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn, TypeAlias, get_args

from ._arguments import integer, listed
from ._runtime.locks import loading
from ._runtime.writing.best_fit import best_fit
from .rendered import Rendered

if TYPE_CHECKING:
    from numpy import float32, int32, int64
    from numpy.typing import NDArray

__all__ = ["IGNORED", "PackedArrays", "PackedSequence", "Packing", "pack", "pack_lengths"]

TooLong: TypeAlias = Literal["error", "truncate", "drop"]

IGNORED = -100
"""The label of a token that is not trained on, as in PyTorch and in `transformers`."""


class PackedArrays(NamedTuple):
    """The columns of a `PackedSequence` as numpy arrays.

    Example:
        arrays = packed.numpy()
        batch = {"input_ids": arrays.tokens[None], "position_ids": arrays.position_ids[None]}
    """

    tokens: NDArray[int64]
    weights: NDArray[float32]
    labels: NDArray[int64]
    position_ids: NDArray[int64]
    document_ids: NDArray[int32]
    cu_seqlens: NDArray[int32]


@dataclass(repr=False)
class PackedSequence:
    """Some of the given sequences, one after the other.

    Attributes:
        indices: the index of each sequence among those given to `pack`.
        tokens: the ids.
        weights: the weight of each token in the loss; 0 for a token that is not trained on.
        cu_seqlens: the position of the first token of each sequence, and after these the number of all tokens.

    Example:
        for start, end in zip(packed.cu_seqlens, packed.cu_seqlens[1:]):
            print(packed.tokens[start:end])
    """

    indices: list[int]
    tokens: list[int]
    weights: array[float]
    cu_seqlens: list[int]

    def __len__(self) -> int:
        return len(self.tokens)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.tokens)} tokens of {len(self.indices)} sequences)"

    @property
    def position_ids(self) -> array[int]:
        """The position of each token in its sequence."""
        return array("i", chain.from_iterable(map(range, self._lengths())))

    @property
    def document_ids(self) -> array[int]:
        """The number of the sequence that each token belongs to, counted in this packed sequence from 0."""
        numbered = enumerate(self._lengths())
        return array("i", chain.from_iterable([number] * length for number, length in numbered))

    def labels(self, ignored: int = IGNORED) -> list[int]:
        """Return the token where the weight is not 0, else `ignored`; at the position of the token itself.

        The first token of each sequence is ignored: it does not follow from the sequence before it.
        """
        labels = [token if weight else ignored for token, weight in zip(self.tokens, self.weights)]
        for start in self.cu_seqlens[:-1]:
            labels[start] = ignored
        return labels

    def numpy(self) -> PackedArrays:
        """Return the columns as numpy arrays.

        Raises:
            ImportError: numpy is not installed.
        """
        try:
            with loading():
                import numpy
        except ImportError as error:
            raise ImportError("PackedSequence.numpy() needs numpy: pip install numpy") from error

        return PackedArrays(
            numpy.array(self.tokens, numpy.int64),
            numpy.array(self.weights, numpy.float32),
            numpy.array(self.labels(), numpy.int64),
            numpy.array(self.position_ids, numpy.int64),
            numpy.array(self.document_ids, numpy.int32),
            numpy.array(self.cu_seqlens, numpy.int32),
        )

    def _lengths(self) -> list[int]:
        return [end - start for start, end in pairwise(self.cu_seqlens)]


class Packing(NamedTuple):
    """What `pack` returns.

    Attributes:
        sequences: the packed sequences.
        truncated: the indices of the given sequences that lost tokens.
        dropped: the indices of the given sequences that are in no packed sequence: too long, or empty.

    Example:
        packing = pack(rendered, 8192, too_long="drop")
        print(len(packing.sequences), packing.dropped)
    """

    sequences: list[PackedSequence]
    truncated: list[int]
    dropped: list[int]


def pack(
    sequences: Iterable[Rendered | Iterable[int]],
    max_tokens: int,
    *,
    weights: Iterable[Iterable[float]] | None = None,
    too_long: TooLong = "error",
) -> Packing:
    """Pack sequences of tokens, each as a whole, into packed sequences of at most `max_tokens` tokens.

    The method is best-fit decreasing: the longest sequence comes first, and each goes where the least room remains.
    Equal input gives an equal result. The packed sequences, and the sequences in each, follow the order of the input.

    Args:
        sequences: rendered conversations, or ids of tokens.
        max_tokens: the greatest length of a packed sequence.
        weights: for each sequence a loss mask or weights, one for each token. If None, those of a rendered conversation
            are its `loss_mask()`, and 1 for all other sequences.
        too_long: what becomes of a sequence of more than `max_tokens` tokens: "error"; "truncate", keep its first
            tokens; "drop", leave it out. The result lists such sequences.

    Raises:
        TypeError: a sequence or its weights have the wrong type.
        ValueError: a sequence is too long, weights do not fit their sequence, or another argument is invalid.
    """
    max_tokens = _limit(max_tokens)
    if too_long not in get_args(TooLong):
        raise ValueError(f"argument 'too_long': {too_long!r} is not one of {', '.join(map(repr, get_args(TooLong)))}")
    given = listed(sequences, "sequences", "several sequences of tokens")
    told = [None] * len(given) if weights is None else listed(weights, "weights", "the weights of each sequence")
    if len(told) != len(given):
        raise ValueError(f"argument 'weights': has {len(told)} items for {len(given)} sequences")
    columns = [_columns(index, sequence, own) for index, (sequence, own) in enumerate(zip(given, told))]
    long = [index for index, (tokens, _) in enumerate(columns) if len(tokens) > max_tokens]
    if long and too_long == "error":
        _refuse(f"sequences[{long[0]}]", len(columns[long[0]][0]), max_tokens)
    dropped = {index for index, (tokens, _) in enumerate(columns) if not tokens}.union(
        long if too_long == "drop" else ()
    )
    kept = [index for index in range(len(given)) if index not in dropped]
    lengths = [min(len(columns[index][0]), max_tokens) for index in kept]
    packed = [
        _packed([kept[place] for place in places], columns, max_tokens) for places in best_fit(lengths, max_tokens)
    ]
    return Packing(packed, long if too_long == "truncate" else [], sorted(dropped))


def pack_lengths(lengths: Iterable[int], max_tokens: int) -> list[list[int]]:
    """Return the indices of the sequences that `pack` would put into each packed sequence, given only their lengths.

    Raises:
        TypeError: a length or `max_tokens` is not an integer.
        ValueError: a length is less than 1 or greater than `max_tokens`, or `max_tokens` is less than 1.
    """
    max_tokens = _limit(max_tokens)
    given = [
        length if type(length) is int else integer(length, f"lengths[{index}]")
        for index, length in enumerate(listed(lengths, "lengths", "several lengths"))
    ]
    for index, length in enumerate(given):
        if length < 1:
            raise ValueError(f"lengths[{index}]: expected at least 1, not {length}")
        if length > max_tokens:
            _refuse(f"lengths[{index}]", length, max_tokens)
    return best_fit(given, max_tokens)


_Columns: TypeAlias = "tuple[list[int], array[float]]"  # tokens and their weights


def _columns(index: int, sequence: Rendered | Iterable[int], weights: Iterable[float] | None) -> _Columns:
    """Return the columns of a sequence, checked."""
    if isinstance(sequence, Rendered):
        tokens = sequence.tokens
        own: Iterable[float] = sequence.loss_mask() if weights is None else weights
    else:
        tokens = _ids(index, sequence)
        own = repeat(1.0, len(tokens)) if weights is None else weights
    column = array("d")
    try:
        column.extend(iter(own))
    except TypeError as problem:
        raise TypeError(f"weights[{index}]: expected a sequence of numbers: {problem}") from None
    except OverflowError:  # an integer
        raise ValueError(f"weights[{index}][{len(column)}]: expected a finite number") from None
    if len(column) != len(tokens):
        raise ValueError(f"weights[{index}]: has {len(column)} weights for {len(tokens)} tokens")
    if not all(map(isfinite, column)):
        place = next(place for place, weight in enumerate(column) if not isfinite(weight))
        raise ValueError(f"weights[{index}][{place}]: expected a finite number, not {column[place]}")
    return tokens, column


def _ids(index: int, sequence: Iterable[int]) -> list[int]:
    try:
        if isinstance(sequence, (str, bytes, bytearray)):
            raise TypeError(f"it is of type {type(sequence).__name__}")
        return array("q", iter(sequence)).tolist()
    except (TypeError, OverflowError) as problem:
        told = f"sequences[{index}]: expected a Rendered or a sequence of ids of tokens: {problem}"
        raise TypeError(told) from None


def _packed(indices: list[int], columns: Sequence[_Columns], max_tokens: int) -> PackedSequence:
    """Join the first tokens, at most `max_tokens` of each, of the sequences at these indices."""
    tokens: list[int] = []
    weights = array("d")
    ends = [0]
    for index in indices:
        own, their = columns[index]
        tokens += own[:max_tokens]
        weights += their[:max_tokens]
        ends.append(len(tokens))
    return PackedSequence(indices, tokens, weights, ends)


def _limit(max_tokens: int) -> int:
    limit = integer(max_tokens, "max_tokens")
    if limit < 1:
        raise ValueError(f"argument 'max_tokens': expected at least 1, not {limit}")
    return limit


def _refuse(place: str, length: int, max_tokens: int) -> NoReturn:
    raise ValueError(f"{place}: {length} tokens, of which at most {max_tokens} fit")
