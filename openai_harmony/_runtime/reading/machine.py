"""The shape of the tables that a spec becomes, and one step over them; no table, no token and no word stands here.

`_generated/framing.py` holds the tables themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["Framing", "HeaderField", "Phase", "Reaction", "Role", "State", "Step"]


class Phase:
    """The parts of a message, as `State.phase` says them; the values of the public `StreamState`."""

    EXPECT_START = "ExpectStart"
    HEADER = "Header"
    CONTENT = "Content"


class Step(NamedTuple):
    """Where a terminal leads, and which field the terminal before it was (None where it was no field)."""

    target: int
    field: str | None


class State(NamedTuple):
    name: str  # the shortest way here, as terminals
    phase: str
    ends: bool  # the input may end here
    steps: Mapping[str, Step]


class Role(NamedTuple):
    value: Any  # the member of the public enumeration
    named: bool  # the author is written by name alone


class HeaderField(NamedTuple):
    name: str
    marker: str | None  # the marker's text, where the value keeps it


class Reaction(NamedTuple):
    """What the recovering mode does about a terminal that has no place, and how it reports it."""

    kind: Any  # the member of the public enumeration
    do: str
    frames: bool  # the token is framing: its spelling is no text


class Framing(NamedTuple):
    """All that a reader knows of a format."""

    states: tuple[State, ...]
    transcript: int  # the state in which input without a role starts
    completion: int  # the state in which input with a role starts
    content: int  # the state in which content starts
    between: int  # the state between two messages
    # Terminals by name.
    opens: str
    closes_header: str
    text: str
    role: str
    named_role: str
    listed: str
    known_value: str
    tool_name: str
    word: str
    stops: frozenset[str]
    # Special tokens.
    terminals: Mapping[int, str]
    spellings: Mapping[str, str]  # terminal -> text
    start_id: int
    first_special: int
    last_special: int
    others: str  # the terminal of a special token that has no name
    known: frozenset[str]  # the terminals that the framing knows
    # Header words.
    white_space: str
    markers: Mapping[str, str]  # a marker's terminal -> the terminal of a value behind it
    literals: tuple[tuple[str, str], ...]  # text -> the terminal of a word that begins with it
    may_be_empty: frozenset[str]
    spaced: frozenset[str]  # markers in front of which white space is written
    only_channels: frozenset[str]  # terminals whose value must be one of `channels`
    field_of: Mapping[str, str]  # terminal -> field, for terminals of one field alone
    fields: tuple[HeaderField, ...]  # in the order of a message's attributes
    written: tuple[str, ...]  # their names in the order in which they are written
    author: str
    channel: str  # the names of the fields that tell what a message's content is for
    recipient: str
    roles: Mapping[str, Role]
    name_separator: str
    sampled: str  # the role of completions
    channels: frozenset[str]
    hidden: frozenset[str]  # the channels that are not meant for the end user's eyes
    known_values: frozenset[str]  # bare words that are known to be a field's value
    tool_word_holds: str
    namespaces: frozenset[str]  # of built-in tools
    function_namespace: str
    # Recovery.
    reactions: Mapping[str, Mapping[str, Reaction]]  # phase -> terminal
    kinds: Mapping[str, Any]  # name -> member of the public enumeration, for the rules of recovery.py
    content_begins: str
    begins: str = ""  # the terminal that a conversation begins with, if any
    # Literals of the framing, which are ordinary text; empty where special tokens alone frame messages.
    header_end: str = ""  # the text that ends a header, in place of a token
    behind_header: str = ""  # the text behind the token that ends a header
    behind_stop: str = ""  # the text behind a stop token
    only_by: Mapping[str, str] = {}  # a special token in front of content -> the role that may write it, if only one
    # Where text is read, ids are code points, and those of special tokens are greater by this than the tokens' own.
    shift: int = 0

    def terminal(self, token: int) -> str:
        """The terminal of an id: of a special token its own, of any other id the one of text."""
        if self.first_special <= token <= self.last_special:
            return self.terminals.get(token, self.others)
        return self.text

    @property
    def opens_content(self) -> bool:
        """Whether a prompt ends behind the header of the message that a completion goes on with."""
        return self.states[self.completion].phase == Phase.CONTENT

    @property
    def has_literals(self) -> bool:
        """Whether ordinary text is a part of the framing, and where it stands depends on bytes."""
        return bool(self.header_end or self.behind_header or self.behind_stop) or self.opens_content

    @property
    def has_reference(self) -> bool:
        """Whether the reference library's rules can be told for the format: special tokens frame it, as it has them."""
        return bool(self.kinds) and not self.begins and not self.has_literals

    def split_name(self, word: str) -> tuple[str, str, str]:
        """An author's word as role, separator and name; the word alone if it has no separator."""
        return word.partition(self.name_separator) if self.name_separator else (word, "", "")

    @property
    def role_by_name(self) -> str | None:
        """The role of an author that is written by name alone; of several, the first."""
        return next((word for word, role in self.roles.items() if role.named), None)

    def renumbered(self, ids: Mapping[int, int], first: int, last: int) -> Framing:
        """The same tables where special tokens have other ids, given by those here; all lie from `first` to `last`."""
        if not ids and (first, last) == (self.first_special, self.last_special):
            return self
        return self._replace(
            terminals={ids.get(token, token): terminal for token, terminal in self.terminals.items()},
            start_id=ids.get(self.start_id, self.start_id),
            first_special=first,
            last_special=last,
        )

    def shown(self, token: int) -> str:
        """An id in the words of an error: the token's own; where text is read, the character that it is."""
        return repr(chr(token)) if self.shift and token < self.first_special else str(token - self.shift)

    def expected(self, state: int) -> tuple[str, ...]:
        """What may stand in a state: the row of the table, by name."""
        return tuple(sorted(self.states[state].steps))

    def channel_of(self, fields: tuple[str | None, ...]) -> str | None:
        return next((value for field, value in zip(self.fields, fields) if field.name == self.channel), None)

    def with_channel(self, channel: str | None, fields: tuple[str | None, ...] | None = None) -> tuple[str | None, ...]:
        """The fields of a header with another channel; of one that says nothing else, if none are given."""
        values = fields if fields is not None else (None,) * len(self.fields)
        return tuple(channel if field.name == self.channel else value for field, value in zip(self.fields, values))

    def is_call(self, role: str, fields: tuple[str | None, ...]) -> bool:
        """Whether the content of such a message is the arguments of a tool call."""
        recipient = next((value for field, value in zip(self.fields, fields) if field.name == self.recipient), None)
        return role == self.sampled and recipient is not None
