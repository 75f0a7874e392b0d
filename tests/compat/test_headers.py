"""Thousands of headers of plausible words, read by the reference and by ours: each difference has a documented rule."""

from __future__ import annotations

import functools
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.compat.comparison import our_answer
from tests.compat.header_rules import RULES, Reading, read
from tests.support.reference import Answer, Question, reference

PLAIN = ["The", "answer", "Let", "me", "x\u00a0y"]
FIELDS = ["to=functions.f", "\u202fto=functions.f", "to=user", "to=", "functions.f", "python", "browser.search"]
TYPES = ["json", "code", "<|constrain|>json", "<|constrain|>"]
CHANNELS = ["<|channel|>final", "<|channel|>analysis", "<|channel|>commentary", "<|channel|>"]
LISTED = ["assistant", "user", "system", "analysis", "commentary", "final"]
WORDS = [*LISTED, *FIELDS, *TYPES, *CHANNELS, *PLAIN]
CONTENT = "{}"
BEHIND = f"<|message|>{CONTENT}<|end|>"
OPENING = {"assistant": "", None: "<|start|>"}


class Header(NamedTuple):
    """A header's text and the role that is given with it."""

    text: str
    role: str | None


class Both(NamedTuple):
    """What was read, raised and reported: messages, errors with their places, kinds of recoveries."""

    theirs: list[Any]
    ours: list[Any]
    expected: Reading


def headers() -> list[Header]:
    """All of one and of two words; of three and four words some, half of them with one channel among them."""
    choose = random.Random(8)
    texts = [" ".join(words) for size in (1, 2) for words in itertools.product(WORDS, repeat=size)]
    for size, count in ((3, 1500), (4, 600)):
        for number in range(count):
            if number % 2:
                words = choose.choices([*LISTED, *FIELDS, *TYPES, *PLAIN], k=size - 1)
                words.insert(choose.randrange(size), choose.choice(CHANNELS[:3]))
            else:
                words = choose.choices(WORDS, k=size)
            texts.append(_joined(words, glued=choose.random() < 0.5))
    return [Header(text, role) for role in OPENING for text in dict.fromkeys(texts)]


def _joined(words: list[str], *, glued: bool) -> str:
    """Words with a blank between; before a marker there may be none."""
    return "".join(
        word if not index or (glued and word.startswith("<|")) else f" {word}" for index, word in enumerate(words)
    )


@functools.cache
def compared() -> dict[Header, Both]:
    return {header: both for role in OPENING for header, both in _compare([h for h in headers() if h.role == role])}


def _compare(asked: list[Header]) -> Iterator[tuple[Header, Both]]:
    role = asked[0].role
    texts = [OPENING[role] + header.text + BEHIND for header in asked]
    question: Question = (
        "call",
        {"module": "tests.support.reading", "function": "read_all", "arguments": {"texts": texts, "role": role}},
    )
    (theirs,), ours = reference().ask([question]), our_answer(*question)
    for header, their, our in zip(asked, _value(theirs), _value(ours)):
        yield header, Both(their, our, read(header.text, role))


def _value(answer: Answer) -> list[Any]:
    assert "output" in answer, answer
    value: list[Any] = answer["output"]["value"]
    return value


def shown(header: Header, both: Both) -> str:
    """A header with what came of it, for a person to read."""
    return json.dumps(
        [header, both.theirs[:2], both.ours, both.expected.messages(CONTENT), sorted(both.expected.rules)]
    )


def test_headers_are_many_and_the_reference_reads_a_good_part_of_them() -> None:
    read_by_it = Counter(header.role for header, both in compared().items() if not both.theirs[1])
    assert len(compared()) >= 5000
    assert min(read_by_it["assistant"], read_by_it[None]) >= 1000
    assert len(compared()) - read_by_it.total() >= 1500


def test_no_header_raises_that_the_reference_reads() -> None:
    raised = [shown(*item) for item in compared().items() if item[1].ours[1] and not item[1].theirs[1]]
    assert raised[:5] == []


def test_a_header_that_the_reference_refuses_raises_in_its_words_or_is_one_that_the_format_lists() -> None:
    accepted = 0
    for header, both in compared().items():
        (_, errors, _), (_, our_errors, _) = both.theirs, both.ours
        if not errors:
            continue
        if both.expected.in_order and not our_errors:
            accepted += 1
            continue
        assert not both.expected.in_order, shown(header, both)
        # The reference goes on to refuse each token up to the next start; the same fault raises once here.
        ((place, complaint),) = our_errors
        assert place == errors[0][0], shown(header, both)
        assert complaint == errors[0][1] or complaint.startswith(f"{errors[0][1]} ("), shown(header, both)
    assert 10 <= accepted < len(compared()) / 50


def test_a_header_that_the_format_lists_but_the_reference_refuses_is_a_tools_without_recipient() -> None:
    for header, both in compared().items():
        if both.theirs[1] and both.expected.in_order:
            assert both.theirs[1][0][1].startswith("Unknown role: "), shown(header, both)
            assert "tool's answer to nobody" in both.expected.rules, shown(header, both)


def test_without_a_rule_of_ours_a_header_says_what_it_says_to_the_reference() -> None:
    unexplained = [
        shown(header, both)
        for header, both in compared().items()
        if not both.theirs[1] and not both.expected.rules and both.theirs[0] != both.expected.messages(CONTENT)
    ]
    assert unexplained[:5] == []


def test_every_header_is_read_as_the_documented_rules_say() -> None:
    wrong = [shown(*item) for item in compared().items() if item[1].ours[0] != item[1].expected.messages(CONTENT)]
    assert wrong[:5] == []
    assert len(wrong) == 0


def test_every_rule_makes_a_difference_somewhere() -> None:
    differing: Counter[str] = Counter()
    for both in compared().values():
        if both.theirs[0] != both.expected.messages(CONTENT):
            differing.update(both.expected.rules)
    assert set(differing) == set(RULES)
    assert min(differing.values()) >= 5, differing


def test_what_the_format_does_not_list_is_reported_and_what_it_lists_is_not() -> None:
    for header, both in compared().items():
        recoveries = both.ours[2]
        assert bool(recoveries) != both.expected.in_order, shown(header, both)


def test_no_bare_word_of_prose_is_ever_whom_a_message_is_for() -> None:
    prose = {"The", "answer", "Let", "me", "x", "y", "x\u00a0y"}
    for header, both in compared().items():
        for _, _, channel, recipient, content_type, _ in both.ours[0]:
            if recipient in prose and "to= " not in header.text:  # there the word stands behind `to=`
                assert channel is not None, shown(header, both)
                assert content_type in {"json", "code", "<|constrain|>json", "<|constrain|>"}, shown(header, both)


def test_no_marker_is_part_of_a_name() -> None:
    for header, both in compared().items():
        for _, name, channel, recipient, content_type, _ in both.ours[0]:
            assert not any("<|" in str(value) for value in (name, channel, recipient)), shown(header, both)
            assert "<|" not in str(content_type).removeprefix("<|constrain|>"), shown(header, both)


def test_what_a_header_puts_on_the_hidden_channel_is_shown_on_no_other() -> None:
    for header, both in compared().items():
        if "<|channel|>analysis" in header.text:
            assert both.ours[0][-1][2] == "analysis", shown(header, both)
