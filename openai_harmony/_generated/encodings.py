# Generated from spec/{encodings,tokens}
# by codegen/templates/encodings.py.jinja; edit those and run `make generate`.
"""The encodings by name, each a vocabulary and a split pattern, and the special tokens."""

from __future__ import annotations

from .._runtime.tokens.encoding_facts import EncodingFacts
from .._runtime.tokens.special_tokens import SpecialTokens

__all__ = ["ENCODINGS", "StopSets"]

# The special tokens by id, and what goes with them. The first are those of every encoding that
# says nothing else.
SPECIAL_TOKENS = SpecialTokens(
    texts={
        199998: "<|startoftext|>",
        199999: "<|endoftext|>",
        200002: "<|return|>",
        200003: "<|constrain|>",
        200005: "<|channel|>",
        200006: "<|start|>",
        200007: "<|end|>",
        200008: "<|message|>",
        200012: "<|call|>",
    },
    # Reserved; the models never sample them.
    reserved=range(200000, 201089),
    reserved_text="<|reserved_{id}|>",
    stop_sets={
        "stop_tokens": (200002, 200012, 200007),  # <|return|> <|call|> <|end|>
        "stop_tokens_for_assistant_actions": (200002, 200012),  # <|return|> <|call|>
    },
    changed={},
)


class StopSets:
    """The sets of ids at which a sampler stops."""

    _facts: EncodingFacts

    def stop_tokens(self) -> list[int]:
        """The ids that end a message."""
        return list(self._facts.special_tokens.stop_sets["stop_tokens"])

    def stop_tokens_for_assistant_actions(self) -> list[int]:
        """The ids that end a turn of the assistant, whose messages before the last end in
        `<|end|>`.
        """
        return list(self._facts.special_tokens.stop_sets["stop_tokens_for_assistant_actions"])


ENCODINGS = {
    # The encoding of the gpt-oss models.
    "HarmonyGptOss": EncodingFacts(
        name="HarmonyGptOss",
        tokenizer="o200k_harmony",
        context_tokens=1048576,
        action_tokens=524288,
        file="o200k_base.tiktoken",
        sha256="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        ranks=199998,
        packed="o200k_base.bin",
        environment="TIKTOKEN_ENCODINGS_BASE",
        special_tokens=SPECIAL_TOKENS,
        split_pattern=(
            (
                r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?"
                r"i:'s|'t|'re|'ve|'m|'ll|'d)?"
            ),
            (
                r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?"
                r"i:'s|'t|'re|'ve|'m|'ll|'d)?"
            ),
            r"\p{N}{1,3}",
            r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
            r"\s*[\r\n]+",
            r"\s+(?!\S)",
            r"\s+",
        ),
    ),
}
