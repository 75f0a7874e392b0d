"""`on_ambiguous="error"`: what could not be read back is refused, with its message and field; nothing else is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest

import openai_harmony
from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    HarmonyEncoding,
    Message,
    RenderConversationConfig,
    RenderError,
    RenderOptions,
    Role,
    TextContent,
    batch,
    load_harmony_encoding,
)
from openai_harmony.testing import conversations
from tests.compat.test_reads_back import reads_back, written
from tests.support.effort import examples
from tests.support.refusals import ERROR, SCHEMA_MODES, STYLES, refusal
from tests.support.roles import USER as HUMAN

pytestmark = pytest.mark.shipped

ENCODING = load_harmony_encoding("HarmonyGptOss")
USER = Message.from_role_and_content(HUMAN, "Hello")
READABLE = Message.from_role_and_content(Role.ASSISTANT, "Hello").with_channel("final")
UNREADABLE = Message.from_role_and_content(Role.ASSISTANT, "x").with_recipient("a b")
WHY = r"messages\[1\]\.recipient: 'a b' cannot be read back: a parser reads recipient 'a', content_type 'b'"


def message(
    role: str, name: str | None = None, *, to: str | None = None, on: str | None = None, type: str | None = None
) -> Message:
    return Message(Author(Role(role), name), [TextContent("x")], channel=on, recipient=to, content_type=type)


def conversation(*messages: Message) -> Conversation:
    return Conversation.from_messages(list(messages))


# headers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refused", "field", "why"),
    [
        (message("assistant", to="a b"), "recipient: 'a b'", "a parser reads recipient 'a', content_type 'b'"),
        (message("assistant", to="a b c"), "recipient: 'a b c'", "a parser does not accept 'c'"),
        (
            message("assistant", to="f\u2028g"),
            "recipient: 'f\\u2028g'",
            "a parser reads recipient 'f', content_type 'g'",
        ),
        (message("assistant", to="a b", on="final", type="json"), "recipient: 'a b'", "a parser"),
        (message("assistant", to="a b", on="final", type="c d"), "recipient: 'a b'", "a parser"),
        (message("assistant", to="f", type="a b"), "content_type: 'a b'", "a parser does not accept 'b'"),
        (
            message("assistant", on="final", type="python"),
            "content_type: 'python'",
            "a parser reads recipient 'python', content_type None",
        ),
        (message("assistant", type="assistant"), "content_type: 'assistant'", "a parser does not accept 'assistant'"),
        (message("assistant", on=""), "channel: ''", "a parser does not accept '<|channel|>'"),
        (message("assistant", on="analysisfinal"), "channel: 'analysisfinal'", "a parser reads channel 'analysis'"),
        (
            message("assistant", on="final to=f"),
            "channel: 'final to=f'",
            "a parser reads channel 'final', recipient 'f'",
        ),
        (message(HUMAN, "Ann B"), "author.name: 'Ann B'", "a parser reads author.name 'Ann', content_type 'B'"),
        (message("tool", "user"), "author.name: 'user'", "a parser reads author.role 'user', author.name None"),
        (message("tool", "final"), "author.name: 'final'", "a parser does not accept 'final'"),
        (
            message("tool", "user:bob", to="assistant"),
            "author.name: 'user:bob'",
            "a parser reads author.role 'user', author.name 'bob'",
        ),
        (message("tool", "to=f"), "author.name: 'to=f'", "a parser does not accept 'to=f'"),
        (message("tool", ""), "author.name: ''", "a parser"),
        (message("tool"), "author.name: None", "Tools should have a name!"),
    ],
)
def test_a_header_that_could_not_be_read_back_is_refused_with_its_message_and_field(
    refused: Message, field: str, why: str
) -> None:
    assert refusal(USER, refused).startswith(f"messages[1].{field} cannot be read back: {why}")


@pytest.mark.parametrize(
    "accepted",
    [
        message("assistant", to="functions.f", on="commentary", type="<|constrain|>json"),
        message("assistant", to="all", on="final"),  # is not written, and means the same as None
        message("assistant", to="x<|end|>y", on="a<|start|>b"),  # markers in a value are text
        message(HUMAN, "Ann"),
        message("tool", "functions.f", to="assistant", on="commentary"),
        message("assistant", on="reports"),  # a parser keeps an unknown channel
    ],
)
def test_a_header_that_reads_back_is_written_as_ever(accepted: Message) -> None:
    assert not refusal(USER, accepted)


def test_exactly_what_does_not_read_back_is_refused() -> None:
    """All combinations in which at most one field is unusual."""
    refused = 0
    for given, tokens in written():
        if given.recipient == "all":  # it is not written
            continue
        filled = Message(given.author, [TextContent("x")], given.channel, given.recipient, given.content_type)
        told = all(reads_back(given, tokens, strict, told=True) for strict in (True, False, "pedantic"))
        # A channel that a parser is not told of needs content behind it.
        untold = all(reads_back(filled, ENCODING.render(filled), strict, told=False) for strict in (True, False))
        assert (not refusal(given)) == (told and untold), given
        refused += not (told and untold)
    assert refused > 500


def test_only_messages_that_are_written_count() -> None:
    hidden = Message.from_role_and_content(Role.ASSISTANT, "x").with_channel("analysis").with_recipient("a b")
    answered = (USER, hidden, READABLE)
    keep_all = RenderConversationConfig(on_ambiguous="error", auto_drop_analysis=False)
    assert len(ENCODING.render_with_spans(conversation(*answered)).message_spans()) == 2
    assert not refusal(*answered)
    with pytest.raises(RenderError, match=r"messages\[1\]\.recipient: 'a b' cannot be read back"):
        ENCODING.render_conversation(conversation(*answered), keep_all)


METHODS: dict[str, Callable[[Conversation, RenderConversationConfig], Any]] = {
    "conversation": ENCODING.render_conversation,
    "completion": lambda given, config: ENCODING.render_conversation_for_completion(given, Role.ASSISTANT, config),
    "training": ENCODING.render_conversation_for_training,
    "spans": lambda given, config: ENCODING.render_with_spans(given, config=config),
    "spans for training": lambda given, config: ENCODING.render_with_spans(given, training=True, config=config),
    "batch": lambda given, config: ENCODING.render_batch([given], config=config),
    "batch function": lambda given, config: batch.render_batch(ENCODING, [given], config=config),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("style", "schema"), [*itertools.product(STYLES, SCHEMA_MODES)])
def test_every_method_that_renders_a_conversation_refuses(method: str, style: Any, schema: Any) -> None:
    config = RenderConversationConfig(on_ambiguous="error", style=style, schema=schema)
    assert METHODS[method](conversation(USER, READABLE), config)
    with pytest.raises(RenderError, match=r"messages\[1\]\.recipient: 'a b' cannot be read back"):
        METHODS[method](conversation(USER, UNREADABLE), config)


@pytest.mark.parametrize("method", METHODS)
def test_by_default_it_is_written_as_the_reference_does(method: str) -> None:
    for config in (RenderConversationConfig(), RenderConversationConfig(on_ambiguous="write")):
        assert METHODS[method](conversation(USER, UNREADABLE), config)
    assert ENCODING.render(UNREADABLE) == ENCODING.render(UNREADABLE, RenderOptions())


@pytest.mark.shipped
def test_what_is_written_for_training_counts_where_a_style_keeps_other_messages() -> None:
    thought = Message.from_role_and_content(Role.ASSISTANT, "x").with_channel("analysis").with_content_type("a b")
    given = conversation(USER, thought, READABLE)
    config = openai_harmony.RenderConversationConfig(style="hf", on_ambiguous="error")
    assert ENCODING.render_conversation(given, config)  # the thought is omitted
    for render in (
        lambda: ENCODING.render_conversation_for_training(given, config),
        lambda: ENCODING.render_with_spans(given, training=True, config=config),
    ):
        with pytest.raises(RenderError, match=r"messages\[1\]\.content_type: 'a b' cannot be read back"):
            render()


def test_an_error_of_a_batch_has_the_index_of_its_conversation() -> None:
    with pytest.raises(RenderError, match=WHY) as caught:
        ENCODING.render_batch([conversation(USER), conversation(USER, UNREADABLE)], config=ERROR)
    assert vars(caught.value)["batch_index"] == 1


def test_a_bridge_refuses_new_messages_by_their_own_index() -> None:
    prompt = ENCODING.render_conversation_for_completion(conversation(USER), Role.ASSISTANT)
    sampled = ENCODING.encode("<|channel|>final<|message|>Hello<|return|>", allowed_special="all")
    assert ENCODING.bridge(prompt + sampled, [USER], config=ERROR)
    with pytest.raises(RenderError, match=r"new_messages\[1\]\.author\.name: 'a b' cannot be read back"):
        ENCODING.bridge(prompt + sampled, [USER, message(HUMAN, "a b")], config=ERROR)
    assert ENCODING.bridge(prompt + sampled, [USER, message(HUMAN, "a b")])


def test_fit_refuses_only_what_it_keeps() -> None:
    turns = [USER, UNREADABLE, USER, READABLE]
    assert ENCODING.fit(conversation(*turns), 20, config=ERROR).dropped == [0, 1]
    for call in (ENCODING.fit, lambda given, _, config: ENCODING.count_tokens(given, config=config)):
        with pytest.raises(RenderError, match=WHY):
            call(conversation(*turns), 100, config=ERROR)


def test_the_header_of_a_message_that_is_left_open_counts_too() -> None:
    config = RenderConversationConfig(on_ambiguous="error", open_last=True)
    assert ENCODING.render_conversation(conversation(USER, READABLE), config)
    with pytest.raises(RenderError, match=WHY):
        ENCODING.render_conversation(conversation(USER, UNREADABLE), config)


def test_a_header_may_be_read_back_only_with_content_behind_it() -> None:
    doubtful = message("assistant", on="commentary", to="functions.f", type="json{}")
    assert not refusal(doubtful)
    doubtful.content = [TextContent("")]
    assert refusal(doubtful) == (
        "messages[0].content_type: 'json{}' cannot be read back: a parser does not accept '<|call|>'"
    )
    config = RenderConversationConfig(on_ambiguous="error", open_last=True)
    assert ENCODING.render_conversation(conversation(doubtful), config)  # content is to follow
    doubtful.author.role = Role.DEVELOPER
    doubtful.content = [DeveloperContent.new().with_instructions("Be kind.")]
    assert not refusal(doubtful)
    doubtful.content = [DeveloperContent.new()]
    assert refusal(doubtful).startswith("messages[0].content_type: 'json{}' cannot be read back: ")


def test_an_unknown_choice_is_an_error() -> None:
    chosen: Any = "warn"
    with pytest.raises(ValueError, match="on_ambiguous"):
        RenderConversationConfig(on_ambiguous=chosen)
    config = RenderConversationConfig()
    config.on_ambiguous = chosen
    for render in METHODS.values():
        with pytest.raises(ValueError, match=r"unknown on_ambiguous: 'warn' \(expected one of \('write', 'error'\)\)"):
            render(conversation(USER), config)


def test_values_of_wrong_types_are_told_as_ever() -> None:
    for attribute, value in (
        ("channel", 5),
        ("content", [7]),
        ("content", 7),
        ("author", None),
        ("recipient", "\ud800"),
    ):
        wrong = Message.from_role_and_content(Role.USER, "Hello")
        setattr(wrong, attribute, value)
        errors = []
        for config in (None, ERROR):
            with pytest.raises(ValueError, match="invalid") as caught:
                ENCODING.render_conversation(conversation(USER, wrong), config)
            errors.append(str(caught.value))
        assert errors[0] == errors[1]


def test_what_passed_is_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai_harmony._ambiguity._KEPT_BYTES", 8000)
    encoding = HarmonyEncoding("HarmonyGptOss")
    for number in range(40):
        tool = Message(Author(Role.TOOL, f"functions.f{number}"), [TextContent("x")])
        encoding.render_conversation(conversation(tool), ERROR)
    (check,) = (encoding._checks or {}).values()
    info = check._passed.info()
    assert 0 < info.entries < 30
    assert info.bytes <= 8000


def test_a_header_that_passed_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    encoding = HarmonyEncoding("HarmonyGptOss")
    encoding.render_conversation(conversation(USER, READABLE), ERROR)
    monkeypatch.setattr("openai_harmony._header_check.read", None)
    assert encoding.render_conversation(conversation(USER, READABLE), ERROR)


@hypothesis.settings(max_examples=examples(300))
@hypothesis.given(conversation=conversations())
def test_what_is_not_refused_reads_back(conversation: Conversation) -> None:
    try:
        rendered = ENCODING.render_with_spans(conversation, config=ERROR)
    except RenderError:
        return
    places = [span.message_index for span in rendered.message_spans()]
    channels = {message.channel for message in conversation if message.channel}
    read = openai_harmony.StreamableParser(ENCODING, None, strict="pedantic", channels=channels)
    for token in rendered.tokens:
        read.process(token)
    assert [(back.author, back.channel, back.content_type) for back in read.messages] == [
        (given.author, given.channel, given.content_type) for given in map(conversation.messages.__getitem__, places)
    ]
