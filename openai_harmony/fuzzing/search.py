"""The search for inputs that fail a check: makes them, shrinks what fails, and tells each kind of failure once.

It does no input or output; for whom it searches and where failures go is not known here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .choices import Choices, Dice
from .example import Example
from .faults import damaged, malformed, pieces_of, soup
from .material import Material, material
from .shrink import smallest
from .targets import Check, Wrong
from .wellformed import canonical, tolerated

__all__ = ["KINDS", "Failure", "Search", "Seed"]

PLAIN_TEXT = "a"

Builder = Callable[[Choices, Material], Example]

KINDS: dict[str, Builder] = {
    "completions": canonical,
    "tolerated": tolerated,
    "malformed": malformed,
    "soup": soup,
}


class Seed(NamedTuple):
    """A real output, to be damaged."""

    tokens: tuple[int, ...]
    role: str | None


class Failure(NamedTuple):
    """The smallest input found that fails in some way."""

    wrong: Wrong
    example: Example
    run: int  # the number of the input that it was shrunk from


class Search:
    """Inputs one after the other; the same ones for the same seed of the dice.

    Args:
        check: what an input may fail.
        kinds: names of `KINDS`, taken in turn.
        seeds: real outputs, each tried as it is first; then every other input is one of them, damaged.
        dice_seed: what the random decisions follow from.
    """

    def __init__(self, check: Check, kinds: Sequence[str], seeds: Sequence[Seed], dice_seed: int) -> None:
        self.check = check
        self.kinds = kinds
        self.seeds = seeds
        self.dice_seed = dice_seed
        self.runs: int = 0
        self._met: set[object] = set()

    def next(self) -> Failure | None:
        """Tries one more input; what it fails, unless that was told before."""
        example = self._example(self.runs)
        self.runs += 1
        wrong = self.check(example)
        if wrong is None or self._known(_roughly(wrong, example)):
            return None
        failure = self._shrunk(wrong, example)
        return None if self._known(_exactly(failure)) else failure

    def _known(self, signature: object) -> bool:
        known = signature in self._met
        self._met.add(signature)
        return known

    def _example(self, run: int) -> Example:
        choices = Dice(random.Random(f"{self.dice_seed} {run}"))
        if run < len(self.seeds):
            seed = self.seeds[run]
            return Example(seed.tokens, seed.role, f"seed {run + 1}")
        if self.seeds and run % 2:
            which = choices.below(len(self.seeds))
            seed = self.seeds[which]
            made = damaged(choices, material(), pieces_of(material(), seed.tokens), seed.role)
            return made._replace(description=f"seed {which + 1}, {made.description}")
        steps = run // 2 if self.seeds else run
        return KINDS[self.kinds[steps % len(self.kinds)]](choices, material())

    def _shrunk(self, wrong: Wrong, example: Example) -> Failure:
        made = material()

        def variant(tokens: tuple[int, ...]) -> Example:
            # What an input says is known of the whole of it alone.
            return example if tokens == example.tokens else example._replace(tokens=tokens, messages=None)

        def fails(tokens: tuple[int, ...]) -> bool:
            found = self.check(variant(tokens))
            return found is not None and found.property == wrong.property and found.kinds <= wrong.kinds

        def is_text(token: int) -> bool:
            return 0 <= token < made.framing.first_special

        small = variant(smallest(example.tokens, fails, made.spell(PLAIN_TEXT)[0], is_text))
        return Failure(self.check(small) or wrong, small, self.runs - 1)


def _roughly(wrong: Wrong, example: Example) -> object:
    """Failures that are not worth shrinking twice: alike, and of inputs that recover alike."""
    recoveries = material().encoding.parse(list(example.tokens), example.role).recoveries
    return (*wrong[:2], example.role, frozenset(recovery.kind for recovery in recoveries))


def _exactly(failure: Failure) -> object:
    """Failures that are one and the same: their inputs hold the same special tokens, whichever the stop tokens."""
    framing = material().framing
    terminals = {framing.terminal(token) for token in failure.example.tokens}
    return (*failure.wrong[:2], frozenset(terminals - framing.stops))
