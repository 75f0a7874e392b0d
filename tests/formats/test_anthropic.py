"""The Messages API with the example formats: in one, calls and reasoning are contents of one message."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tests.formats.made import Made

CHAT: list[dict[str, Any]] = [
    {"role": "user", "content": "Warm?"},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Ask.", "signature": ""},
            {"type": "text", "text": "A moment.", "citations": None},
            {"type": "tool_use", "id": "toolu_0", "name": "get", "input": {"city": "Rom"}},
        ],
    },
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_0", "content": "31"}]},
]


def module(made: Made) -> Any:
    return importlib.import_module(f"{made.package.__name__}.anthropic")


def test_text_is_asked_and_answered(made: Made) -> None:
    anthropic = module(made)
    chat = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "?"},
    ]
    prompt = anthropic.messages_prompt(made.encoding, {"system": "Be kind.", "messages": chat})
    asked = [made.say(role, text) for role, text in [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello")]]
    assert made.spelled(prompt) == made.prompt(*asked, made.say("user", "?"))
    assert made.spelled(anthropic.messages_prompt(made.encoding, {"system": "", "messages": chat[:1]})) == made.prompt(
        made.say("user", "Hi")
    )
    tokens = made.encoding.render_conversation(made.Conversation.from_messages([*asked[1:]]))
    begun = anthropic.messages_prompt(made.encoding, {"messages": chat[:1]})
    message = anthropic.anthropic_message_from_tokens(made.encoding, tokens[len(begun) :])
    assert (message["content"], message["stop_reason"]) == (
        [{"type": "text", "text": "Hello", "citations": None}],
        "end_turn",
    )
    opened = anthropic.messages_prompt(made.encoding, {"messages": chat[:2]})
    assert made.spelled(opened).endswith("Hello")


def test_reasoning_and_calls_are_contents_of_one_message(chatml: Made) -> None:
    anthropic = module(chatml)
    asked, said, result = anthropic.conversation_from_messages(CHAT)
    assert [len(message.content) for message in (asked, said, result)] == [1, 3, 1]
    prompt = anthropic.messages_prompt(chatml.encoding, {"messages": CHAT[:1]})
    tokens = chatml.encoding.render_conversation(anthropic.conversation_from_messages(CHAT[:2]))[len(prompt) :]
    message = anthropic.anthropic_message_from_tokens(chatml.encoding, tokens, new_id=lambda: "toolu_0")
    assert (message["content"], message["stop_reason"]) == (CHAT[1]["content"], "tool_use")
    again = [CHAT[0], {"role": "assistant", "content": message["content"]}, CHAT[2]]
    assert anthropic.conversation_from_messages(again) == anthropic.conversation_from_messages(CHAT)


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"messages": CHAT}, "messages[1].content[0]"),
        ({"messages": [], "tools": [{"name": "f"}]}, "tools"),
        ({"messages": [], "output_config": {"effort": "low"}}, "output_config.effort"),
        ({"messages": [], "output_config": {"format": {"type": "json_schema", "schema": {}}}}, "output_config.format"),
    ],
)
def test_what_a_format_does_not_have_is_an_error_with_its_place(
    llama3: Made, request_: dict[str, Any], path: str
) -> None:
    anthropic = module(llama3)
    with pytest.raises(anthropic.ConversionError) as refused:
        anthropic.messages_prompt(llama3.encoding, request_)
    assert refused.value.path == path
    with pytest.raises(anthropic.ConversionError) as refused:
        anthropic.conversation_from_messages([], opening=object())
    assert refused.value.path == "opening"
