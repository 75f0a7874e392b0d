"""Where the two libraries are known to read apart, as narrow predicates; docs/differences.md has the reasons."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["read_alike", "written_readably"]

BUILT_IN_TOOLS = ("browser", "python", "functions")
ROLES = ("user", "assistant", "system", "developer")
CHANNELS = ("analysis", "commentary", "final")
# A word of the framing, or several run together; in the place of the author also a role with a name.
_WORDS = re.compile(rf"({'|'.join(ROLES + CHANNELS)})+")
_FRAMING_WORD = re.compile(rf"{_WORDS.pattern}|({'|'.join(ROLES)}):.*")
_HEADER = re.compile(r"(?P<start><\|start\|>|^)(?P<header>.*?)<\|message\|>", re.DOTALL)
_CHANNEL = re.compile(r"<\|channel\|>[^\s<]*")
_TEXT_BEHIND_CHANNEL = re.compile(r"<\|channel\|>([^\s<]+)\s[^\s<]")
_EMPTY = re.compile(r"<\|(end|return|call)\|>|$(?!\n)")


def written_readably(message: dict[str, Any]) -> bool:
    """Whether both libraries read the header that is written for a message in the same way.

    The reference cannot read a named author, a tool without recipient, a content type without recipient, nor a field
    that holds a marker. Here a tool's name that is a word of the framing, or that begins like a recipient, is that; a
    channel that is made of words of the framing is no channel; a content type that is the author's own role says
    nothing, and one that looks like a second recipient is that.
    """
    recipient = None if message.get("recipient") == "all" else message.get("recipient")
    if message["role"] == "tool":
        if recipient is None:
            return False
    elif message.get("name") is not None:
        return False
    kind = message.get("content_type")
    if kind is not None and (recipient is None or kind == message["role"] or kind.startswith("to=")):
        return False
    name = str(message.get("name"))
    if message["role"] == "tool" and (_FRAMING_WORD.fullmatch(name) or name.startswith("to=")):
        return False
    channel = message.get("channel")
    if channel is not None and channel not in CHANNELS and _WORDS.fullmatch(channel):
        return False
    kind = None if kind == "<|constrain|>" else kind
    values = [message.get("name"), channel, recipient, kind and kind.removeprefix("<|constrain|>")]
    return all(value is None or _one_word(value) for value in values)


def _one_word(value: str) -> bool:
    """No white space, and nothing that the reference takes for the beginning of a marker."""
    return bool(value) and not re.search(r"\s|<", value)


def read_alike(completion: str, role: str | None) -> bool:
    """Whether no header of a well-formed completion has a lone word that the reference takes for a recipient.

    A word that is no channel, with another one behind it and no content, is text here, unless there is a recipient.
    """
    for found in _HEADER.finditer(completion):
        text = _TEXT_BEHIND_CHANNEL.search(found["header"])
        if text and text[1] not in CHANNELS and "to=" not in found["header"] and _EMPTY.match(completion, found.end()):
            return False
        words = _CHANNEL.sub(" ", found["header"]).replace("<|constrain|>", " <|constrain|>").split()
        if found["start"] or words[:1] == [role]:
            words = words[1:]
        if len(words) == 1 and not words[0].startswith("to=") and not _names_a_tool(words[0]):
            return False
    return True


def _names_a_tool(word: str) -> bool:
    return not word.startswith("<|") and ("." in word or word in BUILT_IN_TOOLS)
