"""Conversations with the exact text and ids of their prompts, and back.

The texts are written by hand from what is publicly known of the formats; the ids are those of the example vocabulary.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.formats.made import NAMES, Made

GOLDEN = Path(__file__).with_name("golden")


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return found


CASES = [pytest.param(name, row, id=f"{name}: {row['claim']}") for name in NAMES for row in rows(name)]


@pytest.mark.parametrize(("name", "row"), CASES)
def test_a_conversation_is_written_and_read_as_this(
    name: str, row: dict[str, Any], format_of: Callable[[str], Made]
) -> None:
    made = format_of(name)
    encoding, conversation = made.encoding, made.Conversation.from_dict({"messages": row["messages"]})
    if row["next"] is None:
        tokens = encoding.render_conversation(conversation)
    else:
        tokens = encoding.render_conversation_for_completion(conversation, row["next"])
    assert made.spelled(tokens) == row["text"]
    assert tokens == row["tokens"]
    result = encoding.parse(tokens)
    assert (result.messages, result.recoveries, result.open_turn) == (conversation.messages, [], row["next"])
    assert encoding.parse(made.tokens(row["text"])).messages == result.messages
    plain = [{key: value for key, value in message.to_dict().items() if key != "name"} for message in result.messages]
    assert plain == row["messages"]


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_are_many_and_of_all_kinds(name: str, format_of: Callable[[str], Made]) -> None:
    made, found = format_of(name), rows(name)
    assert len({row["claim"] for row in found}) == len(found) >= 12
    messages = [message for row in found for message in row["messages"]]
    assert {message["role"] for message in messages} == {role.value for role in made.Role}
    kinds = {rule.tag for rule in made.part("_generated.renderer").RULES.contents._rules}
    assert {content["type"] for message in messages for content in message["content"]} == kinds
