"""Claims about what is left out of a conversation's history, in a format of this file's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from openai_harmony._runtime.writing.history import HistoryRule, kept_messages, kept_places

RULE = HistoryRule(sampled=frozenset({"bot"}), ends_turn=frozenset({"out"}), dropped=frozenset({"mind", "scratch"}))


def messages(script: str) -> list[Any]:
    """`bot.mind` and the like, separated by blanks; a dash stands for no channel."""
    parts = [word.split(".") for word in script.split()]
    return [
        SimpleNamespace(author=SimpleNamespace(role=role), channel=None if channel == "-" else channel)
        for role, channel in parts
    ]


def kept(script: str) -> str:
    given = messages(script)
    kept = kept_messages(given, RULE)
    assert list(map(id, kept)) == [id(given[place]) for place in kept_places(given, RULE)]
    return " ".join(f"{m.author.role}.{m.channel or '-'}" for m in kept)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("man.- bot.mind bot.out", "man.- bot.out"),
        ("bot.scratch bot.mind bot.talk bot.out", "bot.talk bot.out"),
        ("man.mind bot.mind bot.out", "bot.out"),
        ("bot.out man.- bot.mind bot.out", "bot.out man.- bot.mind bot.out"),
        ("bot.mind bot.out man.- bot.mind bot.out", "bot.out man.- bot.mind bot.out"),
        ("bot.mind bot.out man.-", "bot.out man.-"),
        ("bot.mind man.out bot.mind bot.out", "man.out bot.mind bot.out"),
    ],
)
def test_thoughts_before_the_first_answer_are_left_out_once_the_last_sampled_message_is_an_answer(
    script: str, expected: str
) -> None:
    assert kept(script) == expected


@pytest.mark.parametrize(
    "script",
    ["", "man.-", "bot.mind", "bot.mind bot.out bot.mind", "bot.mind man.out", "bot.mind bot.out man.- bot.talk"],
)
def test_nothing_is_left_out_while_the_last_sampled_message_is_no_answer(script: str) -> None:
    assert kept(script) == script


def test_the_list_of_the_caller_is_not_changed() -> None:
    given = messages("bot.mind bot.out")
    assert len(kept_messages(given, RULE)) == 1
    assert len(given) == 2


def test_what_loses_nothing_is_not_copied() -> None:
    given = messages("man.- bot.out")
    assert kept_messages(given, RULE) is given


def test_the_places_of_a_message_that_stands_there_twice_are_two() -> None:
    thought, answer = messages("bot.mind bot.out")
    assert kept_places([thought, answer, thought, answer], RULE) == [1, 2, 3]


def test_a_rule_that_drops_nothing_keeps_all_places() -> None:
    rule = HistoryRule(RULE.sampled, RULE.ends_turn, frozenset())
    assert list(kept_places(messages("bot.mind bot.out"), rule)) == [0, 1]
