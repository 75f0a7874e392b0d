"""The rows of pairs/*.yaml: requests and their messages, completions and what an API gives for them."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from openai_harmony import (
    Conversation,
    ConversionError,
    Message,
    Role,
    SystemContent,
    ToolNamespaceConfig,
    load_harmony_encoding,
)

__all__ = [
    "ENCODING",
    "Dumped",
    "Ids",
    "Row",
    "assert_refused",
    "conversation",
    "each",
    "encode",
    "messages",
    "opening",
    "pairs",
    "places",
    "reading",
    "rows",
    "tokens_of",
]

Row: TypeAlias = dict[str, Any]

PAIRS = Path(__file__).with_name("pairs")
ENCODING = load_harmony_encoding("HarmonyGptOss")
# Ten times as fast, where PyYAML was built with it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def pairs(ending: str = "") -> list[str]:
    """The names of the files that there are, such as `chat_in`."""
    return sorted(path.stem for path in PAIRS.glob(f"*{ending}.yaml"))


@functools.cache
def rows(name: str) -> list[Row]:
    """The rows of a file; to be left as they are."""
    loaded: list[Row] = yaml.load((PAIRS / f"{name}.yaml").read_text(encoding="utf-8"), _LOADER)
    return loaded


def each(some: Iterable[Row]) -> Callable[[Any], Any]:
    """Decorate a test that is to hold for each row."""
    return pytest.mark.parametrize("row", list(some), ids=lambda row: row["id"])


def opening(fields: Row) -> Row:
    """The first message, with some fields of its content; `tools` may be a list of names of built-in tools."""
    content = SystemContent.new()
    rest = dict(fields)
    if isinstance(rest.get("tools"), list):
        for name in rest.pop("tools"):
            content = content.with_tools(getattr(ToolNamespaceConfig, name)())
    plain: Row = json.loads(json.dumps(Message.from_role_and_content(Role.SYSTEM, content).to_dict()))
    plain["content"][0].update(rest)
    return plain


def messages(row: Row) -> list[Row]:
    """All messages that a request becomes, as dictionaries."""
    return [opening(row.get("opening", {})), *row["messages"]]


def conversation(row: Row) -> Conversation:
    """What a request becomes."""
    return Conversation.from_messages([Message.from_dict(message) for message in messages(row)])


def encode(piece: str | list[int]) -> list[int]:
    """The tokens of a text in which special tokens are spelled out; ids stay."""
    return ENCODING.encode(piece, allowed_special="all") if isinstance(piece, str) else list(piece)


def tokens_of(row: Row) -> list[int]:
    """The completion of a row of either form."""
    tokens = [token for step in row.get("steps", [row.get("completion")]) for token in encode(step)]
    return tokens[: len(tokens) - row.get("cut", 0)]


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
