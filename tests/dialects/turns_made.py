"""Turns of a model at random: completions with results of tools between, and tokens of any kind."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from openai_harmony import Author, Message, Role
from tests.dialects.responses_made import TEXTS
from tests.support.samples import ENCODING, SAMPLES, tokens_of

__all__ = ["Turn", "completions", "cut", "soups", "turns"]


@dataclass
class Turn:
    """What a model writes until the server calls tools, and their results."""

    tokens: list[int]
    results: list[Message]


HEADERS = [
    "<|channel|>analysis<|message|>",
    "<|channel|>commentary<|message|>",
    "<|channel|>final<|message|>",
    "<|channel|>final <|constrain|>json<|message|>",
    "<|message|>",
    "<|channel|>other<|message|>",
    "<|channel|>commentary to=functions.f <|constrain|>json<|message|>",
    " to=functions.get_weather<|channel|>analysis code<|message|>",
    "<|channel|>commentary to=functions.shell <|constrain|>json<|message|>",
    "<|channel|>commentary to=f<|message|>",
    "<|channel|>analysis to=python code<|message|>",
    "<|channel|>analysis to=browser.search code<|message|>",
    "<|channel|>analysis to=browser.open<|message|>",
    "<|channel|>analysis to=browser.unknown<|message|>",
    "<|channel|>commentary to=gh.find <|constrain|>json<|message|>",
    "<|channel|>commentary to=gh<|message|>",
    "<|channel|>commentary to=functions.unknown<|message|>",
    "<|channel|>commentary to=unknown.tool<|message|>",
    "<|channel|>commentary to=assistant<|message|>",
]
BODIES = TEXTS | st.sampled_from(
    [
        '{"input":"a\\n\\u00e9"}',
        '{"input": "x"',
        '{"input"',
        "{}",
        '{ "input" :\t"\\ud83d\\ude00 b"}',
        '{"query":"q","id":3}',
        '{"query":"\\ud83d"}',
        "[" * 1100,
        '{"query": [1]}',
    ]
)
RESULT = "<|start|>{} to=assistant<|channel|>analysis<|message|>r<|end|><|start|>assistant"
BETWEEN = ["<|end|><|start|>assistant", "<|call|><|start|>assistant"]
BETWEEN += [
    f"<|call|>{RESULT.format(name)}" for name in ("python", "gh.find", "browser.search", "browser", "functions.f")
]
LAST = ["<|return|>", "<|call|>", "<|end|>", ""]


@st.composite
def completions(draw: st.DrawFn) -> list[int]:
    tokens: list[int] = []
    count = draw(st.integers(1, 5))
    for number in range(count):
        tokens += ENCODING.encode(draw(st.sampled_from(HEADERS)), allowed_special="all")
        tokens += ENCODING.encode(draw(BODIES), disallowed_special=())
        tokens += ENCODING.encode(
            draw(st.sampled_from(LAST if number == count - 1 else BETWEEN)), allowed_special="all"
        )
    return tokens


def _result(name: str | None, text: str) -> Message:
    return Message.from_author_and_content(Author(role=Role.TOOL, name=name), text).with_recipient("assistant")


RESULTS = st.builds(
    _result, st.sampled_from(["python", "gh.find", "gh", "browser.search", "functions.f", "p", None]), TEXTS
)


def turns(tokens: st.SearchStrategy[list[int]] | None = None) -> st.SearchStrategy[list[Turn]]:
    """One turn, or several with the results of tools between."""
    each = st.builds(Turn, completions() if tokens is None else tokens, st.lists(RESULTS, max_size=2))
    return st.lists(each, min_size=1, max_size=3)


def cut(tokens: list[int], places: list[int]) -> list[list[int]]:
    """Tokens in steps that begin at these places, wherever they are; the same place twice gives an empty step."""
    ends = sorted(place % (len(tokens) + 1) for place in places)
    return [tokens[start:end] for start, end in zip([0, *ends], [*ends, len(tokens)], strict=True)]


# any tokens -----------------------------------------------------------------------------------------

MARKERS = ["<|start|>", "<|end|>", "<|return|>", "<|call|>", "<|channel|>", "<|message|>", "<|constrain|>"]
SPECIAL = [ENCODING.encode(text, allowed_special="all")[0] for text in MARKERS]
WORDS = ENCODING.encode("assistant analysis final commentary user to=functions.f python {json\n")
PARTS = ENCODING.encode("😀名👩‍👧", disallowed_special=())  # of characters
UNKNOWN = [199_998, 199_999, 200_000, 200_013, 200_019, 201_087, 201_088, 2**31, 2**32, 2**70, -1]
TOKENS = st.sampled_from([*SPECIAL, *WORDS, *PARTS, *UNKNOWN]) | st.integers(0, 200_000)


@st.composite
def soups(draw: st.DrawFn) -> list[int]:
    """Any tokens: mixed at random, or a completion or a sample of malformed output, cut off and changed."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return draw(st.lists(TOKENS, max_size=40))
    tokens = list(tokens_of(draw(st.sampled_from(SAMPLES)))) if kind == 1 else draw(completions())
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(tokens)))
        tokens[at : at + draw(st.integers(0, 3))] = draw(st.lists(TOKENS, max_size=2))
    return tokens[: draw(st.integers(0, len(tokens)) | st.just(len(tokens)))]
