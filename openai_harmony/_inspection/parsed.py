"""The messages of parsed tokens, and which part of which message each token is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from .._generated.framing import FRAMING
from .._parsing import framing_of, tables_of
from .._runtime.writing.parts import FIXED
from .header_parts import AUTHOR, OTHER, header_parts
from .model import HeaderPiece, InspectedMessage
from .reading import FIELDS
from .token_texts import LARGEST_ID, UNKNOWN_TEXT

if TYPE_CHECKING:
    from .._generated.events import MessageSpan
    from .._generated.messages import Message
    from .reading import Read, Request
    from .token_texts import TokenText

__all__ = ["CONTENT", "Columns", "joined_text", "parsed", "pieces_of"]

BEGIN = FIXED[0]
CONTENT, STOP, OPENING = FIXED[6:]


@dataclass
class Columns:
    """For each token, the index of its message, its part, and whether a model samples it; and the messages."""

    message_indices: list[int | None]
    parts: list[str]
    sampled: list[bool]
    messages: list[InspectedMessage] = field(default_factory=list)


def joined_text(texts: Iterable[TokenText]) -> str:
    """Return the text of consecutive tokens."""
    pieces: list[bytes] = [UNKNOWN_TEXT.encode() if text.data is None else text.data for text in texts]
    return b"".join(pieces).decode("utf-8", "replace")


def pieces_of(parts: list[str], texts: list[TokenText], start: int, end: int) -> tuple[HeaderPiece, ...]:
    """Return the pieces of the header at these positions."""
    pieces = []
    for part, run in groupby(range(start, end), parts.__getitem__):
        positions = list(run)
        first, behind = positions[0], positions[-1] + 1
        pieces.append(HeaderPiece(part, joined_text(texts[first:behind]), first, behind))
    return tuple(pieces)


def parsed(request: Request, read: Read, texts: list[TokenText], is_completion: bool) -> Columns:
    """Return the messages that a parser found, and the parts of their tokens."""
    size = len(request.tokens)
    columns = Columns([None] * size, [OTHER] * size, [is_completion] * size)
    parser = read.parser
    concerned = {at for fault in parser.recoveries for at in range(fault.start, fault.end)}
    concerning: dict[int, list[int]] = {}
    for at, fault in enumerate(parser.recoveries):
        concerning.setdefault(fault.message_index, []).append(at)
    for index, (message, read_span) in enumerate(zip(parser.messages, parser.spans)):
        span = _with_literal(request, read_span)
        _place(request, columns, message, span, index, concerned)
        is_sampled = is_completion or str(message.role.value) == FRAMING.sampled
        for at in range(span.start, span.end):
            columns.sampled[at] = (
                is_sampled and (is_completion or columns.parts[at] not in AUTHOR) and at < read_span.end
            )
        columns.messages.append(_message(columns, texts, message, span, tuple(concerning.get(index, ()))))
    _place_outside(request, read, columns)
    return columns


def _place(
    request: Request, columns: Columns, message: Message, span: MessageSpan, index: int, concerned: set[int]
) -> None:
    """Set the message and the part of each token of a message."""
    tokens, source = request.tokens, request.encoding.id_bytes
    framing, context = tables_of(request.encoding, frozenset(request.channels))
    fields = {name: getattr(message, name) for name in FIELDS}
    header = [token if token >= 0 else LARGEST_ID for token in tokens[span.start : span.content_start]]
    role, name = str(message.role.value), message.author.name
    parts = header_parts(context.headers.lexer, header, source, role, name, fields)
    for at in range(span.content_start, span.content_end):
        is_dropped = at in concerned and framing.terminal(tokens[at]) in framing.known
        parts.append(OTHER if is_dropped else CONTENT)
    parts += [STOP] * (span.end - span.content_end)
    columns.parts[span.start : span.end] = parts
    columns.message_indices[span.start : span.end] = [index] * len(parts)


def _with_literal(request: Request, span: MessageSpan) -> MessageSpan:
    """Return the positions of a message with the tokens of the fixed text that follows its stop token."""
    literal = framing_of(request.encoding.name).behind_stop.encode()
    end = span.end
    while span.stop is not None and literal and end < len(request.tokens):
        data = request.encoding.id_bytes.one(request.tokens[end])
        if not literal.startswith(data):
            break
        literal = literal[len(data) :]
        end += 1
    return span._replace(end=end)


def _message(
    columns: Columns, texts: list[TokenText], message: Message, span: MessageSpan, concerning: tuple[int, ...]
) -> InspectedMessage:
    fields = {name: getattr(message, name) for name in FIELDS}
    role = str(message.role.value)
    stop = None if span.stop is None else joined_text(texts[span.content_end : span.end])
    return InspectedMessage(
        role,
        message.author.name,
        fields,
        pieces_of(columns.parts, texts, span.start, span.content_start),
        message.text or _content_text(columns, texts, span),
        *span[:4],
        stop,
        FRAMING.is_call(role, tuple(fields.values())),
        FRAMING.channel_of(tuple(fields.values())) in FRAMING.hidden,
        False,
        concerning,
    )


def _content_text(columns: Columns, texts: list[TokenText], span: MessageSpan) -> str:
    """Return the text of the content's tokens, for a message whose contents are no texts."""
    content = range(span.content_start, span.content_end)
    return joined_text(texts[at] for at in content if columns.parts[at] == CONTENT)


def _place_outside(request: Request, read: Read, columns: Columns) -> None:
    """Set the parts of the tokens that begin a conversation or open a turn."""
    framing, _ = tables_of(request.encoding, frozenset(request.channels))
    tokens, parser = request.tokens, read.parser
    if tokens and framing.begins and framing.terminal(tokens[0]) == framing.begins:
        columns.parts[0] = BEGIN
    behind = columns.messages[-1].end if columns.messages else 0
    if parser.open_author is None or framing.start_id not in tokens[behind:]:
        return
    opening = len(tokens) - 1 - tokens[::-1].index(framing.start_id)
    for at in range(opening, len(tokens)):
        columns.parts[at] = OPENING
        columns.sampled[at] = False
