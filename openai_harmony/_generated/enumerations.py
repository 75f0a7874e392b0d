# Generated from spec/{contents,encodings,recoveries,roles}
# by codegen/templates/enumerations.py.jinja; edit those and run `make generate`.
"""The words of the format that are members of an enumeration."""

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
]


class Role(Word):
    """Who wrote a message."""

    USER = "user"
    """The person (or program) that the assistant answers."""
    ASSISTANT = "assistant"
    """The model. Its messages are what a completion holds."""
    SYSTEM = "system"
    """Sets identity, dates, reasoning effort, channels and built-in tools."""
    DEVELOPER = "developer"
    """Instructions and function tools of whoever built the application."""
    TOOL = "tool"
    """The result of a tool call, written under the tool's own name."""

    @classmethod
    def _missing_(cls, value: object) -> Role:
        valid = ", ".join(repr(role.value) for role in cls)
        raise ValueError(f"Unknown role: {value!r} (expected one of {valid})")


RoleWord: TypeAlias = Literal["user", "assistant", "system", "developer", "tool"]
"""A role as its word, which is taken wherever a role is."""


class ReasoningEffort(Word):
    """How much reasoning the assistant should apply."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"


class HarmonyEncodingName(Word):
    """The names that `load_harmony_encoding` knows."""

    HARMONY_GPT_OSS = "HarmonyGptOss"
    """The encoding of the gpt-oss models."""

    def __str__(self) -> str:
        return str(self.value)


class StreamState(Enum):
    """The part of a message that a parser expects or reads."""

    EXPECT_START = "ExpectStart"
    HEADER = "Header"
    CONTENT = "Content"


class RecoveryKind(Word):
    """What was wrong with a completion that was read all the same, without `strict`."""

    STRAY_STOP = "stray_stop"
    """A stop token where a message should start; dropped."""
    STRAY_TEXT = "stray_text"
    """Text where a message or its first field should start; a message of its own, without a
    channel.
    """
    STRAY_WHITE_SPACE = "stray_white_space"
    """White space where a message should start; skipped."""
    MISSING_START = "missing_start"
    """A header without its start token; the author is the one that completions have."""
    REPEATED_START = "repeated_start"
    """A start token again, or with a role alone, before the header came to anything; the last
    one counts.
    """
    MISSING_STOP = "missing_stop"
    """A start or channel token inside content; it ends the message before it."""
    END_OF_TEXT = "end_of_text"
    """The end-of-text token in the place of a stop token."""
    REPEATED_MESSAGE = "repeated_message"
    """A message token inside content; dropped."""
    STRAY_TOKEN = "stray_token"
    """A special token where it means nothing; dropped."""
    MISSING_MESSAGE = "missing_message"
    """A header without its message token, or with text in front of it; what is not a field in
    it is content, byte for byte.
    """
    TRUNCATED_HEADER = "truncated_header"
    """A header that ends with no message token and no text; no message comes of it."""
    MISSING_ROLE = "missing_role"
    """A header whose start token is followed by no author; the author is the one that
    completions have.
    """
    REPEATED_ROLE = "repeated_role"
    """A role word again in a header; the first one stands."""
    GLUED_ROLE = "glued_role"
    """A role word run together with further role or channel words; taken apart."""
    CHANNEL_WITHOUT_MARKER = "channel_without_marker"
    """A channel word in the place of the role or without its marker; it is the channel."""
    UNKNOWN_CHANNEL = "unknown_channel"
    """A channel that the format does not list and the parser was not told; it stands, unless
    known words make it up.
    """
    REPEATED_FIELD = "repeated_field"
    """A header field a second time; the first one stands, but of two channels one that is not
    shown.
    """
    MISPLACED_FIELD = "misplaced_field"
    """A header field out of its order."""
    EMPTY_FIELD = "empty_field"
    """A field's marker with no value behind it."""
    STRAY_WORD = "stray_word"
    """A word of a header that is no field."""
    CONTROL_TOKEN_IN_HEADER = "control_token_in_header"
    """A special token that has no place in a header; it never becomes part of a name."""
    UNKNOWN_TOKEN = "unknown_token"
    """An id outside the vocabulary, or bytes in a header that are not UTF-8; U+FFFD in the
    text.
    """
