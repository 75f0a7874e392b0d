"""What programs show of the samples with the reference and with this library, and how much of what was wanted.

`python -m tests.compat.clients` prints it, a row for each sample and a column for each way in which programs read;
`--recover` with the modes of an operator who wants everything shown.
"""

from __future__ import annotations

import argparse
import functools
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from openai_harmony import load_harmony_encoding
from tests.compat.comparison import our_answer
from tests.compat.record import rows_of
from tests.support.reference import ROOT, reference
from tests.support.samples import SAMPLES

__all__ = ["RECOVERING", "WAYS", "Sample", "covered", "environment", "ours", "samples", "shown_text", "theirs"]

Data = dict[str, Any]
DATA = ROOT / "tests" / "data"
ENCODING = load_harmony_encoding("HarmonyGptOss")
# What an operator sets for a program that nobody changes.
RECOVERING = {"HARMONY_STRICT": "recover", "HARMONY_UNPLACED": "final"}


class Way(NamedTuple):
    """A function of a module that imitates programs."""

    module: str
    function: str
    polls: bool = False  # reads one token at a time, so that each error has a place
    preambles: bool = True  # shows what is said on the channel `commentary` to nobody in particular
    ends: bool = True  # says that the input ends


WAYS = {
    "errors swallowed, whole": Way("program_swallowing", "whole", polls=True),
    "errors swallowed, streamed": Way("program_swallowing", "streamed", polls=True),
    "first error raised, whole": Way("program_raising", "whole", polls=True, ends=False),
    "first error raised, items": Way("program_raising", "items", polls=True, ends=False),
    "first error raised, streamed": Way("program_raising", "streamed", polls=True, ends=False),
    "properties polled": Way("program_polling", "streamed", polls=True, preambles=False, ends=False),
    "properties printed": Way("program_polling", "printed", polls=True, ends=False),
    "one call": Way("program_parsing", "output_items", preambles=False),
    "one call, or the raw text": Way("program_parsing", "or_raw_text", preambles=False),
}


class Sample(NamedTuple):
    id: str
    tokens: tuple[int, ...]
    messages: tuple[Data, ...]  # what was meant
    accepted: str | None  # why ours reads what the reference refuses

    def wanted(self, *channels: str | None) -> list[str]:
        """The texts that the assistant's messages should have, or those on some channels."""
        spoken = [message for message in self.messages if message["role"] == "assistant"]
        return [m["text"] for m in spoken if not channels or m.get("channel") in channels]

    def wanted_by(self, way: Way) -> list[str]:
        """The texts that a way of reading shows when nothing is wrong."""
        spoken = [message for message in self.messages if message["role"] == "assistant"]
        preambles = [m for m in spoken if m.get("channel") == "commentary" and "recipient" not in m]
        return [m["text"] for m in spoken if way.preambles or m not in preambles]


# What the spec's grammar reads and the reference does not; docs/differences.md has each. By id of malformed.jsonl.
ACCEPTED = {
    "role-then-start": "a turn that is opened twice",
    "truncated-after-role": "an open turn",
    "tool-result-without-recipient": "a tool without a recipient",
}


@functools.cache
def samples() -> dict[str, Sample]:
    """The samples of an assistant's turn, in both files."""
    rows = [*SAMPLES]
    rows += [{**row, "id": f"clients:{row['id']}"} for row in rows_of(DATA / "clients.jsonl")]
    found = {}
    for row in rows:
        if row["role"] != "assistant":
            continue
        tokens = row.get("tokens")
        if tokens is None:
            tokens = ENCODING.encode(row["text"], allowed_special="all")
        accepted = row.get("accepted") or ACCEPTED.get(row["id"])
        assert row["id"] not in found
        found[row["id"]] = Sample(row["id"], tuple(tokens), tuple(row["messages"]), accepted)
    return found


# Both libraries -----------------------------------------------------------------------------------


@functools.cache
def theirs() -> dict[tuple[str, str], Data]:
    """What is shown with the reference, by sample and way."""
    keys = [(sample, way) for sample in samples() for way in WAYS]
    answers = reference().ask(_question(samples()[sample], WAYS[way]) for sample, way in keys)
    return {key: _value(answer) for key, answer in zip(keys, answers)}


def ours(sample: Sample, way: Way) -> Data:
    """What is shown with this library, in the environment that there is."""
    return _value(our_answer(*_question(sample, way)))


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """The variables that a parser reads when it is made, for as long as this lasts."""
    names = ("HARMONY_STRICT", "HARMONY_UNPLACED")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _question(sample: Sample, way: Way) -> tuple[str, Data]:
    arguments = {"tokens": list(sample.tokens)}
    return "call", {"module": f"tests.support.{way.module}", "function": way.function, "arguments": arguments}


def _value(answer: Data) -> Data:
    assert "output" in answer, f"the imitation itself failed: {answer}"
    value: Data = answer["output"]["value"]
    return value


# How much is shown --------------------------------------------------------------------------------

_WORD = r"assistant|user|system|developer|analysis|commentary|final|json|code|to=[^\s<]*|functions\.[^\s<]*"
_HEADER = re.compile(rf"<\|(?:start|channel)\|>(?:\s|{_WORD}|<\|(?:start|channel|constrain)\|>)*<\|message\|>")
_MARKER = re.compile(r"<\|(?:start|end|message|channel|constrain|return|call|endoftext)\|>")


def shown_text(sample: Sample, shown: Data) -> str:
    """All that a user or a tool gets, without the markers and the header words that only the reference puts into text.

    A call of a tool that nobody meant shows nothing: the program answers it with an error.
    """
    meant = tuple(
        message["recipient"].removeprefix("functions.") for message in sample.messages if "recipient" in message
    )
    calls = [arguments for name, arguments in shown["tools"] if name.startswith(meant)]
    return without_markers(" ".join([*shown["reasoning"], *shown["content"], *calls]))


def without_markers(text: str) -> str:
    return _MARKER.sub("", _HEADER.sub(" ", text))


def covered(wanted: list[str], shown: str) -> tuple[int, int]:
    """How many of the letters of the wanted texts are shown, and how many there are.

    Of each word, the longest piece of at least three letters that is shown counts, and each letter shown counts once.
    """
    left = "".join(shown.split())
    count = total = 0
    for word in sorted(" ".join(wanted).split(), key=len, reverse=True):
        total += len(word)
        piece = next((p for p in _pieces(word) if p in left), "")
        left = left.replace(piece, "\0", 1) if piece else left
        count += len(piece)
    return count, total


def _pieces(word: str) -> Iterator[str]:
    for size in range(len(word), min(3, len(word)) - 1, -1):
        for start in range(len(word) - size + 1):
            yield word[start : start + size]


# A table for people -------------------------------------------------------------------------------


def table(variables: Mapping[str, str]) -> list[str]:
    """A row for each sample: in each way, what part of the wanted letters the reference shows, and ours."""
    heads = list(WAYS)
    lines = [f"| sample | {' | '.join(heads)} |", f"| --- |{' --- |' * len(heads)}"]
    with environment(variables):
        for sample in samples().values():
            pairs = [(WAYS[way], (theirs()[sample.id, way], ours(sample, WAYS[way]))) for way in heads]
            cells = [f"{_cell(sample, way, there)} → {_cell(sample, way, here)}" for way, (there, here) in pairs]
            lines.append(f"| {sample.id} | {' | '.join(cells)} |")
    return lines


def _cell(sample: Sample, way: Way, shown: Data) -> str:
    if shown["failed"]:
        return "error"
    count, total = covered(sample.wanted_by(way), shown_text(sample, shown))
    return "all" if count == total else f"{100 * count // total} %"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.compat.clients", description=__doc__)
    options.add_argument("--recover", action="store_true", help="with HARMONY_STRICT and HARMONY_UNPLACED set")
    print("\n".join(table(RECOVERING if options.parse_args().recover else {})))


if __name__ == "__main__":
    main()
