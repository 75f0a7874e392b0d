"""Builders of malformed inputs: well-formed inputs with faults, and sequences of arbitrary numbers.

The faults are of kinds that occur in outputs of models and of inference servers. Well-formed inputs do not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .choices import Choices, one_in, pick
from .example import Example
from .material import Material, flat
from .wellformed import walk

__all__ = ["FAULTS", "damaged", "malformed", "pieces_of", "soup"]

MOST_FAULTS = 4
MOST_SOUP = 24

Pieces = list[tuple[int, ...]]
Fault = Callable[[Choices, Material, Pieces, int], None]


def malformed(choices: Choices, material: Material) -> Example:
    """Build a well-formed input, and puts one to four faults into it."""
    sound = walk(choices, material)
    role = pick(choices, [*material.framing.roles, None]) if one_in(choices, 8) else sound.role
    return damaged(choices, material, sound.pieces, role)


def damaged(choices: Choices, material: Material, pieces: Sequence[tuple[int, ...]], role: str | None) -> Example:
    """Build an input from pieces, and puts one to four faults into it."""
    broken, names = list(pieces), []
    for _ in range(1 + choices.below(MOST_FAULTS)):
        fault = pick(choices, FAULTS)
        fault(choices, material, broken, choices.below(len(broken) + 1))
        names.append(fault.__name__.replace("_", " "))
    return Example(flat(broken), role, "malformed: " + ", ".join(names))


def pieces_of(material: Material, tokens: Sequence[int]) -> Pieces:
    """Split tokens into pieces: single special tokens, and runs of ordinary tokens."""
    pieces: Pieces = []
    run: list[int] = []
    for token in tokens:
        if material.is_text(token):
            run.append(token)
            continue
        if run:
            pieces.append(tuple(run))
            run = []
        pieces.append((token,))
    return [*pieces, tuple(run)] if run else pieces


def soup(choices: Choices, material: Material) -> Example:
    """Build a sequence of integers of all kinds, with or without a role."""
    role = pick(choices, [None, *material.framing.roles])
    sources = (
        lambda: material.spell(material.text(choices)),
        lambda: (pick(choices, material.markers),),
        lambda: material.spell(pick(choices, material.header_words)),
        lambda: material.spell(material.space(choices, 1)),
        lambda: (choices.below(material.ranks),),
        lambda: (pick(choices, material.halves),),
        lambda: (material.strange(choices),),
        lambda: (material.unlikely_id(choices),),
    )
    # Half of all inputs use only the first four sources, markers and words among them, which reach more states.
    kinds = len(sources) if choices.below(2) else 4
    pieces = [sources[choices.below(kinds)]() for _ in range(choices.below(MOST_SOUP))]
    return Example(flat(pieces), role, "soup")


# Faults: each changes the pieces at an index, which may be the index after the last piece -----------


def left_out(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    del pieces[at : at + 1]


def doubled(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    pieces[at:at] = pieces[at : at + 1]


def swapped(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    pieces[at : at + 2] = pieces[at : at + 2][::-1]


def moved(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    piece = pieces[at : at + 1]
    del pieces[at : at + 1]
    to = choices.below(len(pieces) + 1)
    pieces[to:to] = piece


def cut_off(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    del pieces[at:]


def cut_at_front(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    del pieces[:at]


def torn(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    """Split a piece in two, with a marker between them."""
    if at < len(pieces) and len(pieces[at]) > 1:
        inside = 1 + choices.below(len(pieces[at]) - 1)
        pieces[at : at + 1] = [pieces[at][:inside], pieces[at][inside:]]
        marker_put_in(choices, material, pieces, at + 1)


def marker_put_in(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    pieces.insert(at, (pick(choices, material.markers),))


def marker_replaced(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    pieces[at : at + 1] = [(pick(choices, material.markers),)]


def strange_token(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    pieces.insert(at, (material.strange(choices),))


def strange_stop(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    """Replace a piece, such as a stop token, by a special token that the framing does not use."""
    if at < len(pieces):
        pieces[at] = (pick(choices, material.others),)


def no_id(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    pieces.insert(at, (material.unlikely_id(choices),))


def stray_text(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    pieces.insert(at, tuple(material.content(choices)))


def stray_space(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    pieces.insert(at, material.spell(pick(choices, material.spaces)))


def stray_word(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    """Insert a word of a header, with or without white space around it."""
    word = pick(choices, material.header_words) if choices.below(2) else material.word(choices)
    space = material.spaces[0]
    pieces.insert(at, material.spell(pick(choices, (word, space + word, word + space))))


def glued_words(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    words = [pick(choices, material.roles + material.channels) for _ in range(2 + choices.below(2))]
    pieces.insert(at, material.spell("".join(words)))


def half_character(choices: Choices, material: Material, pieces: Pieces, at: int) -> None:
    pieces.insert(at, (pick(choices, material.halves),))


FAULTS: tuple[Fault, ...] = (
    left_out,
    doubled,
    swapped,
    moved,
    cut_off,
    cut_at_front,
    torn,
    marker_put_in,
    marker_put_in,
    marker_replaced,
    strange_token,
    strange_stop,
    no_id,
    stray_text,
    stray_space,
    stray_word,
    glued_words,
    half_character,
)
