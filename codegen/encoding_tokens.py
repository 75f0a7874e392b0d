"""The special tokens of one encoding: those of tokens.yaml, unless its entry in encodings.yaml overrides them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.model import EncodingSpec, OwnTokens, Reserved, Spec

__all__ = ["EncodingTokens", "default_tokens", "tokens_of"]


@dataclass(frozen=True)
class EncodingTokens:
    ids: Mapping[str, int]  # by terminal, in the order of tokens.yaml
    reserved: Reserved | None
    stop_sets: Mapping[str, tuple[str, ...]]  # method -> terminals


def default_tokens(spec: Spec) -> EncodingTokens:
    """Return the special tokens of tokens.yaml."""
    return _with(spec, OwnTokens({}, None, {}))


def tokens_of(spec: Spec, encoding: EncodingSpec) -> EncodingTokens:
    """Return the special tokens of an encoding."""
    return _with(spec, encoding.own)


def _with(spec: Spec, own: OwnTokens) -> EncodingTokens:
    return EncodingTokens(
        ids={terminal: own.ids.get(terminal, token.id) for terminal, token in spec.tokens.items()},
        reserved=own.reserved or spec.reserved,
        stop_sets={s.method: own.stop_sets.get(s.method, s.tokens) for s in spec.stop_sets},
    )
