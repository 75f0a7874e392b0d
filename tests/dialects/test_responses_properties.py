"""The Responses API: what is converted comes back, whatever the form in which it is given."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.responses import Response, ResponseOutputItem
from pydantic import TypeAdapter

from openai_harmony import Message, RenderConversationConfig
from openai_harmony.responses import response_output_from, responses_prompt
from tests.dialects.response_reading import RESPONSE, further_keys, read_item
from tests.dialects.responses_made import SERVER, TOOLS, Made, inputs, said
from tests.support.effort import examples
from tests.support.samples import ENCODING

KEEP = RenderConversationConfig(auto_drop_analysis=False)
RUN = ("python", f"{SERVER}.find")  # the tools that the server runs
ITEM: TypeAdapter[Any] = TypeAdapter(ResponseOutputItem)


def ids_of(items: list[dict[str, Any]]) -> Callable[[str], str]:
    """Gives calls the ids that they had."""
    calls = (item["call_id"] for item in items if item.get("type") in ("function_call", "custom_tool_call"))
    return lambda kind: next(calls) if kind == "call" else f"{kind}_1"


def by_speaker(messages: list[Message]) -> Iterator[list[Message] | None]:
    """The messages of each turn of the model with the results of the server's tools; None for each other message."""
    run: list[Message] = []
    for message in messages:
        if message.author.role == "assistant" or message.author.name in RUN:
            run.append(message)
            continue
        yield run
        yield None
        run = []
    yield run


# in, and out again ----------------------------------------------------------------------------------


@settings(max_examples=examples(120))
@given(inputs())
def test_an_input_that_was_rendered_and_read_is_the_same_input(made: Made) -> None:
    conversation = made.conversation(instructions="Be brief.")
    tokens = ENCODING.render_conversation(conversation, KEEP)
    read = ENCODING.parse_messages_from_completion_tokens(tokens, strict="pedantic")
    items = made.read()
    new_id = ids_of(items)
    others = iter([item for item in items[1:] if not is_by_model(item)])
    back: list[Any] = items[:1]
    out: list[dict[str, Any]] = []
    for run in by_speaker(read[2:]):
        if run is None:
            back.append(next(others))
            continue
        written: list[Any] = response_output_from(run, tools=TOOLS, new_id=new_id)
        back += written
        out += written
    assert next(others, None) is None
    assert [{key: value for key, value in item.items() if key != "id"} for item in out] == list(said(items))
    for item in out:
        assert list(further_keys(read_item(item))) == []
    assert made.conversation(back, instructions="Be brief.") == conversation
    objects = [ITEM.validate_python(item) if item in out else item for item in back]
    assert made.conversation(objects, instructions="Be brief.") == conversation


def is_by_model(item: dict[str, Any]) -> bool:
    kind = item.get("type") or "message"
    return item["role"] == "assistant" if kind == "message" else not kind.endswith("_output")


@settings(max_examples=examples(60))
@given(inputs())
def test_an_output_given_back_as_a_whole_response_is_the_same_input(made: Made) -> None:
    items = [item for item in said(made.read()) if item["type"] != "code_interpreter_call" or item["outputs"]]
    items = [{"id": f"item_{index}", **item} for index, item in enumerate(items)]
    response = Response.model_validate({**RESPONSE, "output": items})
    expected = made.conversation([made.read()[0], *items])
    assert made.conversation([made.read()[0], *response.output]) == expected
    assert made.conversation([made.read()[0], *response.model_dump()["output"]]) == expected
    assert made.conversation([made.read()[0], *response.model_dump(exclude_none=True)["output"]]) == expected


# what is given --------------------------------------------------------------------------------------


@settings(max_examples=examples(60))
@given(inputs())
def test_what_is_given_stays_as_it_was(made: Made) -> None:
    request = {
        "model": "gpt-oss",
        "input": made.items,
        "instructions": "Hi",
        "tools": TOOLS,
        "reasoning": {"effort": "low"},
    }
    options: dict[str, Any] = {"custom_tools": True, "summaries": True, "analysis": "keep"}
    options |= {"resolve": made.stored.get, "decrypt": lambda text: text.removeprefix("encrypted ")}
    before = copy.deepcopy((request, made.stored))
    tokens = responses_prompt(ENCODING, request, **options)
    assert (request, made.stored) == before
    frozen = {**request, "input": tuple(map(MappingProxyType, made.items)), "tools": iter(TOOLS)}
    assert responses_prompt(ENCODING, MappingProxyType(frozen), **options) == tokens


@settings(max_examples=examples(100))
@given(
    inputs(instructions=False, searches=False),
    st.integers(0, 100),
    st.sampled_from(["items", "messages", "conversation"]),
)
def test_what_came_before_can_be_given_as_items_or_as_messages(made: Made, at: int, form: str) -> None:
    """Results name their tools, since messages know no ids of calls."""
    items = made.items[1:]
    at %= len(items) + 1
    listed = made.items[:1]
    whole = made.conversation(instructions="Be brief.", analysis="finished_turns")
    before: Any = items[:at]
    if form != "items":
        earlier = made.conversation([*listed, *items[:at]], instructions="Be long.")
        before = earlier if form == "conversation" else earlier.messages
    after = made.conversation(
        [*listed, *items[at:]], previous=before, instructions="Be brief.", analysis="finished_turns"
    )
    assert after == whole


@settings(max_examples=examples(60))
@given(inputs())
def test_the_reasoning_of_finished_turns_is_left_out_and_nothing_else(made: Made) -> None:
    kept = made.conversation(analysis="keep").messages
    dropped = made.conversation(analysis="finished_turns").messages
    answers = [index for index, message in enumerate(kept) if message.channel == "final"]
    last = answers[-1] if answers else 0
    assert dropped == [
        message
        for index, message in enumerate(kept)
        if index >= last
        or message.channel != "analysis"
        or message.recipient is not None
        or message.author.role != "assistant"
    ]
