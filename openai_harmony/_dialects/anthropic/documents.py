"""The texts in blocks, those of documents that are text among them."""

from __future__ import annotations

from collections.abc import Iterable

from ..._runtime.types.dialects import Dialects
from ...errors import ConversionError
from ..given import Given, shown
from ..texts import text_of

__all__ = ["text_of_blocks"]

_DOCUMENT = "document"
_TEXTS = {"text": "data", "content": "content"}  # types of sources that are text, each with the key of the text
_APART = "\n\n"  # what stands between a document and what is beside it


def text_of_blocks(blocks: Iterable[Given], table: Dialects) -> str:
    """Return the text of blocks: texts as they are, and documents with a blank line around them.

    Raises:
        ConversionError: a block is no text, such as an image, which the model could not see.
    """
    said: list[str] = []
    beside_document = False
    for block in blocks:
        is_document = block.text("type") == _DOCUMENT
        text = _text_of_document(block, table) if is_document else _text_of(block, table)
        if not text:
            continue
        if said and (is_document or beside_document):
            said.append(_APART)
        said.append(text)
        beside_document = is_document
    return "".join(said)


def _text_of(block: Given, table: Dialects) -> str:
    kind = block.text("type")
    key = table.parts.get(kind)
    if key is None:
        raise _unseen(block, f"a block of type {shown(kind)}")
    return block.text(key)


def _text_of_document(block: Given, table: Dialects) -> str:
    """Return the title, the context and the text of a document."""
    source = block.child("source")
    kind = source.text("type")
    if kind not in _TEXTS:
        raise _unseen(block, f"a document from a source of type {shown(kind)}")
    texts = [block.text_or_none("title"), block.text_or_none("context"), text_of(source, _TEXTS[kind], table)]
    return _APART.join(filter(None, texts))


def _unseen(block: Given, what: str) -> ConversionError:
    return ConversionError(f"{what} cannot be shown to the model, which reads text", path=block.path)
