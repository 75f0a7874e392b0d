"""The templates of the example formats: a chat is written as the package writes it, and read as its parser reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2.exceptions import TemplateError

from tests.formats.made import Made
from tests.support.effort import examples
from tests.support.transformers import parse_response, render

TEXTS = st.text(max_size=8).filter(lambda text: "<" not in text) | st.sampled_from(["Hi", "", "a\nb", "<b>", "{x}"])
NAMES = st.sampled_from(["now", "get_weather"])
OBJECTS = st.dictionaries(st.sampled_from(["a", "b"]), st.integers() | TEXTS | st.none(), max_size=2)
CALL = {"id": "1", "function": {"name": "now", "arguments": {"a": 1}}}
TRIES = settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def chats(draw: st.DrawFn, calls: bool) -> list[dict[str, Any]]:
    """Messages of a chat; with calls of tools and reasoning, if the format has them."""
    messages: list[dict[str, Any]] = [{"role": draw(st.sampled_from(["system", "user"])), "content": draw(TEXTS)}]
    for _ in range(draw(st.integers(0, 3))):
        message: dict[str, Any] = {"role": "assistant", "content": draw(TEXTS)}
        if calls and draw(st.booleans()):
            message["reasoning_content"] = draw(TEXTS)
        names = draw(st.lists(NAMES, max_size=2)) if calls else []
        message["tool_calls"] = [{"id": name, "function": {"name": name, "arguments": draw(OBJECTS)}} for name in names]
        messages.append(message)
        messages += [{"role": "tool", "tool_call_id": name, "content": draw(TEXTS)} for name in names]
        messages.append({"role": "user", "content": [{"type": "text", "text": draw(TEXTS)}]})
    return messages


def text_of(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def messages_of(made: Made, chat: list[dict[str, Any]]) -> Iterator[Any]:
    """The messages of the package that those of a chat are."""
    for message in chat:
        text = text_of(message["content"])
        if message["role"] == "tool":
            yield made.say("user", made.ToolResponseContent(response=text))
        elif message["role"] == "assistant":
            thought = message.get("reasoning_content")
            contents = [made.ThinkingContent(thinking=thought)] if thought else []
            if text or not (thought or message["tool_calls"]):
                contents.append(text)
            for call in message["tool_calls"]:
                function = call["function"]
                arguments = json.dumps(function["arguments"], ensure_ascii=False, separators=(",", ":"))
                contents.append(made.ToolCallContent(name=function["name"], arguments=arguments))
            yield made.say("assistant", *contents)
        else:
            yield made.say(message["role"], text)


def sampled(made: Made, messages: list[Any]) -> str:
    rendered = made.encoding.render_with_spans(made.Conversation(messages), training=True)
    tokens = [token for token, on in zip(rendered.tokens, rendered.sampled) if on]
    return str(made.encoding.decode_utf8(tokens))


@TRIES
@given(data=st.data(), prompt=st.booleans())
def test_a_chat_is_written_as_the_package_writes_it(made: Made, data: st.DataObject, prompt: bool) -> None:
    chat = data.draw(chats(hasattr(made.package, "ToolCallContent")))
    text, ranges = render(made.package.chat_template(), chat, add_generation_prompt=prompt)
    messages = list(messages_of(made, chat))
    assert text == (made.prompt(*messages) if prompt else made.text(*messages))
    if not prompt:
        assert "".join(text[start:end] for start, end in ranges) == sampled(made, messages)


def test_a_chat_in_chatml(chatml: Made) -> None:
    chat = [
        {"role": "user", "content": "When?"},
        {"role": "assistant", "content": None, "reasoning_content": "Look.", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "1", "content": "Noon"},
    ]
    assert render(chatml.package.chat_template(), chat, add_generation_prompt=True)[0] == (
        "<|im_start|>user\nWhen?<|im_end|>\n"
        "<|im_start|>assistant\n<think>\nLook.\n</think>\n\n"
        '<tool_call>\n{"name": "now", "arguments": {"a":1}}\n</tool_call><|im_end|>\n'
        "<|im_start|>user\n<tool_response>\nNoon\n</tool_response><|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_a_chat_in_llama3(llama3: Made) -> None:
    chat = [{"role": "system", "content": "Be kind."}, {"role": "assistant", "content": "Yes."}]
    assert render(llama3.package.chat_template(), chat)[0] == (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nYes.<|eot_id|>"
    )


def test_a_completion_in_chatml_is_read(chatml: Made) -> None:
    chat = [{"role": "assistant", "content": "So.", "reasoning_content": "Look.", "tool_calls": [CALL, CALL]}]
    text, _ = render(chatml.package.chat_template(), chat)
    completion = text.removeprefix("<|im_start|>assistant\n").removesuffix("\n")
    call = {"type": "function", "function": CALL["function"]}
    assert parse_response(completion, chatml.package.response_template(), prefix="<|im_start|>assistant\n") == {
        "role": "assistant",
        "reasoning_content": "Look.",
        "content": "So.",
        "tool_calls": [call, call],
    }


def test_a_completion_in_llama3_is_read(llama3: Made) -> None:
    prompt = llama3.prompt(llama3.say("user", "Hi"))
    found = parse_response(" Yes. <|eot_id|>", llama3.package.response_template(), prefix=prompt)
    assert found == {"role": "assistant", "content": " Yes. "}


def test_what_a_format_has_no_place_for_is_refused(made: Made) -> None:
    with pytest.raises(TemplateError, match="tools: this format has no place for tools"):
        render(made.package.chat_template(), [], [{"name": "now"}])


def test_a_call_in_a_format_without_calls_is_refused(llama3: Made) -> None:
    chat = [{"role": "assistant", "tool_calls": [CALL]}]
    with pytest.raises(TemplateError, match=r"messages\[0\]\.tool_calls: this format has no calls of tools"):
        render(llama3.package.chat_template(), chat)


def test_a_text_that_holds_the_end_of_its_block_is_refused(chatml: Made) -> None:
    chat = [
        {"role": "user", "content": ""},
        {"role": "assistant", "reasoning_content": "a\n</think>\n\nb", "content": ""},
    ]
    with pytest.raises(TemplateError, match=r"messages\[1\]: the thinking holds .*, which ends it"):
        render(chatml.package.chat_template(), chat)
