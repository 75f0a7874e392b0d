"""Claims about packing a vocabulary file. The shipped packed file is held against the digest that the spec names."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

import pytest
import yaml

from codegen.model import VocabularySpec
from codegen.place import Place
from codegen.vocabulary import VocabularySourceError, is_packed, pack, unpack_to_source, write
from openai_harmony._runtime.tokens.packed_pieces import PackedPieces

ROOT = Path(__file__).parents[2]
TOKENS = [b"a", b"b", b"ab", b"\xff", b"x" * 255]


def source_of(tokens: list[bytes]) -> bytes:
    return b"".join(b64encode(token) + b" %d\n" % rank for rank, token in enumerate(tokens))


def packed_from(source: bytes, ranks: int) -> bytes:
    return pack(source, sha256=hashlib.sha256(source).hexdigest(), ranks=ranks)


def test_the_shipped_file_rebuilds_the_source_that_the_spec_names() -> None:
    encodings = yaml.safe_load((ROOT / "spec" / "encodings.yaml").read_text())["encodings"]
    for encoding in encodings.values():
        facts = encoding["vocabulary"]
        packed = (ROOT / "openai_harmony" / "data" / facts["packed"]).read_bytes()
        source = unpack_to_source(packed, facts["ranks"])
        assert len(source) == facts["bytes"]
        assert hashlib.sha256(source).hexdigest() == facts["sha256"]
        assert packed_from(source, facts["ranks"]) == packed


def test_packed_is_one_byte_of_length_per_rank_and_then_the_bytes_and_the_index() -> None:
    assert packed_from(source_of([b"a", b"bc"]), 2) == b"\x01\x02abc" + b"\x02" + b"\x00\x01" + bytes(4)


@pytest.mark.parametrize("ranks", [1, 2, 3, 5, 6, 300, 70_000])
def test_the_runtime_finds_every_token_by_its_bytes_and_no_other(ranks: int) -> None:
    tokens = [number.to_bytes(3, "big") * (1 + number % 3) for number in range(ranks)]
    read = PackedPieces(packed_from(source_of(tokens), ranks), ranks)
    assert read.is_indexed
    assert [read.rank(token) for token in tokens] == [*range(ranks)]
    assert {read.rank(token + b"x") for token in tokens} | {read.rank(b"")} == {None}
    assert list(map(read.piece, range(ranks))) == read.all() == tokens


def test_unpacking_gives_the_source_back_to_the_byte() -> None:
    source = source_of(TOKENS)
    assert unpack_to_source(packed_from(source, len(TOKENS)), len(TOKENS)) == source


def test_a_source_with_another_digest_is_refused() -> None:
    with pytest.raises(VocabularySourceError, match=r"^SHA-256 is [0-9a-f]{64}; the spec says 00$"):
        pack(source_of(TOKENS), sha256="00", ranks=len(TOKENS))


@pytest.mark.parametrize(
    ("source", "ranks", "complaint"),
    [
        (b"YQ== 0\nYg== 2\n", 2, "line 2: rank 2 where 1 was expected; ranks are dense, from 0"),
        (b"YQ== 1\n", 1, "line 1: rank 1 where 0 was expected; ranks are dense, from 0"),
        (b"YQ== 0\nYg==\n", 2, "line 2: expected `base64 rank`, found b'Yg=='"),
        (b"YQ== zero\n", 1, "line 1: expected `base64 rank`, found b'YQ== zero'"),
        (b"YQ= 0\n", 1, "line 1: expected `base64 rank`, found b'YQ= 0'"),
        (b"YQ== 0\nYQ== 1\n", 2, "line 2: b'a' already stands at rank 0"),
        (source_of([b"x" * 256]), 1, "line 1: a token of 256 bytes; 1 to 255 can be packed"),
        (b"YQ== 0\n", 2, "has 1 ranks; the spec says 2"),
        (b"YQ==  0\n", 1, "is not written plainly (`base64 rank` and a line feed): packing would lose that"),
        (b"YQ== 0\r\n", 1, "is not written plainly (`base64 rank` and a line feed): packing would lose that"),
        (b"YQ== 0", 1, "is not written plainly (`base64 rank` and a line feed): packing would lose that"),
    ],
)
def test_a_source_that_cannot_be_packed_is_refused_at_its_line(source: bytes, ranks: int, complaint: str) -> None:
    with pytest.raises(VocabularySourceError) as caught:
        packed_from(source, ranks)
    assert str(caught.value) == complaint


@pytest.mark.parametrize("packed", [b"\x01\x02ab", b"\x01\x02abcd", b"\x01"])
def test_packed_bytes_that_do_not_fit_their_lengths_are_refused(packed: bytes) -> None:
    with pytest.raises(VocabularySourceError, match="its lengths say"):
        unpack_to_source(packed, 2)


def test_a_file_is_known_to_be_the_packed_form(tmp_path: Path) -> None:
    source, path = source_of(TOKENS), tmp_path / "small.bin"
    assert not is_packed(path, spec_of(source))
    path.write_bytes(packed_from(source, len(TOKENS)))
    assert is_packed(path, spec_of(source))
    assert not is_packed(path, spec_of(source_of(TOKENS[::-1])))
    path.write_bytes(packed_from(source, len(TOKENS))[:-1] + b"\1")  # the index is another
    assert not is_packed(path, spec_of(source))
    path.write_bytes(b"\1")
    assert not is_packed(path, spec_of(source))


def spec_of(source: bytes) -> VocabularySpec:
    return VocabularySpec(
        file="small.tiktoken",
        sha256=hashlib.sha256(source).hexdigest(),
        bytes=len(source),
        ranks=source.count(b"\n"),
        packed="small.bin",
        environment="DIRECTORY",
        place=Place("encodings.yaml", 9, 5),
    )


def test_writing_packs_the_file_that_the_spec_describes(tmp_path: Path) -> None:
    source = source_of(TOKENS)
    (tmp_path / "small.tiktoken").write_bytes(source)
    write(tmp_path / "small.tiktoken", spec_of(source), tmp_path / "small.bin")
    assert (tmp_path / "small.bin").read_bytes() == packed_from(source, len(TOKENS))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"YQ== 0\n", "has 7 bytes; encodings.yaml:9:5 says 14"),
        (b"YQ== 0\nYw== 1\n", "SHA-256 is "),
        (None, "No such file or directory"),
    ],
)
def test_writing_another_file_is_refused_and_writes_nothing(
    tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    path = tmp_path / "other.tiktoken"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VocabularySourceError) as caught:
        write(path, spec_of(source_of([b"a", b"b"])), tmp_path / "small.bin")
    assert str(caught.value).startswith(f"{path}: {complaint}")
    assert not (tmp_path / "small.bin").exists()
