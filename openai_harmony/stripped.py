"""Guesses the messages of a text whose special tokens were removed."""

from __future__ import annotations

from functools import cache

from ._generated.enumerations import Role
from ._generated.events import message_of
from ._generated.framing import FRAMING
from ._generated.messages import Message
from ._runtime.reading.headers.header import Header
from ._runtime.reading.stripped.header import StrippedHeaders
from ._runtime.reading.stripped.text import split

__all__ = ["guess_messages_from_stripped_text"]

# Whether headers leave words by which they can be told: a channel's, run together with what is before it. Of a format
# that has no such, all of a text is one message.
_LEAVES_WORDS = (
    FRAMING.channel in {FRAMING.field_of.get(terminal) for terminal in FRAMING.markers.values()}
    and FRAMING.role in FRAMING.states[FRAMING.completion].steps
)


def guess_messages_from_stripped_text(text: str, role: Role | str | None = None) -> list[Message]:
    """Guess the messages of a text whose special tokens were removed.

    The result can be wrong. Parse tokens, or text with special tokens, whenever you have them. The following is taken
    as a header if it comes after the role of the text or of completions, or at the very start of the text:

    - a channel name glued to the word before it, with any text after it: `assistantfinalFour`;
    - the same with a recipient and a content type, in any order of the grammar:
      `assistant to=functions.fcommentary json{"a": 1}`, `assistantcommentary to=functions.f json{"a": 1}`,
      `assistantcommentary functions.f json{"a": 1}`;
    - a recipient without a channel, if JSON follows; at the start of the text also any tool after `to=`;
    - a tool result, `functions.f to=assistantcommentary4`. If it has only a recipient, its author must be the name of a
      tool; if it has only a channel, the tool must have been called shortly before.

    A recipient ends at white space, at the start of JSON, or at a channel name: one at the end of the word, or else the
    first one in it (`functions.get_finalfinal json` is `functions.get_final` on the channel `final`). Text glued to the
    name of a built-in tool is content. A word is a content type if JSON follows it directly, or after a blank if `to=`
    precedes the word. A content type with other text glued to it is taken as the beginning of that text.

    Text that is ambiguous stays in the message before it: a message of a role without channels, such as `user`, unless
    it begins the text; and a name after a role. Text that itself runs these words together is split, and text that
    begins with a channel name is on that channel. No other character is lost, except a blank after a recipient or
    a content type. The result does not have the marker of a content type.

    Args:
        text: A completion or a conversation without its special tokens.
        role: The role of the completion. None means the role of completions, or the role at the start of the text if it
            is a conversation.

    Returns:
        The guessed messages.

    Raises:
        ValueError: `role` is not a role, or the format has no channels.

    Example:
        >>> [message.text for message in guess_messages_from_stripped_text("analysisWe need 4.assistantfinalFour")]
        ['We need 4.', 'Four']
    """
    author = None if role is None else str(Role(role).value)
    if not _LEAVES_WORDS:
        alone = Header(author or FRAMING.sampled, None, (None,) * len(FRAMING.fields), FRAMING.content)
        return [message_of(alone, text)] if text else []
    parts = split(_headers(), text, author)
    return [message_of(part.header, text[part.start : part.end]) for part in parts]


@cache
def _headers() -> StrippedHeaders:
    if all(field.name != FRAMING.channel for field in FRAMING.fields):
        raise ValueError("headers of this format cannot be found without their special tokens: they name no channel")
    return StrippedHeaders(FRAMING, FRAMING.known_values)
