"""Literals that are framing on their own, such as a line end after a stop token: how they are removed from the walk.

The machine has only steps for special tokens and words. A literal that always follows a token is read together with
that token. So the state between the two is skipped, and only the text of the literal is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from codegen.grammar import fixed
from codegen.model import Spec
from codegen.place import Place
from codegen.sources import Problem, SpecError


class RawState(Protocol):
    """A state of the walk: the target of each terminal, and whether the input may end in the state."""

    targets: dict[str, int]
    ends: bool


class Literals(NamedTuple):
    """The texts of the removed literals."""

    behind_header: str | None  # after the token that ends a header
    behind_stop: str | None  # after a stop token


def skip_literals(states: Sequence[RawState], stops: Iterable[str], spec: Spec) -> Literals:
    """Remove the literals from the walk and return their texts.

    Raises:
        SpecError: a literal is where the reader does not look for it.
    """
    literals = fixed(spec)
    closes = spec.message.closes_header
    found: dict[str, set[str | None]] = {closes: set(), "": set()}
    for state in states:
        for terminal, target in state.targets.items():
            if terminal == closes or terminal in stops:
                literal = _skipped(states, target, literals)
                found[closes if terminal == closes else ""].add(literal)
                if literal is not None:
                    state.targets[terminal] = states[target].targets[literal]
    used = {literal for behind in found.values() for literal in behind} | {closes}
    for literal in literals:
        if literal not in used:
            hint = "a literal ends a header, or stands behind the token that ends one, or behind a stop token"
            raise SpecError([Problem(_place(spec, literal), f"nobody looks for '{literal}' where it stands", hint)])
    return Literals(*(_text(spec, behind, literals) for behind in found.values()))


def _skipped(states: Sequence[RawState], target: int, literals: dict[str, str]) -> str | None:
    """Return the literal that is the only terminal of a state; None if there is none."""
    terminals = list(states[target].targets)
    return terminals[0] if len(terminals) == 1 and terminals[0] in literals else None


def _text(spec: Spec, found: set[str | None], literals: dict[str, str]) -> str | None:
    if len(found) > 1:
        some = min(filter(None, found))
        what = f"'{some}' stands behind some of the tokens of its kind only"
        raise SpecError([Problem(_place(spec, some), what, "put it behind all of them")])
    literal = next(iter(found), None)
    return None if literal is None else literals[literal]


def _place(spec: Spec, literal: str) -> Place:
    return spec.places[("messages.yaml", "literals", literal)]
