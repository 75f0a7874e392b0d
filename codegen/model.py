"""The spec as frozen values. Nothing here reads a file or knows a template.

`load.py` makes a `Spec` from the files of a folder, `check.py` compares its parts, `views/` turns it into strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """The place of a value in the spec: file name, line and column, the last two counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


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


# contents.yaml, tools/ ----------------------------------------------------------------------------


@dataclass(frozen=True)
class TypeSpec:
    """A type: `text`, `flag`, `object`, an enumeration or a structure; alone, in a list, or in a map by name."""

    container: str | None  # None, "list" or "map"
    name: str


@dataclass(frozen=True)
class FieldSpec:
    name: str
    type: TypeSpec
    optional: bool
    default: str | None  # as written; for an enumeration, a member's name; "channels" for the default channels
    has_default: bool
    doc: str
    place: Place


@dataclass(frozen=True)
class EnumMember:
    name: str
    value: str
    written: str
    place: Place


@dataclass(frozen=True)
class EnumSpec:
    name: str
    members: tuple[EnumMember, ...]
    doc: str
    place: Place


@dataclass(frozen=True)
class StructSpec:
    name: str
    fields: tuple[FieldSpec, ...]
    doc: str
    place: Place


@dataclass(frozen=True)
class TextPiece:
    """One line, or a further piece of one: literal text with placeholders {field} or {field.part}."""

    text: str
    when: str | None
    join: str | None
    more: tuple[TextPiece, ...]
    place: Place


@dataclass(frozen=True)
class Section:
    lines: tuple[TextPiece, ...]  # empty for a section of tools
    tools: str | None  # the field whose tool namespaces are printed
    place: Place


@dataclass(frozen=True)
class ContentSpec:
    type: str  # the tag, such as `system_content`
    class_name: str
    role: str | None  # the only role that may carry it
    block: bool  # whether it is parsed from a message's text, by the literal text around its fields
    behind: str | None  # the special token before its text
    tag: str  # "first" or "last": the position of `type` in the dictionary form
    fields: tuple[FieldSpec, ...]
    sections: tuple[Section, ...]
    doc: str
    place: Place


@dataclass(frozen=True)
class BuiltInTool:
    name: str
    description: str
    parameters: Mapping[str, Any] | None  # JSON values
    place: Place


@dataclass(frozen=True)
class BuiltInNamespace:
    name: str
    doc: str
    description: str | None
    tools: tuple[BuiltInTool, ...]
    place: Place


@dataclass(frozen=True)
class ToolsSpec:
    function_namespace: str | None
    structures: tuple[StructSpec, ...]
    wording: Mapping[str, str]  # without `types`
    types: Mapping[str, str]  # wording.types: JSON Schema type -> TypeScript
    namespaces: tuple[BuiltInNamespace, ...]  # one per file of tools/ other than schema.yaml, by file name


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


@dataclass(frozen=True)
class Spec:
    tokens: Mapping[str, SpecialToken]  # by terminal, in the file's order
    reserved: Reserved | None
    stop_sets: tuple[StopSet, ...]
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
    encodings: tuple[EncodingSpec, ...]
    content_begins: str
    recoveries: tuple[RecoverySpec, ...]
    samples_file: str | None
    samples: frozenset[str] | None  # the valid values of `evidence`; None if the file of samples is missing
    framing: str  # the text of framing.lark
    framing_file: str  # its name, for error messages
    places: Mapping[tuple[str | int, ...], Place]  # the place of every value, by file, keys and positions
