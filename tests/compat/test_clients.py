"""Programs that only swap the wheel are never worse off, and one setting gives them the whole recovery.

Each way in which programs read, of tests/support/program_*.py, runs over every sample with the reference and with ours.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import pytest

from openai_harmony import StreamableParser, StreamState, load_harmony_encoding
from tests.compat.clients import RECOVERING, WAYS, Sample, covered, environment, ours, samples, shown_text, theirs

Data = dict[str, Any]
ENCODING = load_harmony_encoding("HarmonyGptOss")
START, MESSAGE = 200006, 200008
STOPS = (199999, 200002, 200007, 200012)
ACCEPTED = {
    "an open turn",
    "a start token at the beginning",
    "a turn that is opened twice",
    "a tool without a recipient",
    "an author with a name",
}

ways = pytest.mark.parametrize("way", WAYS)
polling_ways = pytest.mark.parametrize("way", [way for way in WAYS if WAYS[way].polls])


@functools.cache
def default(way: str) -> dict[str, Data]:
    """What is shown with ours by default, by sample."""
    with environment({}):
        return {sample.id: ours(sample, WAYS[way]) for sample in samples().values()}


@functools.cache
def recovering(way: str) -> dict[str, Data]:
    """What is shown with ours as an operator sets it who wants everything read."""
    with environment(RECOVERING):
        return {sample.id: ours(sample, WAYS[way]) for sample in samples().values()}


def pairs(way: str) -> Iterator[tuple[Sample, Data, Data]]:
    for sample in samples().values():
        yield sample, theirs()[sample.id, way], default(way)[sample.id]


def errors(shown: Data) -> list[Data]:
    """What the library raised; a program may give up for reasons of its own."""
    return [error for error in shown["errors"] if error["at"] != "items"]


def places(shown: Data) -> list[int | str]:
    return [error["at"] for error in errors(shown)]


# The samples and the imitations themselves ----------------------------------------------------------


def test_the_samples_are_many_and_most_are_malformed() -> None:
    own = [sample for sample in samples().values() if sample.id.startswith("clients:")]
    assert len(own) >= 60
    assert len(samples()) >= len(own) + 45
    refused = [sample for sample in samples() if theirs()[sample, "one call"]["failed"]]
    assert len(refused) > len(samples()) / 3
    assert {sample.accepted for sample in samples().values()} == ACCEPTED | {None}


WELL_FORMED = [
    f"clients:{name}"
    for name in (
        "well-formed-answer", "well-formed-call", "written-call", "preamble-then-call", "built-in-tool", "python-call",
        "cut-in-the-answer", "cut-in-the-reasoning", "cut-in-the-arguments", "many-calls", "typographic-text",
    )
]  # fmt: skip


@ways
def test_each_program_shows_all_of_what_is_well_formed_with_both_libraries(way: str) -> None:
    for sample, there, here in pairs(way):
        if sample.id in WELL_FORMED:
            assert there == here, sample.id
            assert there["errors"] == []
            if (way, sample.id) == ("properties polled", "clients:cut-in-the-arguments"):
                continue  # this program shows calls when they are complete
            count, total = covered(sample.wanted_by(WAYS[way]), shown_text(sample, there))
            assert count == total > 0, sample.id
            calls = [m["recipient"] for m in sample.messages if m.get("recipient", "").startswith("functions.")]
            assert len(there["tools"]) >= len(calls), sample.id


def test_markers_and_header_words_of_swallowed_messages_are_not_counted_as_shown() -> None:
    sample, there = samples()["start-inside-content"], theirs()["start-inside-content", "first error raised, whole"]
    assert there["reasoning"] == ["think<|start|>assistant<|channel|>final<|message|>four"]
    assert shown_text(sample, there) == "think four"
    assert covered(["think", "four"], shown_text(sample, there)) == (9, 9)
    assert covered(["four", "final"], shown_text(sample, there)) == (4, 9)
    assert covered(["think think"], "thinking") == (5, 10)


# By default -------------------------------------------------------------------------------------


@ways
def test_ours_raises_nothing_where_the_reference_does_not(way: str) -> None:
    worse = [sample.id for sample, there, here in pairs(way) if errors(here) and not errors(there)]
    failing = [sample.id for sample, there, here in pairs(way) if here["failed"] and not there["failed"]]
    assert (worse, failing) == ([], [])


@ways
def test_ours_raises_where_the_reference_does_but_for_what_is_documented(way: str) -> None:
    silent = [sample for sample, there, here in pairs(way) if errors(there) and not errors(here)]
    assert [sample.id for sample in silent if not sample.accepted] == []


def test_every_documented_difference_is_needed() -> None:
    needed = {
        sample.accepted
        for way in WAYS
        for sample, there, here in pairs(way)
        if errors(there) and not errors(here) and sample.accepted
    }
    assert needed == ACCEPTED - {"a start token at the beginning"}  # that one the reference reads too, as a word


@polling_ways
def test_the_first_error_is_the_references_by_class_and_first_words_and_no_later(way: str) -> None:
    compared = 0
    for sample, there, here in pairs(way):
        if not (errors(there) and errors(here)):
            continue
        first, our_first = errors(there)[0], errors(here)[0]
        compared += 1
        if our_first["at"] != first["at"]:
            # A start token behind a stop token in a header that the reference is bound to refuse further on.
            assert behind_a_stop_in_a_header(sample.tokens, our_first["at"]), sample.id
            assert first["at"] == "eos" or our_first["at"] < first["at"], sample.id
            continue
        assert our_first["type"] == first["type"], sample.id
        assert our_first["message"] == first["message"] or our_first["message"].startswith(f"{first['message']} ("), (
            sample.id
        )
    assert compared > 20


def behind_a_stop_in_a_header(tokens: tuple[int, ...], place: int | str) -> bool:
    """Whether a start token stands there, and a stop token before it, with no message token between."""
    if place == "eos" or tokens[int(place)] != START:
        return False
    before = tokens[: int(place)]
    begun = len(before) - before[::-1].index(MESSAGE) if MESSAGE in before else 0
    stops = [index for index in range(begun, len(before)) if before[index] in STOPS]
    # The first stop token behind a message token ends that message; any further one is in a header.
    return len(stops) > (1 if MESSAGE in before else 0)


@polling_ways
def test_ours_raises_at_no_place_where_the_reference_reads(way: str) -> None:
    more = {
        sample.id: sorted(set(map(str, places(here))) - set(map(str, places(there))))
        for sample, there, here in pairs(way)
        if not all(place in places(there) or behind_a_stop_in_a_header(sample.tokens, place) for place in places(here))
    }
    assert more == {}


def test_text_of_many_tokens_where_none_has_a_place_raises_once() -> None:
    way = "errors swallowed, whole"
    for name in ("clients:text-between", "clients:no-start-nor-role", "clients:words-behind-the-channel"):
        assert len(theirs()[name, way]["errors"]) > 1
        assert len(default(way)[name]["errors"]) == 1, name


@ways
def test_ours_shows_no_less_of_the_wanted_text(way: str) -> None:
    less = {}
    for sample, there, here in pairs(way):
        wanted = sample.wanted_by(WAYS[way])
        counts = [covered(wanted, shown_text(sample, shown))[0] for shown in (there, here)]
        if counts[1] < counts[0]:
            less[sample.id] = counts
    assert less == {}


def only_reasoning(sample: Sample) -> list[str]:
    """The words of the reasoning that no text has that may be shown."""
    open_to_all = set(" ".join(sample.wanted(None, "final", "commentary")).split())
    return [word for word in " ".join(sample.wanted("analysis")).split() if word not in open_to_all]


@ways
def test_ours_shows_no_reasoning_as_answer_that_the_reference_hides(way: str) -> None:
    leaks = {}
    for sample, there, here in pairs(way):
        reasoning = only_reasoning(sample)
        counts = [covered(reasoning, " ".join(shown["content"]))[0] for shown in (there, here)]
        if counts[1] > counts[0]:
            leaks[sample.id] = counts
    assert leaks == {}


@ways
def test_ours_calls_no_tool_that_nobody_meant(way: str) -> None:
    wrong = {}
    for sample, there, here in pairs(way):
        meant = [
            message["recipient"].removeprefix("functions.") for message in sample.messages if "recipient" in message
        ]
        named = [name for name, _ in here["tools"] if name not in meant]
        if len(named) > sum(name not in meant for name, _ in there["tools"]) or len(here["tools"]) > len(meant) + len(
            named
        ):
            wrong[sample.id] = here["tools"]
    assert wrong == {}


# As an operator sets it ---------------------------------------------------------------------------

KNOWN = {"analysis", "commentary", "final", None}
TOOLS = re.compile(r"functions\.[\w-]+|browser(\.\w+)?|python|assistant")
WHOLE = ["errors swallowed, whole", "first error raised, whole", "first error raised, items"]
STREAMED = ["errors swallowed, streamed", "first error raised, streamed"]


def routable() -> Iterator[Sample]:
    """The samples of whose messages programs can make something."""
    unplaced = {"clients:only-message-token"}  # a complete header without a channel: nothing was recovered
    return (s for s in samples().values() if s.id not in unplaced and all(map(has_a_place, s.messages)))


def has_a_place(message: Data) -> bool:
    """Whether programs know its channel and its recipient; a good header that says no channel is left as it is."""
    channel, recipient = message.get("channel"), message.get("recipient")
    if channel is None and "content_type" in message:
        return False
    return channel in KNOWN and (recipient is None or TOOLS.fullmatch(recipient) is not None)


def lacking(way: str) -> dict[str, tuple[int, int]]:
    """The samples of which not all wanted text is shown: how much is, of how much.

    Of a header that is cut off a program can show nothing if it never says that the input ends.
    """
    counts = {
        sample.id: covered(sample.wanted_by(WAYS[way]), shown_text(sample, recovering(way)[sample.id]))
        for sample in routable()
        if WAYS[way].ends or not ends_in_header(sample)
    }
    return {sample: (count, total) for sample, (count, total) in counts.items() if count < total}


def ends_in_header(sample: Sample) -> bool:
    parser = StreamableParser(ENCODING, "assistant", strict=False)
    for token in sample.tokens:
        parser.process(token)
    return parser.state == StreamState.HEADER


def test_most_samples_have_channels_and_recipients_that_programs_know() -> None:
    assert len(list(routable())) > len(samples()) * 7 / 8


@ways
def test_an_unchanged_program_never_sees_an_error_when_the_environment_says_so(way: str) -> None:
    failing = [s.id for s in routable() if recovering(way)[s.id]["errors"] or recovering(way)[s.id]["failed"]]
    assert failing == []


@pytest.mark.parametrize("way", WHOLE)
def test_an_unchanged_program_shows_the_whole_wanted_text_of_nearly_all_samples(way: str) -> None:
    assert len(lacking(way)) <= 5, lacking(way)


@pytest.mark.parametrize("way", STREAMED)
def test_a_stream_of_deltas_lacks_no_text_but_what_stood_in_a_header(way: str) -> None:
    """What stood in a header is told when the header ends: a program that takes a delta per token may pass it over."""
    unexplained = [
        sample
        for sample in lacking(way)
        if not {"missing_message", "stray_text", "stray_word", "unknown_token"} & kinds(samples()[sample])
    ]
    assert len(unexplained) <= 5, unexplained
    assert len(lacking(way)) < len(samples()) / 3


def kinds(sample: Sample) -> set[str]:
    return {recovery.kind.value for recovery in ENCODING.parse(sample.tokens, "assistant").recoveries}


@pytest.mark.parametrize("way", WHOLE + STREAMED)
def test_text_without_a_channel_is_never_shown_as_reasoning_nor_reasoning_as_answer(way: str) -> None:
    compared = 0
    for sample in routable():
        shown, hidden = recovering(way)[sample.id], only_reasoning(sample)
        open_to_all = sample.wanted(None, "final")
        assert covered(hidden, " ".join(shown["content"]))[0] == 0, sample.id
        if not covered(sample.wanted("analysis"), " ".join(open_to_all))[0]:
            assert covered(open_to_all, " ".join(shown["reasoning"]))[0] == 0, sample.id
            compared += bool(hidden and open_to_all)
    assert compared > 40
