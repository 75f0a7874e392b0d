"""A header's lexemes run through the table: what the grammar accepts, and nothing else.

What it does not accept is a `Mismatch`; what to do about one is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..machine import Framing, Step
from .lexer import Lexeme

__all__ = ["Header", "Mismatch", "author", "choice_of", "complaint", "escaped", "run", "state_behind", "value_of"]


class Header(NamedTuple):
    """What a header says, and the state behind its end.

    Attributes:
        doubtful: with nothing behind it, the header is better read as one that lost its message marker.
        block: the special token behind it that says what the content is, if there is one.
    """

    role: str
    name: str | None
    fields: tuple[str | None, ...]  # in the order of Framing.fields
    state: int
    doubtful: bool = False
    block: str | None = None


class Mismatch(NamedTuple):
    """The first lexeme that has no place (None: the header's end has none), and the state that it was met in."""

    lexeme: Lexeme | None
    state: int


def state_behind(framing: Framing, state: int, lexemes: Sequence[Lexeme]) -> int | None:
    """The state that lexemes lead to; None where one has no place."""
    for lexeme in lexemes:
        step = step_of(framing, state, lexeme)
        if step is None:
            return None
        state = step.target
    return state


def run(framing: Framing, state: int, prompt_role: str | None, lexemes: Sequence[Lexeme]) -> Header | Mismatch:
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
    """The terminal that a lexeme is in a state; None where it has no place."""
    steps = framing.states[state].steps
    return next((choice for choice in lexeme.choices if choice in steps), None)


def author(framing: Framing, lexeme: Lexeme | None, prompt_role: str | None) -> tuple[str, str | None]:
    """Role and name of the author; without a lexeme, the role that was given or that completions have."""
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


def complaint(framing: Framing, state: int, lexemes: Sequence[Lexeme], misfit: Mismatch) -> str:
    """What is wrong with a header that begins in `state`, in the words of the reference library."""
    lexeme = misfit.lexeme
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
    """Text as the reference prints it in its complaints: quotes escaped, unprintable characters as code points."""
    return "".join(SHORT.get(c) or (c if c.isprintable() else f"\\u{{{ord(c):x}}}") for c in text)
