"""What models write that the format does not allow, with what it should be read as: tests/data/malformed.jsonl.

A row has `text` (with special tokens spelled) or `tokens`, the `role` that a parser is given, and what comes of it:
`messages`; `kinds`, the recoveries in their order; `strict`, whether pedantic mode gives an error or reads it alike;
`complete`, whether the last message has its stop token, where that is certain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from openai_harmony import Message, load_harmony_encoding

__all__ = ["ENCODING", "SAMPLES", "Sample", "chunks", "plain", "tokens_of"]

Sample = dict[str, Any]

ENCODING = load_harmony_encoding("HarmonyGptOss")
DATA = Path(__file__).parents[1] / "data" / "malformed.jsonl"
SAMPLES: list[Sample] = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
FIELDS = ("channel", "recipient", "content_type")


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
