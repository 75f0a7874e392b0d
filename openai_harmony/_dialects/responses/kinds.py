"""Which item a message of the model is."""

from __future__ import annotations

from collections.abc import Collection

from ..heading import Heading
from ..making import BUILTIN_CALL, CALL, REASONING, dialects
from .items import CustomCallWriter, FunctionCallWriter, MessageWriter, OpenItem, ReasoningWriter
from .run_items import CodeWriter, SearchWriter, ServerCallWriter, parts_of_name

__all__ = ["KINDS", "kind_of"]

KINDS: dict[str, type[OpenItem]] = {
    each.kind: each
    for each in (
        *(MessageWriter, ReasoningWriter, FunctionCallWriter, CustomCallWriter),
        *(CodeWriter, SearchWriter, ServerCallWriter),
    )
}


def kind_of(heading: Heading, servers: Collection[str]) -> type[OpenItem]:
    """Return the class of the item that a message is; `servers` are the labels of servers."""
    if heading.part == BUILTIN_CALL:
        namespace, tool = parts_of_name(heading.name)
        builtin = dialects().builtins.get(namespace)
        if builtin is not None and builtin.text is not None:
            return CodeWriter
        return SearchWriter if builtin is not None and tool in builtin.actions else FunctionCallWriter
    if heading.part == CALL:
        if heading.custom:
            return CustomCallWriter
        label, tool = parts_of_name(heading.name)
        return ServerCallWriter if tool and label in servers else FunctionCallWriter
    return ReasoningWriter if heading.part == REASONING else MessageWriter
