"""New columns while they grow, without a Python object for each token."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import pyarrow

__all__ = ["Lists", "lists_of", "nulls_at"]


class Lists:
    """A column of lists of numbers; rows without a list are null."""

    def __init__(self, kind: pyarrow.DataType) -> None:
        self._kind = kind
        self._values = array("i") if kind == pyarrow.int32() else bytearray()
        self._ends = array("i", [0])
        self._nulls = bytearray()

    def add(self, values: Sequence[int] | None) -> None:
        self._nulls.append(values is None)
        if values is not None:
            self._values.extend(values)
        self._ends.append(len(self._values))

    def array(self) -> pyarrow.Array:
        values = pyarrow.Array.from_buffers(self._kind, len(self._values), [None, pyarrow.py_buffer(self._values)])
        return lists_of(self._ends, values, self._nulls)


def lists_of(ends: array[int], values: pyarrow.Array, nulls: bytearray) -> pyarrow.Array:
    """Return a column of lists, of which some are null."""
    offsets = pyarrow.Array.from_buffers(pyarrow.int32(), len(ends), [None, pyarrow.py_buffer(ends)])
    if not any(nulls):
        return pyarrow.ListArray.from_arrays(offsets, values)
    return pyarrow.ListArray.from_arrays(offsets, values, mask=nulls_at(nulls))


def nulls_at(flags: Iterable[int]) -> pyarrow.Array:
    return pyarrow.array([flag != 0 for flag in flags], pyarrow.bool_())
