"""Claims about what is read, for both libraries; `test_reference_suite` runs them.

A claim asserts what it says, and gives what it has seen, which must be the same in both.
"""

from __future__ import annotations

from typing import Any

import openai_harmony as oh
from openai_harmony import Conversation, HarmonyError, Message, Role, StreamableParser, StreamState

ENC = oh.load_harmony_encoding(oh.HarmonyEncodingName.HARMONY_GPT_OSS)


def tokens_of(text: str) -> list[int]:
    return ENC.encode(text, allowed_special="all")


def read(text: str, role: Role | None = Role.ASSISTANT, **options: Any) -> list[Any]:
    messages = ENC.parse_messages_from_completion_tokens(tokens_of(text), role, **options)
    return [fields(message) for message in messages]


def fields(message: Message) -> list[Any]:
    author = message.author
    text = "".join(content.text for content in message.content)  # type: ignore[attr-defined]
    return [author.role.value, author.name, message.channel, message.recipient, message.content_type, text]


def streamed(text: str, role: Role | None = Role.ASSISTANT, **options: Any) -> StreamableParser:
    parser = StreamableParser(ENC, role, **options)
    for token in tokens_of(text):
        parser.process(token)
    return parser


def complaint(call: Any, *arguments: Any, **options: Any) -> str:
    """The first words of what is raised, without the place that a library may add."""
    try:
        call(*arguments, **options)
    except HarmonyError as error:
        return str(error).split(" (at ")[0]
    raise AssertionError("nothing was raised")


def reasoning_and_answer_are_two_messages() -> Any:
    found = read("<|channel|>analysis<|message|>think<|end|><|start|>assistant<|channel|>final<|message|>4<|return|>")
    assert found == [
        ["assistant", None, "analysis", None, None, "think"],
        ["assistant", None, "final", None, None, "4"],
    ]
    return found


def a_call_in_the_order_of_the_models_is_read() -> Any:
    found = read('<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"a":1}<|call|>')
    assert found == [["assistant", None, "commentary", "functions.f", "<|constrain|>json", '{"a":1}']]
    return found


def a_call_with_the_constrain_marker_right_behind_the_recipient_is_read() -> Any:
    found = read("<|start|>assistant<|channel|>commentary to=functions.f<|constrain|>json<|message|>{}<|call|>", None)
    assert found == [["assistant", None, "commentary", "functions.f", "<|constrain|>json", "{}"]]
    return found


def a_call_with_the_recipient_before_the_channel_is_read() -> Any:
    found = read("<|start|>assistant to=functions.f<|channel|>commentary <|constrain|>json<|message|>{}<|call|>", None)
    assert found == [["assistant", None, "commentary", "functions.f", "<|constrain|>json", "{}"]]
    return found


def a_call_without_a_type_has_none() -> Any:
    found = read("<|channel|>commentary to=functions.f<|message|>{}<|call|>")
    assert found == [["assistant", None, "commentary", "functions.f", None, "{}"]]
    return found


def a_call_with_a_bare_type_has_it() -> Any:
    found = read("<|channel|>analysis to=python code<|message|>print(1)<|call|>")
    assert found == [["assistant", None, "analysis", "python", "code", "print(1)"]]
    return found


def a_tools_answer_has_the_tools_name() -> Any:
    found = read("<|start|>browser.search to=assistant<|channel|>commentary<|message|>found<|end|>", None)
    assert found == [["tool", "browser.search", "commentary", "assistant", None, "found"]]
    return found


def a_conversation_reads_back_as_it_was_written() -> Any:
    messages = [
        Message.from_role_and_content(Role.USER, "Weather?"),
        Message.from_role_and_content(Role.ASSISTANT, "think").with_channel("analysis"),
        Message.from_role_and_content(Role.ASSISTANT, "{}").with_channel("commentary").with_recipient("functions.f"),
    ]
    tokens = ENC.render_conversation(Conversation.from_messages(messages))
    found = ENC.parse_messages_from_completion_tokens(tokens, None)
    assert found == messages
    return [fields(message) for message in found]


def a_cut_off_answer_is_a_message_all_the_same() -> Any:
    found = read("<|channel|>final<|message|>It is fo")
    assert found == [["assistant", None, "final", None, None, "It is fo"]]
    return found


def text_outside_a_message_is_refused() -> Any:
    said = complaint(read, "<|message|>a<|end|>b")
    assert said == "Unexpected token 65 while expecting start token 200006"
    return said


def input_that_ends_in_a_header_is_refused() -> Any:
    said = complaint(read, "<|channel|>final")
    assert said == "Unexpected EOS while waiting for message header to complete"
    return said


def words_that_are_too_many_in_a_header_are_refused() -> Any:
    said = complaint(read, "<|channel|>final one two three<|message|>x<|end|>")
    assert said.startswith("unexpected tokens remaining in message header: ")
    return said.split(":")[0]


def a_channels_marker_without_a_channel_is_refused() -> Any:
    said = complaint(read, "<|channel|><|message|>x<|end|>")
    assert said == "channel marker present but no channel value found in header"
    return said


def a_header_without_an_author_is_refused_when_no_role_was_given() -> Any:
    said = [complaint(read, f"<|start|>{header}<|message|>x<|end|>", None) for header in ("", "<|channel|>final")]
    assert said == ["message header did not contain a role"] * 2
    return said


def without_strictness_a_header_without_its_message_token_is_read() -> Any:
    found = read("<|channel|>final It is four.<|end|>", strict=False)
    assert found == [["assistant", None, "final", None, None, "It is four."]]
    return found


def with_strictness_a_header_without_its_message_token_is_refused() -> Any:
    said = complaint(read, "<|channel|>final It is four.<|end|>", strict=True)
    assert said == "Unexpected EOS while waiting for message header to complete"
    return said


def without_strictness_plain_text_up_to_a_stop_token_is_a_message() -> Any:
    found = read("It is four.<|end|>", strict=False)
    assert found == [["assistant", None, None, None, None, "It is four."]]
    return found


# A stream ------------------------------------------------------------------------------------------


def the_deltas_of_a_stream_joined_are_the_text() -> Any:
    parser = StreamableParser(ENC, Role.ASSISTANT)
    deltas = []
    for token in tokens_of("<|channel|>final<|message|>It is four, I think.<|end|>"):
        parser.process(token)
        deltas.append(parser.last_content_delta)
    assert deltas[:3] == [None] * 3
    assert deltas[-1] is None
    assert "".join(delta or "" for delta in deltas) == "It is four, I think."
    return deltas


def a_stream_tells_its_state_token_by_token() -> Any:
    parser = StreamableParser(ENC, Role.ASSISTANT)
    states = [parser.state.value]
    for token in tokens_of("<|channel|>final<|message|>a<|end|><|start|>assistant<|message|>b"):
        parser.process(token)
        states.append(parser.state.value)
    header, content, start = "Header", "Content", "ExpectStart"
    assert states == [header, header, header, content, content, start, header, header, content, content]
    return states


def a_stream_names_the_channel_and_recipient_of_the_open_message() -> Any:
    parser = streamed("<|channel|>commentary to=functions.f <|constrain|>json<|message|>{")
    found = [
        parser.current_role and parser.current_role.value,
        parser.current_channel,
        parser.current_recipient,
        parser.current_content_type,
        parser.current_content,
    ]
    assert found == ["assistant", "commentary", "functions.f", "<|constrain|>json", "{"]
    return found


def a_stream_names_nothing_once_the_message_is_complete() -> Any:
    parser = streamed("<|channel|>final<|message|>a<|end|>")
    found = [parser.current_channel, parser.current_recipient, parser.current_content_type, parser.last_content_delta]
    assert (found, parser.current_content, len(parser.messages)) == ([None] * 4, "", 1)
    return found


def a_character_of_several_tokens_is_told_when_it_is_whole() -> Any:
    parser = StreamableParser(ENC, Role.ASSISTANT)
    deltas = []
    for token in [200008, *ENC.encode("👩‍🚀 naïve 𒀀"), 200007]:
        parser.process(token)
        deltas.append(parser.last_content_delta)
    assert None in deltas[1:-1]
    assert "".join(delta or "" for delta in deltas) == "👩‍🚀 naïve 𒀀"
    assert not any("\ufffd" in (delta or "") for delta in deltas)
    return deltas


def the_end_of_input_completes_the_open_message() -> Any:
    parser = streamed("<|channel|>final<|message|>cut o")
    assert parser.messages == []
    parser.process_eos()
    found = [fields(message) for message in parser.messages]
    assert found == [["assistant", None, "final", None, None, "cut o"]]
    return found


def a_stream_keeps_all_its_tokens() -> Any:
    text = "<|channel|>final<|message|>a<|end|>"
    parser = streamed(text)
    assert parser.tokens == tokens_of(text)
    return parser.tokens


def a_token_between_messages_is_refused_and_the_next_message_is_read() -> Any:
    parser = streamed("<|message|>a<|end|>")
    said = complaint(parser.process, 65)
    assert said == "Unexpected token 65 while expecting start token 200006"
    for token in tokens_of("<|start|>user<|message|>b<|end|>"):
        parser.process(token)
    found = [fields(message) for message in parser.messages]
    assert (found[0][-1], found[-1][-1]) == ("a", "b")
    return [said, found[0], found[-1]]


def a_stream_without_a_role_begins_with_a_start_token() -> Any:
    parser = StreamableParser(ENC, None)
    assert parser.state == StreamState.EXPECT_START
    assert complaint(parser.process, 200008) == "Unexpected token 200008 while expecting start token 200006"
    parser = streamed("<|start|>user<|message|>hi<|end|>", None)
    return [fields(message) for message in parser.messages]


def a_stream_without_strictness_reads_a_header_without_its_message_token() -> Any:
    parser = streamed("<|channel|>final It is four.<|end|>", strict=False)
    found = [fields(message) for message in parser.messages]
    assert found == [["assistant", None, "final", None, None, "It is four."]]
    return found
