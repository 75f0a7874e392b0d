"""The keys of dialects.yaml, and of `responses` in the files of built-in tools."""

from __future__ import annotations

from codegen.model_dialects import DialectsSpec, ResponsesToolSpec
from codegen.reader import Reader, Record
from codegen.sources import Node

__all__ = ["load_dialects", "load_responses"]


def load_dialects(reader: Reader, node: Node) -> DialectsSpec:
    record = reader.record(node, ("parts",), ("effort", "phases", "custom_input"))
    effort = record.record("effort", ("field",), ("nearest",))
    return DialectsSpec(
        effort_field=effort.text_or_none("field"),
        nearest=effort.text_map("nearest"),
        parts=record.text_map("parts"),
        phases=record.text_map("phases"),
        custom_input=record.text_or_none("custom_input"),
        place=node.place,
    )


def load_responses(tool: Record) -> ResponsesToolSpec | None:
    """Return what the file of a built-in tool says of the Responses API; None if it says nothing."""
    if "responses" not in tool:
        return None
    record = tool.record("responses", ("tools", "item"), ("text", "actions"))
    if ("text" in record) == ("actions" in record):
        tool.reader.complain(record.place, "a call has either 'text' or 'actions'")
    return ResponsesToolSpec(
        tools=record.texts("tools"),
        item=record.text("item"),
        text=record.text_or_none("text"),
        actions={
            name.text: {key.text: tool.reader.text(value) for key, value in tool.reader.entries(action)}
            for name, action in record.entries("actions")
        },
        place=record.place,
    )
