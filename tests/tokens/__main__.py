"""Searches for texts that a fast backend encodes otherwise than tiktoken: `python -m tests.tokens splintr`.

With the shipped vocabulary, for what users get; and with a vocabulary of all pairs of bytes, in which nearly every
border between two pieces shows, for the split pattern alone. It takes half an hour, and ends with 1 if it finds a text
that the guard does not catch.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import fastokens
import splintr
import tiktoken

from openai_harmony._runtime.tokens.backends.guarded import GUARDED
from openai_harmony._runtime.tokens.split_pattern import alternatives
from tests.tokens.hard_texts import CLASSES, code_points, in_contexts, mixtures, runs, tuples
from tests.tokens.vocabularies import MODULES, exact, fast, source

Encode: TypeAlias = Callable[[str], list[int]]
CHUNK = 50_000


def vocabulary_texts() -> Iterator[str]:
    """All tokens that are text, and each with another one behind it."""
    made = source().vocabulary
    texts = [piece.decode(errors="ignore") for piece in made.pieces()[: made.count]]
    chance = random.Random(1)
    yield from texts
    for text in texts:
        yield text + chance.choice(texts)


def with_pairs(name: str, seed: int) -> tuple[Encode, Encode]:
    """tiktoken and a fast package with a vocabulary of all bytes and all pairs of bytes, merged in random order."""
    pairs = [bytes(pair) for pair in product(range(256), repeat=2)]
    random.Random(seed).shuffle(pairs)
    pieces = [*(bytes((byte,)) for byte in range(256)), *pairs]
    pattern = splintr.O200K_BASE_PATTERN
    ranks = {piece: id for id, piece in enumerate(pieces)}
    right = tiktoken.Encoding("pairs", pat_str=pattern, mergeable_ranks=ranks, special_tokens={"<>": len(pieces)})
    lines = b"".join(b"%s %d\n" % (b2a_base64(piece, newline=False), id) for id, piece in enumerate(pieces))
    if name == "splintr":
        return right.encode_ordinary, splintr.Tokenizer.from_bytes(lines, pattern, {}).encode_ordinary
    with TemporaryDirectory() as folder:
        path = Path(folder, "pairs.tiktoken")
        path.write_bytes(lines)
        encode = fastokens.Tokenizer.from_tiktoken(str(path), pattern=pattern, special_tokens={}).encode_ordinary
    return right.encode_ordinary, lambda text: encode(text).ids


def chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    left = iter(texts)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def compare(title: str, texts: Iterable[str], right: Encode, tried: Encode, show: int = 20) -> int:
    """Print and count the texts that differ, except those that the guard catches."""
    began, count = time.monotonic(), 0
    caught: list[str] = []
    missed: list[str] = []
    for chunk in chunks(texts):
        count += len(chunk)
        for text in chunk:
            if right(text) != tried(text):
                (caught if GUARDED in text else missed).append(text)
    print(
        f"{title}: {count:,} texts, {len(caught):,} differ and are caught, {len(missed):,} differ and are not"
        f" ({time.monotonic() - began:.0f} s)",
        *map(ascii, missed[:show]),
        sep="\n  ",
        flush=True,
    )
    return len(missed)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tokens", description=__doc__)
    parser.add_argument("backend", choices=MODULES)
    parser.add_argument("--texts", type=int, default=1_000_000, help="how many random texts (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    assert len(alternatives(splintr.O200K_BASE_PATTERN)) == 7
    backend = fast(options.backend)
    right, package, guarded = exact().encode_ordinary, backend.package_encode, backend.encode_ordinary
    pairs = [with_pairs(options.backend, options.seed + at) for at in range(2)]
    missed = 0
    for title, make in (
        ("classes, up to three", lambda: chain.from_iterable(map(tuples, (1, 2, 3)))),
        ("classes, two in contexts", lambda: in_contexts(tuples(2))),
        ("classes, four of every second", lambda: map("".join, product(CLASSES[::2], repeat=4))),
        ("runs", runs),
        ("random texts", lambda: mixtures(options.texts, options.seed)),
        ("code points in contexts", lambda: in_contexts(code_points())),
    ):
        missed += compare(title, make(), right, package)
        for at, both in enumerate(pairs):
            missed += compare(f"{title}, borders {at}", make(), *both)
    missed += compare("tokens in contexts", in_contexts(vocabulary_texts()), right, package)
    guarded_texts = (text.replace("S", GUARDED) for text in mixtures(options.texts // 10, options.seed + 1))
    missed += compare("texts with the guarded characters", guarded_texts, right, guarded)
    print(f"{missed} texts differ that should not" if missed else "no text differs that should not")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
