"""Claims about what tokens are, in a format of this file's own, whose tokens are up to two bytes of UTF-8."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import pytest

from openai_harmony._runtime.tokens.cache import TokenCache
from openai_harmony._runtime.types.checking import Field, ListOf, Record, text
from openai_harmony._runtime.writing.history import ALL, REFERENCE, HistoryRule
from openai_harmony._runtime.writing.parts import (
    FIXED,
    NO_MESSAGE,
    HeaderParts,
    Parted,
    PartedRenderer,
    Piece,
    message_indices,
    of_contents,
    part_numbers,
    sampled,
)
from openai_harmony._runtime.writing.rules import ContentRule, Contents, Header, Rules

BEGIN, OPEN, BODY, END, SAMPLED, CODE = range(1, 7)


@dataclass
class Plain:
    text: Any


@dataclass
class Script:
    text: Any


@dataclass
class Box:
    text: Any


@dataclass
class Author:
    role: Any


@dataclass
class Message:
    author: Any
    content: Any
    channel: Any = None
    tag: Any = None


def says(cls: type, tag: str, **more: Any) -> ContentRule:
    """A kind of content that is its text."""
    return ContentRule(Record(cls, Field("text", text)), tag, None, lambda content, told: str(content.text), **more)


def key(content: Any, told: bool, exact: Any) -> tuple[Any, ...]:
    return type(content).__name__, content.text


CONTENTS = Contents(
    "type",
    says(Plain, "plain"),
    says(Script, "script", key=key, behind=CODE, stop=SAMPLED),
    says(Box, "box", key=key, declares_tools=lambda content: True),
)
PARTS = HeaderParts(
    fields=("channel", "tag"),
    pieces=lambda header: [piece for piece in spelled(header) if piece[1] is None or piece[1]],
    channel=1,
)


def spelled(header: Header) -> list[Piece]:
    role, channel, tag = header
    tags: list[Piece] = [] if tag is None else [("marker", "#"), ("tag", tag)]
    channels: list[Piece] = [] if channel is None else [("marker", None), ("channel", channel)]
    return [("start", None), ("role", role), *tags, *channels, ("header_end", None), ("header_end", "\n")]


def rules(**changes: Any) -> Rules:
    def pieces(header: Header) -> list[int | str]:
        role, channel, tag = header
        behind: list[int | str] = [] if channel is None else [CODE, channel]
        return [OPEN, role + ("" if tag is None else f"#{tag}"), *behind, BODY, "\n"]

    made = Rules(
        roles=("bot", "man"),
        contents=CONTENTS,
        history=HistoryRule(frozenset({"bot"}), frozenset({"out"}), frozenset({"mind"})),
        plain=Plain,
        plain_text=attrgetter("text"),
        header=attrgetter("author.role", "channel", "tag"),
        check=Record(
            Message,
            Field("author", Record(Author, Field("role", text))),
            Field("content", ListOf(CONTENTS)),
            Field("channel", text, optional=True),
            Field("tag", text, optional=True),
        ),
        pieces=pieces,
        stop=lambda header: END,
        training_stop=lambda header: SAMPLED if header[1] == "out" else None,
        opening=OPEN,
    )
    return made._replace(**changes)


def pairs(text: str) -> list[int]:
    """One token for each two bytes of a text, and one for a last one that is left."""
    data = text.encode()
    return [256 + int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def size_of(token: int) -> int:
    return 2 if token >= 512 else 1


def renderer(limit: int = 2**20, **changes: Any) -> PartedRenderer:
    return PartedRenderer(rules(**changes), pairs, TokenCache(limit), PARTS, size_of)


def message(*contents: Any, role: str = "bot", channel: str | None = None, tag: str | None = None) -> Message:
    return Message(Author(role), [Plain(c) if isinstance(c, str) else c for c in contents], channel, tag)


LETTERS = dict(zip(PARTS.names, "^(rnm)c.oCT"))


def letters(told: Parted) -> str:
    """One letter for each token's part, the messages apart; a field of a header has the capital it begins with."""
    shown = "".join(LETTERS[PARTS.names[part]] for part in part_numbers(told.codes))
    return " ".join(map("".join, _runs(shown, message_indices(told.indices, told.sizes))))


def _runs(shown: str, indices: Any) -> list[list[str]]:
    runs: list[list[str]] = []
    before: int | None = None
    for letter, index in zip(shown, indices):
        if index != before:
            runs.append([])
        runs[-1].append(letter)
        before = index
    return runs


def bits(told: Parted) -> str:
    return "".join(map(str, sampled(told.codes)))


def told_of(
    *messages: Message, drop: bool = False, training: bool = False, turn: str | None = None, **changes: Any
) -> Parted:
    """What is told of messages, the same in every state of the cache, and beside the tokens of a plain rendering."""
    one, history = renderer(**changes), REFERENCE if drop else ALL
    cold = one.in_parts(messages, history, training, turn)
    plain = one.training(messages, history) if training else one.conversation(messages, history)
    assert cold.tokens == plain + list(one.opening(turn) if turn is not None else ())
    assert len(cold.codes) == len(cold.tokens) == sum(cold.sizes)
    assert one.in_parts(messages, history, training, turn) == cold
    assert renderer(0, **changes).in_parts(messages, history, training, turn) == cold
    return cold


def test_a_message_is_its_start_its_role_the_end_of_its_header_its_contents_and_a_stop() -> None:
    told = told_of(message("abcd", "ef"))
    assert letters(told) == "(rr))ccc."
    assert list(of_contents(told.codes)) == [0, 0, 0, 0, 0, 1, 1, 1, 0]


def test_a_token_that_holds_some_of_a_value_is_of_its_field_and_of_the_first_of_two() -> None:
    assert letters(told_of(message("x", tag="ab"))) == "(rrT))c."  # bo t# ab: `t#` is of the role
    assert letters(told_of(message("x", role="man", tag="ab"))) == "(rrT))c."  # ma n# ab
    long = renderer(roles=("four",))
    told = long.in_parts([message("x", role="four", tag="ab")], ALL, False, None)
    assert letters(told) == "(rrTT))c."  # fo ur #a b: `#a` is of the tag
    told = long.in_parts([message("x", role="four", tag="")], ALL, False, None)
    assert letters(told) == "(rrm))c."


def test_a_character_that_is_cut_by_tokens_is_of_one_field() -> None:
    long = renderer(roles=("four",))
    told = long.in_parts([message("x", role="four", tag="é")], ALL, False, None)
    assert letters(told) == "(rrTT))c."  # `#` with half of é, and the other half


def test_a_field_behind_a_special_token_has_that_for_a_marker() -> None:
    assert letters(told_of(message("x", channel="abc"))) == "(rrmCC))c."
    assert letters(told_of(message("x", channel=""))) == "(rrm))c."


def test_an_empty_content_has_no_token() -> None:
    assert letters(told_of(message(""), message())) == "(rr)). (rr))."


def test_what_is_behind_a_token_of_its_own_has_that_for_a_marker_which_is_sampled() -> None:
    told = told_of(message(Script("abcd")), message(Script("")), message("x"))
    assert letters(told) == "(rr))mcc. (rr))m. (rr))c."
    assert bits(told)[:9] == "000111111"
    assert told.tokens[8] == SAMPLED


def test_what_is_sampled_is_all_behind_the_role_in_messages_of_that_role() -> None:
    assert bits(told_of(message("x", channel="a"))) == "0001111" + "11"
    assert set(bits(told_of(message("x", channel="a", role="man")))) == {"0"}


def test_where_a_turn_is_opened_with_all_of_a_header_none_of_it_is_sampled() -> None:
    told = told_of(message("x"), turn="bot", behind_role=(BODY, "\n"))
    assert letters(told) == "(rr))c. ooooo"
    assert bits(told) == "0000011" + "00000"


def test_a_literal_behind_the_stop_is_part_of_it_and_not_sampled() -> None:
    told = told_of(message("x"), message("y"), behind_stop="abc")
    assert letters(told) == "(rr))c... (rr))c..."
    assert bits(told) == "000111100" * 2
    assert told_of(message("x", channel="out"), training=True, behind_stop="abc").tokens[-3] == SAMPLED


def test_what_begins_a_conversation_and_what_opens_a_turn_belong_to_no_message() -> None:
    told = told_of(message("x"), begins=BEGIN, turn="man")
    assert letters(told) == "^ (rr))c. ooo"
    assert (told.indices, told.sizes) == ([NO_MESSAGE, 0, NO_MESSAGE], [1, 7, 3])
    assert letters(told_of(begins=BEGIN, turn="man")) == "^ooo"
    assert (letters(told_of()), told_of().headers) == ("", [])


def test_messages_are_counted_where_they_stand_in_what_was_given() -> None:
    told = told_of(message("x", channel="mind"), message("y", channel="out"), message("z", role="man"), drop=True)
    assert told.indices == [1, 2]
    assert told.headers == [(), ("bot", "out", None), ("man", None, None)]


def test_a_message_changed_after_it_was_written_is_told_anew() -> None:
    one, given = renderer(), message("abcd")
    one.in_parts([given], ALL, False, None)
    given.content[0].text = "a"
    given.channel = "b"
    assert letters(one.in_parts([given], ALL, False, None)) == "(rrmC))c."


def test_a_message_of_which_one_content_is_new_is_written_once() -> None:
    one = renderer()
    one.in_parts([message("abcd")], ALL, False, None)
    told = one.in_parts([message("abcd", "new")], ALL, False, None)
    assert letters(told) == "(rr))cccc."
    assert told.tokens == renderer().conversation([message("abcd", "new")], ALL)


def test_a_header_is_looked_at_once_in_a_rendering_though_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    one = renderer(0)
    looked: list[Header] = []
    monkeypatch.setattr(one, "_pieces", lambda header: looked.append(header) or spelled(header))
    one.in_parts([message("x"), message("y"), message("z", role="man")], ALL, False, None)
    assert looked == [("bot", None, None), ("man", None, None)]


def test_tools_are_looked_for_once_and_only_where_a_content_may_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    one = renderer()
    looked: list[int] = []
    monkeypatch.setattr(one.rules.contents, "declare_tools", lambda messages: looked.append(len(messages)) or True)
    one.in_parts([message("x"), message("y")], ALL, False, None)
    assert looked == []
    one.in_parts([message("x"), message(Box("a")), message(Box("b"))], ALL, False, None)
    assert looked == [3]


def test_the_numbers_of_the_parts_of_every_format_come_first() -> None:
    assert PARTS.names == (*FIXED, "channel", "tag")


class Sly(str):
    """Text that passes for any text of the hash that it has."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("abc")


def test_text_that_passes_for_other_text_is_not_what_a_note_is_kept_under() -> None:
    one = renderer()
    assert letters(one.in_parts([message("x", channel=Sly("de"))], ALL, False, None)) == "(rrmC))c."
    assert one._cache.notes == {}
    one.conversation([message("x", channel="abc")], ALL)
    one.in_parts([message("x", channel=Sly("de"))], ALL, False, None)
    assert letters(one.in_parts([message("x", channel="abc")], ALL, False, None)) == "(rrmCC))c."


def test_text_that_passes_for_other_text_is_not_written_as_that() -> None:
    one = renderer()
    one.in_parts([message("abc")], ALL, False, None)
    told = one.in_parts([message(Plain(Sly("defgh")))], ALL, False, None)
    assert told.tokens == renderer().conversation([message("defgh")], ALL)
