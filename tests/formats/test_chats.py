"""Chat Completions of the example formats: answers with blocks of reasoning and calls, and answers of text alone."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tests.formats.made import Made

TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
ANSWERS: list[dict[str, Any]] = [
    {"role": "assistant", "content": "Yes."},
    {"role": "assistant", "content": "So.", "reasoning": "Hm."},
    {"role": "assistant", "content": None, "reasoning": "Hm.\n\nOh."},
    {"role": "assistant", "content": "Looking.", "reasoning": "Hm.", "tool_calls": [CALL]},
    {"role": "assistant", "content": None, "tool_calls": [CALL, CALL]},
]


def chat(made: Made) -> Any:
    return importlib.import_module(f"{made.package.__name__}.chat")


def prompt(made: Made, messages: list[Any], **options: Any) -> str:
    return made.spelled(chat(made).chat_prompt(made.encoding, {"messages": messages}, **options))


def choice(made: Made, text: str, **options: Any) -> Any:
    """The choice of a completion, whole and in steps."""
    stream = chat(made).ChatStream(made.encoding, new_id=lambda: "call_1", **options)
    for token in made.tokens(text):
        stream.feed([token])
        stream = chat(made).ChatStream.restore(made.encoding, stream.snapshot(), new_id=lambda: "call_1")
    stream.finish()
    whole = chat(made).chat_choice_from_tokens(made.encoding, made.tokens(text), new_id=lambda: "call_1", **options)
    assert whole == {"message": stream.message, "finish_reason": stream.finish_reason}
    assert stream.usage["completion_tokens"] == len(made.tokens(text))
    return whole


@pytest.mark.parametrize("answer", ANSWERS, ids=range(len(ANSWERS)))
@pytest.mark.parametrize("tools", [None, TOOLS], ids=["", "tools"])
def test_an_answer_with_blocks_comes_back(chatml: Made, answer: dict[str, Any], tools: Any) -> None:
    history = [{"role": "system", "content": "Brief."}, {"role": "user", "content": "Hi"}]
    earlier, later = prompt(chatml, history), prompt(chatml, [*history, answer], analysis="keep")
    assert later.startswith(earlier)
    sampled = later.removeprefix(earlier).removesuffix("<|im_start|>assistant\n")
    reason = "tool_calls" if "tool_calls" in answer else "stop"
    assert choice(chatml, sampled, tools=tools) == {"message": answer, "finish_reason": reason}


def test_a_chat_with_blocks_is_written_in_the_words_of_the_format(chatml: Made) -> None:
    result = {"role": "tool", "tool_call_id": "call_1", "content": "2"}
    assert prompt(chatml, [{"role": "user", "content": "Hi"}, ANSWERS[3], result]) == (
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\nHm.\n</think>\n\nLooking."
        '<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n</tool_call><|im_end|>\n'
        "<|im_start|>user\n<tool_response>\n2\n</tool_response><|im_end|>\n<|im_start|>assistant\n"
    )


def test_a_format_of_text_alone_answers_with_text(llama3: Made) -> None:
    messages = [{"role": "system", "content": "Brief."}, {"role": "user", "content": "Hi"}]
    text = prompt(llama3, messages)
    assert text.startswith("<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBrief.<|eot_id|>")
    assert text.endswith("<|start_header_id|>assistant<|end_header_id|>\n\n")
    whole = choice(llama3, "Yes.<|eot_id|>", tools=TOOLS)
    assert whole == {"message": ANSWERS[0], "finish_reason": "stop"}
    assert prompt(llama3, [*messages, whole["message"]]).startswith(f"{text}Yes.<|eot_id|>")


@pytest.mark.parametrize("message", [ANSWERS[1], ANSWERS[4]], ids=["reasoning", "tool_calls"])
def test_what_a_format_has_no_place_for_is_refused_at_its_place(llama3: Made, message: dict[str, Any]) -> None:
    with pytest.raises(llama3.package.ConversionError, match="this format has no place for") as caught:
        prompt(llama3, [{"role": "user", "content": "Hi"}, message])
    assert caught.value.path.startswith("messages[1].")


def test_tools_are_refused_by_a_format_without_them(made: Made) -> None:
    request = {"messages": [{"role": "user", "content": "Hi"}], "tools": TOOLS}
    with pytest.raises(made.package.ConversionError, match="this format has no place for tools") as caught:
        chat(made).chat_prompt(made.encoding, request)
    assert caught.value.path == "tools"
    assert chat(made).chat_prompt(made.encoding, {**request, "tool_choice": "none"})


@pytest.mark.parametrize("key", ["response_format", "reasoning_effort"])
def test_settings_are_refused_by_a_format_without_them(made: Made, key: str) -> None:
    formats = {"type": "json_schema", "json_schema": {"name": "r", "schema": {"type": "object"}}}
    request = {"messages": [{"role": "user", "content": "Hi"}], key: formats if key == "response_format" else "low"}
    with pytest.raises(made.package.ConversionError, match="this format has no") as caught:
        chat(made).chat_prompt(made.encoding, request)
    assert caught.value.path.startswith(key)
