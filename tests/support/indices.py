"""Ids that are not of type int."""

from __future__ import annotations

__all__ = ["Index"]


class Index:
    """An id as an element of a tensor: neither equal to the integer nor with its hash, and without arithmetic."""

    def __init__(self, id: int) -> None:
        self.id = id

    def __index__(self) -> int:
        return self.id
