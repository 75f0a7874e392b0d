"""A text reads as its tokens do, however it is cut: samples, inputs that are made, special tokens of any spelling."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import accumulate, groupby

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from openai_harmony import ContentDelta, TextParser
from openai_harmony._runtime.reading.marker_search import MarkerSearch
from openai_harmony.strictness import Strictness
from openai_harmony.testing import Example, completions, malformed_completions, token_soup, tolerated_completions
from tests.support.effort import examples
from tests.support.samples import SAMPLES
from tests.support.text_reading import (
    ENCODING,
    SPECIALS,
    Reading,
    from_text,
    from_tokens,
    halves,
    in_pieces,
    text_of,
    tokens_of,
)

MODES: tuple[Strictness, ...] = (False, True, "pedantic")

# What a text between messages, a header or a content may be made of, and what nearly is a special token.
SCRAPS = (
    *("<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|call|>", "<|return|>", "<|constrain|>", "<|endoftext|>"),
    *(
        "<|reserved_200013|>",
        "<|reserved_201088|>",
        "<|",
        "<|chan",
        "|>",
        "<",
        "<|reserved_2",
        "<|start|",
        "<|channel>",
    ),
    *("assistant", "user", "system", "tool", "final", "analysis", "commentary", "functions.f", "browser.search"),
    *(" to=functions.f", " to", "=", "json", " code", '{"a":1}', "to=x", "python", "assistant " * 14, "=" * 60),
    *(" ", "\n", "\u3000", "\u205f", ";\n/", "hello", " so", "We need", "ready", "Hello, world", "你好", "é", "x" * 60),
    *("\ud83d", "\ude00", "\U0001f600", "<|start|>assistant<|channel|>final<|message|>"),
)
ROLES = st.sampled_from([None, "assistant", "assistant", "user", "tool"])


def scraps() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(SCRAPS), max_size=14).map("".join)


def outcome(reading: Reading) -> Reading:
    """What does not depend on the pieces: in pedantic mode, a message that is given up has told what came by then."""
    return reading._replace(told=[], errors=[])


def once(errors: list[str]) -> list[str]:
    """Errors, a run of equal ones as one: in pedantic mode every token between messages is one, or every character."""
    return [error for error, _ in groupby(errors)]


def disagreement(text: str, role: str | None, dice: random.Random) -> str | None:
    """Where a text, character by character and in pieces, does not read as its tokens do."""
    for strict in MODES:
        expected, single = from_tokens(text, role, strict), from_text(list(text), role, strict)
        errors = once if strict == "pedantic" else list[str]
        if single._replace(errors=errors(single.errors)) != expected._replace(errors=errors(expected.errors)):
            return f"strict={strict}, by characters: {single!a}, from tokens: {expected!a}"
        read = from_text(in_pieces(text, dice), role, strict)
        if outcome(read) != outcome(single) or (strict != "pedantic" and read.told != single.told):
            return f"strict={strict}, in pieces: {read!a}, by characters: {single!a}"
        if read.errors[:1] != single.errors[:1] or len(read.errors) > len(single.errors):
            return f"strict={strict}, in pieces: {read.errors}, by characters: {single.errors}"
    return None


# Equal texts --------------------------------------------------------------------------------------


@pytest.mark.shipped
@pytest.mark.parametrize("strict", MODES)
@pytest.mark.parametrize(
    "sample", [sample for sample in SAMPLES if sample.get("text")], ids=lambda sample: sample["id"]
)
def test_a_sample_reads_as_its_tokens_do_wherever_it_is_cut(sample: dict[str, str], strict: Strictness) -> None:
    expected = from_tokens(sample["text"], sample["role"], strict)
    for pieces in halves(sample["text"]):
        assert outcome(from_text(pieces, sample["role"], strict)) == outcome(expected), pieces
    assert disagreement(sample["text"], sample["role"], random.Random(sample["id"])) is None


@pytest.mark.parametrize(
    "inputs",
    [completions(), tolerated_completions(), malformed_completions(), token_soup()],
    ids=["canonical", "tolerated", "malformed", "soup"],
)
def test_any_input_reads_as_its_tokens_do(inputs: st.SearchStrategy[Example]) -> None:
    @settings(max_examples=examples(150))
    @given(inputs, st.randoms(use_true_random=False))
    def holds(made: Example, dice: random.Random) -> None:
        assert disagreement(text_of(made.tokens), made.role, dice) is None

    holds()


@pytest.mark.shipped
@settings(max_examples=examples(400))
@given(scraps(), ROLES, st.randoms(use_true_random=False))
@example("<|message|>a<|end|>" + "hello" * 40 + "<|channel|>final<|message|>b", "assistant", random.Random(1))
@example("<|message|>a<|end|>" + "assistant " * 13 + "<|channel|>final<|message|>b", "assistant", random.Random(1))
@example("<|message|>a<|end|>;\n/<|channel|>final<|message|>b", "assistant", random.Random(1))
@example("<|message|>a<|end|>" + "é" * 80 + "<|channel|>final<|message|>b", "assistant", random.Random(1))
@example("<|message|>a<|end|>hello \u205f<|channel|>final<|message|>b", "assistant", random.Random(1))
@example("<|message|>a<|end|>json to=functions.f<|message|>{}", "assistant", random.Random(1))
def test_scraps_read_as_their_tokens_do(text: str, role: str | None, dice: random.Random) -> None:
    assert disagreement(text, role, dice) is None


@given(completions(), st.randoms(use_true_random=False))
def test_spans_of_what_is_well_formed_are_those_of_its_tokens(made: Example, dice: random.Random) -> None:
    text = text_of(made.tokens)
    tokens = tokens_of(text)
    result = ENCODING.parse(tokens, made.role)
    assume(
        not result.recoveries
    )  # the text of a message may spell special tokens, which text cannot tell from true ones
    parser = TextParser(ENCODING, made.role)
    for piece in in_pieces(text, dice):
        parser.process(piece)
    parser.process_eos()
    starts = [0, *accumulate(len(ENCODING.id_bytes.one(token)) for token in tokens)]
    place = [len(text.encode()[:start].decode("utf-8", "ignore")) for start in starts]
    expected = [(*(place[position] for position in span[:4]), span.stop) for span in result.spans]
    assert list(map(tuple, parser.spans)) == expected
    for message, span in zip(parser.messages, parser.spans):
        assert text[span.content_start : span.content_end] == message.content[0].text  # type: ignore[attr-defined]


@pytest.mark.shipped
@settings(max_examples=examples(400))
@given(scraps() | malformed_completions().map(lambda made: text_of(made.tokens)), ROLES)
@example("<|start|>assistant I will<|channel|>final<|message|><|end|>", None)
def test_places_are_those_of_what_they_tell(text: str, role: str | None) -> None:
    parser = TextParser(ENCODING, role, strict=False)
    events = [*parser.feed(text), *parser.feed_eos()]
    begin = 0
    for message, span in zip(parser.messages, parser.spans, strict=True):
        content = ENCODING.decode(tokens_of(text[span.content_start : span.content_end]))
        assert begin <= span.start <= span.content_start <= span.content_end <= span.end <= len(text)
        assert is_left_of(message.content[0].text, content)  # type: ignore[attr-defined]
        assert text[: span.end].endswith("" if span.stop is None else ENCODING.decode([span.stop]))
        begin = span.end
    for event in events:
        if isinstance(event, ContentDelta):
            assert is_left_of(event.text, ENCODING.decode(tokens_of(text[event.start : event.end])))
    assert all(0 <= recovery.start <= recovery.end <= len(text) for recovery in parser.recoveries)


def is_left_of(part: str, whole: str) -> bool:
    """Whether a text is another one from which something was left out."""
    rest = iter(whole)
    return all(character in rest for character in part)


# What is held back --------------------------------------------------------------------------------


ANY_SPECIAL = re.compile("|".join(map(re.escape, SPECIALS)))
BEGINNINGS = {special[:size] for special in SPECIALS for size in range(1, len(special))}


def may_go_on(end: str) -> bool:
    """Whether a text is a special token but for its end, or the first half of a character."""
    half = len(end) == 1 and "\ud800" <= end <= "\udbff"
    return half or end in BEGINNINGS


def to_be_held(text: str) -> str:
    """The longest end of a text that may go on, behind its last special token."""
    rest = ANY_SPECIAL.split(text)[-1]
    return next((rest[at:] for at in range(len(rest)) if may_go_on(rest[at:])), "")


@given(scraps(), st.randoms(use_true_random=False))
@example("a<|<|chan", random.Random(1))
@example("a<|end|", random.Random(1))
@example("a<|end|>", random.Random(1))
@example("a<\ud83d", random.Random(1))
def test_no_more_is_held_back_than_may_become_a_special_token(text: str, dice: random.Random) -> None:
    parser, so_far = TextParser(ENCODING, "assistant", strict=False), ""
    for piece in in_pieces(text, dice):
        parser.feed(piece)
        so_far += piece
        held = parser._reader.waiting
        assert ascii(held) == ascii(to_be_held(so_far))
        assert parser.usage.total == len(so_far) - len(held)
    parser.feed_eos()
    assert parser.usage.total == len(text)


# Special tokens of any spelling -------------------------------------------------------------------

SPELLINGS = st.lists(st.text("ab<", min_size=1, max_size=4), min_size=1, max_size=5, unique=True)


def found_by_pattern(spelled: dict[int, str], text: str) -> Iterator[tuple[str, int | None]]:
    ids = {spelling: token for token, spelling in spelled.items()}
    longest_first = sorted(ids, key=len, reverse=True)
    for part in re.split(f"({'|'.join(map(re.escape, longest_first))})", text):
        if part:
            yield part, ids.get(part)


def joined(parts: Iterator[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """Neighbouring runs of text as one."""
    found: list[tuple[str, int | None]] = []
    for part, token in parts:
        if token is None and found and found[-1][1] is None:
            found[-1] = (found[-1][0] + part, None)
        else:
            found.append((part, token))
    return found


def searched(spelled: dict[int, str], pieces: list[str]) -> Iterator[tuple[str, int | None]]:
    search, spellings, text = MarkerSearch(spelled), spelled.values(), ""
    for number, piece in enumerate([*pieces, ""]):
        text += piece
        for part, token in search.split(text, final=number == len(pieces)):
            yield part, token
            text = text[len(part) :]
        may_go_on = any(spelling.startswith(text) and spelling != text for spelling in spellings)
        assert text == "" or (may_go_on and number < len(pieces))


@settings(max_examples=examples(1000))
@given(SPELLINGS, st.text("ab<", max_size=20), st.randoms(use_true_random=False))
@example(["<a", "<ab"], "<ab<a", random.Random(1))  # one begins as another does
@example(["a<b<a", "<b"], "a<b<b", random.Random(1))  # one stands within another
@example(["<ab", "b<a"], "<ab<ab<a", random.Random(1))  # one begins where another ends
def test_special_tokens_are_found_in_pieces_as_in_the_whole(
    spellings: list[str], text: str, dice: random.Random
) -> None:
    spelled = dict(enumerate(spellings))
    assert joined(searched(spelled, in_pieces(text, dice, 3))) == list(found_by_pattern(spelled, text))
