"""Assigns lengths to bins of equal capacity by the best-fit decreasing method."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from heapq import heappop, heappush

__all__ = ["best_fit"]


def best_fit(lengths: Sequence[int], capacity: int) -> list[list[int]]:
    """Return the indices of the lengths in each bin.

    From the greatest to the least, and among equal ones in their order, each length goes to the bin with the least room
    that is enough for it; of several such bins, to the one that was opened first. Indices within a bin are sorted, and
    bins are sorted by their first index.

    Args:
        lengths: positive numbers, none greater than `capacity`.
        capacity: the greatest sum of the lengths in a bin.
    """
    bins: list[list[int]] = []
    rooms: list[int] = []  # the rooms that some bin has, in order
    having: dict[int, list[int]] = {}  # the bins with a room, as a heap
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        length = lengths[index]
        place = bisect_left(rooms, length)
        if place == len(rooms):
            number, room = len(bins), capacity
            bins.append([])
        else:
            room = rooms[place]
            number = heappop(having[room])
            if not having[room]:
                del having[room], rooms[place]
        bins[number].append(index)
        room -= length
        if room:
            if room not in having:
                insort(rooms, room)
                having[room] = []
            heappush(having[room], number)
    return sorted(map(sorted, bins))
