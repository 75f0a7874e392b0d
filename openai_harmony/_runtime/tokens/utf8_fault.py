"""How it is said of bytes that they are not UTF-8."""

from __future__ import annotations

__all__ = ["utf8_fault"]


def utf8_fault(error: UnicodeDecodeError) -> str:
    """What is wrong with bytes that are not UTF-8, in the words of the reference library."""
    if error.reason == "unexpected end of data":
        return f"incomplete utf-8 byte sequence from index {error.start}"
    return f"invalid utf-8 sequence of {error.end - error.start} bytes from index {error.start}"
