"""Text that has lost its special tokens, taken apart by guesswork; what still has its tokens belongs to the parser."""

from __future__ import annotations

import re

from ._generated.enumerations import Role
from ._generated.events import message_of
from ._generated.framing import FRAMING
from ._generated.messages import Message
from ._runtime.header import Header

__all__ = ["guess_messages_from_stripped_text"]


def guess_messages_from_stripped_text(text: str, role: Role | str | None = None) -> list[Message]:
    """Messages of a completion whose special tokens were removed, as in `analysisWe need 4.assistantfinalFour`.

    This is a guess: text that happens to run a role's and a channel's word together, or to begin with a channel's word,
    is taken for a boundary, and what the tokens alone told, such as where an empty message stood, is gone. Parse
    tokens, or text that still spells its tokens, wherever you can get them.

    Args:
        text: what is left of the completion.
        role: whose completion it is; None for the role that completions have.

    Raises:
        ValueError: `role` is no role.
    """
    author = FRAMING.sampled if role is None else str(Role(role).value)
    channels = "|".join(sorted(map(re.escape, FRAMING.channels), key=len, reverse=True))
    boundary = re.compile(f"{re.escape(author)}({channels})")
    first = re.match(f"(?:{re.escape(author)})?({channels})", text)
    starts = [(0, first.end(), first[1])] if first else [(0, 0, None)]
    behind = starts[0][1]
    starts += [(found.start(), found.end(), found[1]) for found in boundary.finditer(text, behind)]
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    parts = [(channel, text[begin:end]) for (_, begin, channel), end in zip(starts, ends)]
    return [_message(author, channel, part) for channel, part in parts if channel or part]


def _message(author: str, channel: str | None, part: str) -> Message:
    """A message of what stands behind its channel: a recipient and a type where they can be told, then content."""
    found: dict[str, str] = {} if channel is None else {FRAMING.channel: channel}
    begins = re.escape(FRAMING.content_begins)
    for literal, terminal in FRAMING.literals:
        head = re.match(rf"\s*{re.escape(literal)}([^\s{begins}]+)(?:\s+(\w+)(?=\s*[{begins}]))?\s?", part)
        if head:
            found[FRAMING.field_of[terminal]] = head[1]
            kept = [field.name for field in FRAMING.fields if field.marker is not None]
            if head[2] and kept:
                found[kept[0]] = head[2]
            part = part[head.end() :]
            break
    fields = tuple(found.get(field.name) for field in FRAMING.fields)
    return message_of(Header(author, None, fields, FRAMING.content), part)
