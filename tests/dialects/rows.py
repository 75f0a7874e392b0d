"""The conversions of the conformance kit: requests and their messages, completions and what an API gives for them.

A row is here as the tests of conversions read it: what the kit has as input and as answer, side by side.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import pytest

from openai_harmony import (
    Conversation,
    ConversionError,
    Message,
    load_harmony_encoding,
)
from tests.conformance.rows import FOLDER, rows_of

__all__ = [
    "ENCODING",
    "Dumped",
    "Ids",
    "Row",
    "assert_refused",
    "conversation",
    "each",
    "encode",
    "pairs",
    "places",
    "reading",
    "rows",
    "tokens_of",
]

Row: TypeAlias = dict[str, Any]

ENCODING = load_harmony_encoding("HarmonyGptOss")
APIS = ("anthropic", "chat", "responses")
# What the tests call what the kit calls otherwise.
NAMES = {"text": "completion", "tokens": "completion", "output": "expected", "why": "claim", "place": "error"}


def pairs(ending: str = "") -> list[str]:
    """The names of the files that there are, such as `chat_in`."""
    return sorted(path.stem for api in APIS for path in FOLDER.glob(f"{api}_*{ending}.jsonl"))


@functools.cache
def rows(name: str) -> list[Row]:
    """The rows of a file; to be left as they are."""
    return [_read(row) for row in rows_of(FOLDER / f"{name}.jsonl")]


def _read(row: Row) -> Row:
    answer = dict(row.get("expect", {}))
    prompt = {}
    if "request" in row["input"] and answer:
        prompt = {"rendered": {key: answer.pop(key) for key in ("text", "tokens")}}
    if row["op"] == "chat_out":
        answer = {"expected": answer}
    rest = {key: value for key, value in row.items() if key not in ("op", "input", "expect", "error", "holds")}
    whole = {**row["input"], **answer, **rest, **prompt}
    return {NAMES.get(key, key): value for key, value in whole.items()}


def each(some: Iterable[Row]) -> Callable[[Any], Any]:
    """Decorate a test that is to hold for each row."""
    return pytest.mark.parametrize("row", list(some), ids=lambda row: row["id"])


def conversation(row: Row) -> Conversation:
    """What a request becomes."""
    return Conversation.from_messages([Message.from_dict(message) for message in row["messages"]])


def encode(piece: str | list[int]) -> list[int]:
    """The tokens of a text in which special tokens are spelled out; ids stay."""
    return ENCODING.encode(piece, allowed_special="all") if isinstance(piece, str) else list(piece)


def tokens_of(row: Row) -> list[int]:
    """The completion of a row of either form."""
    return [token for step in row.get("steps", [row.get("completion")]) for token in encode(step)]


def reading(row: Row) -> dict[str, Any]:
    """The arguments of whatever reads the completion of a row."""
    prompt = {"prompt_tokens": encode(row["prompt"])} if "prompt" in row else {}
    return {**row.get("options", {}), **prompt, "new_id": Ids()}


class Ids:
    """Counts the ids that it gives: `call_0`, `msg_1`; one counter for all kinds. It travels with a stream."""

    def __init__(self) -> None:
        self._given = 0

    def __call__(self, kind: str) -> str:
        self._given += 1
        return f"{kind}_{self._given - 1}"


def places(value: object) -> Iterator[Row]:
    """All dictionaries in a value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from places(inner)


class Dumped:
    """An object of a client, which gives its data only as a dump."""

    def __init__(self, data: object) -> None:
        self._data = data

    def model_dump(self, **_: object) -> object:
        return copy.deepcopy(self._data)


def assert_refused(attempt: Callable[[], object], row: Row) -> None:
    """Assert that a bad request is refused at the place that its row names."""
    with pytest.raises(ConversionError) as refused:
        attempt()
    assert refused.value.path == row["error"]
    assert row["error"] in str(refused.value)
    assert row.get("says", "") in str(refused.value)
