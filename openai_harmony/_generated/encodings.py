# Generated from spec/{encodings,tokens}
# by codegen/templates/encodings.py.jinja; edit those and run `make generate`.
"""The encodings by name, each a vocabulary and a split pattern, and the special tokens."""

from __future__ import annotations

from .._runtime.tokens.encoding_facts import EncodingFacts

__all__ = ["ENCODINGS", "RESERVED", "SPECIAL_TOKENS", "StopSets", "special_tokens"]

SPECIAL_TOKENS = {
    199998: "<|startoftext|>",
    199999: "<|endoftext|>",
    200002: "<|return|>",
    200003: "<|constrain|>",
    200005: "<|channel|>",
    200006: "<|start|>",
    200007: "<|end|>",
    200008: "<|message|>",
    200012: "<|call|>",
}
RESERVED = range(200000, 201089)


def reserved_token(id: int) -> str:
    """Reserved; the models never sample them."""
    return "<|reserved_{id}|>".replace("{id}", str(id))


def special_tokens() -> dict[int, str]:
    """Return the text of every special token by its id, including the reserved ones."""
    return {**{id: reserved_token(id) for id in RESERVED}, **SPECIAL_TOKENS}


class StopSets:
    """The sets of ids at which a sampler stops."""

    def stop_tokens(self) -> list[int]:
        """The ids that end a message."""
        return [200002, 200012, 200007]  # <|return|> <|call|> <|end|>

    def stop_tokens_for_assistant_actions(self) -> list[int]:
        """The ids that end a turn of the assistant, whose messages before the last end in
        `<|end|>`.
        """
        return [200002, 200012]  # <|return|> <|call|>


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
