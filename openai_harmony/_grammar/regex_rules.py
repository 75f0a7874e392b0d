"""Regular expressions of custom tools as rules."""

from __future__ import annotations

from ..errors import GrammarError
from .json_automata import TooManyStates, automaton, without
from .json_patterns import PatternError, pattern_node
from .nodes import EMPTY, Node, Ref, choice, seq

__all__ = ["rule_of_regex"]


def rule_of_regex(rule: str, definition: str, option: str, forbidden: str = "") -> dict[str, Node]:
    """Return the rule of the inputs that an expression describes from the first character to the last, and its rules.

    Args:
        forbidden: a text of two different characters that no input contains, for engines that would take a special
            token for them.

    Raises:
        GrammarError: the expression is none, or not one of those that are kept.
    """
    try:
        node = pattern_node(definition, whole=True)
        return _without(rule, node, forbidden) if forbidden else {rule: node}
    except (PatternError, TooManyStates) as error:
        raise GrammarError(f"the expression {error}", option=option) from None


def _without(rule: str, node: Node, forbidden: str) -> dict[str, Node]:
    found = automaton([node, without(forbidden)])
    if not found.edges:
        raise PatternError("allows no text without that of special tokens")
    names = [rule, *(f"{rule}_{state}" for state in range(1, len(found.edges)))]
    return {
        names[state]: choice(
            [*([EMPTY] if state in found.ends else []), *(seq([chars, Ref(names[after])]) for chars, after in row)]
        )
        for state, row in enumerate(found.edges)
    }
