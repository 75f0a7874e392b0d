"""The properties of an encoding that are known before its vocabulary is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..locks import loading_own
from .special_tokens import SpecialTokens

if TYPE_CHECKING:
    from .backends.choosing import Choice
    from .tokenizer import Tokenizer


class EncodingFacts(NamedTuple):
    """The properties of one encoding.

    Attributes:
        name: The argument of `load_harmony_encoding`.
        tokenizer: The name of its tokenizer.
        context_tokens: The maximum number of tokens of a conversation.
        action_tokens: The maximum number of tokens of a turn.
        file: The name of the vocabulary's source file.
        sha256: The digest of that file.
        ranks: The number of ordinary tokens.
        packed: The name of the packed vocabulary in the package.
        environment: The environment variable that may name a folder with the source file.
        special_tokens: The special tokens, with their ids and stop sets.
        split_pattern: The alternatives of the split pattern.
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

    def make_tokenizer(self, choice: Choice) -> Tokenizer:
        """Create the tokenizer of this encoding; it loads its vocabulary when it is first needed."""
        with loading_own():
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
        return Tokenizer(vocabulary, self.tokenizer, joined(self.split_pattern), choice)
