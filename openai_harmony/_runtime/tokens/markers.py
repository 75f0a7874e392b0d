"""The bytes that stand for a special token between the bytes of ordinary ones."""

from __future__ import annotations

__all__ = ["marker"]


def marker(id: int) -> bytes:
    """Return the marker of a special token in `scan_bytes`: the byte 0xff, and the id in three bytes of seven bits."""
    return bytes((0xFF, id >> 14, id >> 7 & 0x7F, id & 0x7F))
