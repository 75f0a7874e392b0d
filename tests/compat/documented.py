"""Where the two libraries are known to read apart, as narrow predicates; docs/differences.md has the reasons."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["read_alike", "written_readably"]

BUILT_IN_TOOLS = ("browser", "python", "functions")
ROLES = ("user", "assistant", "system", "developer")
CHANNELS = ("analysis", "commentary", "final")
# In the place of the author: a word of the framing, or several run together; and a role with a name.
_FRAMING_WORD = re.compile(rf"({'|'.join(ROLES + CHANNELS)})+|({'|'.join(ROLES)}):.*")
_HEADER = re.compile(r"(?P<start><\|start\|>|^)(?P<header>.*?)<\|message\|>", re.DOTALL)
_CHANNEL = re.compile(r"<\|channel\|>[^\s<]*")


def written_readably(message: dict[str, Any]) -> bool:
    """Whether the reference can read the header that is written for a message, and its fields hold no marker.

    The headers that it cannot read: a named author, a tool without recipient, a content type without recipient.
    A tool's name that is a role's or a channel's word is refused here, or read as that role; a content type that begins
    like a recipient is refused by both, in other words.
    """
    recipient = None if message.get("recipient") == "all" else message.get("recipient")
    if message["role"] == "tool":
        if recipient is None:
            return False
    elif message.get("name") is not None:
        return False
    kind = message.get("content_type")
    if kind is not None and (recipient is None or kind.startswith("to=")):
        return False
    if message["role"] == "tool" and _FRAMING_WORD.fullmatch(str(message.get("name"))):
        return False
    values = [message.get("name"), message.get("channel"), recipient, kind and kind.removeprefix("<|constrain|>")]
    return all(value is None or _one_word(value) for value in values)


def _one_word(value: str) -> bool:
    """No white space, and nothing that the reference takes for the beginning of a marker."""
    return bool(value) and not re.search(r"\s|<", value)


def read_alike(completion: str, role: str | None) -> bool:
    """Whether no header of a well-formed completion has a lone word that the reference takes for a recipient."""
    for found in _HEADER.finditer(completion):
        words = _CHANNEL.sub(" ", found["header"]).replace("<|constrain|>", " <|constrain|>").split()
        if found["start"] or words[:1] == [role]:
            words = words[1:]
        if len(words) == 1 and not words[0].startswith("to=") and not _names_a_tool(words[0]):
            return False
    return True


def _names_a_tool(word: str) -> bool:
    return not word.startswith("<|") and ("." in word or word in BUILT_IN_TOOLS)
