"""The error message for bytes that are not UTF-8."""

from __future__ import annotations

__all__ = ["utf8_fault"]


def utf8_fault(error: UnicodeDecodeError) -> str:
    """Return the description of an invalid UTF-8 sequence, in the wording of the reference library."""
    if error.reason == "unexpected end of data":
        return f"incomplete utf-8 byte sequence from index {error.start}"
    return f"invalid utf-8 sequence of {error.end - error.start} bytes from index {error.start}"
