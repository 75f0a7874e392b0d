"""Claims about conversations that are rendered with spans: what each token is, and that no other token comes of it."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import openai_harmony
from codegen.check import checked
from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    HarmonyEncoding,
    Message,
    RenderConversationConfig,
    RenderError,
    Role,
    Span,
    SystemContent,
    TextContent,
    ToolDescription,
    load_harmony_encoding,
)
from openai_harmony.testing import conversations
from tests.support import parts
from tests.support.effort import examples
from tests.support.generated import SPEC
from tests.support.promises import Format

HERE = Format(openai_harmony)
UNWRITTEN = {field.name: field.unwritten for field in checked(SPEC).message.fields}
ENCODING = load_harmony_encoding("HarmonyGptOss")


@settings(max_examples=examples(2000))
@given(conversation=conversations(), mode=parts.modes(HERE))
def test_the_tokens_are_those_of_a_rendering_without_spans(conversation: Conversation, mode: dict[str, Any]) -> None:
    parts.what_is_told_is_written_the_same(HERE, conversation, mode)


@settings(max_examples=examples(300))
@given(conversation=conversations(), mode=parts.modes(HERE))
def test_what_is_told_of_the_tokens_is_true(conversation: Conversation, mode: dict[str, Any]) -> None:
    parts.what_is_told_is_true(HERE, conversation, mode, UNWRITTEN)


def assistant(text: str, channel: str | None = None, to: str | None = None, type: str | None = None) -> Message:
    return Message(Author(Role.ASSISTANT), [TextContent(text)], channel=channel, recipient=to, content_type=type)


TOOLS = DeveloperContent.new().with_instructions("Be kind.").with_function_tools([ToolDescription.new("f", "Does f.")])
CALLING = [
    Message.from_role_and_content(Role.SYSTEM, SystemContent.new()),
    Message.from_role_and_content(Role.DEVELOPER, TOOLS),
    Message(Author(Role.USER, "Ann"), [TextContent("Do f, "), TextContent("please.")]),
    assistant("Shall I?", "analysis"),
    assistant("{}", "commentary", "functions.f", "<|constrain|>json"),
    Message(Author(Role.TOOL, "functions.f"), [TextContent("done")], channel="commentary", recipient="assistant"),
]
ANSWERED = [*CALLING, assistant("I did.", "final"), Message.from_role_and_content(Role.USER, "Thanks.")]


SPELLED = [
    Message(Author(role, name), [TextContent("x")], channel=channel, recipient=to, content_type=type)
    for role, name in ((Role.ASSISTANT, None), (Role.USER, "Ann"), (Role.TOOL, "functions.f"))
    for channel in (None, "", "final", "日本")
    for to in (None, "all", "", "functions.f")
    for type in (None, "", "json", "<|constrain|>", "<|constrain|>json")
]


def rendered(messages: list[Message], **mode: Any) -> openai_harmony.Rendered:
    return ENCODING.render_with_spans(Conversation.from_messages(messages), **mode)


@pytest.mark.parametrize("messages", [CALLING, ANSWERED, ANSWERED[:-1], []])
@given(data=st.data())
@settings(max_examples=30)
def test_the_same_holds_of_calls_of_tools(messages: list[Message], data: st.DataObject) -> None:
    mode = data.draw(parts.modes(HERE))
    conversation = Conversation.from_messages(messages)
    parts.what_is_told_is_written_the_same(HERE, conversation, mode)
    parts.what_is_told_is_true(HERE, conversation, mode, UNWRITTEN)


@pytest.mark.parametrize("mode", [{"config": None}, {"config": None, "training": True}])
def test_the_same_holds_of_every_way_to_fill_a_header(mode: dict[str, Any]) -> None:
    conversation = Conversation.from_messages(SPELLED)
    parts.what_is_told_is_written_the_same(HERE, conversation, mode)
    parts.what_is_told_is_true(HERE, conversation, mode, UNWRITTEN)


def shown(told: openai_harmony.Rendered, index: int) -> list[tuple[str | None, str]]:
    """The parts of a message, each with its text."""
    text = ENCODING.decode(told.tokens)
    return [(span.part, text[span.start : span.end]) for span in told.text_spans() if span.message_index == index]


@pytest.mark.shipped
def test_the_parts_of_a_message_are_told_in_the_words_of_the_format() -> None:
    told = rendered(CALLING)
    assert shown(told, 4) == [
        *(("start", "<|start|>"), ("role", "assistant"), ("marker", " to="), ("recipient", "functions.f")),
        *(("marker", "<|channel|>"), ("channel", "commentary"), ("marker", " <|constrain|>"), ("content_type", "json")),
        *(("header_end", "<|message|>"), ("content", "{}"), ("stop", "<|call|>")),
    ]
    assert shown(told, 2)[:4] == [("start", "<|start|>"), ("role", "user"), ("marker", ":"), ("name", "Ann")]
    assert shown(told, 5)[1] == ("name", "functions.f")


@pytest.mark.shipped
def test_what_a_model_samples_of_a_message_is_all_behind_its_role() -> None:
    told = rendered(ANSWERED, config=RenderConversationConfig(auto_drop_analysis=False), next_turn_role="assistant")
    sampled = [token for token, bit in zip(told.tokens, told.sampled) if bit]
    assert ENCODING.decode(sampled) == (
        "<|channel|>analysis<|message|>Shall I?<|end|>"
        " to=functions.f<|channel|>commentary <|constrain|>json<|message|>{}<|call|>"
        "<|channel|>final<|message|>I did.<|end|>"
    )


@pytest.mark.shipped
def test_in_training_the_token_that_ended_the_sampling_is_sampled() -> None:
    told = rendered(ANSWERED[:-1], training=True)
    assert ENCODING.decode(told.tokens[-1:]) == "<|return|>"
    assert told.sampled[-1] == 1
    assert told.part_names()[-1] == "stop"


def test_messages_that_are_left_out_are_counted_all_the_same() -> None:
    told = rendered(ANSWERED)
    assert sorted({*told.message_indices}) == [0, 1, 2, 4, 5, 6, 7]
    assert [span.message_index for span in told.message_spans()] == [0, 1, 2, 4, 5, 6, 7]
    assert told.token_counts().messages[3] == 0
    assert repr(told) == f"Rendered({len(told.tokens)} tokens of 7 messages)"


def test_the_opening_of_a_next_turn_belongs_to_no_message_and_is_not_sampled() -> None:
    told, before = rendered(ANSWERED, next_turn_role=Role.ASSISTANT), rendered(ANSWERED)
    assert told.spans()[-1] == Span(len(before.tokens), len(told.tokens), -1, "opening")
    assert not any(told.sampled[len(before.tokens) :])
    assert told.token_counts().outside == len(told.tokens) - len(before.tokens)


@pytest.mark.shipped
def test_tokens_are_counted_by_message_role_and_channel() -> None:
    class Word(str): ...

    last = CALLING[-1].model_copy()
    last.channel = Word(last.channel)
    assert {type(word) for word in rendered([last]).token_counts().channels} == {str}
    counts = rendered(CALLING).token_counts()
    assert counts.roles["assistant"] == counts.messages[3] + counts.messages[4]
    assert counts.channels["commentary"] == counts.messages[4] + counts.messages[5]
    assert counts.channels[None] == sum(counts.messages[:3])
    assert {type(role) for role in counts.roles} == {str}
    assert counts.outside == 0


@pytest.mark.shipped
def test_spans_are_grouped_by_role_and_by_tool() -> None:
    everyone = assistant("Hello.", "final", "all")
    told = rendered([*ANSWERED, everyone, Message(Author(Role.USER), [TextContent("x")], recipient="functions.f")])
    messages = {span.message_index: span for span in told.message_spans()}
    assert told.role_spans()["assistant"] == [messages[place] for place in (4, 6, 8)]  # 3 is omitted
    assert told.role_spans()["user"] == [messages[place] for place in (2, 7, 9)]
    assert told.tool_spans() == {"functions.f": [messages[4], messages[5]]}
    assert rendered([]).role_spans() == rendered([]).tool_spans() == {}


def test_a_character_of_several_tokens_is_one_of_the_text() -> None:
    message = Message(Author(Role.USER, "日本"), [TextContent("\U0001f9ff\u0e5b"), TextContent("é")])
    told = rendered([message])
    assert shown(told, 0)[-2] == ("content", "\U0001f9ff\u0e5bé")
    assert ("name", "日本") in shown(told, 0)


# the same faults ------------------------------------------------------------------------------------


def test_a_conversation_is_not_rendered_for_training_and_for_a_next_turn() -> None:
    with pytest.raises(ValueError, match="not for two of these"):
        rendered(CALLING, training=True, next_turn_role="assistant")


def broken(**values: Any) -> Message:
    message = assistant("x", "final")
    for name, value in values.items():
        object.__setattr__(message, name, value)
    return message


@pytest.mark.parametrize(
    ("messages", "mode"),
    [
        ([broken(channel=3)], {}),
        ([broken(content=None)], {}),
        ([broken(content=iter([]))], {}),
        ([broken(content=["x"])], {}),
        ([broken(content=[3])], {}),
        ([assistant("x", "\ud800")], {}),
        ([assistant("x", "final"), Message(Author(Role.TOOL), [TextContent("x")])], {}),
        ([Message(Author(Role.USER), [SystemContent.new()])], {}),
        (CALLING, {"next_turn_role": "nobody"}),
        (CALLING, {"config": 3}),
    ],
)
def test_what_cannot_be_rendered_is_told_as_without_spans(messages: list[Message], mode: dict[str, Any]) -> None:
    conversation = Conversation()
    conversation.messages = messages
    with pytest.raises((ValueError, TypeError, RenderError)) as expected:
        parts.written(ENCODING, conversation, {"config": None, **mode})
    with pytest.raises(type(expected.value)) as caught:
        ENCODING.render_with_spans(conversation, **mode)
    assert str(caught.value) == str(expected.value)


# around it --------------------------------------------------------------------------------------------


def test_the_counters_of_the_cache_are_those_of_a_rendering_without_spans() -> None:
    one, other = (parts.encoding_of_its_own(HERE, 2**20) for _ in range(2))
    for messages in (CALLING, ANSWERED, ANSWERED):
        one.render_conversation(Conversation.from_messages(messages))
        other.render_with_spans(Conversation.from_messages(messages))
    assert one.cache_info()._replace(bytes=0) == other.cache_info()._replace(bytes=0)
    assert one.cache_info().bytes < other.cache_info().bytes


def test_what_is_rendered_with_spans_is_not_tokenized_again() -> None:
    encoding: HarmonyEncoding = parts.encoding_of_its_own(HERE, 2**20)
    encoding.render_with_spans(Conversation.from_messages(CALLING))
    sized: list[int] = []
    encoding._writes_with_spans.args[0]._size_of = sized.append  # type: ignore[union-attr]
    done = encoding.cache_info().characters
    encoding.render_with_spans(Conversation.from_messages(CALLING))
    assert (encoding.cache_info().characters, sized) == (done, [])


def test_it_can_be_pickled_and_compared() -> None:
    told = rendered(CALLING)
    assert pickle.loads(pickle.dumps(told)) == told
    assert told != rendered(ANSWERED)


def test_the_columns_come_as_arrays_of_numpy_too() -> None:
    told = rendered(ANSWERED, next_turn_role="assistant")
    arrays = told.numpy()
    assert [column.dtype.name for column in arrays] == ["int64", "int32", "uint8", "bool", "bool"]
    columns = (told.tokens, told.message_indices, told.parts, told.sampled, told.is_content)
    assert [column.tolist() for column in arrays] == [list(column) for column in columns]
    arrays.sampled[:] = False
    assert any(told.sampled)


def test_without_numpy_there_is_a_word_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ImportError, match=r"^Rendered\.numpy\(\) needs numpy: pip install numpy$"):
        rendered(CALLING).numpy()


def test_the_schemas_of_tools_are_written_as_the_config_says() -> None:
    tool = ToolDescription.new("f", "Does f.", {"type": "object", "properties": {"a": {"const": 1}}})
    conversation = Conversation.from_messages(
        [Message.from_role_and_content(Role.DEVELOPER, DeveloperContent.new().with_function_tools([tool]))]
    )
    full = RenderConversationConfig(schema="full")
    plain, whole = (ENCODING.render_with_spans(conversation, config=config).tokens for config in (None, full))
    assert plain == ENCODING.render_conversation(conversation)
    assert whole == ENCODING.render_conversation(conversation, full) != plain
