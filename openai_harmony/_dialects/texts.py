"""The texts in the content of a message of an API: one text, or parts of which each is text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .._runtime.types.dialects import Dialects
from ..errors import ConversionError
from .given import Given, given_items, shown

__all__ = ["text_of", "texts_of"]


def texts_of(message: Given, key: str, dialects: Dialects) -> list[str] | None:
    """Return the texts in the content of a key: none if it is absent.

    Raises:
        ConversionError: a part is no text, such as an image, which the model could not see.
    """
    value = message.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        return [message.text(key)]
    path = message.at(key)
    if isinstance(value, (bytes, Mapping)) or not isinstance(value, Iterable):
        raise ConversionError(f"expected text or a list of parts, not {shown(value)}", path=path)
    return [_text_of_part(part, dialects) for part in given_items(value, path)]


def text_of(message: Given, key: str, dialects: Dialects) -> str | None:
    """Return the same texts as one, with nothing between them."""
    texts = texts_of(message, key, dialects)
    return None if texts is None else "".join(texts)


def _text_of_part(part: Given, dialects: Dialects) -> str:
    kind = part.text("type")
    key = dialects.parts.get(kind)
    if key is None:
        raise ConversionError(
            f"a part of type {shown(kind)} cannot be shown to the model, which reads text", path=part.path
        )
    return part.text(key)
