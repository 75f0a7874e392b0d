"""Text without special tokens, cut: nothing is left out of it but headers, and the work grows with its length alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_harmony._generated.framing import FRAMING
from openai_harmony._runtime.reading.stripped.header import StrippedHeaders
from openai_harmony._runtime.reading.stripped.text import Part, split

HEADERS = StrippedHeaders(FRAMING)
PIECES = [
    "assistant",
    "user",
    "analysis",
    "final",
    "commentary",
    " to=",
    "to=",
    "functions.f",
    "python",
    "json",
    "f",
    ".",
]
SOUP = st.lists(st.sampled_from([*PIECES, " ", "\n", "{", "\u00e9", "\ud800"]), max_size=25).map("".join)


def left_of(header: str, part: Part) -> str:
    """What a header's text holds beside its fields, its author and what announces a recipient."""
    known = [value for value in (part.header.name, *part.header.fields) if value]
    for value in sorted(known, key=len, reverse=True):
        assert value in header
        header = header.replace(value, " ", 1)
    for word in (*(literal for literal, _ in FRAMING.literals), part.header.role):
        header = header.replace(word, " ", 1)
    return header.strip()


@given(SOUP, st.sampled_from([None, "assistant", "user"]))
def test_no_letter_is_lost_but_in_words_of_a_header(text: str, role: str | None) -> None:
    done = 0
    for part in split(HEADERS, text, role):
        assert done <= part.start <= part.end
        assert left_of(text[done : part.start], part) == ""
        done = part.end
    assert not text[done:].strip()


# Texts that repeat something so many times, and into how many messages they are cut.
HOSTILE: dict[str, Callable[[int], tuple[str, int]]] = {
    "roles": lambda many: ("assistant " * many, 1),
    "channels": lambda many: ("assistantfinal" * many, many),
    "recipients": lambda many: ("assistant to=" * many, 1),
    "one recipient": lambda many: ("commentary to=" + "a.final_" * many, 1),
    "answers": lambda many: ("functions.f to=assistant" * many, many),
    "one answer": lambda many: ("a.b-" * many + "c to=assistant", 1),
    "no answers": lambda many: ("! to=assistant" * many, 1),
    "calls": lambda many: ("assistantcommentary to=functions.f{}" * many, many),
    "tools": lambda many: ("".join(f"assistantcommentary to=functions.f{i}{{}}" for i in range(many)), many),
    "a name": lambda many: ("commentary to=f{}" + " f to=" * many, 1),
    "a name in many answers": lambda many: ("commentary to=f{}" + " fcommentary{}" * many, many + 1),
    "bare words": lambda many: ("assistant a.b " * many, 1),
    "blanks": lambda many: ("assistant" + " " * many + "to=", 1),
    "braces": lambda many: ("assistantcommentary to={" * many, many),
}
NAMES = sorted(HOSTILE)


@pytest.mark.shipped
@pytest.mark.parametrize("name", NAMES)
def test_a_long_text_is_cut_whatever_is_in_it(name: str) -> None:
    """One whose cost grew with the square of its length would keep the tests for very long."""
    text, messages = HOSTILE[name](10_000)
    assert len(split(HEADERS, text, None)) == messages


def calls(text: str) -> int:
    """How many functions run while a text is cut, built-in ones included."""
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        split(HEADERS, text, None)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", NAMES)
def test_twice_the_text_takes_twice_the_calls(name: str) -> None:
    one, two = calls(HOSTILE[name](300)[0]), calls(HOSTILE[name](600)[0])
    assert two < 2.1 * one


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("text", "fields", "content"),
    [
        ("analysis to=python codeimport x", ("analysis", "python", "code"), "import x"),
        ("assistant to=pythonanalysis codeimport x", ("analysis", "python", "code"), "import x"),
        ("assistant to=functions.fcommentaryjson{}", ("commentary", "functions.f", "json"), "{}"),
        ("finaljson[1]", ("final", None, "json"), "[1]"),
        ("analysiscode it", ("analysis", None, None), "code it"),
        ("analysis code it", ("analysis", None, None), " code it"),
    ],
)
def test_a_type_that_is_known_ends_where_text_is_glued_to_it(
    text: str, fields: tuple[str | None, ...], content: str
) -> None:
    (part,) = split(StrippedHeaders(FRAMING, types=["code", "json"]), text, None)
    assert (part.header.fields, text[part.start : part.end]) == (fields, content)
