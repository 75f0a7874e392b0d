"""The rows of pairs/responses_*.yaml, and what they say of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from tests.dialects.response_reading import RESPONSE
from tests.dialects.rows import Row, rows

__all__ = ["IN", "OUT", "STREAM", "Events", "events_of", "output_of"]

IN, OUT, STREAM = rows("responses_in"), rows("responses_out"), rows("responses_stream")
Events: TypeAlias = list[Any]


def events_of(row: Row) -> Events:
    """All written events of a row, with their numbers and the response whole."""
    written = [event for step in row["events"] for event in step]
    return [numbered(event, number) for number, event in enumerate(written)]


def numbered(event: Mapping[str, Any], number: int) -> dict[str, Any]:
    whole = {"response": {**RESPONSE, **event["response"]}} if "response" in event else {}
    return {**event, **whole, "sequence_number": number}


def output_of(row: Row) -> list[Any]:
    output: list[Any] = row["events"][-1][-1]["response"]["output"]
    return output
