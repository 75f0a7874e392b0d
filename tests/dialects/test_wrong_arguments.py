"""Arguments of the conversions that are of another type are refused by name, at their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openai_harmony import Conversation, Message
from openai_harmony._generated.enumerations import SAMPLED_ROLE
from openai_harmony.anthropic import anthropic_message_from, messages_prompt
from openai_harmony.chat import chat_message_from, chat_prompt, stop_tokens
from openai_harmony.responses import ResponsesStream, response_output_from, responses_prompt
from tests.support.samples import ENCODING

SAID = Message.from_role_and_content(SAMPLED_ROLE, "Hello")
BEGUN: dict[str, Any] = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Well,"}]}
ASKED: dict[str, Any] = {"messages": BEGUN["messages"][:1]}

PROMPTS: dict[str, Callable[[Any], object]] = {
    "chat": lambda encoding: chat_prompt(encoding, ASKED),
    "responses": lambda encoding: responses_prompt(encoding, {"input": "Hi"}),
    "messages": lambda encoding: messages_prompt(encoding, ASKED),
    "messages that go on": lambda encoding: messages_prompt(encoding, BEGUN),
    "stop tokens": stop_tokens,
}


@pytest.mark.parametrize("name", PROMPTS)
def test_what_is_no_encoding_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=r"^argument 'encoding': expected a HarmonyEncoding, not str$"):
        PROMPTS[name]("HarmonyGptOss")


@pytest.mark.parametrize("convert", [chat_message_from, response_output_from, anthropic_message_from])
def test_what_is_no_message_is_refused_at_its_place(convert: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match=r"^argument 'messages\[1\]': expected a Message, not dict$"):
        convert([SAID, {"role": "assistant", "content": "Hello"}])
    for single in (SAID, "Hello", 5):
        with pytest.raises(TypeError, match=r"^argument 'messages': expected messages, not "):
            convert(single)
    assert convert(Conversation.from_messages([SAID]))


@pytest.mark.shipped
def test_a_result_that_is_no_message_leaves_the_stream_as_it_is() -> None:
    stream = ResponsesStream(ENCODING, {"id": "resp_1", "model": "gpt-oss-20b"})
    tokens = ENCODING.encode("<|channel|>final<|message|>Hello", allowed_special="all")
    stream.feed(tokens[:-1])
    wrong: Any = [{"role": "tool", "content": "4"}]
    with pytest.raises(TypeError, match=r"^argument 'results\[0\]': expected a Message, not dict$"):
        stream.tool_result(wrong)
    stream.feed(tokens[-1:])
    assert [message.text for message in stream.messages] == []
    stream.finish("stop")
    assert [message.text for message in stream.messages] == ["Hello"]
