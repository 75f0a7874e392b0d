"""What the backends of fast packages have in common: the check, and the texts that are left to tiktoken.

`python -m tests.tokens` searches for texts that a package encodes otherwise than tiktoken; the guard must catch them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .protocol import Source
from .recorded_texts import check

__all__ = ["GUARDED", "GuardedBackend"]

# In the contraction 's, tiktoken takes U+017F for an s, as Unicode's case folding does; the packages do not.
GUARDED = "'\u017f"


class GuardedBackend:
    """A package that encodes like tiktoken, and tiktoken for the few texts that they encode differently.

    Args:
        name, version: the name of the backend, and the version of the package.
        encode: the function of the package. It raises UnicodeEncodeError for a lone surrogate.
        source: what the backend is built from.

    Raises:
        VocabularyError: the package does not encode a recorded text as tiktoken does.
    """

    guard = "texts with U+017F behind an apostrophe or a lone surrogate"
    marks = False

    def __init__(self, name: str, version: str, encode: Callable[[str], list[int]], source: Source) -> None:
        check(encode, source, f"{name} {version}")
        self.name = name
        self.version = version
        self.package_encode = encode
        self._exact = source.exact

    def encode_ordinary(self, text: str, /) -> list[int]:
        if text.isascii() or GUARDED not in text:
            try:
                return self.package_encode(text)
            except UnicodeEncodeError:
                pass
        return self._exact().encode_long(text)

    encode_long = encode_ordinary  # the packages need no other way for long texts

    def decode_bytes(self, tokens: Sequence[int], /) -> bytes:
        return self._exact().decode_bytes(tokens)
