"""The bytes of ids that a parser meets: read one by one, until many are needed."""

from __future__ import annotations

import pytest

from openai_harmony._runtime.reading import content
from openai_harmony._runtime.reading.content import UNKNOWN, Bytes

PIECES = (b"a", b"b", None, b"ab", "é".encode(), "é".encode()[:1])


class Counted:
    """A vocabulary that tells what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[int | str] = []

    def piece(self, id: int) -> bytes:
        self.asked.append(id)
        found = PIECES[id] if 0 <= id < len(PIECES) else None
        if found is None:
            raise KeyError(id)
        return found

    def pieces(self) -> tuple[bytes | None, ...]:
        self.asked.append("all")
        return PIECES


def of(vocabulary: Counted) -> Bytes:
    return Bytes(lambda: vocabulary, lambda ids: None, len(PIECES))


def test_a_piece_is_read_once_and_no_other_with_it() -> None:
    vocabulary = Counted()
    read = of(vocabulary)
    assert [read.one(id) for id in (3, 0, 3, 0)] == [b"ab", b"a"] * 2
    assert read.many([0, 3, 3]) == b"aabab"
    assert vocabulary.asked == [3, 0]


@pytest.mark.parametrize("length", [1, 5])
def test_those_of_all_ids_are_made_when_many_have_been_decoded(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    monkeypatch.setattr(content, "FIRST", 12)
    vocabulary = Counted()
    read = of(vocabulary)
    for _ in range(10 // length):
        assert read.many([3] * length) == b"ab" * length
    assert vocabulary.asked == [3]
    assert read.many([0, 1, 3, 4, 0]) == b"abab\xc3\xa9a"
    assert vocabulary.asked == [3, "all"]
    assert [read.text(id) for id in (4, 5, 2, 3)] == ["é", None, None, "ab"]
    assert vocabulary.asked == [3, "all"]


def test_new_ids_that_are_decoded_one_by_one_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "FIRST", 2)
    vocabulary = Counted()
    read = of(vocabulary)
    assert [read.one(id) for id in (0, 1, 3)] == [b"a", b"b", b"ab"]
    assert vocabulary.asked == [0, 1, "all"]


@pytest.mark.parametrize("first", [1, 100])
def test_an_unknown_id_is_known_as_one(monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    monkeypatch.setattr(content, "FIRST", first)
    read = of(Counted())
    assert [read.one(id) is UNKNOWN for id in (0, 2, 6, 2**40)] == [False, True, True, True]
    assert [read.knows(id) for id in (3, 2, 6)] == [True, False, False]
    assert read.many([0, 2, 9, 3]) == b"a\xff\xffab"
