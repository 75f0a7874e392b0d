"""Text that has lost its special tokens, taken apart by guesswork; what still has its tokens belongs to the parser."""

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
    """Messages of a text whose special tokens were removed, as in `analysisWe need 4.assistantfinalFour`.

    This is a guess. Parse tokens, or text that still spells its tokens, wherever you can get them. What is taken for a
    header, behind the word of the text's role or of the role that completions have, or at the very start of the text:

    - a channel's word run together with what is before it, whatever follows: `assistantfinalFour`;
    - with a recipient and a type in any order that the grammar has: `assistant to=functions.fcommentary json{"a": 1}`,
      `assistantcommentary to=functions.f json{"a": 1}`, `assistantcommentary functions.f json{"a": 1}`;
    - a recipient without a channel, if JSON follows; at the start of the text also any tool behind `to=`;
    - a tool's answer, `functions.f to=assistantcommentary4`, or with one of the two alone: by its recipient if the name
      is that of a tool, by its channel if the tool was called shortly before.

    A recipient ends at white space, where JSON begins, or at a channel's word: at one that ends it, else at the first
    in it (`functions.get_finalfinal json` is `functions.get_final` on the channel `final`); text glued to the name of a
    built-in tool is content. A word is a type where JSON follows it at once, or behind a blank if `to=` stands before
    it; a type with other text glued to it is taken for the beginning of that text.

    What cannot be told stays in the text of the message before it: a message of a role that has no channel, such as the
    user's, where it does not begin the text; a name behind a role. Text that runs these words together itself is taken
    apart, and one that begins with a channel's word is on that channel. No other letter is lost; a blank behind a
    recipient or a type is. The marker that a type had is unknown.

    Args:
        text: what is left of a completion, or of a conversation.
        role: whose completion it is; None for the role that completions have, or that the text itself begins with if it
            is a conversation.

    Raises:
        ValueError: `role` is no role.
    """
    author = None if role is None else str(Role(role).value)
    if not _LEAVES_WORDS:
        alone = Header(author or FRAMING.sampled, None, (None,) * len(FRAMING.fields), FRAMING.content)
        return [message_of(alone, text)] if text else []
    parts = split(_headers(), text, author)
    return [message_of(part.header, text[part.start : part.end]) for part in parts]


@cache
def _headers() -> StrippedHeaders:
    return StrippedHeaders(FRAMING, FRAMING.known_values)
