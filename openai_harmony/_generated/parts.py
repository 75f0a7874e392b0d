# Generated from spec/{framing,messages,roles,tokens}
# by codegen/templates/parts.py.jinja; edit those and run `make generate`.
"""What each piece of a header is: the pieces of `renderer.py`, with the names of their parts."""

from __future__ import annotations

from .._runtime.writing.parts import HeaderParts, Piece
from .._runtime.writing.rules import Header

__all__ = ["PARTS"]


def author_pieces(role: str, name: str | None) -> list[Piece]:
    """Who wrote a message, as its header says it."""
    if role == "tool":
        return [("name", name)]
    if name is None:
        return [("role", role)]
    return [("role", role), ("marker", ":"), ("name", name)]


def pieces(header: Header) -> list[Piece]:
    """The parts of a header in their order: a name, and a text, or None for a special token."""
    role, name, channel, recipient, content_type = header
    parts: list[Piece] = [("start", None), *author_pieces(role, name)]
    if recipient is not None and recipient != "all":
        parts += (("marker", " to="), ("recipient", recipient))
    if channel is not None:
        parts += (("marker", None), ("channel", channel))
    if content_type is not None:
        if content_type.startswith("<|constrain|>"):
            parts += (("marker", " "), ("marker", None), ("content_type", content_type[13:]))
        else:
            parts += (("marker", " "), ("content_type", content_type))
    parts.append(("header_end", None))
    return parts


PARTS = HeaderParts(
    fields=("channel", "recipient", "content_type"),
    pieces=pieces,
    channel=2,
    recipient=3,
)
