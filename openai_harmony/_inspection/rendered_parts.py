"""The messages of a rendered conversation, and which part of which message each of its tokens is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._generated.framing import FRAMING
from .._runtime.writing.parts import NO_MESSAGE
from .model import InspectedMessage
from .parsed import CONTENT, STOP, Columns, joined_text, pieces_of
from .reading import FIELDS

if TYPE_CHECKING:
    from .._generated.messages import Message
    from ..rendered import Rendered
    from .token_texts import TokenText

__all__ = ["rendered_columns"]


def rendered_columns(rendered: Rendered, messages: Sequence[Message], texts: list[TokenText]) -> Columns:
    """Return the messages of a conversation with what was rendered of them, and the parts of the tokens."""
    indices = [None if index == NO_MESSAGE else index for index in rendered.message_indices]
    columns = Columns(indices, rendered.part_names(), [bool(bit) for bit in rendered.sampled])
    ranges = {span.message_index: (span.start, span.end) for span in rendered.message_spans()}
    for index, message in enumerate(messages):
        columns.messages.append(_message(columns, texts, message, ranges.get(index)))
    return columns


def _message(
    columns: Columns, texts: list[TokenText], message: Message, place: tuple[int, int] | None
) -> InspectedMessage:
    start, end = place or (0, 0)
    parts = columns.parts
    content = next((at for at in range(start, end) if parts[at] in (CONTENT, STOP)), end)
    stop = next((at for at in range(content, end) if parts[at] == STOP), end)
    role = str(message.role.value)
    fields = {name: getattr(message, name) for name in FIELDS}
    return InspectedMessage(
        role,
        message.author.name,
        fields,
        pieces_of(parts, texts, start, content),
        message.text if place is None else joined_text(texts[content:stop]),
        start,
        content,
        stop,
        end,
        joined_text(texts[stop:end]) or None,
        FRAMING.is_call(role, tuple(fields.values())),
        FRAMING.channel_of(tuple(fields.values())) in FRAMING.hidden,
        place is None,
        (),
    )
