"""What the template of the encodings is given: their facts, the special tokens, the sets of stop tokens."""

from __future__ import annotations

from codegen.model import EncodingSpec, Reserved, Spec, StopSet
from codegen.python_text import docstring, literal

PATTERN_WIDTH = 78


def view(spec: Spec, package: str) -> dict[str, object]:
    return {
        "tokens": [f"{token.id}: {literal(token.text)}" for token in spec.tokens.values()],
        "reserved": _reserved(spec.reserved),
        "stop_sets": [_stop_set(spec, stop_set) for stop_set in spec.stop_sets],
        "encodings": [_encoding(encoding) for encoding in spec.encodings],
    }


def _reserved(reserved: Reserved | None) -> dict[str, str]:
    if reserved is None:
        return {"range": "range(0)", "text": literal("{id}"), "doc": docstring("The format holds no ids back.", 4)}
    return {
        "range": f"range({reserved.first}, {reserved.last + 1})",
        "text": literal(reserved.text),
        "doc": docstring(reserved.doc, 4),
    }


def _stop_set(spec: Spec, stop_set: StopSet) -> dict[str, str]:
    return {
        "method": stop_set.method,
        "doc": docstring(stop_set.doc, 8),
        "ids": ", ".join(str(spec.tokens[terminal].id) for terminal in stop_set.tokens),
        "texts": " ".join(spec.tokens[terminal].text for terminal in stop_set.tokens),
    }


def _encoding(encoding: EncodingSpec) -> dict[str, object]:
    vocabulary = encoding.vocabulary
    arguments = {
        "name": literal(encoding.name),
        "tokenizer": literal(encoding.tokenizer),
        "context_tokens": str(encoding.context_tokens),
        "action_tokens": str(encoding.action_tokens),
        "file": literal(vocabulary.file),
        "sha256": literal(vocabulary.sha256),
        "ranks": str(vocabulary.ranks),
        "packed": literal(vocabulary.packed),
        "environment": literal(vocabulary.environment),
    }
    return {
        "name": literal(encoding.name),
        "doc": encoding.doc,
        "arguments": [f"{name}={value}" for name, value in arguments.items()],
        "pattern": [_pattern(part) for part in encoding.split_pattern],
    }


def _pattern(part: str) -> str:
    """A part of the split pattern; over several literals, each of which fits a line."""
    width = PATTERN_WIDTH if len(part) > PATTERN_WIDTH else len(part)
    pieces = [part[start : start + width] for start in range(0, len(part), width)]
    texts = [f'r"{piece}"' if '"' not in piece and not piece.endswith("\\") else literal(piece) for piece in pieces]
    return texts[0] if len(texts) == 1 else "(" + "".join(f"\n{' ' * 16}{text}" for text in texts) + f"\n{' ' * 12})"
