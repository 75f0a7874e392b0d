"""Claims about reading a vocabulary, made with one of three tokens; nothing here encodes text."""

from __future__ import annotations

import copy
import gc
import hashlib
import pickle
import threading
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from codegen.vocabulary import pack
from openai_harmony._runtime.tokens import vocabulary_file
from openai_harmony._runtime.tokens.packed_pieces import PackedPieces
from openai_harmony._runtime.tokens.vocabulary_file import Vocabulary
from openai_harmony.errors import VocabularyError

SOURCE = b"YQ== 0\nYg== 1\nYWI= 2\n"  # a, b, ab
PACKED = b"\x01\x01\x02abab" + b"\x03" + bytes([0, 1, 2]) + bytes(6)
VARIABLE = "A_DIRECTORY_OF_VOCABULARIES"


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "small.bin"
    path.write_bytes(PACKED)
    return path


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def vocabulary(packed: Path | str = "none.bin", specials: dict[int, str] | None = None, **changes: Any) -> Vocabulary:
    facts: dict[str, Any] = {
        "packed": str(packed),
        "file": "small.tiktoken",
        "sha256": hashlib.sha256(SOURCE).hexdigest(),
        "ranks": 3,
        "environment": VARIABLE,
        "specials": {3: "<s>", 5: "<é>"} if specials is None else specials,
    }
    return Vocabulary(**{**facts, **changes})


def test_a_piece_is_the_bytes_of_a_token_or_the_text_of_a_special_one(packed: Path) -> None:
    read = vocabulary(packed)
    assert [read.piece(id) for id in (0, 1, 2, 3, 5)] == [b"a", b"b", b"ab", b"<s>", "<é>".encode()]


@pytest.mark.parametrize("id", [-1, 4, 6, 2**40])
def test_an_id_outside_the_vocabulary_has_no_piece(packed: Path, id: int) -> None:
    with pytest.raises(KeyError):
        vocabulary(packed).piece(id)


def test_pieces_stand_at_their_ids_and_gaps_are_none(packed: Path) -> None:
    assert vocabulary(packed).pieces() == (b"a", b"b", b"ab", b"<s>", None, "<é>".encode())


def test_a_vocabulary_needs_no_special_tokens(packed: Path) -> None:
    assert vocabulary(packed, specials={}).pieces() == (b"a", b"b", b"ab")


def test_known_ids_are_decoded_in_one_go(packed: Path) -> None:
    assert vocabulary(packed).decode_bytes((2, 3, 0)) == b"ab<s>a"
    assert vocabulary(packed).decode_bytes([]) == b""


@pytest.mark.parametrize("after_pieces", [False, True])
def test_ranks_are_of_ordinary_tokens_and_the_callers_own(packed: Path, after_pieces: bool) -> None:
    read = vocabulary(packed)
    if after_pieces:
        read.pieces()
    ranks = read.ranks()
    assert ranks == {b"a": 0, b"b": 1, b"ab": 2}
    ranks.clear()
    assert len(read.ranks()) == 3


def test_construction_reads_nothing() -> None:
    vocabulary("/no/such/file")


def test_looking_up_a_piece_or_a_rank_makes_no_others(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PackedPieces, "all", lambda self: pytest.fail("made"))
    read = vocabulary(packed)
    rank_of = read.rank_of()
    assert [read.piece(id) for id in (0, 2, 3)] == [b"a", b"ab", b"<s>"]
    assert [rank_of(piece) for piece in (b"a", b"b", b"ab", b"", b"ba", b"<s>")] == [0, 1, 2, None, None, None]


def test_every_piece_of_a_vocabulary_is_found_by_itself_and_is_that_of_all(tmp_path: Path) -> None:
    pieces = [b"\xff" * (number % 3 > 0) + b"%d" % number for number in range(1000)]
    (tmp_path / "x").write_bytes(source := b"".join(b64encode(piece) + b" %d\n" % n for n, piece in enumerate(pieces)))
    path = tmp_path / "y"
    path.write_bytes(pack(source, sha256=hashlib.sha256(source).hexdigest(), ranks=1000))
    read = vocabulary(path, {1000: "<s>"}, ranks=1000)
    assert [*map(read.piece, range(1001))] == [*pieces, b"<s>"] == [*read.pieces()]
    assert read.strays == {id: piece for id, piece in enumerate(pieces) if b"\xff" in piece}
    assert [*map(read.rank_of(), pieces)] == [*range(1000)]


def test_a_source_has_no_index_and_its_ranks_are_found_all_the_same(directory: Path) -> None:
    (directory / "small.tiktoken").write_bytes(SOURCE)
    read = vocabulary()
    assert [*map(read.rank_of(), (b"ab", b"x"))] == [2, None]


def test_the_file_is_read_once_by_however_many_threads(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    together = threading.Barrier(8)
    original = vocabulary_file._contents

    def counted(path: str) -> bytes:
        reads.append(path)
        return original(path)

    monkeypatch.setattr(vocabulary_file, "_contents", counted)
    read = vocabulary(packed)
    lists: list[list[Any]] = []

    def work() -> None:
        together.wait()
        assert read.piece(2) == b"ab"
        lists.append(read.pieces())
        assert read.rank_of()(b"b") == 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reads) == 1
    assert all(found is lists[0] for found in lists)


def test_the_garbage_collector_has_nothing_to_look_at_in_them(packed: Path) -> None:
    pieces = vocabulary(packed).pieces()
    gc.collect()
    assert not gc.is_tracked(pieces)
    assert gc.is_tracked(list(pieces))


def test_the_environment_variable_wins_over_the_packed_file(packed: Path, directory: Path) -> None:
    other = b"eA== 0\neQ== 1\nenp6 2\n"
    (directory / "small.tiktoken").write_bytes(other)
    read = vocabulary(packed, specials={}, sha256=hashlib.sha256(other).hexdigest())
    assert read.pieces() == (b"x", b"y", b"zzz")


def test_a_named_directory_without_the_file_is_refused_though_the_packed_file_exists(
    packed: Path, directory: Path
) -> None:
    path = directory / "small.tiktoken"
    with pytest.raises(VocabularyError) as caught:
        vocabulary(packed).pieces()
    reason = "No such file or directory (os error 2)"
    cure = f"if {VARIABLE} is not set, the vocabulary in the package is read"
    assert str(caught.value) == f"invalid tiktoken vocab file: {reason}: {path}, named by {VARIABLE}; {cure}"


def test_an_empty_variable_is_as_good_as_none(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert vocabulary(packed, specials={}).pieces() == (b"a", b"b", b"ab")


def test_a_source_with_another_digest_is_refused_with_both_digests(packed: Path, directory: Path) -> None:
    (directory / "small.tiktoken").write_bytes(SOURCE + b"\n")
    computed = hashlib.sha256(SOURCE + b"\n").hexdigest()
    with pytest.raises(VocabularyError) as caught:
        vocabulary(packed).ranks()
    both = f"computed={computed}, expected={hashlib.sha256(SOURCE).hexdigest()}"
    assert str(caught.value).startswith(f"invalid tiktoken vocab file: hash mismatch: {both}: ")


def test_a_failed_reading_is_tried_again(packed: Path, directory: Path) -> None:
    read = vocabulary(packed)
    with pytest.raises(VocabularyError):
        read.piece(0)
    (directory / "small.tiktoken").write_bytes(SOURCE)
    assert read.piece(2) == b"ab"


@pytest.mark.parametrize("content", [PACKED + b"c", PACKED[:-1], b"\x01", b""])
def test_a_damaged_packed_file_is_refused(packed: Path, content: bytes) -> None:
    packed.write_bytes(content)
    with pytest.raises(VocabularyError, match=f"^the packed vocabulary has {len(content)} bytes instead of "):
        vocabulary(packed).piece(0)


def test_a_missing_packed_file_is_a_vocabulary_error() -> None:
    with pytest.raises(VocabularyError, match=r"^cannot read the packed vocabulary: No such file or directory"):
        vocabulary("/no/such/file").piece(0)


@pytest.mark.parametrize("copied", [lambda read: pickle.loads(pickle.dumps(read)), copy.copy, copy.deepcopy])
def test_a_vocabulary_travels_as_its_facts(packed: Path, copied: Any) -> None:
    read = vocabulary(packed)
    read.pieces()
    other = copied(read)
    packed.unlink()
    with pytest.raises(VocabularyError):
        other.pieces()
    packed.write_bytes(PACKED)
    assert other.pieces() == read.pieces()
    assert other.ranks() == read.ranks()
