"""The keys of chat.yaml, and the part of the model that they become."""

from __future__ import annotations

from codegen.model_chat import ChatPart, ChatSpec
from codegen.reader import Reader
from codegen.sources import Node

__all__ = ["PARTS", "RESULTS", "load_chat"]

# What a message of the assistant can hold, and the calls that have results.
PARTS = ("reasoning", "preamble", "call", "builtin_call", "answer")
RESULTS = ("call", "builtin_call")
_OWN = ("role", "name", "text", "function")  # every other key is a field of the header


def load_chat(reader: Reader, node: Node) -> ChatSpec:
    record = reader.record(node, ("messages", "assistant"), ("style", "opening", "results"))
    opening = reader.record(record.values["opening"], ("content",), ("today",)) if "opening" in record else None
    return ChatSpec(
        style=record.text_or_none("style"),
        opening=None if opening is None else opening.text("content"),
        today=None if opening is None else opening.text_or_none("today"),
        messages={name.text: _part(reader, part) for name, part in record.entries("messages")},
        assistant={name.text: _part(reader, part) for name, part in record.entries("assistant")},
        results={name.text: _part(reader, part) for name, part in record.entries("results")},
        place=node.place,
    )


def _part(reader: Reader, node: Node) -> ChatPart:
    texts = {key.text: reader.text(value) for key, value in reader.entries(node)}
    return ChatPart(
        role=texts.get("role"),
        name=texts.get("name"),
        text=texts.get("text"),
        function=texts.get("function"),
        fields={key: text for key, text in texts.items() if key not in _OWN},
        place=node.place,
    )
