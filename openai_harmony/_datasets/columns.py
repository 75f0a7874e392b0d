"""New columns while they grow, without a Python object for each token."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

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

    def array(self) -> pyarrow.Array[Any]:
        values = pyarrow.Array.from_buffers(self._kind, len(self._values), [None, pyarrow.py_buffer(self._values)])
        return lists_of(self._ends, values, self._nulls)


def lists_of(ends: array[int], values: pyarrow.Array[Any], nulls: bytearray) -> pyarrow.Array[Any]:
    """Return a column of lists, of which some are null."""
    offsets: Any = pyarrow.Array.from_buffers(pyarrow.int32(), len(ends), [None, pyarrow.py_buffer(ends)])
    mask = nulls_at(nulls) if any(nulls) else None
    made: pyarrow.Array[Any] = pyarrow.ListArray.from_arrays(offsets, values, mask=mask)
    return made


def nulls_at(flags: Iterable[int]) -> pyarrow.Array[Any]:
    return pyarrow.array([flag != 0 for flag in flags], pyarrow.bool_())
