"""The search for inputs that fail a check: it builds inputs, shrinks failures, and reports each kind of failure once.

I/O, and the checks themselves, do not belong here.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from .choices import Choices, RandomChoices, RecordingChoices, ReplayedChoices
from .example import Example
from .faults import damaged, malformed, pieces_of, soup
from .material import Material, material
from .shrink import smallest
from .targets import Check, Wrong
from .wellformed import canonical, tolerated

__all__ = ["KINDS", "Failure", "Search", "Seed"]

PLAIN_WORD = "word"
SHRINKING = 20.0  # the time limit for shrinking one failure in seconds

Builder = Callable[[Choices, Material], Example]

KINDS: dict[str, Builder] = {
    "completions": canonical,
    "tolerated": tolerated,
    "malformed": malformed,
    "soup": soup,
}
# Inputs of these kinds are shrunk by their decisions only: without a token, they could become malformed.
SHRUNK_BY_DECISIONS = (canonical, tolerated)


class Seed(NamedTuple):
    """A real output, to which faults are added."""

    tokens: tuple[int, ...]
    role: str | None


class Failure(NamedTuple):
    """A failure with the smallest input found for it."""

    wrong: Wrong
    example: Example
    run: int  # the number of the original input


class _Made(NamedTuple):
    """An input with the builder and the decisions that made it; the builder is None for a seed."""

    example: Example
    build: Builder | None = None
    decisions: tuple[int, ...] = ()


class Search:
    """A search. Equal arguments give the same inputs.

    Args:
        check: returns what is wrong with the result for an input, or None.
        kinds: names of `KINDS`, used in turn.
        seeds: real outputs. First, each is tried unchanged; then every other input is one of them with faults.
        random_seed: the seed of the random generator.
        over: returns whether the time is up; shrinking stops then.
    """

    def __init__(
        self,
        check: Check,
        kinds: Sequence[str],
        seeds: Sequence[Seed],
        random_seed: int,
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        self.check = check
        self.kinds = kinds
        self.seeds = seeds
        self.random_seed = random_seed
        self.over = over
        self.runs: int = 0
        self.unanswered: int = 0  # the number of inputs for which the parser gave no answer
        self.interrupted: bool = False  # Ctrl-C came while a failure was shrunk; `next` returned the failure
        self._seen: set[object] = set()

    def next(self) -> Failure | None:
        """Try the next input; return its failure, unless a failure of that kind was returned before."""
        made = self._make(self.runs)
        self.runs += 1
        wrong = self.check(made.example)
        if wrong is not None and not wrong.answered:
            self.unanswered += 1
        if wrong is None or self._known(_similarity_key(wrong, made.example)):
            return None
        failure = self._shrunk(wrong, made)
        return None if self._known(_equality_key(failure)) else failure

    def _known(self, signature: object) -> bool:
        known = signature in self._seen
        self._seen.add(signature)
        return known

    def _make(self, run: int) -> _Made:
        if run < len(self.seeds):
            seed = self.seeds[run]
            return _Made(Example(seed.tokens, seed.role, f"seed {run + 1}"))
        steps = run // 2 if self.seeds else run
        damages = bool(self.seeds) and run % 2 == 1
        build = partial(_damaged, self.seeds) if damages else KINDS[self.kinds[steps % len(self.kinds)]]
        choices = RecordingChoices(RandomChoices(random.Random(f"{self.random_seed} {run}")))
        return _Made(build(choices, material()), build, choices.taken())

    def _shrunk(self, wrong: Wrong, made: _Made) -> Failure:
        best = Failure(wrong, made.example, self.runs - 1)
        deadline = time.monotonic() + SHRINKING

        def alike(example: Example) -> bool:
            nonlocal best
            if self.over() or time.monotonic() > deadline:
                return False
            found = self.check(example)
            if found is None or found.property != wrong.property or not found.kinds <= wrong.kinds:
                return False
            best = best._replace(wrong=found, example=example)
            return True

        def rebuilt(decisions: tuple[int, ...]) -> tuple[int, ...] | None:
            assert made.build is not None
            choices = RecordingChoices(ReplayedChoices(decisions))
            example = made.build(choices, material())
            return choices.taken() if example == best.example or alike(example) else None

        def cut(tokens: tuple[int, ...]) -> tuple[int, ...] | None:
            # The expected messages are known only for the whole input.
            return tokens if alike(best.example._replace(tokens=tokens, messages=None)) else None

        try:
            if made.build is not None:
                smallest(made.decisions, rebuilt, _lower)
            if made.build not in SHRUNK_BY_DECISIONS:
                smallest(best.example.tokens, cut, _plainer)
        except KeyboardInterrupt:
            self.interrupted = True
        return best


def _damaged(seeds: Sequence[Seed], choices: Choices, material: Material) -> Example:
    which = choices.below(len(seeds))
    made = damaged(choices, material, pieces_of(material, seeds[which].tokens), seeds[which].role)
    return made._replace(description=f"seed {which + 1}, {made.description}")


def _lower(decision: int) -> Iterator[int]:
    """Yield smaller decisions, the simplest first."""
    yield from sorted({0, decision // 2, decision - 1} if decision else ())


def _plainer(token: int) -> Iterator[int]:
    """Yield a plain word for an ordinary token, unless the token is a word of a header."""
    made = material()
    plain = made.spell(PLAIN_WORD)[0]
    if token != plain and made.is_text(token) and (token,) not in map(made.spell, made.header_words):
        yield plain


def _similarity_key(wrong: Wrong, example: Example) -> object:
    """Return a key that is equal for similar failures, only one of which is shrunk."""
    if not wrong.answered:  # do not parse the input here: it may be our parser that gave no answer
        return (*wrong[:2], example.role)
    try:
        recoveries = material().encoding.parse(list(example.tokens), example.role).recoveries
    except Exception:  # the failure may be that our parser raises
        recoveries = []
    return (*wrong[:2], example.role, frozenset(recovery.kind for recovery in recoveries))


def _equality_key(failure: Failure) -> object:
    """Return a key that is equal for equal failures: their inputs have the same terminals, except stop tokens."""
    framing = material().framing
    terminals = {framing.terminal(token) for token in failure.example.tokens}
    return (*failure.wrong[:2], frozenset(terminals - framing.stops))
