"""The spec as frozen values. Nothing here reads a file or knows a template.

`load.py` makes a `Spec` from the files of a folder, `check.py` compares its parts, `views/` turns it into strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.model_chat import ChatSpec
from codegen.model_contents import ContentSpec, EnumSpec, StructSpec, ToolsSpec
from codegen.model_dialects import DialectsSpec
from codegen.model_styles import StyleSpec
from codegen.place import Place

# tokens.yaml ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpecialToken:
    terminal: str
    text: str
    id: int
    doc: str
    place: Place


@dataclass(frozen=True)
class Reserved:
    text: str  # with {id}
    first: int
    last: int  # inclusive
    doc: str
    place: Place


@dataclass(frozen=True)
class StopSet:
    method: str
    tokens: tuple[str, ...]  # terminals
    doc: str
    place: Place


# roles.yaml, channels.yaml ------------------------------------------------------------------------


@dataclass(frozen=True)
class RoleSpec:
    word: str
    author: str  # "role" or "name"
    rank: int
    sampled: bool
    answers_calls: bool
    instructs: bool
    unnamed: str | None  # the error message for a missing name, if author is "name"
    doc: str
    place: Place


@dataclass(frozen=True)
class ChannelSpec:
    word: str
    default: bool
    shown: bool
    dropped: bool
    functions: bool
    ends_turn: bool
    doc: str
    place: Place


# messages.yaml ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeaderField:
    name: str
    before: str
    unwritten: str | None
    keeps_marker: bool
    known: tuple[str, ...]  # bare words that are recognized as this field
    doc: str
    place: Place


@dataclass(frozen=True)
class StopRule:
    token: str
    role: str | None
    with_field: str | None  # `with:` in the file
    holds: str | None  # the type of a content
    doc: str
    place: Place


@dataclass(frozen=True)
class TrainingRule:
    token: str
    role: str
    channel: str
    doc: str
    place: Place


@dataclass(frozen=True)
class MessageSpec:
    begins: str | None  # the terminal that a conversation begins with
    opens: str  # the terminal that a message begins with
    closes_header: str  # the terminal between a header and the content
    white_space: str
    literals: Mapping[str, str]  # terminal -> text
    fields: tuple[HeaderField, ...]
    tool_word_holds: str | None
    stops: tuple[StopRule, ...]
    training: TrainingRule | None


# encodings.yaml, recoveries.yaml ------------------------------------------------------------------


@dataclass(frozen=True)
class VocabularySpec:
    file: str
    sha256: str
    bytes: int
    ranks: int
    packed: str
    environment: str
    place: Place


@dataclass(frozen=True)
class OwnTokens:
    """What an encoding overrides in tokens.yaml; `encoding_tokens.py` combines the two."""

    ids: Mapping[str, int]  # by terminal
    reserved: Reserved | None
    stop_sets: Mapping[str, tuple[str, ...]]  # method -> terminals


@dataclass(frozen=True)
class EncodingSpec:
    member: str
    name: str
    tokenizer: str
    doc: str
    context_tokens: int
    action_tokens: int
    vocabulary: VocabularySpec
    entries: int | None  # the number of logits of a model; None for one more than the last id
    split_pattern: tuple[str, ...]
    own: OwnTokens
    place: Place


@dataclass(frozen=True)
class RecoverySpec:
    kind: str
    on: Mapping[str, tuple[str, ...]]  # phase -> terminals; empty when `rule` is set
    do: str | None
    rule: str | None
    evidence: str
    doc: str
    place: Place


@dataclass(frozen=True, eq=False)
class Spec:
    """A whole spec. Two of them are equal only if they are one object, so that caches can go by it."""

    tokens: Mapping[str, SpecialToken]  # by terminal, in the file's order
    reserved: Reserved | None
    stop_sets: tuple[StopSet, ...]
    engine_stops: Mapping[str, tuple[str, ...]]  # engine -> the terminals at which it stops on its own
    name_separator: str | None
    roles: Mapping[str, RoleSpec]  # by word
    channels: Mapping[str, ChannelSpec]  # by word
    message: MessageSpec
    section_break: str | None
    line_break: str | None
    enumerations: tuple[EnumSpec, ...]
    structures: tuple[StructSpec, ...]
    contents: tuple[ContentSpec, ...]
    tools: ToolsSpec
    styles: Mapping[str, StyleSpec]  # by word
    chat: ChatSpec | None
    dialects: DialectsSpec | None
    encodings: tuple[EncodingSpec, ...]
    content_begins: str
    recoveries: tuple[RecoverySpec, ...]
    samples_file: str | None
    samples: frozenset[str] | None  # the valid values of `evidence`; None if the file of samples is missing
    framing: str  # the text of framing.lark
    framing_file: str  # its name, for error messages
    places: Mapping[tuple[str | int, ...], Place]  # the place of every value, by file, keys and positions
