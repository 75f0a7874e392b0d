"""Runs the lexemes of a header through the table, strictly by the grammar.

A header that the grammar does not accept gives a `Mismatch`. Recovery from it does not belong here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..machine import Framing, Step
from .lexer import Lexeme

__all__ = ["Header", "Mismatch", "author", "choice_of", "error_message", "escaped", "run", "state_behind", "value_of"]


class Header(NamedTuple):
    """The author and the fields of a header.

    Attributes:
        role: the author's role.
        name: the author's name; None without one.
        fields: the values in the order of `Framing.fields`; None for a missing field.
        state: the table's state after the header.
        doubtful: if the content is empty, the header must be read again as one without a message marker.
        block: the terminal of the special token before the content that gives the kind of content; None without one.
    """

    role: str
    name: str | None
    fields: tuple[str | None, ...]
    state: int
    doubtful: bool = False
    block: str | None = None


class Mismatch(NamedTuple):
    """The first lexeme without a transition (None if it is the header's end), and the state before it."""

    lexeme: Lexeme | None
    state: int


def state_behind(framing: Framing, state: int, lexemes: Sequence[Lexeme]) -> int | None:
    """Return the state after some lexemes; None if one of them has no transition."""
    for lexeme in lexemes:
        step = step_of(framing, state, lexeme)
        if step is None:
            return None
        state = step.target
    return state


def run(framing: Framing, state: int, prompt_role: str | None, lexemes: Sequence[Lexeme]) -> Header | Mismatch:
    """Run the lexemes of a complete header through the table.

    Args:
        framing: the tables.
        state: the table's state at the start of the header.
        prompt_role: the role given by the prompt; None if the header has an author.
        lexemes: the lexemes of the header.
    """
    found: dict[str, Lexeme] = {}
    before: Lexeme | None = None
    for lexeme in lexemes:
        step = step_of(framing, state, lexeme)
        if step is None:
            return Mismatch(lexeme, state)
        if step.field is not None and before is not None:
            found[step.field] = before
        state, before = step.target, lexeme
    end = framing.states[state].steps.get(framing.closes_header)
    if end is None:
        return Mismatch(None, state)
    if end.field is not None and before is not None:
        found[end.field] = before
    role, name = author(framing, found.get(framing.author), prompt_role)
    return Header(role, name, tuple(value_of(framing, f.name, found.get(f.name)) for f in framing.fields), end.target)


def step_of(framing: Framing, state: int, lexeme: Lexeme) -> Step | None:
    choice = choice_of(framing, state, lexeme)
    return None if choice is None else framing.states[state].steps[choice]


def choice_of(framing: Framing, state: int, lexeme: Lexeme) -> str | None:
    """Return the terminal that a lexeme is in a state; None if it has no transition there."""
    steps = framing.states[state].steps
    return next((choice for choice in lexeme.choices if choice in steps), None)


def author(framing: Framing, lexeme: Lexeme | None, prompt_role: str | None) -> tuple[str, str | None]:
    """Return the role and the name of an author.

    Args:
        framing: the tables.
        lexeme: the author's lexeme; None if the header has none.
        prompt_role: the role given by the prompt; None for the role of completions.
    """
    if lexeme is None:
        return prompt_role or framing.sampled, None
    word, separator, name = framing.split_name(lexeme.text)
    if word in framing.roles and not framing.roles[word].named:
        return word, name if separator else None
    named = framing.role_by_name
    return (prompt_role or framing.sampled, None) if named is None else (named, lexeme.text)


def value_of(framing: Framing, field: str, lexeme: Lexeme | None) -> str | None:
    if lexeme is None:
        return None
    keeps = next(f.marker for f in framing.fields if f.name == field)
    if keeps is not None and lexeme.marker is not None:
        return keeps + lexeme.value
    return lexeme.value


def error_message(framing: Framing, state: int, lexemes: Sequence[Lexeme], mismatch: Mismatch) -> str:
    """Return the reference library's error message for a header that begins in `state`."""
    lexeme = mismatch.lexeme
    if framing.closes_header not in framing.states[state].steps and lexemes[:1] != [lexeme]:
        lexemes = lexemes[1:]  # the author
    if lexeme is not None and lexeme.marker is not None and not lexeme.choices:
        terminal = framing.markers.get(lexeme.marker)
        field = framing.field_of.get(str(terminal), framing.spellings[lexeme.marker])
        if lexeme.text:
            return f'unknown {field} "{escaped(lexeme.text)}" in message header'
        return f"{field} marker present but no {field} value found in header"
    words = [_spelled(framing, other) for other in lexemes if other.marker is None or not other.choices]
    words = words or [_spelled(framing, other) for other in lexemes]
    consumed = 1 if len(words) > 1 and lexemes[-1].choices[:1] in _literals(framing) else 2
    left = words[:-consumed] or ([_spelled(framing, lexeme)] if lexeme else words)
    return f'unexpected tokens remaining in message header: Some("{escaped(left[0] if left else "")}")'


def _literals(framing: Framing) -> set[tuple[str, ...]]:
    return {(terminal,) for _, terminal in framing.literals}


def _spelled(framing: Framing, lexeme: Lexeme) -> str:
    return (framing.spellings[lexeme.marker] if lexeme.marker else "") + lexeme.text


SHORT: Mapping[str, str] = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def escaped(text: str) -> str:
    """Escape text as the reference's error messages do: quotes, backslashes and unprintable characters."""
    return "".join(SHORT.get(c) or (c if c.isprintable() else f"\\u{{{ord(c):x}}}") for c in text)
