"""Make the small vocabulary of the example formats: `python formats/vocabulary.py` writes `example.tiktoken` beside it.

It has the 256 bytes, so that every text can be encoded, and some words, so that tokens are not all bytes. A word is one
token where the split pattern leaves it whole.
"""

from __future__ import annotations

import base64
from pathlib import Path

__all__ = ["tokens"]

FILE = Path(__file__).with_name("example.tiktoken")
WORDS = (
    "system user assistant ipython tool think response call name arguments parameters function json python print "
    "get weather city date time search query code result error true false null You are a helpful The the answer is "
    "Paris What in of and to it what how day today it's sunny degrees Hello hello world one two three Please please"
)
PIECES = ("\n\n", "\r\n", "  ", "    ", "</", '">', '{"', '":', '",', '"}', "}}", ".\n", "```", "é", "ü", "日本", "語")


def tokens() -> list[bytes]:
    """The tokens, by rank."""
    words = [text for word in dict.fromkeys(WORDS.split()) for text in (word, f" {word}")]
    longer = dict.fromkeys(text.encode() for text in (*words, *PIECES))
    return [*(bytes([value]) for value in range(256)), *(token for token in longer if len(token) > 1)]


def main() -> None:
    lines = (b"%b %d\n" % (base64.b64encode(token), rank) for rank, token in enumerate(tokens()))
    FILE.write_bytes(b"".join(lines))


if __name__ == "__main__":
    main()
