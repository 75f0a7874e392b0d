"""Claims about loss masks: which tokens of which messages are trained on."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import (
    Author,
    Conversation,
    LossPolicy,
    Message,
    RenderConversationConfig,
    Rendered,
    Role,
    TextContent,
    load_harmony_encoding,
)
from openai_harmony.testing import conversations
from tests.support.effort import examples

pytestmark = pytest.mark.shipped  # the words of Harmony are spelled out

ENCODING = load_harmony_encoding("HarmonyGptOss")
KEEP = RenderConversationConfig(auto_drop_analysis=False)


def said(role: str, text: str, channel: str | None = None, to: str | None = None, name: str | None = None) -> Message:
    return Message(Author(Role(role), name), [TextContent(text)], channel=channel, recipient=to)


TALK = Conversation.from_messages(
    [
        said("system", "Be kind."),
        said("user", "Hi"),
        said("assistant", "Hello!", "final"),
        said("user", "2+2?"),
        said("assistant", "A sum.", "analysis"),
        said("assistant", "{}", "commentary", to="functions.add"),
        said("tool", "4", "commentary", to="assistant", name="functions.add"),
        said("assistant", "Four.", "final"),
    ]
)
CALL = " to=functions.add<|channel|>commentary<|message|>{}<|call|>"
TURN = ["<|channel|>analysis<|message|>A sum.<|end|>", CALL, "<|channel|>final<|message|>Four.<|return|>"]
FIRST = "<|channel|>final<|message|>Hello!<|end|>"


def trained(rendered: Rendered, policy: LossPolicy = "last_assistant_turn", **choices: Any) -> list[str]:
    """The texts of the runs of tokens that a mask leaves in, cut where messages end."""
    mask, found = rendered.loss_mask(policy, **choices), []
    assert len(mask) == len(rendered.tokens)
    for span in rendered.message_spans():
        kept = [token for token, bit in list(zip(rendered.tokens, mask))[span.start : span.end] if bit]
        found += [ENCODING.decode(kept)] if kept else []
    return found


def test_each_policy_trains_on_the_messages_of_its_name() -> None:
    rendered = ENCODING.render_with_spans(TALK, training=True, config=KEEP)
    assert trained(rendered) == TURN
    assert trained(rendered, "last_assistant_message") == TURN[2:]
    assert trained(rendered, "all_assistant_messages") == [FIRST, *TURN]
    assert trained(rendered, "all_user_and_system_messages") == ["Be kind.<|end|>", "Hi<|end|>", "2+2?<|end|>"]
    assert trained(rendered, "all_messages") == [
        *("Be kind.<|end|>", "Hi<|end|>", FIRST, "2+2?<|end|>", *TURN[:2], "4<|end|>", TURN[2])
    ]
    assert rendered.loss_mask("all_tokens") == b"\1" * len(rendered.tokens)


def test_channels_calls_and_stop_tokens_are_chosen() -> None:
    rendered = ENCODING.render_with_spans(TALK, training=True, config=KEEP)
    assert trained(rendered, channels={"final"}) == TURN[2:]
    assert trained(rendered, channels={"analysis", "commentary"}) == TURN[:2]
    assert trained(rendered, calls=False) == [TURN[0], TURN[2]]
    assert trained(rendered, "last_assistant_message", stop=False) == ["<|channel|>final<|message|>Four."]
    assert trained(rendered, "all_user_and_system_messages", stop=False, channels={"final"}) == [
        "Be kind.",
        "Hi",
        "2+2?",
    ]


def test_whose_messages_count_is_chosen() -> None:
    rendered = ENCODING.render_with_spans(TALK, training=True, config=KEEP)
    assert trained(rendered, "all_assistant_messages", roles=["user"]) == ["Hi<|end|>", "2+2?<|end|>"]
    assert trained(rendered, "all_assistant_messages", roles=[Role.TOOL]) == ["4<|end|>"]


def test_the_last_stop_is_that_of_the_rendering() -> None:
    rendered = ENCODING.render_with_spans(TALK, config=KEEP)
    assert trained(rendered, "last_assistant_message") == ["<|channel|>final<|message|>Four.<|end|>"]


def test_what_rendering_leaves_out_is_trained_on_by_no_policy() -> None:
    talk = Conversation.from_messages(TALK.messages[3:])
    assert trained(ENCODING.render_with_spans(talk, training=True)) == TURN[1:]
    assert trained(ENCODING.render_with_spans(talk, training=True), [1.0] * 5)[1:3] == [TURN[1], "4<|end|>"]


def test_a_sequence_or_a_function_gives_each_message_its_weight() -> None:
    rendered = ENCODING.render_with_spans(TALK, training=True, config=KEEP)
    assert trained(rendered, [0, 0, 1, 0, 0, 0, 0, 0]) == [FIRST]
    assert trained(rendered, lambda index: TALK.messages[index].channel == "analysis") == TURN[:1]
    weights = rendered.loss_weights(lambda index: 0.5 if index == 2 else 2)
    spans = rendered.message_spans()
    assert {*weights[spans[2].start : spans[2].end]} == {0.0, 0.5}
    assert {*weights[spans[4].start : spans[4].end]} == {0.0, 2.0}


def test_the_next_turn_is_not_trained_on() -> None:
    rendered = ENCODING.render_with_spans(TALK, next_turn_role="assistant", config=KEEP)
    opening = len(rendered.tokens) - rendered.message_spans()[-1].end
    assert rendered.loss_mask("all_messages")[-opening:] == bytes(opening)
    assert rendered.loss_mask("all_tokens")[-opening:] == b"\1" * opening


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"policy": "assistant"}, r"argument 'policy': 'assistant' is not one of 'last_assistant_message', "),
        ({"policy": [1.0]}, r"argument 'policy': has 1 weights for 8 messages"),
        (
            {"policy": lambda index: 0.5 if index == 3 else 1},
            r"argument 'policy': the weight of message 3: a mask is made of 0 and 1, not of 0.5; loss_weights",
        ),
        ({"roles": ["model"]}, r"argument 'roles': 'model' is not one of 'user', "),
        (
            {"channels": {"final", "finall", None}},
            r"argument 'channels': 'finall' is on no message, and is not one of the format, which has 'analysis', ",
        ),
        ({"policy": "all_tokens", "channels": ["finall"]}, r"argument 'channels': 'finall' is on no message"),
    ],
)
def test_wrong_arguments_say_which_they_are(arguments: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{complaint}"):
        ENCODING.render_with_spans(TALK, config=KEEP).loss_mask(**arguments)


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), float("-inf"), 10**400])
def test_a_weight_that_is_not_finite_is_refused_with_the_index_of_its_message(weight: float) -> None:
    rendered = ENCODING.render_with_spans(TALK, config=KEEP)
    policies: list[LossPolicy] = [[1, 1, weight, 1, 1, 1, 1, 1], lambda index: weight if index == 2 else 1]
    for policy in policies:
        for method in (rendered.loss_mask, rendered.loss_weights):
            with pytest.raises(
                ValueError, match=r"^argument 'policy': the weight of message 2: expected a finite number"
            ):
                method(policy)


@pytest.mark.parametrize("weight", [None, "1", b"1", [1]])
def test_a_weight_that_is_no_number_is_refused_with_the_index_of_its_message(weight: Any) -> None:
    rendered = ENCODING.render_with_spans(TALK, config=KEEP)
    told = f"^argument 'policy': the weight of message 0: expected a number, not {type(weight).__name__}$"
    for policy in ([weight] * 8, lambda index: weight):
        with pytest.raises(TypeError, match=told):
            rendered.loss_weights(policy)


def test_a_function_that_takes_no_index_is_refused() -> None:
    rendered = ENCODING.render_with_spans(TALK, config=KEEP)
    policies: list[Any] = [lambda: None, lambda one, two: 1.0, int.__add__]
    for policy in policies:
        with pytest.raises(TypeError, match=r"^argument 'policy': expected a function of one argument, the index of a"):
            rendered.loss_mask(policy)
    assert rendered.loss_mask(bool) == rendered.loss_mask([0, *[1] * 7]), "built-in functions are functions too"


def test_an_error_of_the_function_itself_is_not_hidden() -> None:
    with pytest.raises(KeyError, match=r"^4$"):
        ENCODING.render_with_spans(TALK, config=KEEP).loss_mask({0: 1, 1: 0, 2: 1, 3: 0}.__getitem__)


def test_a_negative_weight_is_kept_and_leaves_the_other_tokens_at_zero() -> None:
    rendered = ENCODING.render_with_spans(TALK, config=KEEP)
    weights = rendered.loss_weights([-0.5] * 8)
    assert [weight == -0.5 for weight in weights] == [bit == 1 for bit in rendered.loss_mask("all_messages")]
    assert {str(weight) for weight in weights} == {"-0.5", "0.0"}, "not -0.0"


def test_numbers_of_other_kinds_are_weights() -> None:
    rendered = ENCODING.render_with_spans(TALK, config=KEEP)
    weights = rendered.loss_weights(lambda index: numpy.float32(0.5))
    assert {*weights} == {0.0, 0.5}
    assert rendered.loss_mask(lambda index: numpy.bool_(index == 2)) == rendered.loss_mask(lambda index: index == 2)


@pytest.mark.parametrize("name", ["channels", "roles"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("final", "a collection of strings, not str"),
        (b"final", "a collection of strings, not bytes"),
        (5, "a collection of strings, not int"),
        ([[]], "strings, found list"),
        ([5], "strings, found int"),
    ],
)
def test_what_is_no_collection_of_words_is_refused_by_name(name: str, words: Any, told: str) -> None:
    arguments: dict[str, Any] = {name: words}
    with pytest.raises(TypeError, match=f"^argument '{name}': expected {told}$"):
        ENCODING.render_with_spans(TALK).loss_mask(**arguments)


def test_only_channels_may_be_none() -> None:
    rendered = ENCODING.render_with_spans(TALK, config=KEEP)
    assert not any(rendered.loss_mask(channels=[None], stop=False))
    with pytest.raises(TypeError, match=r"^argument 'roles': expected strings, found NoneType$"):
        rendered.loss_mask(roles=[None])  # type: ignore[list-item]


def test_a_channel_that_the_format_does_not_list_is_known_by_a_message_on_it() -> None:
    scratch = Message.from_role_and_content("assistant", "a").with_channel("scratch")
    rendered = ENCODING.render_with_spans(Conversation([scratch]))
    assert any(rendered.loss_mask(channels={"scratch"}))
    assert not any(rendered.loss_mask(channels={"final"}))


@settings(max_examples=examples(2000))
@given(conversation=conversations(), training=st.booleans(), drop=st.booleans())
def test_masks_agree_with_the_columns(conversation: Conversation, training: bool, drop: bool) -> None:
    config = RenderConversationConfig(auto_drop_analysis=drop)
    rendered = ENCODING.render_with_spans(conversation, training=training, config=config)
    sampled, indices = rendered.sampled, rendered.message_indices
    assert rendered.loss_mask("all_assistant_messages") == sampled
    roles = [message.author.role for message in conversation.messages]
    written = sorted({*indices})
    given_to = [index for index in written if roles[index] not in (Role.ASSISTANT, Role.TOOL)]
    after = given_to[-1] if given_to else -1
    turn = rendered.loss_mask()
    assert turn == bytes(bit and index > after for bit, index in zip(sampled, indices))
    last = max((index for index in written if roles[index] is Role.ASSISTANT), default=None)
    assert rendered.loss_mask("last_assistant_message") == bytes(
        bit and index == last for bit, index in zip(sampled, indices)
    )
    assert list(rendered.loss_weights("all_messages")) == list(rendered.loss_mask("all_messages"))


CHANNELS = st.none() | st.sets(st.sampled_from(["analysis", "commentary", "final", None]))
POLICIES = st.sampled_from(
    [
        *("last_assistant_message", "last_assistant_turn", "all_assistant_messages"),
        *("all_messages", "all_user_and_system_messages"),
    ]
)


def messages_of(policy: str, conversation: Conversation, written: list[int]) -> list[int]:
    """The indices of the messages that a policy is said to train on."""
    roles = [message.author.role for message in conversation.messages]
    sampled = [index for index in written if roles[index] is Role.ASSISTANT]
    given_to = [index for index in written if roles[index] not in (Role.ASSISTANT, Role.TOOL)]
    return {
        "last_assistant_message": sampled[-1:],
        "last_assistant_turn": [index for index in sampled if index > max(given_to, default=-1)],
        "all_assistant_messages": sampled,
        "all_messages": written,
        "all_user_and_system_messages": given_to,
    }[policy]


@settings(max_examples=examples(500), deadline=None)
@given(conversations(), POLICIES, CHANNELS, st.booleans(), st.booleans(), st.sampled_from(["reference", "keep"]))
def test_every_choice_leaves_the_tokens_that_it_says(
    conversation: Conversation, policy: Any, channels: set[str | None] | None, calls: bool, stop: bool, analysis: Any
) -> None:
    rendered = ENCODING.render_with_spans(conversation, config=RenderConversationConfig(analysis=analysis))
    chosen = messages_of(policy, conversation, sorted({*rendered.message_indices}))
    wanted = []
    for index, part, sampled in zip(rendered.message_indices, rendered.part_names(), rendered.sampled):
        message = conversation.messages[index]
        is_sampled = message.author.role is Role.ASSISTANT
        left = bool(sampled) if is_sampled else part in ("content", "stop")
        left = left and index in chosen and (stop or part != "stop")
        if is_sampled:
            left = left and (channels is None or message.channel in channels)
            left = left and (calls or message.recipient in (None, "all"))
        wanted.append(left)
    choices: dict[str, Any] = {"channels": channels, "calls": calls, "stop": stop}
    assert list(rendered.loss_mask(policy, **choices)) == wanted
    weights = [0.25 if index in chosen else 0 for index in range(len(conversation.messages))]
    assert list(rendered.loss_weights(weights, **choices)) == [0.25 * left for left in wanted]
