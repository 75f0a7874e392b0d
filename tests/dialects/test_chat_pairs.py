"""Each pair of Chat Completions holds: requests and messages, completions and choices, whole and in steps."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openai.types.chat import ChatCompletionMessage

from openai_harmony import Content, ConversionError, chat
from tests.conformance.rows import FOLDER, rows_of
from tests.dialects import record
from tests.dialects.rows import (
    ENCODING,
    Dumped,
    Row,
    assert_refused,
    conversation,
    each,
    encode,
    pairs,
    reading,
    rows,
    tokens_of,
)

pytestmark = pytest.mark.shipped  # the pairs have the words of the shipped format

IN, OUT, STREAM = rows("chat_in"), rows("chat_out"), rows("chat_stream")
RULES = [f"C{n}" for n in range(1, 16)] + ["E1"] + [f"H{n}" for n in range(1, 7)] + [f"S{n}" for n in range(1, 7)]
# The keys of a request that are arguments of `conversation_from_chat` by the same names.
ARGUMENTS = ("tools", "tool_choice", "parallel_tool_calls", "response_format", "reasoning_effort")
# What the API had before: only a whole request has them.
OLDER = {"functions", "function_call"}
GOOD = [row for row in IN if "messages" in row]
BAD = [row for row in IN if "error" in row]
REASONS = {"stop", "length", "tool_calls", "content_filter", "function_call"}


# The rows themselves ------------------------------------------------------------------------------


def test_every_rule_is_in_several_rows() -> None:
    told = Counter(rule for row in (*IN, *OUT, *STREAM) for rule in row["rules"])
    assert set(told) == set(RULES)
    assert [rule for rule in RULES if told[rule] < 2] == []


def test_there_are_enough_rows_and_each_has_an_id_and_a_claim_of_its_own() -> None:
    assert len(IN) >= 120
    assert len(OUT) >= 35
    assert len(STREAM) >= 15
    everything = [row for name in pairs() for row in rows(name)]
    assert [id for id, times in Counter(row["id"] for row in everything).items() if times > 1] == []
    assert all(row["claim"].endswith(".") for row in everything)


KEYS = {
    "chat_in": {"request", "options", "messages", "rendered", "error", "says", "unrecorded", "text_has"},
    "chat_out": {"completion", "prompt", "options", "finish", "expected", "suppressed"},
    "chat_stream": {"steps", "prompt", "options", "finish", "events", "usage", "suppressed"},
}


@pytest.mark.parametrize("name", KEYS)
def test_no_row_has_a_key_that_no_test_reads(name: str) -> None:
    assert {key for row in rows(name) for key in row} == {"id", "rules", "claim", *KEYS[name]}


@pytest.mark.parametrize("name", pairs("_in"))
def test_the_prompts_are_those_of_the_reference(name: str) -> None:
    """`python -m tests.dialects.record` writes them anew."""
    asked = record.recorded(rows_of(FOLDER / f"{name}.jsonl"))
    assert [{key: row["expect"][key] for key in ("text", "tokens")} for row in asked] == record.prompts(asked)


@each(GOOD)
def test_what_the_reference_cannot_render_says_so(row: Row) -> None:
    assert ("text_has" in row) == ("unrecorded" in row)


# In -----------------------------------------------------------------------------------------------


def options_of(row: Row) -> dict[str, Any]:
    options = dict(row.get("options", {}))
    if "system" in options:
        options["system"] = Content.from_dict(options["system"])
    return options


def converted(row: Row) -> Any:
    request = row["request"]
    arguments = {key: request[key] for key in ARGUMENTS if key in request}
    return chat.conversation_from_chat(request["messages"], **arguments, **options_of(row))


@each(row for row in GOOD if not OLDER & row["request"].keys() or not any(row["request"][key] for key in OLDER))
def test_a_request_becomes_its_messages(row: Row) -> None:
    before = copy.deepcopy(row["request"])
    assert converted(row).to_dict() == conversation(row).to_dict()
    assert converted(row) == conversation(row)
    assert row["request"] == before


@each(GOOD)
def test_a_request_becomes_the_prompt_that_the_reference_renders(row: Row) -> None:
    tokens = chat.chat_prompt(ENCODING, row["request"], **options_of(row))
    assert ENCODING.decode(tokens) == row["rendered"]["text"]
    assert tokens == row["rendered"]["tokens"]
    assert row.get("text_has", "") in ENCODING.decode(tokens)


@pytest.mark.parametrize("day", [date(2025, 6, 28), datetime(2025, 6, 28, 14, 30)], ids=["date", "date and time"])
def test_a_date_may_be_an_object_of_the_standard_library_and_its_time_does_not_count(day: date) -> None:
    asked = [{"role": "user", "content": "What day is it?"}]
    said = chat.conversation_from_chat(asked, current_date="2025-06-28")
    assert chat.conversation_from_chat(asked, current_date=day) == said


@each(BAD)
def test_a_bad_request_is_refused_at_its_place(row: Row) -> None:
    attempts: list[Callable[[], object]] = [lambda: chat.chat_prompt(ENCODING, row["request"], **options_of(row))]
    if "messages" in row["request"] and not OLDER & row["request"].keys():
        attempts.append(lambda: converted(row))
    for attempt in attempts:
        assert_refused(attempt, row)


def dumped(value: object, *, deep: bool) -> object:
    """A list with objects in place of its dictionaries; if `deep`, those in the lists of its dictionaries instead."""
    if not isinstance(value, list):
        return value
    if not deep:
        return [Dumped(item) if isinstance(item, dict) else item for item in value]
    return [
        {key: dumped(inner, deep=False) for key, inner in item.items()} if isinstance(item, dict) else item
        for item in value
    ]


@pytest.mark.parametrize("deep", [False, True], ids=["whole", "inside"])
@each(row for row in IN if isinstance(row["request"].get("messages"), list))
def test_objects_of_a_client_are_what_they_dump(row: Row, deep: bool) -> None:
    request = {key: dumped(value, deep=deep) for key, value in row["request"].items()}
    assert outcome(request, row) == outcome(row["request"], row)


def outcome(request: object, row: Row) -> object:
    """The prompt for a request, or where it is refused."""
    try:
        return chat.chat_prompt(ENCODING, request, **options_of(row))
    except ConversionError as refused:
        return refused.path


# Out ----------------------------------------------------------------------------------------------


@each(OUT)
def test_a_completion_becomes_its_choice(row: Row) -> None:
    reason = {"finish_reason": row["finish"]} if "finish" in row else {}
    assert chat.chat_choice_from_tokens(ENCODING, tokens_of(row), **reason, **reading(row)) == row["expected"]


@each(row for row in OUT if "prompt" not in row)
def test_messages_become_the_message_of_the_choice(row: Row) -> None:
    parsed = ENCODING.parse(tokens_of(row), "assistant").messages
    before = copy.deepcopy(parsed)
    assert chat.chat_message_from(parsed, **reading(row)) == row["expected"]["message"]
    assert parsed == before


@each(row for row in OUT if row["expected"]["finish_reason"] in REASONS)
def test_a_message_is_one_of_the_client_and_can_be_sent_back_as_its_object(row: Row) -> None:
    message = row["expected"]["message"]
    read = ChatCompletionMessage.model_validate(message)
    options = {"custom_tools": True, "analysis": "keep"}
    asked = {"role": "user", "content": "Hi"}
    assert chat.conversation_from_chat([asked, read], **options) == chat.conversation_from_chat(
        [asked, message], **options
    )


def test_an_undeclared_call_can_be_an_error() -> None:
    parsed = ENCODING.parse(encode("<|channel|>analysis to=python code<|message|>1<|call|>"), "assistant").messages
    with pytest.raises(ConversionError, match="python"):
        chat.chat_message_from(parsed, undeclared="error")
    known = ENCODING.parse(encode("<|channel|>commentary to=functions.f<|message|>{}<|call|>"), "assistant").messages
    tools = [{"type": "function", "function": {"name": "f"}}]
    assert chat.chat_message_from(known, tools=tools, undeclared="error")["tool_calls"][0]["function"]["name"] == "f"
