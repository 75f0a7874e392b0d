"""Claims about conversations whose last message is left open, and about parsers that continue it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import openai_harmony
from openai_harmony import (
    Conversation,
    Message,
    RenderConversationConfig,
    RenderError,
    StreamableParser,
    load_harmony_encoding,
)
from openai_harmony.batch import render_batch
from tests.support import promises
from tests.support.effort import examples

HERE = promises.Format(openai_harmony)
ENCODING = load_harmony_encoding("HarmonyGptOss")
OPEN = RenderConversationConfig(open_last=True)


@settings(max_examples=examples(400))
@given(data=st.data())
def test_an_open_message_and_its_continuation_equal_the_closed_message(data: st.DataObject) -> None:
    promises.an_open_message_is_continued(HERE, data)


def conversation(last: Message) -> Conversation:
    return Conversation([Message.from_role_and_content("user", "2 + 2?"), last])


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("last", "end"),
    [
        (Message.from_role_and_content("assistant", "It is").with_channel("final"), "<|channel|>final<|message|>It is"),
        (Message.from_role_and_content("assistant", "").with_channel("analysis"), "<|channel|>analysis<|message|>"),
        (
            Message.from_role_and_content("assistant", '{"city": "')
            .with_channel("commentary")
            .with_recipient("functions.f")
            .with_content_type("<|constrain|>json"),
            ' to=functions.f<|channel|>commentary <|constrain|>json<|message|>{"city": "',
        ),
    ],
)
def test_an_answer_a_channel_and_the_arguments_of_a_call_can_be_begun(last: Message, end: str) -> None:
    tokens = ENCODING.render_conversation(conversation(last), OPEN)
    assert ENCODING.decode(tokens) == f"<|start|>user<|message|>2 + 2?<|end|><|start|>assistant{end}"
    assert [*render_batch(ENCODING, [conversation(last)], config=OPEN)] == [tokens]


@pytest.mark.shipped
def test_a_parser_continues_the_arguments_of_a_call() -> None:
    call = Message.from_role_and_content("assistant", '{"city": ').with_channel("commentary")
    call = call.with_recipient("functions.f").with_content_type("json")
    parser = StreamableParser.resume(ENCODING, ENCODING.render_conversation(conversation(call), OPEN))
    parser.feed(ENCODING.encode('"Rome"}<|call|>', allowed_special="all"))
    (whole,) = parser.messages
    assert (whole.recipient, whole.text) == ("functions.f", '{"city": "Rome"}')


def test_what_is_left_open_is_not_of_the_stop_in_the_spans() -> None:
    last = Message.from_role_and_content("assistant", "It is")
    rendered = ENCODING.render_with_spans(conversation(last), config=OPEN)
    assert rendered.part_names()[-1] == "content"
    assert rendered.message_spans()[-1].end == len(rendered.tokens)
    assert rendered.token_counts().messages[1] == ENCODING.render(last).__len__() - 1


def test_a_conversation_has_one_end() -> None:
    given = conversation(Message.from_role_and_content("assistant", "It is"))
    for training, turn in ((True, None), (False, "assistant")):
        with pytest.raises(ValueError, match="with its last message open, not for two of these"):
            ENCODING.render_with_spans(given, training=training, next_turn_role=turn, config=OPEN)
        with pytest.raises(ValueError, match="with its last message open, not for two of these"):
            ENCODING.render_batch([given], training=training, next_turn_role=turn, config=OPEN)
    with pytest.raises(ValueError, match="with its last message open, not for two of these"):
        ENCODING.render_conversation_for_training(given, OPEN)
    with pytest.raises(ValueError, match="with its last message open, not for two of these"):
        ENCODING.render_conversation_for_completion(given, "assistant", OPEN)


def test_without_a_message_there_is_none_to_leave_open() -> None:
    for render in (ENCODING.render_conversation, lambda c, config: ENCODING.render_with_spans(c, config=config)):
        with pytest.raises(RenderError, match="a conversation without messages has none to leave open"):
            render(Conversation([]), OPEN)
