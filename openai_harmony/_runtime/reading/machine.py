"""The data types of the parse tables, and small queries on them.

No table, token or word of a format belongs here; the tables themselves are in `_generated/framing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["Framing", "HeaderField", "Phase", "Reaction", "Role", "State", "Step"]


class Phase:
    """The values of `State.phase`; they are the values of the public `StreamState`."""

    EXPECT_START = "ExpectStart"
    HEADER = "Header"
    CONTENT = "Content"


class Step(NamedTuple):
    """A transition of the table.

    Attributes:
        target: the number of the next state.
        field: the field that the previous terminal is; None if that terminal is not a field.
    """

    target: int
    field: str | None


class State(NamedTuple):
    name: str  # the shortest sequence of terminals that leads here
    phase: str
    ends: bool  # the input may end in this state
    steps: Mapping[str, Step]


class Role(NamedTuple):
    value: Any  # the member of the public enumeration
    named: bool  # the author is written as a name alone, without the role's word


class HeaderField(NamedTuple):
    name: str
    marker: str | None  # the marker's text, if the value includes it


class Reaction(NamedTuple):
    """What the recovering mode does with a terminal for which the state has no transition."""

    kind: Any  # the member of the public enumeration that the recovery is reported as
    do: str  # the name of the action
    frames: bool  # the token is part of the framing, so its spelling is not reported as text


class Framing(NamedTuple):
    """The tables of a format: everything that a reader knows about it."""

    states: tuple[State, ...]
    transcript: int  # the start state of input without a role
    completion: int  # the start state of input with a role
    content: int  # the state at the start of content
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
    others: str  # the terminal of the special tokens that have no name
    known: frozenset[str]  # the terminals that the framing uses
    # Header words.
    white_space: str
    markers: Mapping[str, str]  # a marker's terminal -> the terminal of the marker with its value
    literals: tuple[tuple[str, str], ...]  # text -> the terminal of a word that begins with it
    may_be_empty: frozenset[str]  # terminals whose value may be empty
    spaced: frozenset[str]  # markers that are written with white space before them
    only_channels: frozenset[str]  # terminals whose value must be one of `channels`
    field_of: Mapping[str, str]  # terminal -> field, for terminals that occur in one field only
    fields: tuple[HeaderField, ...]  # in the order of a message's attributes
    written: tuple[str, ...]  # the names of the fields in the order in which they are written
    author: str  # the name of the author's field in `Step.field`
    channel: str  # the name of the channel's field
    recipient: str  # the name of the recipient's field
    roles: Mapping[str, Role]
    name_separator: str
    sampled: str  # the role of completions
    channels: frozenset[str]
    hidden: frozenset[str]  # the channels that must not be shown to end users
    known_values: frozenset[str]  # words that are a field's value even without a marker
    tool_word_holds: str  # the separator that the name of a tool contains
    namespaces: frozenset[str]  # the namespaces of built-in tools
    function_namespace: str  # the namespace of the developer's functions
    reserved_names: frozenset[str]  # further names that a model takes for its own tools
    alias: str  # another name for a function with such a name, with {name}; empty if there is none
    # Recovery.
    reactions: Mapping[str, Mapping[str, Reaction]]  # phase -> terminal
    kinds: Mapping[str, Any]  # name -> member of the public enumeration, for the rules of recovery.py
    content_begins: str  # the characters that JSON content begins with
    begins: str = ""  # the terminal that a conversation begins with; empty if there is none
    # Literals of the framing: ordinary text. They are empty in a format that is framed by special tokens only.
    header_end: str = ""  # the text that ends a header, instead of a token
    behind_header: str = ""  # the text after the token that ends a header
    behind_stop: str = ""  # the text after a stop token
    only_by: Mapping[
        str, str
    ] = {}  # a special token before content -> the only role that may write it, if there is one
    # In a stream of characters, ids are code points. The id of a special token is then its own id plus this shift.
    shift: int = 0

    def terminal(self, token: int) -> str:
        """Return the terminal of an id: that of its special token, or `text` for any other id."""
        if self.first_special <= token <= self.last_special:
            return self.terminals.get(token, self.others)
        return self.text

    @property
    def opens_content(self) -> bool:
        """Whether a completion begins with content, because the prompt ends after the header."""
        return self.states[self.completion].phase == Phase.CONTENT

    @property
    def has_literals(self) -> bool:
        """Whether framing must be found in ordinary text, by its bytes, or a completion begins with content."""
        return bool(self.header_end or self.behind_header or self.behind_stop) or self.opens_content

    @property
    def has_reference(self) -> bool:
        """Whether the reference library's rules apply: the format is framed by special tokens only, as Harmony is."""
        return bool(self.kinds) and not self.begins and not self.has_literals

    def split_name(self, word: str) -> tuple[str, str, str]:
        """Split an author's word into role, separator and name; the last two are empty without a separator."""
        return word.partition(self.name_separator) if self.name_separator else (word, "", "")

    @property
    def role_by_name(self) -> str | None:
        """The role of an author that is written as a name alone; the first if there are several, None if none."""
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
        """Return an id as error messages show it: the token's id, or the character in a stream of characters."""
        return repr(chr(token)) if self.shift and token < self.first_special else str(token - self.shift)

    def expected(self, state: int) -> tuple[str, ...]:
        """Return the names of the terminals that a state has transitions for, sorted."""
        return tuple(sorted(self.states[state].steps))

    def channel_of(self, fields: tuple[str | None, ...]) -> str | None:
        return next((value for field, value in zip(self.fields, fields) if field.name == self.channel), None)

    def with_channel(self, channel: str | None, fields: tuple[str | None, ...] | None = None) -> tuple[str | None, ...]:
        """Return `fields` with the channel replaced; without `fields`, all other fields are None."""
        values = fields if fields is not None else (None,) * len(self.fields)
        return tuple(channel if field.name == self.channel else value for field, value in zip(self.fields, values))

    def is_call(self, role: str, fields: tuple[str | None, ...]) -> bool:
        """Whether a message with this role and these fields is a tool call, so that its content is arguments."""
        recipient = next((value for field, value in zip(self.fields, fields) if field.name == self.recipient), None)
        return role == self.sampled and recipient is not None
