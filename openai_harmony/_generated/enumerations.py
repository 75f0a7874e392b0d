# Generated from spec/{contents,encodings,recoveries,roles,styles}
# by codegen/templates/enumerations.py.jinja; edit those and run `make generate`.
"""The enumerations of the format; each member of a `Word` enumeration equals its string."""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias

from .._runtime.types.words import Word

__all__ = [
    "HarmonyEncodingName",
    "ReasoningEffort",
    "RecoveryKind",
    "Role",
    "RoleWord",
    "StreamState",
    "StyleWord",
]


class Role(Word):
    """The kind of author of a message.

    Example:
        >>> Role("user") == "user"
        True
    """

    USER = "user"
    """The person (or program) that the assistant answers."""
    ASSISTANT = "assistant"
    """The model. A completion consists of its messages."""
    SYSTEM = "system"
    """Sets identity, dates, reasoning effort, channels and built-in tools."""
    DEVELOPER = "developer"
    """Instructions and function tools of the application's developer."""
    TOOL = "tool"
    """The result of a tool call; its author is written as the name of the tool."""

    @classmethod
    def _missing_(cls, value: object) -> Role:
        valid = ", ".join(repr(role.value) for role in cls)
        raise ValueError(f"Unknown role: {value!r} (expected one of {valid})")


RoleWord: TypeAlias = Literal["user", "assistant", "system", "developer", "tool"]
"""The string of a role; every function that takes a `Role` accepts it."""

SAMPLED_ROLE: RoleWord = "assistant"  # the role of the model

StyleWord: TypeAlias = Literal["reference", "model", "hf", "oss"]
"""The name of a style of rendering conversations; docs/styles.md tells how styles differ."""

# The history policy of a style, if it has its own.
HISTORY_OF_STYLE: dict[str, str] = {"hf": "unfinished"}


class ReasoningEffort(Word):
    """How much reasoning the assistant should apply.

    Example:
        >>> ReasoningEffort("Low") is ReasoningEffort.LOW
        True
    """

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"


class HarmonyEncodingName(Word):
    """The names that `load_harmony_encoding` accepts.

    Example:
        >>> HarmonyEncodingName("HarmonyGptOss").value
        'HarmonyGptOss'
    """

    HARMONY_GPT_OSS = "HarmonyGptOss"
    """The encoding of the gpt-oss models."""

    def __str__(self) -> str:
        return str(self.value)


class StreamState(Enum):
    """The state of a parser: between messages, in a header, or in content.

    Example:
        >>> StreamState("Header") is StreamState.HEADER
        True
    """

    EXPECT_START = "ExpectStart"
    HEADER = "Header"
    CONTENT = "Content"


class RecoveryKind(Word):
    """The kinds of faults that a parser corrects and reports as a `Recovery`.

    Example:
        >>> RecoveryKind("stray_stop").value
        'stray_stop'
    """

    STRAY_STOP = "stray_stop"
    """A stop token where a message should start. It is dropped."""
    STRAY_TEXT = "stray_text"
    """Text where a message or its first field should start. It becomes a separate message
    without a channel.
    """
    STRAY_WHITE_SPACE = "stray_white_space"
    """White space where a message should start. It is skipped."""
    MISSING_START = "missing_start"
    """A header without its start token. Its author is the role of completions."""
    REPEATED_START = "repeated_start"
    """Start tokens repeated, alone or with a role, without a header between them. The last one
    counts.
    """
    MISSING_STOP = "missing_stop"
    """A start or channel token inside content. It ends the message before it."""
    END_OF_TEXT = "end_of_text"
    """The end-of-text token instead of a stop token."""
    REPEATED_MESSAGE = "repeated_message"
    """A message token inside content. It is dropped."""
    STRAY_TOKEN = "stray_token"
    """A special token that has no meaning at its position. It is dropped."""
    MISSING_MESSAGE = "missing_message"
    """A header without its message token, or with text before it. Text that is not a field
    becomes content, byte for byte.
    """
    TRUNCATED_HEADER = "truncated_header"
    """A header that ends without a message token and without text. It is dropped."""
    MISSING_ROLE = "missing_role"
    """A start token without an author after it. The author is the role of completions."""
    REPEATED_ROLE = "repeated_role"
    """A second role name in a header. The first one counts."""
    GLUED_ROLE = "glued_role"
    """A role name run together with other role or channel names. They are split."""
    CHANNEL_WITHOUT_MARKER = "channel_without_marker"
    """A channel name in place of the role or without its marker. It is the channel."""
    UNKNOWN_CHANNEL = "unknown_channel"
    """A channel that neither the format nor the parser's arguments list. It is kept, unless it
    consists of known words.
    """
    REPEATED_FIELD = "repeated_field"
    """A repeated header field. The first one counts, but of two channels a hidden one."""
    MISPLACED_FIELD = "misplaced_field"
    """A header field at the wrong position."""
    EMPTY_FIELD = "empty_field"
    """The marker of a field without a value after it."""
    STRAY_WORD = "stray_word"
    """A word of a header that is not a field."""
    CONTROL_TOKEN_IN_HEADER = "control_token_in_header"
    """A special token that is invalid in a header. It never becomes part of a name."""
    UNKNOWN_TOKEN = "unknown_token"
    """An id outside the vocabulary, or bytes in a header that are not UTF-8. The text has
    U+FFFD instead.
    """
