"""Each pair of the Responses API holds: requests and their messages, completions and their items."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from openai_harmony import Conversation, ConversionError, Message, responses
from tests.dialects.response_pairs import IN, OUT, STREAM, output_of
from tests.dialects.response_reading import read_item
from tests.dialects.rows import ENCODING, Dumped, Row, assert_refused, conversation, each, encode, reading, rows

pytestmark = pytest.mark.shipped  # the pairs have the words of the shipped format

RULES = [f"{letter}{n}" for letter, last in (("R", 8), ("O", 6), ("T", 5)) for n in range(1, last + 1)]
# The keys of a request that are arguments of `conversation_from_responses` by the same names.
ARGUMENTS = ("instructions", "tools", "tool_choice", "text", "reasoning")
ONLY_OF_REQUESTS = {"previous_response_id"}
GOOD = [row for row in IN if "messages" in row]
BAD = [row for row in IN if "error" in row]
# The items of which each type has rows whose events are written out.
KINDS = {
    "message",
    "reasoning",
    "function_call",
    "custom_tool_call",
    "code_interpreter_call",
    "web_search_call",
    "mcp_call",
}


# The rows themselves ------------------------------------------------------------------------------


def test_every_rule_is_in_several_rows() -> None:
    told = Counter(rule for row in (*IN, *OUT, *STREAM) for rule in row["rules"])
    assert set(told) == set(RULES)
    assert [rule for rule in RULES if told[rule] < 2] == []


def test_there_are_enough_rows() -> None:
    assert len(IN) >= 85
    assert len(OUT) >= 40
    assert len(STREAM) >= 18


KEYS = {
    "responses_in": {"request", "options", "messages", "rendered", "error", "says", "unrecorded", "text_has"},
    "responses_out": {"completion", "prompt", "options", "finish", "incomplete", "expected"},
    "responses_stream": {"steps", "prompt", "options", "finish", "fail", "events"},
}


@pytest.mark.parametrize("name", KEYS)
def test_no_row_has_a_key_that_nothing_reads(name: str) -> None:
    assert {key for row in rows(name) for key in row} == {"id", "rules", "claim", *KEYS[name]}


def test_every_type_of_item_is_in_completions_and_in_streams() -> None:
    assert {item["type"] for row in OUT for item in row["expected"]} == KINDS
    assert {item["type"] for row in STREAM for item in output_of(row)} == KINDS


@each(GOOD)
def test_what_the_reference_cannot_render_says_so(row: Row) -> None:
    assert ("text_has" in row) == ("unrecorded" in row)


# In -----------------------------------------------------------------------------------------------


def options_of(row: Row, previous: Callable[[list[Message]], object] = list) -> dict[str, Any]:
    options = dict(row.get("options", {}))
    for name in {"decrypt", "resolve"} & options.keys():
        options[name] = options[name].__getitem__
    if "previous" in options:
        items = any("type" in each for each in options["previous"])
        options["previous"] = options["previous"] if items else previous(messages_of(options["previous"]))
    return options


def messages_of(dictionaries: list[Any]) -> list[Message]:
    return [Message.from_dict(each) for each in dictionaries]


def converted(row: Row) -> Conversation:
    request = row["request"]
    arguments = {key: request[key] for key in ARGUMENTS if key in request}
    return responses.conversation_from_responses(request.get("input"), **arguments, **options_of(row))


@each(GOOD)
def test_a_request_becomes_its_messages(row: Row) -> None:
    before = copy.deepcopy(row["request"])
    assert converted(row).to_dict() == conversation(row).to_dict()
    assert converted(row) == conversation(row)
    assert row["request"] == before


@each(GOOD)
def test_a_request_becomes_the_prompt_that_the_reference_renders(row: Row) -> None:
    options = options_of(row, previous=Conversation.from_messages)
    tokens = responses.responses_prompt(ENCODING, row["request"], **options)
    assert ENCODING.decode(tokens) == row["rendered"]["text"]
    assert tokens == row["rendered"]["tokens"]
    assert row.get("text_has", "") in ENCODING.decode(tokens)


@each(BAD)
def test_a_bad_request_is_refused_at_its_place(row: Row) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: responses.responses_prompt(ENCODING, row["request"], **options_of(row))
    ]
    if row["error"] not in ONLY_OF_REQUESTS:
        attempts.append(lambda: converted(row))
    for attempt in attempts:
        assert_refused(attempt, row)


def dumped(value: object, depth: int) -> object:
    """A list with objects in place of its dictionaries, or of those in the lists that its dictionaries have."""
    if not isinstance(value, list):
        return value
    dictionaries = [Dumped(item) if isinstance(item, dict) else item for item in value]
    return dictionaries if depth == 0 else [inside(item, depth - 1) for item in value]


def inside(item: object, depth: int) -> object:
    return {key: dumped(value, depth) for key, value in item.items()} if isinstance(item, dict) else item


@pytest.mark.parametrize("depth", [0, 1], ids=["items", "parts"])
@each(row for row in IN if isinstance(row["request"].get("input"), list))
def test_objects_of_a_client_are_what_they_dump(row: Row, depth: int) -> None:
    request = inside(row["request"], depth)
    assert outcome(request, row) == outcome(row["request"], row)


def outcome(request: object, row: Row) -> object:
    """The prompt for a request, or where it is refused."""
    try:
        return responses.responses_prompt(ENCODING, request, **options_of(row))
    except ConversionError as refused:
        return refused.path


# Out ----------------------------------------------------------------------------------------------


@each(row for row in OUT if "prompt" not in row)
def test_messages_become_their_items(row: Row) -> None:
    parsed = ENCODING.parse(encode(row["completion"]), "assistant").messages
    before = copy.deepcopy(parsed)
    incomplete = row.get("incomplete", row.get("finish") == "length")
    assert responses.response_output_from(parsed, incomplete=incomplete, **reading(row)) == row["expected"]
    assert parsed == before


@each(row for row in OUT if all(item["type"] != "web_search_call" for item in row["expected"]))
def test_items_can_be_sent_back_as_the_clients_objects(row: Row) -> None:
    options = {"custom_tools": True, "analysis": "keep"}
    asked = {"role": "user", "content": "Hi"}
    read = [read_item(item) for item in row["expected"]]
    sent = responses.conversation_from_responses([asked, *row["expected"]], **options)
    assert responses.conversation_from_responses([asked, *read], **options) == sent
