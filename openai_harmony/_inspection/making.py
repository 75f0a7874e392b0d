"""Makes inspections: of tokens by parsing them, of conversations by rendering and then parsing them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

from .._generated.framing import FRAMING
from .._generated.recoveries import MEANINGS
from .model import (
    Inspected,
    InspectedMessage,
    InspectedRecovery,
    InspectedToken,
    Kind,
    Totals,
)
from .parsed import CONTENT, Columns, parsed
from .reading import Request, read_in_steps, readings
from .rendered_parts import rendered_columns
from .token_texts import LARGEST_ID, TokenText, token_texts

if TYPE_CHECKING:
    from .._generated.messages import Message
    from ..rendered import Rendered
    from .reading import Read

__all__ = ["of_rendering", "of_tokens"]

T = TypeVar("T", bound=Inspected)


def of_tokens(cls: type[T], request: Request, role: str | None, loss: Sequence[float] | None) -> T:
    """Return the inspection of tokens."""
    texts = _texts(request)
    read = read_in_steps(request)
    kind = Kind.COMPLETION if role is not None else Kind.TRANSCRIPT
    columns = parsed(request, read, texts, kind == Kind.COMPLETION)
    indices = {at: at for at in range(len(columns.messages))}
    return _made(cls, request, (kind, role), columns, texts, read, indices, loss)


def of_rendering(
    cls: type[T], request: Request, rendered: Rendered, messages: Sequence[Message], loss: Sequence[float]
) -> T:
    """Return the inspection of a rendered conversation. What parsers say of it is by the tokens, not the messages."""
    texts = _texts(request)
    read = read_in_steps(request)
    columns = rendered_columns(rendered, messages, texts)
    indices: dict[int, int] = {}
    for at, span in enumerate(read.parser.spans):
        index = columns.message_indices[span.start] if span.start < len(texts) else None
        if index is not None:
            indices[at] = index
    for at, fault in enumerate(read.parser.recoveries):
        index = indices.get(fault.message_index)
        if index is not None:
            message = columns.messages[index]
            columns.messages[index] = message._replace(recoveries=(*message.recoveries, at))
    return _made(cls, request, (Kind.RENDERING, None), columns, texts, read, indices, loss)


def _texts(request: Request) -> list[TokenText]:
    return token_texts(request.tokens, request.encoding.id_bytes, _is_special(request))


def _is_special(request: Request) -> frozenset[int]:
    """Return which of the ids are special tokens."""
    known = request.encoding.is_special_token
    return frozenset(token for token in {*request.tokens} if 0 <= token <= LARGEST_ID and known(token))


def _made(
    cls: type[T],
    request: Request,
    what: tuple[str, str | None],
    columns: Columns,
    texts: list[TokenText],
    read: Read,
    indices: dict[int, int],
    loss: Sequence[float] | None,
) -> T:
    tokens = _tokens(request, columns, texts, loss)
    messages = tuple(columns.messages)
    recoveries = tuple(
        InspectedRecovery(
            str(fault.kind.value),
            MEANINGS[fault.kind.value],
            fault.start,
            fault.end,
            fault.text,
            indices.get(fault.message_index),
        )
        for fault in read.parser.recoveries
    )
    return cls(
        request.encoding.name,
        *what,
        tokens,
        messages,
        recoveries,
        readings(request),
        read.steps,
        _totals(tokens, messages, loss is not None),
    )


def _tokens(
    request: Request, columns: Columns, texts: list[TokenText], loss: Sequence[float] | None
) -> tuple[InspectedToken, ...]:
    special = _is_special(request)
    sizes = (len(text.data or b"") for text in texts)
    rows = zip(
        request.tokens,
        texts,
        accumulate(sizes, initial=0),
        columns.message_indices,
        columns.parts,
        columns.sampled,
        loss if loss is not None else [None] * len(texts),
    )
    return tuple(
        InspectedToken(
            int(token),
            text.text,
            None if text.data is None else text.data.hex(),
            offset,
            token in special,
            text.character,
            message,
            part,
            sampled,
            weight,
        )
        for token, text, offset, message, part, sampled, weight in rows
    )


def _totals(tokens: Sequence[InspectedToken], messages: Sequence[InspectedMessage], masked: bool) -> Totals:
    by_role: Counter[str] = Counter()
    by_channel: Counter[str] = Counter()
    for message in messages:
        size = message.end - message.start
        if size:
            by_role[message.role] += size
            by_channel[FRAMING.channel_of(tuple(message.fields.values())) or ""] += size
    return Totals(
        len(tokens),
        sum(token.part == CONTENT for token in tokens),
        sum(token.special for token in tokens),
        sum(token.sampled for token in tokens),
        sum(bool(token.loss) for token in tokens) if masked else None,
        sum(token.message is None for token in tokens),
        dict(by_role),
        dict(by_channel),
    )
