"""What is to be said of an encoding before its vocabulary is read; the values come from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..locks import loading
from .special_tokens import SpecialTokens

if TYPE_CHECKING:
    from .tokenizer import Tokenizer


class EncodingFacts(NamedTuple):
    """One encoding.

    Attributes:
        name: what it is loaded by.
        tokenizer: the name of its tokenizer.
        context_tokens: how many tokens a conversation can have.
        action_tokens: how many tokens a turn can have.
        file: the vocabulary's source file.
        sha256: the digest of that file.
        ranks: how many ordinary tokens there are.
        packed: the vocabulary's packed file in the package.
        environment: the environment variable that may name a folder with the source file.
        special_tokens: what frames a conversation and never comes from text.
        split_pattern: the alternatives of the pattern that splits text before it is encoded.
    """

    name: str
    tokenizer: str
    context_tokens: int
    action_tokens: int
    file: str
    sha256: str
    ranks: int
    packed: str
    environment: str
    special_tokens: SpecialTokens
    split_pattern: tuple[str, ...]

    def make_tokenizer(self) -> Tokenizer:
        """The tokenizer of this encoding; it reads its vocabulary when it is first needed."""
        with loading():
            from .split_pattern import joined
            from .tokenizer import Tokenizer
            from .vocabulary_file import Vocabulary

        vocabulary = Vocabulary(
            packed=self.packed,
            file=self.file,
            sha256=self.sha256,
            ranks=self.ranks,
            environment=self.environment,
            specials=self.special_tokens.all_texts(),
        )
        return Tokenizer(vocabulary, self.tokenizer, joined(self.split_pattern))
