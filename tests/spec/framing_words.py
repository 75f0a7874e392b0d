"""Words and texts for the terminals of the grammar, out of the spec: what tests of the framing are made of."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from codegen.check import checked
from codegen.framing import compile_framing
from tests.support.generated import SPEC

__all__ = [
    "BLANKS",
    "GIVEN",
    "HIDDEN",
    "KNOWN_VALUES",
    "MARKERS",
    "RECIPIENT_LOST",
    "ROLE_WORDS",
    "SHOWN",
    "SPECIFIED",
    "TERMINALS",
    "TEXT_OF",
    "value",
]

SPECIFIED = checked(SPEC)
FRAMING = compile_framing(SPECIFIED)
# The texts of special tokens and of literals, by terminal.
TEXT_OF = {name: token.text for name, token in SPECIFIED.tokens.items()} | dict(SPECIFIED.message.literals)
MARKERS = {SPECIFIED.tokens[name].text: SPECIFIED.tokens[name].id for name in FRAMING.known}
SHOWN = {channel.word for channel in SPECIFIED.channels.values() if channel.shown}
HIDDEN = {channel.word for channel in SPECIFIED.channels.values() if not channel.shown}
ROLE_WORDS = [role.word for role in SPECIFIED.roles.values() if role.author == "role"]
(GIVEN,) = (role.word for role in SPECIFIED.roles.values() if role.sampled)  # what a completion is read with

STOPS = "|".join(re.escape(TEXT_OF[stop]) for stop in FRAMING.stops)
BLANKS = re.compile(rf"(^|{STOPS})[ \t\n\f\r]+(?={re.escape(TEXT_OF['START'])}|$)")
NAMESPACES = [namespace.name for namespace in SPECIFIED.tools.namespaces]
FUNCTIONS = SPECIFIED.tools.function_namespace
BUILT_IN = "|".join(NAMESPACES)
TOOL = rf"\s+(?:(?:{BUILT_IN}|{FUNCTIONS})\.[^\s<]*[^\s<.]|(?:{BUILT_IN})(?![^\s<]))"
TO, CONSTRAIN, MESSAGE = (re.escape(text) for text in (TEXT_OF["TO"], TEXT_OF["CONSTRAIN"], TEXT_OF["MESSAGE"]))
# A literal without a value in front of a marker, or of a tool's name.
RECIPIENT_LOST = re.compile(rf"(?:^|[\s>]){TO}(?:{CONSTRAIN}|{TOOL})(?=[^<]*{MESSAGE})")

# Ordinary text has no `<`, in the grammar alone: where lark reads text, that is how it tells a special token.
KNOWN_VALUES = [value for field in SPECIFIED.message.fields for value in field.known]
NAMES = st.text("aZ09_.:=-é中😀", min_size=1, max_size=6)
HARD = [*KNOWN_VALUES[:1], f"{FUNCTIONS}.f", *NAMESPACES, *SPECIFIED.message.literals.values(), *SPECIFIED.roles]
WORDS = NAMES | st.sampled_from([*HARD, *SPECIFIED.channels, ROLE_WORDS[0] + next(iter(SHOWN))])
ROLES = st.sampled_from(ROLE_WORDS)
CHANNELS = st.sampled_from(list(SPECIFIED.channels))
NAMED_ROLES = st.builds(
    f"{{}}{SPECIFIED.name_separator}{{}}".format, ROLES, st.just("") | NAMES | st.just(f"{FUNCTIONS}.f")
)
RUNS = st.lists(ROLES | CHANNELS, min_size=1, max_size=3).map("".join)
BLANK = st.sampled_from([" ", " ", " ", "\n", ""])


def valued(sign: str, terminal: str) -> st.SearchStrategy[str]:
    """A marker or a literal with a value behind it, or without one where that may be."""
    values = CHANNELS | WORDS if terminal in FRAMING.only_channels else WORDS
    front = st.just("") if terminal in FRAMING.only_channels else st.sampled_from([" ", ""])
    if terminal in FRAMING.may_be_empty:
        values |= st.just("")
    return st.builds(f"{{}}{sign}{{}}".format, front, values)


# The terminals that mean something only together with the word lists. Words are parted by the blank in front of them,
# most of the time: what becomes of them without it, both readers must agree on too.
TERMINALS = {
    "ROLE": ROLES,
    "NAMED_ROLE": NAMED_ROLES,
    "LISTED": st.builds("{}{}".format, BLANK, RUNS | NAMED_ROLES),
    "KNOWN": st.builds("{}{}".format, BLANK, st.sampled_from(KNOWN_VALUES)),
    "TOOL_NAME": st.sampled_from([*(f" {name}" for name in NAMESPACES), f" {FUNCTIONS}.f", "a.b"]),
    "WORD": st.builds("{}{}".format, BLANK, WORDS),
    "TEXT": st.text(st.characters(exclude_characters="<", exclude_categories=["Cs"]), min_size=1, max_size=8),
    "WHITE_SPACE": st.just(" "),
}
TERMINALS |= {terminal: valued(TEXT_OF[marker], terminal) for marker, terminal in FRAMING.marked.items()}
TERMINALS |= {terminal: valued(TEXT_OF[name], terminal) for name, terminal in FRAMING.prefixed.items()}
# What is taken off a terminal to have the value of its field.
SIGNS = {FRAMING.marked[name]: TEXT_OF[name] for name in FRAMING.marked}
SIGNS |= {FRAMING.prefixed[name]: TEXT_OF[name] for name in FRAMING.prefixed}
KEEPS_MARKER = {field.name for field in SPECIFIED.message.fields if field.keeps_marker}


def value(terminal: str, field: str, word: str) -> str:
    """The value that a word of a header gives its field."""
    return word if field in KEEPS_MARKER else word.removeprefix(SIGNS.get(terminal, ""))
