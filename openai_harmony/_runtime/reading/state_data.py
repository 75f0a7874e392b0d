"""A reader's state as plain data with the keys of the reference library. Snapshots do not belong here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .machine import Phase

if TYPE_CHECKING:
    from .reader import Reader

__all__ = ["state_data"]


def state_data(reader: Reader, tokens_since: Callable[[int], list[int]]) -> dict[str, Any]:
    """Describe a reader's state.

    Args:
        reader: the reader.
        tokens_since: returns the tokens from a position on.

    Returns:
        The name of the state, with the tokens of the open header, or with the header and the content tokens of the
        open message.
    """
    data: dict[str, Any] = {"state": reader.phase}
    if reader.phase == Phase.HEADER:
        data["header_tokens"] = tokens_since(reader.mark)
    elif reader.phase == Phase.CONTENT and reader.header is not None:
        author = {"role": reader.header.role}
        if reader.header.name is not None:
            author["name"] = reader.header.name
        fields = {field.name: value for field, value in zip(reader.framing.fields, reader.header.fields)}
        data["header"] = {"author": author, **{name: fields[name] for name in reader.framing.written}}
        data["content_tokens"] = tokens_since(reader.content.start)
    return data
