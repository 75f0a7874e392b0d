"""Ids that are indices, such as the elements of a tensor, count as the integers that they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openai_harmony import (
    Conversation,
    HarmonyEncoding,
    Message,
    Role,
    StreamableParser,
    explain_difference,
    grammar,
    load_harmony_encoding,
)
from openai_harmony.inspection import inspect_tokens
from tests.support.indices import Index

pytestmark = pytest.mark.shipped
ENCODING = load_harmony_encoding("HarmonyGptOss")
COMPLETION = ENCODING.encode("<|channel|>final<|message|>Hello<|return|>", allowed_special="all")
QUESTION = Message.from_role_and_content(Role.USER, "Hi")
PROMPT = ENCODING.render_conversation_for_completion(Conversation.from_messages([QUESTION]), Role.ASSISTANT)


def fed(ids: list[int]) -> object:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    return [parser.feed(ids), parser.messages]


def processed(ids: list[int]) -> object:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    return [parser.process(id).current_content for id in ids]


USES: dict[str, Callable[[list[int]], object]] = {
    "decode": ENCODING.decode,
    "decode_utf8": ENCODING.decode_utf8,
    "decode in a process that has decoded nothing": lambda ids: HarmonyEncoding("HarmonyGptOss").decode(ids),
    "parse": lambda ids: ENCODING.parse(ids, Role.ASSISTANT),
    "parse_messages": lambda ids: ENCODING.parse_messages_from_completion_tokens(ids, Role.ASSISTANT),
    "feed": fed,
    "process": processed,
    "resume": lambda ids: StreamableParser.resume(ENCODING, [*as_given(PROMPT, ids), *ids[:-1]]).current_content,
    "bridge": lambda ids: ENCODING.bridge([*as_given(PROMPT, ids), *ids], [QUESTION]),
    "explain_difference": lambda ids: explain_difference(ids, [*ids[:-1], 1], encoding=ENCODING),
    "inspect_tokens": lambda ids: inspect_tokens(ENCODING, ids, Role.ASSISTANT),
    "grammar.check": lambda ids: grammar.check("llguidance", ids),
    "engine_stops": lambda ids: grammar.export("gbnf", engine_stops=ids[-1:]),
}


def as_given(ids: list[int], like: list[int]) -> list[int]:
    kind: Any = type(like[0])
    return [kind(id) for id in ids]


@pytest.mark.parametrize("name", USES)
def test_an_index_counts_as_its_integer(name: str) -> None:
    given: Any = [Index(id) for id in COMPLETION]
    assert USES[name](given) == USES[name](COMPLETION)


def test_a_bridge_has_integers() -> None:
    given: Any = [*map(Index, PROMPT), *map(Index, COMPLETION)]
    bridge = ENCODING.bridge(given, [QUESTION])
    assert {type(id) for id in bridge.tokens} == {int}  # type: ignore[union-attr]


class Row:
    """Has `__index__` as the rows of an array have, which raise TypeError."""

    def __index__(self) -> int:
        raise TypeError("only integer scalar arrays can be converted to a scalar index")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("resume", "tokens': item 9 is no integer but Row"),
        ("bridge", "tokens': item 9 is no integer but Row"),
        ("explain_difference", "'tokens_a': item 2 is no integer but Row"),
        ("inspect_tokens", "'tokens': item 2 is no integer but Row"),
        ("grammar.check", r"completion\[2\]: Row is no id of a token"),
        ("engine_stops", "engine_stops: Row is no id of a token"),
    ],
)
def test_a_row_of_ids_is_refused_by_its_place(name: str, told: str) -> None:
    given: Any = [*COMPLETION[:2], Row()]
    with pytest.raises((TypeError, ValueError), match=told):
        USES[name]([*given, *given[2:]])
