"""Each pair of the Messages API holds: requests and messages, completions and messages, whole and in steps."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

import pytest
from anthropic.types import Message as ClientMessage

from openai_harmony import Content, ConversionError, RenderConversationConfig, anthropic
from openai_harmony.anthropic import AnthropicStream
from tests.dialects.anthropic_rows import whole
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

IN, OUT, STREAM = rows("anthropic_in"), rows("anthropic_out"), rows("anthropic_stream")
GOOD = [row for row in IN if "messages" in row]
BAD = [row for row in IN if "error" in row]
# The keys of a request that are arguments of `conversation_from_messages`.
ARGUMENTS = {"system", "tools", "tool_choice", "thinking", "output_config", "output_format"}
KEYS = {
    "anthropic_in": {"request", "options", "messages", "rendered", "open", "error", "says", "unrecorded", "text_has"},
    "anthropic_out": {
        *("completion", "prompt", "options", "finish", "content", "stop_reason", "usage", "suppressed"),
    },
    "anthropic_stream": {"steps", "prompt", "options", "finish", "events"},
}


# The rows themselves ------------------------------------------------------------------------------


def test_there_are_enough_rows_and_each_has_an_id_of_its_own() -> None:
    assert len(IN) >= 50
    assert len(OUT) >= 24
    assert len(STREAM) >= 8
    ids = [row["id"] for name in pairs() for row in rows(name)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", KEYS)
def test_no_row_has_a_key_that_no_test_reads(name: str) -> None:
    assert {key for row in rows(name) for key in row} == {"id", "rules", "claim", *KEYS[name]}


# In -----------------------------------------------------------------------------------------------


def options_of(row: Row) -> dict[str, Any]:
    options = dict(row.get("options", {}))
    if "system" in options:
        options["opening"] = Content.from_dict(options.pop("system"))
    return options


def converted(row: Row) -> Any:
    request = row["request"]
    arguments = {key: value for key, value in request.items() if key in ARGUMENTS}
    return anthropic.conversation_from_messages(request["messages"], **arguments, **options_of(row))


@each(GOOD)
def test_a_request_becomes_its_messages(row: Row) -> None:
    before = copy.deepcopy(row["request"])
    assert converted(row).to_dict() == conversation(row).to_dict()
    assert converted(row) == conversation(row)
    assert row["request"] == before


@each(GOOD)
def test_a_request_becomes_the_prompt_that_the_reference_renders(row: Row) -> None:
    tokens = anthropic.messages_prompt(ENCODING, row["request"], **options_of(row))
    assert tokens == row["rendered"]["tokens"]
    assert row.get("text_has", "") in ENCODING.decode(tokens)


@each(BAD)
def test_a_bad_request_is_refused_at_its_place(row: Row) -> None:
    attempts: list[Any] = [lambda: anthropic.messages_prompt(ENCODING, row["request"], **options_of(row))]
    if "messages" in row["request"]:
        attempts.append(lambda: converted(row))
    for attempt in attempts:
        assert_refused(attempt, row)


def dumped(value: Any, *, depth: int) -> Any:
    """A request in which dictionaries in lists are objects; below a depth, they are dictionaries again."""
    if isinstance(value, list):
        return [
            Dumped(item) if isinstance(item, dict) and depth == 0 else dumped(item, depth=depth - 1) for item in value
        ]
    return {key: dumped(item, depth=depth) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("depth", [0, 1, 2])
@each(IN)
def test_objects_of_a_client_are_what_they_dump(row: Row, depth: int) -> None:
    assert outcome(dumped(row["request"], depth=depth), row) == outcome(row["request"], row)


def outcome(request: object, row: Row) -> object:
    """The prompt for a request, or where it is refused."""
    try:
        return anthropic.messages_prompt(ENCODING, request, **options_of(row))
    except ConversionError as refused:
        return refused.path


def test_dataclasses_are_what_their_fields_are() -> None:
    @dataclasses.dataclass
    class Asked:
        role: str
        content: str

    (*_, made) = anthropic.conversation_from_messages([Asked("user", "Hi")])
    assert made.text == "Hi"


def test_the_configuration_of_a_prompt_leaves_an_answer_open_all_the_same() -> None:
    request = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hel"}]}
    config = RenderConversationConfig(style="model")
    assert ENCODING.decode(anthropic.messages_prompt(ENCODING, request, config=config)).endswith("<|message|>Hel")
    assert not config.open_last


# Out ----------------------------------------------------------------------------------------------


def expected(row: Row) -> dict[str, Any]:
    prompt = len(encode(row["prompt"])) if "prompt" in row else 0
    thinking = row.get("usage", {"thinking_tokens": 0})
    return {
        "id": "msg_0",
        "type": "message",
        "role": "assistant",
        "model": "gpt-oss-20b",
        "content": row["content"],
        "stop_reason": row["stop_reason"],
        "stop_sequence": None,
        "usage": {"input_tokens": prompt, "output_tokens": len(tokens_of(row)), "output_tokens_details": thinking},
    }


@each(OUT)
def test_a_completion_becomes_its_message(row: Row) -> None:
    assert whole(row) == expected(row)


@each(row for row in OUT if "prompt" not in row and row["stop_reason"] in ("end_turn", "tool_use"))
def test_messages_become_the_content_of_the_message(row: Row) -> None:
    parsed = ENCODING.parse(tokens_of(row), "assistant").messages
    before = copy.deepcopy(parsed)
    made = anthropic.anthropic_message_from(parsed, model="gpt-oss-20b", **reading(row))
    assert made == {**expected(row), "usage": {"input_tokens": 0, "output_tokens": 0}}
    assert parsed == before


@each(OUT)
def test_a_message_is_one_of_the_client_and_can_be_sent_back_as_its_object(row: Row) -> None:
    message = whole(row)
    read = ClientMessage.model_validate(message)
    history: list[Any] = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": message["content"]}]
    back = anthropic.conversation_from_messages([history[0], read.to_param()])
    assert back == anthropic.conversation_from_messages(history)
    assert json.loads(read.model_dump_json(exclude_none=True))["content"] == json.loads(
        json.dumps([{key: value for key, value in block.items() if value is not None} for block in message["content"]])
    )


@each(row for row in OUT if "INVALID_JSON" in str(row["content"]))
def test_arguments_that_are_no_json_come_back_as_they_were(row: Row) -> None:
    parsed = ENCODING.parse(tokens_of(row), "assistant").messages
    _, *back = anthropic.conversation_from_messages([{"role": "assistant", "content": whole(row)["content"]}])
    assert [message.text for message in back] == [message.text for message in parsed]


def test_an_undeclared_call_can_be_an_error() -> None:
    tokens = encode("<|channel|>analysis to=python code<|message|>1<|call|>")
    with pytest.raises(ConversionError, match="python"):
        anthropic.anthropic_message_from(ENCODING.parse(tokens, "assistant").messages, undeclared="error")
    stream = AnthropicStream(ENCODING, {}, undeclared="error")
    with pytest.raises(ConversionError, match="python"):
        stream.feed(tokens)
    assert [event["type"] for event in stream.feed([])] == ["message_start"]
    assert stream.message["content"] == []
