"""Literals that are framing by themselves, such as a line end behind a stop token: found in the walk, taken out of it.

The machine is one over special tokens and words. Text that always stands behind one of its tokens is read with that
token, so that the states between the two are left out, and what is left is the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from codegen.grammar import fixed
from codegen.model import Place, Spec
from codegen.sources import Problem, SpecError


class RawState(Protocol):
    """A state of the walk: where each terminal leads, and whether the input may end there."""

    targets: dict[str, int]
    ends: bool


class Literals(NamedTuple):
    """The texts that were taken out."""

    behind_header: str | None  # behind the token that ends a header
    behind_stop: str | None  # behind a stop token


def skip_literals(states: Sequence[RawState], stops: Iterable[str], spec: Spec) -> Literals:
    """Takes the literals out of the walk.

    Raises:
        SpecError: a literal stands where no reader looks for it.
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
    """The literal that is all that may come in a state."""
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
