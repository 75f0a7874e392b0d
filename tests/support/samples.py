"""What models write that the format does not allow, with what it should be read as: malformed.jsonl of the kit.

A sample has `text` (with special tokens spelled) or `tokens`, the `role` that a parser is given, and what comes of it:
`messages`; `kinds`, the recoveries in their order; `strict`, whether pedantic mode gives an error or reads it alike;
`complete`, whether the last message has its stop token, where that is certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from openai_harmony import Message, load_harmony_encoding
from tests.conformance.rows import FOLDER, Row, rows_of

__all__ = ["ENCODING", "SAMPLES", "Sample", "chunks", "plain", "tokens_of"]

Sample = dict[str, Any]

ENCODING = load_harmony_encoding("HarmonyGptOss")
FIELDS = ("channel", "recipient", "content_type")


def _sample(row: Row) -> Sample:
    """A row of the kit with input and answer side by side."""
    expect = row["expect"]
    messages = [{**message, "text": message["content"][0]["text"]} for message in expect["messages"]]
    for message in messages:
        del message["content"]
    rest = {key: row[key] for key in ("strict", "complete", "accepted", "why") if key in row}
    return {"id": row["id"], **row["input"], "messages": messages, "kinds": expect["recoveries"], **rest}


SAMPLES: list[Sample] = [_sample(row) for row in rows_of(FOLDER / "malformed.jsonl")]


def tokens_of(sample: Sample) -> list[int]:
    return sample.get("tokens") or ENCODING.encode(sample.get("text", ""), allowed_special="all")


def plain(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Messages as the samples write them."""
    return [_plain(message) for message in messages]


def _plain(message: Message) -> dict[str, Any]:
    data = message.to_dict()
    form = {"role": data["role"].value, "text": "".join(content.text for content in message.content)}
    if data["name"] is not None:
        form["name"] = data["name"]
    return form | {key: data[key] for key in FIELDS if key in data}


def chunks(whole: Any, size: int) -> Iterator[Any]:
    """A list or a text in pieces of one size."""
    return (whole[start : start + size] for start in range(0, len(whole), size))
