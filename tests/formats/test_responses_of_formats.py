"""The Responses API of formats without channels, and without tools of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.formats.made import Made


def prompt(made: Made, items: Any, **request: Any) -> str:
    tokens = made.part("responses").responses_prompt(made.encoding, {"input": items, **request}, custom_tools=True)
    return made.spelled(tokens)


def output(made: Made, text: str, reason: str | None = None, **options: Any) -> list[Any]:
    """The output of a completion, in steps and whole."""
    responses = made.part("responses")
    tokens = made.encoding.encode(text, allowed_special="all")
    stream = responses.ResponsesStream(made.encoding, {"id": "resp_1"}, new_id=lambda kind: kind, **options)
    events = [event for token in tokens for event in stream.feed([token])] + stream.finish(reason)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    whole = responses.response_output_from(
        stream.messages, new_id=lambda kind: kind, incomplete=reason == "length", **options
    )
    assert whole == stream.output == events[-1]["response"]["output"]
    assert isinstance(whole, list)
    return whole


def test_an_answer_comes_back_as_it_was(made: Made) -> None:
    history: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    answer = {"role": "assistant", "content": "Yes."}
    earlier, later = prompt(made, history), prompt(made, [*history, answer])
    assert later.startswith(earlier)
    start = earlier[earlier.rindex("Hi") :]
    sampled = later.removeprefix(earlier).partition(start.removeprefix("Hi"))[0]  # without its stop token
    [item] = output(made, sampled, reason="stop")
    assert (item["type"], item["status"]) == ("message", "completed")
    assert item["content"] == [{"type": "output_text", "text": "Yes.", "annotations": []}]
    assert prompt(made, [*history, item]) == later
    assert prompt(made, "Hi", instructions="Be brief.") == earlier


@pytest.mark.parametrize(
    "request_",
    [
        {"tools": [{"type": "function", "name": "f"}]},
        {"tools": [{"type": "custom", "name": "c"}]},
        {"tools": [{"type": "web_search"}]},
        {"tools": [{"type": "mcp", "server_label": "gh", "tools": []}]},
        {"input": [{"type": "mcp_list_tools", "server_label": "gh", "tools": []}]},
        {"input": [{"type": "mcp_call", "server_label": "gh", "name": "f", "arguments": "{}", "output": "1"}]},
        {"input": [{"type": "code_interpreter_call", "code": "1", "outputs": None}]},
        {"reasoning": {"effort": "low"}},
        {"text": {"format": {"type": "json_schema", "name": "r", "schema": {}}}},
    ],
    ids=str,
)
def test_what_a_format_has_no_place_for_is_refused_with_its_place(made: Made, request_: dict[str, Any]) -> None:
    with pytest.raises(made.part("responses").ConversionError) as refused:
        prompt(
            made, **{"items": "Hi", **{"items" if key == "input" else key: value for key, value in request_.items()}}
        )
    assert str(refused.value.path).split("[")[0].split(".")[0] in {"input", *request_}
    assert "this format has no" in str(refused.value) or "has no form here" in str(refused.value)


def test_what_one_message_holds_are_items_in_their_order(chatml: Made) -> None:
    items: list[Any] = [
        {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]},
        {"role": "assistant", "content": "Let me look."},
        {"type": "function_call", "call_id": "a", "name": "f", "arguments": '{"a": 1}'},
        {"type": "function_call_output", "call_id": "a", "output": "2"},
    ]
    user = {"role": "user", "content": "Hi"}
    earlier, later = prompt(chatml, [user]), prompt(chatml, [user, *items[:3]])
    assert later.startswith(earlier)
    said = output(chatml, later.removeprefix(earlier).partition("<|im_start|>")[0])
    assert [item["type"] for item in said] == ["reasoning", "message", "function_call"]
    assert prompt(chatml, [user, *said]) == later
    answered = prompt(chatml, [user, *said, {**items[3], "call_id": said[2]["call_id"]}])
    assert "2" in answered.removeprefix(later[: -len("<|im_start|>assistant\n")])


@pytest.mark.parametrize("at", range(1, 6))
def test_an_answer_that_was_cut_off_is_incomplete(made: Made, at: int) -> None:
    start = made.text(made.say("assistant", "abcdef")).partition("abcdef")[0]
    opened = start.removeprefix(prompt(made, []))
    items = output(made, opened + "abcdef"[:at], reason="length")
    assert [item["status"] for item in items] == ["incomplete"]


def test_calls_beside_the_first_are_told_by_their_message(chatml: Made) -> None:
    call = {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"}
    thought = {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]}
    user = {"role": "user", "content": "Hi"}
    written = prompt(chatml, [user, call, call, user, thought]).removeprefix(prompt(chatml, [user]))
    responses = chatml.part("responses")
    stream = responses.ResponsesStream(chatml.encoding, {"id": "resp_1"}, parallel_tool_calls=False)
    stream.feed(chatml.encoding.encode(written, allowed_special="all"))
    stream.finish("stop")
    assert [item["type"] for item in stream.output] == ["function_call", "reasoning"]
    assert stream.suppressed == stream.messages[:1]


def test_where_a_message_holds_reasoning_beside_others_its_tokens_are_not_counted(chatml: Made) -> None:
    thought = {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]}
    user = {"role": "user", "content": "Hi"}
    written = prompt(chatml, [user, thought, user, {"role": "assistant", "content": "Yes."}])
    stream = chatml.part("responses").ResponsesStream(chatml.encoding, {"id": "resp_1"})
    stream.feed(chatml.encoding.encode(written.removeprefix(prompt(chatml, [user])), allowed_special="all"))
    assert [item["type"] for item in stream.output[:2]] == ["reasoning", "message"]
    assert stream.usage["output_tokens_details"] == {"reasoning_tokens": 0}
