"""The conversion of a vocabulary file to its packed form and back. This module does not interpret the tokens.

A source has one `base64 rank` per line. The packed form has one byte of length per rank, then the bytes of all tokens
in rank order, then an index of the tokens, by which the runtime finds one without making a dictionary of them. It is
smaller, is read in a fraction of the time, and restores the source exactly.
"""

from __future__ import annotations

import binascii
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

from codegen.model import VocabularySpec

LONGEST = 255  # the largest length that fits one byte
RANK_BYTES = 3  # of a rank in the index


class VocabularySourceError(ValueError):
    """Raised if a file is not the vocabulary that the spec names, or cannot be packed."""


def write(source_path: Path, vocabulary: VocabularySpec, out: Path) -> None:
    """Check that the file at `source_path` is the one that the spec names, and pack it into `out`."""
    try:
        source = source_path.read_bytes()
    except OSError as error:
        raise VocabularySourceError(f"{source_path}: {error.strerror}") from None
    try:
        if len(source) != vocabulary.bytes:
            raise VocabularySourceError(f"has {len(source)} bytes; {vocabulary.place} says {vocabulary.bytes}")
        packed = pack(source, sha256=vocabulary.sha256, ranks=vocabulary.ranks)
    except VocabularySourceError as error:
        raise VocabularySourceError(f"{source_path}: {error}") from None
    out.write_bytes(packed)


def pack(source: bytes, *, sha256: str, ranks: int) -> bytes:
    """Check the digest and the number of ranks of a source, and return its packed form."""
    digest = hashlib.sha256(source).hexdigest()
    if digest != sha256:
        raise VocabularySourceError(f"SHA-256 is {digest}; the spec says {sha256}")
    tokens = list(_tokens(source))
    if len(tokens) != ranks:
        raise VocabularySourceError(f"has {len(tokens)} ranks; the spec says {ranks}")
    if _as_source(tokens) != source:
        raise VocabularySourceError("is not written plainly (`base64 rank` and a line feed): packing would lose that")
    return bytes(map(len, tokens)) + b"".join(tokens) + _index(tokens)


def unpack_to_source(packed: bytes, ranks: int) -> bytes:
    """Return the exact source from which a packed vocabulary was made."""
    lengths = packed[:ranks]
    expected = ranks + sum(lengths) + _groups(ranks) + RANK_BYTES * ranks
    if len(packed) != expected:
        raise VocabularySourceError(f"the packed vocabulary has {len(packed)} bytes; its lengths say {expected}")
    return _as_source(list(map(io.BytesIO(packed[ranks:]).read, lengths)))


def is_packed(path: Path, vocabulary: VocabularySpec) -> bool:
    """Return whether a file is the packed form of the vocabulary that the spec names."""
    try:
        packed = path.read_bytes()
        source = unpack_to_source(packed, vocabulary.ranks)
        return pack(source, sha256=vocabulary.sha256, ranks=vocabulary.ranks) == packed
    except (OSError, VocabularySourceError):
        return False


def _index(tokens: list[bytes]) -> bytes:
    """Return the index: the number of tokens in each group, then their ranks, by group.

    The first byte of all ranks is followed by the second one of all, and so on, which compresses best.
    """
    groups: list[list[int]] = [[] for _ in range(_groups(len(tokens)))]
    for rank, token in enumerate(tokens):
        groups[binascii.crc32(token) % len(groups)].append(rank)
    ranks = [rank for group in groups for rank in group]
    parts = [bytes(rank >> 8 * place & 0xFF for rank in ranks) for place in range(RANK_BYTES)]
    return bytes(map(len, groups)) + b"".join(parts)


def _groups(ranks: int) -> int:
    """Return the number of groups of the index: a power of two, with three to six tokens in each."""
    return 1 << max(0, (ranks // 3).bit_length() - 1)


def _as_source(tokens: list[bytes]) -> bytes:
    return b"".join(b"%b %d\n" % (binascii.b2a_base64(token, newline=False), rank) for rank, token in enumerate(tokens))


def _tokens(source: bytes) -> Iterator[bytes]:
    seen: dict[bytes, int] = {}
    for expected, line in enumerate(source.splitlines()):
        where = f"line {expected + 1}"
        try:
            text, rank = line.split()
            token = binascii.a2b_base64(text)
            number = int(rank)
        except ValueError:
            raise VocabularySourceError(f"{where}: expected `base64 rank`, found {line[:80]!r}") from None
        if number != expected:
            raise VocabularySourceError(
                f"{where}: rank {number} where {expected} was expected; ranks are dense, from 0"
            )
        if not 1 <= len(token) <= LONGEST:
            raise VocabularySourceError(f"{where}: a token of {len(token)} bytes; 1 to {LONGEST} can be packed")
        if seen.setdefault(token, number) != number:
            raise VocabularySourceError(f"{where}: {token!r} already stands at rank {seen[token]}")
        yield token
