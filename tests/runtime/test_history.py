"""Claims about what is left out of a conversation's history, in a format of this file's own."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony._runtime.writing import history
from openai_harmony._runtime.writing.history import (
    ALL,
    HISTORY_POLICIES,
    REFERENCE,
    History,
    HistoryRule,
    kept_messages,
    kept_places,
)
from tests.support.effort import examples

RULE = HistoryRule(
    sampled=frozenset({"bot"}),
    ends_turn=frozenset({"out"}),
    dropped=frozenset({"mind", "scratch"}),
    answers_calls=frozenset({"tool"}),
    recipient=lambda message: message.recipient,
    unaddressed="everyone",
    tool_word_holds="/",
)
FINISHED = History("finished_turns")


def messages(script: str) -> list[Any]:
    """`bot.mind`, `bot.mind>f` for a call of f, `f.mind` for its result, separated by blanks; a dash is no channel."""
    return [message(*word.partition(">")[0].split("."), word.partition(">")[2] or None) for word in script.split()]


def message(author: str, channel: str, recipient: str | None) -> Any:
    role, name = (author, None) if author in ("man", "bot") else ("tool", author)
    return SimpleNamespace(
        author=SimpleNamespace(role=role, name=name),
        channel=None if channel == "-" else channel,
        recipient=recipient,
    )


def kept(script: str, history: History = REFERENCE) -> str:
    words, given = script.split(), messages(script)
    return " ".join(words[place] for place in kept_places(given, RULE, history))


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


def test_the_places_of_a_message_that_stands_there_twice_are_two() -> None:
    thought, answer = messages("bot.mind bot.out")
    assert kept_places([thought, answer, thought, answer], RULE, REFERENCE) == [1, 2, 3]


def test_a_rule_that_drops_nothing_keeps_all_places() -> None:
    rule = HistoryRule(RULE.sampled, RULE.ends_turn, frozenset())
    for chosen in (REFERENCE, FINISHED, History("finished_turns", keep_last_turn=False)):
        assert list(kept_places(messages("bot.mind bot.out"), rule, chosen)) == [0, 1]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("man.- bot.mind bot.out man.-", "man.- bot.out man.-"),
        # A history that ends on the result of a tool: the running turn keeps its thoughts.
        (
            "man.- bot.mind bot.out man.- bot.mind bot.talk>f f.talk",
            "man.- bot.out man.- bot.mind bot.talk>f f.talk",
        ),
        # Several answers.
        (
            "man.- bot.mind bot.out man.- bot.mind bot.out man.-",
            "man.- bot.out man.- bot.out man.-",
        ),
        # A turn that called tools and has ended.
        ("man.- bot.mind bot.talk>f f.talk bot.mind bot.out man.-", "man.- bot.talk>f f.talk bot.out man.-"),
        # A turn that was interrupted has not ended.
        ("man.- bot.mind bot.talk man.- bot.mind bot.out man.-", "man.- bot.mind bot.talk man.- bot.out man.-"),
        # What someone else writes on these channels is no thought of a turn.
        ("man.mind bot.mind bot.out man.-", "man.mind bot.out man.-"),
        ("man.- bot.mind man.out man.-", "man.- bot.mind man.out man.-"),
    ],
)
def test_each_turn_that_ended_in_an_answer_loses_its_thoughts(script: str, expected: str) -> None:
    assert kept(script, FINISHED) == expected
    assert kept(script, ALL) == script


def test_the_last_turn_keeps_its_thoughts_unless_it_is_asked_not_to() -> None:
    script = "man.- bot.mind bot.out man.- bot.mind bot.out bot.mind bot.out"
    assert kept(script, FINISHED) == "man.- bot.out man.- bot.mind bot.out bot.mind bot.out"
    assert kept(script, FINISHED._replace(keep_last_turn=False)) == "man.- bot.out man.- bot.out bot.out"
    running = "man.- bot.mind bot.out bot.mind bot.talk>f f.talk"
    assert kept(running, FINISHED) == running
    assert kept(running, FINISHED._replace(keep_last_turn=False)) == "man.- bot.out bot.mind bot.talk>f f.talk"
    alone = "bot.mind bot.out"  # nobody asked
    assert kept(alone, FINISHED) == alone


@pytest.mark.parametrize(
    ("script", "without", "with_calls"),
    [
        ("bot.mind>py py.mind bot.out man.-", "bot.out man.-", "bot.mind>py py.mind bot.out man.-"),
        # A result follows its call, whatever its own channel is.
        ("bot.mind>py py.talk bot.out man.-", "bot.out man.-", "bot.mind>py py.talk bot.out man.-"),
        ("bot.talk>f f.mind bot.out man.-", "bot.talk>f f.mind bot.out man.-", "bot.talk>f f.mind bot.out man.-"),
        # The first result answers the first call.
        (
            "bot.mind>f bot.talk>f f.one f.two f.three bot.out man.-",
            "bot.talk>f f.two f.three bot.out man.-",
            "bot.mind>f bot.talk>f f.one f.two f.three bot.out man.-",
        ),
        # A result without a call goes by its channel.
        ("f.mind f.talk bot.out man.-", "f.talk bot.out man.-", "f.mind f.talk bot.out man.-"),
        # Who writes to everyone calls nothing.
        ("bot.mind>everyone bot.out man.-", "bot.out man.-", "bot.out man.-"),
    ],
)
def test_calls_among_the_thoughts_and_their_results_go_and_stay_together(
    script: str, without: str, with_calls: str
) -> None:
    assert kept(script, FINISHED) == without
    assert kept(script, FINISHED._replace(keep_calls=True)) == with_calls


@pytest.mark.parametrize(
    ("script", "kept_of_it"),
    [
        # The author is the namespace, or has one more or one less.
        ("bot.mind>web/find web.talk bot.out man.-", "bot.out man.-"),
        ("bot.mind>web/find fun/web/find.talk bot.out man.-", "bot.out man.-"),
        ("bot.mind>py fun/py.talk bot.out man.-", "bot.out man.-"),
        ("bot.mind>fun/f f.talk bot.out man.-", "bot.out man.-"),
        ("bot.mind>py py/run.talk bot.out man.-", "bot.out man.-"),
        # A call that is kept keeps its result.
        ("bot.talk>web/find web.mind bot.out man.-", "bot.talk>web/find web.mind bot.out man.-"),
        # The same name comes first, although another call is older; then a name that only lacks the namespace.
        ("bot.mind>web/find bot.talk>web web.mind bot.out man.-", "bot.talk>web web.mind bot.out man.-"),
        ("bot.mind>f/web bot.talk>f f/web.talk f.mind bot.out man.-", "bot.talk>f f.mind bot.out man.-"),
        ("bot.mind>f/a bot.talk>b/f f.mind bot.out man.-", "bot.talk>b/f f.mind bot.out man.-"),
        # A call has one result, under whichever name.
        (
            "bot.mind>web/find web/find.talk web.talk find.talk bot.out man.-",
            "web.talk find.talk bot.out man.-",
        ),
        ("bot.mind>web/a bot.talk>web/b web.one web.mind bot.out man.-", "bot.talk>web/b web.mind bot.out man.-"),
        # Another tool of the namespace, another namespace, and a name that only begins like one.
        ("bot.mind>web/find web/open.talk bot.out man.-", "web/open.talk bot.out man.-"),
        ("bot.mind>web/find fun/find.talk bot.out man.-", "fun/find.talk bot.out man.-"),
        ("bot.mind>web/find webs.talk bot.out man.-", "webs.talk bot.out man.-"),
        ("bot.mind>a/b/c c.talk b/c.talk bot.out man.-", "c.talk bot.out man.-"),
    ],
)
def test_a_result_answers_a_call_of_its_namespace_if_none_has_its_name(script: str, kept_of_it: str) -> None:
    assert kept(script, FINISHED) == kept_of_it


def test_without_a_separator_only_the_same_name_is_an_answer() -> None:
    rule = RULE._replace(tool_word_holds="")
    given = messages("bot.mind>web/find web.talk web/find.talk bot.out man.-")
    assert kept_places(given, rule, FINISHED) == [1, 3, 4]


def test_many_calls_and_results_take_linear_work(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[None] = []

    class Counting(deque[Any]):
        def popleft(self) -> Any:
            looked_at.append(None)
            return super().popleft()

    monkeypatch.setattr(history, "deque", Counting)
    calls = [message("bot", "mind", f"web/{number}") for number in range(5_000)]
    results = [message("web", "talk", None) for _ in calls]
    assert kept_places([*calls, *results, *messages("bot.out man.-")], RULE, FINISHED) == [10_000, 10_001]
    assert len(looked_at) < 6 * len(calls)


WORDS = ["man.-", "bot.mind", "bot.out", "bot.talk", "bot.talk>f", "bot.mind>py", "f.talk", "py.mind", "py.-"]
SCRIPTS = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


@given(SCRIPTS, st.booleans(), st.booleans())
@settings(max_examples=examples(200))
def test_only_thoughts_calls_among_them_and_results_are_left_out_and_never_those_of_the_last_turn(
    script: str, keep_last: bool, keep_calls: bool
) -> None:
    chosen = History("finished_turns", keep_last, keep_calls)
    words, places = script.split(), kept_places(messages(script), RULE, chosen)
    assert list(places) == sorted(set(places))
    omitted = [word for place, word in enumerate(words) if place not in set(places)]
    possible = {"bot.mind"} if keep_calls else {"bot.mind", "bot.mind>py", "py.mind", "py.-"}
    assert set(omitted) <= possible
    last = max((place for place, word in enumerate(words) if word == "man.-"), default=-1)
    if keep_last:
        assert set(places) >= {*range(last + 1, len(words))}
    rest = [words[place] for place in places]
    again = kept_places(messages(" ".join(rest)), RULE, chosen)
    assert len(again) == len(rest) or any(word.startswith("py.") for word in rest)
    if "bot.out" not in words:
        assert not omitted


@given(SCRIPTS, st.sampled_from(list(HISTORY_POLICIES)), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=examples(300))
def test_the_messages_that_are_kept_are_those_of_the_places(
    script: str, policy: str, keep_last: bool, keep_calls: bool, training: bool
) -> None:
    all_messages, chosen = messages(script), History(policy, keep_last, keep_calls, training)
    kept = kept_messages(all_messages, RULE, chosen)
    assert kept == [all_messages[place] for place in kept_places(all_messages, RULE, chosen)]
    assert (kept is all_messages) == (len(kept) == len(all_messages))
