"""Loaders for the encodings of encodings.yaml, and for what they override in tokens.yaml."""

from __future__ import annotations

from codegen.model import EncodingSpec, OwnTokens, Reserved, VocabularySpec
from codegen.reader import Reader, Record
from codegen.sources import Node, Scalar

__all__ = ["load_encoding", "load_reserved"]

KEYS = ("name", "tokenizer", "doc", "context_tokens", "action_tokens", "vocabulary", "split_pattern")
OWN = ("ids", "reserved", "stop_sets", "entries")


def load_encoding(reader: Reader, name: Scalar, node: Node) -> EncodingSpec:
    record = reader.record(node, KEYS, OWN)
    return EncodingSpec(
        member=name.text,
        name=record.text("name"),
        tokenizer=record.text("tokenizer"),
        doc=record.doc(),
        context_tokens=record.integer("context_tokens"),
        action_tokens=record.integer("action_tokens"),
        vocabulary=_vocabulary(
            record.record("vocabulary", ("file", "sha256", "bytes", "ranks", "packed", "environment"))
        ),
        split_pattern=record.texts("split_pattern"),
        entries=record.integer("entries") if "entries" in record else None,
        own=_own_tokens(record),
        place=name.place,
    )


def load_reserved(record: Record) -> Reserved | None:
    """Return the reserved ids of a record; None if it has no key `reserved`."""
    if "reserved" not in record:
        return None
    found = record.record("reserved", ("text", "first", "last", "doc"))
    return Reserved(found.text("text"), found.integer("first"), found.integer("last"), found.doc(), found.place)


def _own_tokens(record: Record) -> OwnTokens:
    return OwnTokens(
        ids={terminal.text: record.reader.integer(id) for terminal, id in record.entries("ids")},
        reserved=load_reserved(record),
        stop_sets={method.text: record.reader.texts(tokens) for method, tokens in record.entries("stop_sets")},
    )


def _vocabulary(record: Record) -> VocabularySpec:
    return VocabularySpec(
        file=record.text("file"),
        sha256=record.text("sha256"),
        bytes=record.integer("bytes"),
        ranks=record.integer("ranks"),
        packed=record.text("packed"),
        environment=record.text("environment"),
        place=record.place,
    )
