"""The vocabulary of the model in the forms that engines take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from .._generated.encodings import ENCODINGS
from ..encoding import HarmonyEncoding, load_harmony_encoding
from ..errors import GrammarError
from .ebnf import Pipes, special_prefix
from .regex import PRIVATE
from .settings import completions

__all__ = ["ENGINES", "encoding_of", "pieces", "pipes", "special_texts", "vocabulary_of"]

ENGINES = ("llguidance", "xgrammar", "outlines-core")
HIDDEN = b"\xff"  # before the text of a special token: no text has it, so that no rule about text matches the token


def encoding_of() -> HarmonyEncoding:
    """Return the encoding of the format: the first one."""
    return load_harmony_encoding(next(iter(ENCODINGS)))


@lru_cache(1)
def pieces() -> tuple[bytes, ...]:
    """Return the bytes of the ordinary tokens, by id."""
    encoding = encoding_of()
    return tuple(encoding.id_bytes.one(token) for token in range(completions().first_special))


@lru_cache(1)
def pipes() -> Pipes:
    """Return the ordinary tokens that begin with the second character of the texts of special tokens, with texts."""
    _, second = special_prefix()
    begin = second.encode("utf-8")
    found = [(token, piece) for token, piece in enumerate(pieces()) if piece.startswith(begin)]
    return tuple((token, piece.decode("utf-8", "surrogateescape")) for token, piece in found)


def special_texts() -> dict[int, str]:
    """Return the texts of the special tokens, by id."""
    table = completions()
    texts = ENCODINGS[next(iter(ENCODINGS))].special_tokens.all_texts()
    return {token: texts[token] for token in range(table.first_special, table.entries) if token in texts}


def vocabulary_of(engine: str) -> list[bytes] | dict[str, object]:
    """Return the vocabulary for an engine; see `grammar.vocabulary`."""
    table = completions()
    ordinary = list(pieces())
    if engine == "xgrammar":
        return [*ordinary, *(HIDDEN + text.encode("utf-8") for text in _all_special().values())]
    if engine == "outlines-core":
        special = range(table.entries - table.first_special)
        return [*ordinary, *(chr(PRIVATE + index).encode("utf-8") for index in special)]
    if engine == "llguidance":
        facts = ENCODINGS[next(iter(ENCODINGS))]
        return {
            "name": facts.tokenizer,
            "pat_str": "|".join(facts.split_pattern),
            "mergeable_ranks": {piece: token for token, piece in enumerate(ordinary) if piece},
            "special_tokens": {text: token for token, text in _all_special().items()},
        }
    raise GrammarError(f"unknown engine {engine!r} (expected one of {ENGINES})", option="engine")


def _all_special() -> Mapping[int, str]:
    """Return the texts of all ids that are not ordinary, in order."""
    table = completions()
    known = special_texts()
    return {token: known.get(token, f"<{token}>") for token in range(table.first_special, table.entries)}
