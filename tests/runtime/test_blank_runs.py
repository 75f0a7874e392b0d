"""Claims about cutting around runs of blanks, held against the split pattern run whole by the `regex` package.

The texts hold no character on whose class two versions of Unicode disagree.
"""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

import regex
import tiktoken
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from openai_harmony._runtime.tokens.blank_runs import BLANKS, LONG, parts

SPEC = Path(__file__).parents[2] / "spec" / "encodings.yaml"
PATTERNS = [
    regex.compile("|".join(encoding["split_pattern"]))
    for encoding in yaml.safe_load(SPEC.read_text())["encodings"].values()
]

texts = st.text(
    alphabet=[" ", " ", "\t", "\u3000", "\x0b", "\n", "\r", "a", "B", "1", "!", "/", "'", "s", "\u0301"], max_size=25
)


@settings(max_examples=1500, deadline=None)
@given(texts, st.integers(2, 4))
@example("!\n  \n   x", 2)
@example("!\n   x", 2)
@example("a\n   \n", 2)
@example("   !", 2)
@example("   ", 2)
@example("  \r", 2)
def test_every_cut_is_one_of_the_patterns_and_every_run_one_of_its_pieces(text: str, long: int) -> None:
    found = list(parts(text, long))
    assert "".join(part for part, _ in found) == text
    for pattern in PATTERNS:
        pieces = pattern.findall(text)
        ends = {0, *accumulate(map(len, pieces))}
        done = 0
        for part, blank in found:
            assert done in ends
            split = pattern.findall(part)
            # Alone, each part is split as it is in its place.
            assert pieces[: len(split)] == split
            assert not blank or split == [part]
            del pieces[: len(split)]
            done += len(part)


@settings(max_examples=500, deadline=None)
@given(texts, st.integers(2, 4))
def test_no_long_run_is_left_that_the_pattern_would_have_to_step_back_from(text: str, long: int) -> None:
    for part, blank in parts(text, long):
        assert blank or not regex.search(f"(?<![{BLANKS}])[{BLANKS}]{{{long},}}(?![{BLANKS}\r\n])", part)


def test_a_text_without_a_long_run_is_one_part() -> None:
    text = "a" + " " * (LONG - 1) + "b"
    assert list(parts(text)) == [(text, False)]


def test_the_blanks_are_the_white_space_of_tiktoken_but_for_line_ends() -> None:
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    space = tiktoken.Encoding(
        "space", pat_str=r"\s", mergeable_ranks={bytes([i]): i for i in range(256)}, special_tokens={}
    )
    assert set(space.decode(space.encode_ordinary(every))) == {*BLANKS, "\r", "\n"}
