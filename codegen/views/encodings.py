"""Values for the template of the encodings: their facts, the special tokens, the sets of stop tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codegen.encoding_tokens import EncodingTokens, default_tokens, tokens_of
from codegen.model import EncodingSpec, OwnTokens, Reserved, Spec
from codegen.place import Place
from codegen.python_text import comment, docstring, literal

PATTERN_WIDTH = 78
DEFAULT = "SPECIAL_TOKENS"
NOWHERE = Place("tokens.yaml", 1, 1)


def view(spec: Spec, package: str) -> dict[str, object]:
    own = {_constant(encoding): tokens_of(spec, encoding) for encoding in spec.encodings}
    token_sets = {DEFAULT: default_tokens(spec), **own}
    return {
        "token_sets": [{"name": name, "arguments": _special_tokens(spec, of)} for name, of in token_sets.items()],
        "stop_sets": [{"method": s.method, "doc": docstring(s.doc, 8)} for s in spec.stop_sets],
        "encodings": [_encoding(encoding) for encoding in spec.encodings],
    }


def _constant(encoding: EncodingSpec) -> str:
    """Return the name of the constant with an encoding's special tokens; most encodings use those of tokens.yaml."""
    return DEFAULT if encoding.own == OwnTokens({}, None, {}) else f"{DEFAULT}_OF_{encoding.member}"


def _special_tokens(spec: Spec, tokens: EncodingTokens) -> list[str]:
    reserved = tokens.reserved or Reserved("{id}", 0, -1, "The format holds no ids back.", NOWHERE)
    doc = "".join(f"{line}\n    " for line in comment(reserved.doc))
    texts = (f"{id}: {literal(spec.tokens[terminal].text)}," for terminal, id in tokens.ids.items())
    changed = {spec.tokens[terminal].id: id for terminal, id in tokens.ids.items() if id != spec.tokens[terminal].id}
    return [
        f"texts={_table(texts)}",
        f"{doc}reserved=range({reserved.first}, {reserved.last + 1})",
        f"reserved_text={literal(reserved.text)}",
        f"stop_sets={_table(_stop_sets(spec, tokens))}",
        f"changed={_table(f'{old}: {new},' for old, new in changed.items())}",
    ]


def _stop_sets(spec: Spec, tokens: EncodingTokens) -> Iterator[str]:
    for method, terminals in tokens.stop_sets.items():
        ids = [str(tokens.ids[terminal]) for terminal in terminals]
        texts = " ".join(spec.tokens[terminal].text for terminal in terminals)
        comma = "," * (len(ids) == 1)
        yield f"{literal(method)}: ({', '.join(ids)}{comma})," + (f"  # {texts}" if texts else "")


def _table(rows: Iterable[str]) -> str:
    """Return a dictionary with one row per line."""
    lines = "".join(f"        {row}\n" for row in rows)
    return f"{{\n{lines}    }}" if lines else "{}"


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
        "special_tokens": _constant(encoding),
    }
    return {
        "name": literal(encoding.name),
        "doc": "\n    ".join(comment(encoding.doc)),
        "arguments": [f"{name}={value}" for name, value in arguments.items()],
        "pattern": [_pattern(part) for part in encoding.split_pattern],
    }


def _pattern(part: str) -> str:
    """Return a part of the split pattern as one or more literals, each of which fits a line."""
    width = PATTERN_WIDTH if len(part) > PATTERN_WIDTH else len(part)
    pieces = [part[start : start + width] for start in range(0, len(part), width)]
    texts = [f'r"{piece}"' if '"' not in piece and not piece.endswith("\\") else literal(piece) for piece in pieces]
    return texts[0] if len(texts) == 1 else "(" + "".join(f"\n{' ' * 16}{text}" for text in texts) + f"\n{' ' * 12})"
