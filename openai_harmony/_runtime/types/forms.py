"""The shape of the table of how a model writes its messages, from which grammars for constrained decoding are made.

A piece of a message is the id of a special token, a text, or a slot.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

__all__ = ["NAME", "TYPE", "Completions", "Form", "HeaderForm", "Piece", "Pieces", "Slot"]


class Slot(NamedTuple):
    """A place that a grammar fills: the name of a tool, or the content type of a message."""

    what: str


NAME, TYPE = Slot("name"), Slot("type")

Piece: TypeAlias = int | str | Slot
Pieces: TypeAlias = tuple[Piece, ...]


class HeaderForm(NamedTuple):
    """A header behind the author, with the token before the content.

    Attributes:
        channel: the channel that it has; None for none.
        pieces: its pieces.
    """

    channel: str | None
    pieces: Pieces


class Form(NamedTuple):
    """A message of the model, or a part of one.

    Attributes:
        headers: the headers that it can have.
        types: the ways to write its content type; the empty one for none.
        before: what stands before the text.
        after: what stands behind the text.
        stop: the id of the token that it ends in; None if it is a part of a message.
    """

    headers: tuple[HeaderForm, ...]
    types: tuple[Pieces, ...]
    before: Pieces
    after: Pieces
    stop: int | None

    def tokens(self) -> set[int]:
        """Return the ids of its special tokens but the one that it ends in."""
        rows = [*(header.pieces for header in self.headers), *self.types, self.before, self.after]
        return {piece for row in rows for piece in row if isinstance(piece, int)}


class Completions(NamedTuple):
    """How a completion is written.

    Attributes:
        opening: what a prompt ends in, and what stands between two messages of the model.
        one_message: whether a completion is one message, whose parts the forms are.
        stop: the id of the token that ends such a message.
        forms: the messages, or their parts, by the keys of `assistant` in chat.yaml.
        engine_stops: by engine, the ids of the tokens at which it stops on its own.
        entries: the number of ids, special tokens among them; each has a logit.
        first_special: the first id of the range of special tokens.
    """

    opening: Pieces
    one_message: bool
    stop: int | None
    forms: Mapping[str, Form]
    engine_stops: Mapping[str, tuple[int, ...]]
    entries: int
    first_special: int
