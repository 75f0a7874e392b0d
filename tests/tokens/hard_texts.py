"""Texts in which two tokenizers are likely to differ: at the borders of the pieces that the split pattern makes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import product

__all__ = ["CLASSES", "CONTEXTS", "WORDS", "code_points", "in_contexts", "mixtures", "one_text", "runs", "tuples"]

# One or more of every class that the pattern tells apart, and what contractions and case folding treat otherwise.
CLASSES = (
    *"astBSTlL'’ſKǅʰ中あं1²Ⅷ٣_-/.!<|\N{SOFT HYPHEN}\N{ZERO WIDTH JOINER}🙂ßİıé한ア",
    *"\n\r\t \0\v\x1c\x85\xa0\u0301\u200b\u2003\u2028\u3000\ufeff\U0010ffff",
)
# Where a character may stand. The letters beside it merge with each other, so that a border that is elsewhere shows.
CONTEXTS = (
    *("{}", "'{}", "a'{}b", "that'{}he", "THAT'{}HE", "we'{}e", "he{}the", "HE{}THE", "He{}The", "the{}", "{}the"),
    *("12{}34", " {} ", "  {}x", "\n{}\n", "\n {}\n ", "!!{}!!", "({}/\n/", "{}'s the", "a'{}l the", "a'l{}the"),
    *("é{}é", "中{}文", "\u0301{}\u0301a", "_{}_", "//{}//"),
)
_WORDS = """
the The THE that's THAT'S we'll WE'LL don’t I'm they've it'd Hello helloWorld HTTPServer x1 2024 1234567 naïve Straße
été данные слово 你好世界 日本語テキスト 안녕하세요 नमस्ते مرحبا שלום Ελληνικά 🙂🙂 👩‍👩‍👧
{"a": [1, 2]} def f(x): return <|end|> <|start|>
https://example.org/a?b=c#d ---- ==== **bold** e.g. #1 $5.00 50% C++ \\n \\u0041 ſ 'ſ K
"""
WORDS = tuple(_WORDS.split())


def code_points() -> Iterator[str]:
    """All characters that UTF-8 encodes."""
    yield from map(chr, range(0xD800))
    yield from map(chr, range(0xE000, 0x110000))


def in_contexts(inner: Iterable[str], contexts: Iterable[str] = CONTEXTS) -> Iterator[str]:
    """Each of some texts in each context."""
    ends = [context.split("{}") for context in contexts]
    for text in inner:
        for before, after in ends:
            yield before + text + after


def tuples(length: int) -> Iterator[str]:
    """All sequences of so many characters of all classes."""
    return map("".join, product(CLASSES, repeat=length))


def one_text(chance: random.Random) -> str:
    """A text of characters of all classes, of any code points, of words, and of runs."""
    parts: list[str] = []
    for _ in range(chance.randint(1, 12)):
        kind = chance.random()
        if kind < 0.4:
            parts.append(chance.choice(CLASSES))
        elif kind < 0.7:
            parts.append(chance.choice(WORDS))
        elif kind < 0.8:
            parts.append(chance.choice(CLASSES) * chance.choice((2, 3, 4, 7, 16, 65)))
        elif kind < 0.9:
            parts.append(chr(chance.randrange(0x3000)))
        else:
            parts.append(chr(chance.choice((chance.randrange(0xD800), chance.randrange(0xE000, 0x110000)))))
    return chance.choice(("", "", " ")).join(parts)


def mixtures(count: int, seed: int = 0) -> Iterator[str]:
    """So many random texts."""
    chance = random.Random(seed)
    return (one_text(chance) for _ in range(count))


def runs(lengths: Iterable[int] = (2, 3, 5, 17, 64, 127, 128, 129, 255, 1000, 4096, 30_000)) -> Iterator[str]:
    """Runs of one character or of two that alternate, alone and between others."""
    for length in lengths:
        for character in CLASSES:
            yield from (character * length, "x" + character * length + "y", " " + character * length + "1")
        if length <= 1000:
            yield from (one * length + two * length for one, two in product(CLASSES[::3], repeat=2))
            yield from ((one + two) * length for one, two in product(CLASSES[::2], repeat=2))
