"""A parser as one writes it in ten minutes: a regular expression over the text. docs/fuzzing.md finds its faults.

python -m openai_harmony fuzz --target examples.naive_parser:parse
"""

from __future__ import annotations

import re

from openai_harmony import load_harmony_encoding

ENCODING = load_harmony_encoding("HarmonyGptOss")
MESSAGE = re.compile(
    r"<\|start\|>(?P<role>\w+)(?:<\|channel\|>(?P<channel>\w+)(?: to=(?P<recipient>\S+))?)?.*?"
    r"<\|message\|>(?P<text>.*?)<\|(?:end|return|call)\|>",
    re.DOTALL,
)


def parse(tokens: list[int], role: str | None) -> list[dict[str, str | None]]:
    """The messages of a completion."""
    text = ENCODING.decode(tokens)
    if role is not None:
        text = f"<|start|>{role}{text}"
    return [found.groupdict() for found in MESSAGE.finditer(text)]
