"""Claims about counting the tokens of conversations, and about dropping turns until they fit."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    HarmonyEncoding,
    Message,
    RenderConversationConfig,
    Role,
    SystemContent,
    TextContent,
    load_harmony_encoding,
)
from openai_harmony.budgets import turns_of
from openai_harmony.testing import conversations, messages
from tests.support.effort import examples

ENCODING = load_harmony_encoding("HarmonyGptOss")
CONFIGS = [
    None,
    *(RenderConversationConfig(analysis=policy) for policy in ("keep", "finished_turns")),  # type: ignore[arg-type]
    RenderConversationConfig(schema="full"),
]


@st.composite
def long_conversations(draw: st.DrawFn) -> Conversation:
    parts = draw(st.lists(conversations(), min_size=1, max_size=3))
    more = draw(st.lists(messages(), max_size=4))
    return Conversation([*(message for part in parts for message in part.messages), *more])


@settings(max_examples=examples(300))
@given(
    conversation=long_conversations(),
    config=st.sampled_from(CONFIGS),
    turn=st.sampled_from([None, "assistant"]),
    keep=st.integers(0, 3),
    data=st.data(),
)
def test_as_few_of_the_first_turns_are_dropped_as_the_budget_allows(
    conversation: Conversation,
    config: RenderConversationConfig | None,
    turn: str | None,
    keep: int,
    data: st.DataObject,
) -> None:
    before = list(conversation.messages)
    turns = turns_of(conversation.messages)

    def without(count: int) -> tuple[list[int], Conversation]:
        dropped = sorted(index for turn in turns[:count] for index in turn)
        return dropped, Conversation([m for index, m in enumerate(before) if index not in dropped])

    sizes = [
        ENCODING.count_tokens(without(count)[1], next_turn_role=turn, config=config)
        for count in range(max(0, len(turns) - keep) + 1)
    ]
    assert sizes == sorted(sizes, reverse=True)
    budget = data.draw(st.integers(0, max(sizes) + 1) | st.sampled_from(sizes))
    if budget < sizes[-1]:
        kept = min(keep, len(turns))
        told = f"{sizes[-1]} tokens are needed to keep {kept} {'turn' if kept == 1 else 'turns'}, found {budget}"
        with pytest.raises(ValueError, match=told):
            ENCODING.fit(conversation, budget, keep, next_turn_role=turn, config=config)
        return
    fitted = ENCODING.fit(conversation, budget, keep, next_turn_role=turn, config=config)
    count = next(count for count, size in enumerate(sizes) if size <= budget)
    assert (fitted.dropped, fitted.conversation) == without(count)
    assert len(fitted.tokens) == sizes[count]
    assert conversation.messages == before


@settings(max_examples=examples(200))
@given(conversation=long_conversations())
def test_turns_hold_every_message_that_is_no_instruction_and_begin_where_something_is_asked(
    conversation: Conversation,
) -> None:
    turns = turns_of(conversation.messages)
    roles = [message.author.role for message in conversation.messages]
    instructions = [index for index, role in enumerate(roles) if role in (Role.SYSTEM, Role.DEVELOPER)]
    assert sorted([*instructions, *(index for turn in turns for index in turn)]) == list(range(len(roles)))
    for before, turn in pairwise(turns):
        assert (roles[turn[0]] == Role.USER) > (roles[before[-1]] == Role.USER)
    for turn in turns:
        kinds = [roles[index] == Role.USER for index in turn]
        assert kinds == sorted(kinds, reverse=True)


def said(role: str, text: str = "x", channel: str | None = None, to: str | None = None) -> Message:
    author = Author.new(Role.TOOL, role) if "." in role else Author(Role(role))
    return Message(author, [TextContent(text)], channel=channel, recipient=to)


CONVERSATION = Conversation(
    [
        Message.from_role_and_content("system", SystemContent.new()),
        Message.from_role_and_content("developer", DeveloperContent.new().with_instructions("Be kind.")),
        said("user"),
        said("assistant", "x", "commentary", "functions.f"),
        said("functions.f", "y", "commentary", "assistant"),
        said("assistant", "x", "final"),
        said("user"),
        said("developer"),
        said("assistant", "x", "final"),
        said("user", "last"),
    ]
)


@pytest.mark.shipped
def test_a_turn_goes_with_its_calls_and_results_and_instructions_stay() -> None:
    whole = ENCODING.count_tokens(CONVERSATION)
    assert ENCODING.fit(CONVERSATION, whole).dropped == []
    fitted = ENCODING.fit(CONVERSATION, whole - 1)
    assert fitted.dropped == [2, 3, 4, 5]
    assert fitted.tokens == ENCODING.render_conversation(fitted.conversation)
    fitted = ENCODING.fit(CONVERSATION, len(fitted.tokens) - 1)
    assert fitted.dropped == [2, 3, 4, 5, 6, 8]
    assert fitted.conversation.messages[-1] is CONVERSATION.messages[-1]
    with pytest.raises(ValueError, match="tokens are needed to keep 1 turn, "):
        ENCODING.fit(CONVERSATION, len(fitted.tokens) - 1)
    assert ENCODING.fit(CONVERSATION, len(fitted.tokens) - 1, keep=0).dropped == [2, 3, 4, 5, 6, 8, 9]
    with pytest.raises(ValueError, match="to keep 2 turns"):
        ENCODING.fit(CONVERSATION, len(fitted.tokens), keep=2)
    with pytest.raises(ValueError, match=f"to keep {len(turns_of(CONVERSATION.messages))} turns, found 3"):
        ENCODING.fit(CONVERSATION, 3, keep=50)


def test_the_start_of_the_next_message_counts() -> None:
    config = RenderConversationConfig(analysis="keep")
    tokens = ENCODING.render_conversation_for_completion(CONVERSATION, "assistant", config)
    assert ENCODING.count_tokens(CONVERSATION, next_turn_role="assistant", config=config) == len(tokens)
    assert ENCODING.count_tokens(CONVERSATION) == len(ENCODING.render_conversation(CONVERSATION))
    assert ENCODING.fit(CONVERSATION, len(tokens), next_turn_role="assistant", config=config).tokens == tokens
    assert ENCODING.fit(CONVERSATION, len(tokens) - 1, next_turn_role="assistant", config=config).dropped


def test_wrong_arguments_are_refused_by_name() -> None:
    wrong: list[Any] = [(ValueError, "'keep'", {"keep": -1}), (ValueError, "two of these", {"config": OPENED})]
    for error, match, arguments in wrong:
        with pytest.raises(error, match=match):
            ENCODING.fit(CONVERSATION, 1000, next_turn_role="assistant", **arguments)
    with pytest.raises(TypeError, match="'conversation'"):
        ENCODING.fit([], 5)  # type: ignore[arg-type]


OPENED = RenderConversationConfig(open_last=True)


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_the_last_turn_of_an_open_conversation_stays_open(keep: int) -> None:
    given = Conversation([*CONVERSATION.messages, said("assistant", "The sum is", "final")])
    whole = ENCODING.count_tokens(given, config=OPENED)
    assert ENCODING.fit(given, whole, keep, config=OPENED).dropped == []
    fitted = ENCODING.fit(given, whole - 1, keep, config=OPENED)
    assert fitted.dropped == [2, 3, 4, 5]
    assert fitted.tokens == ENCODING.render_conversation(fitted.conversation, OPENED)
    if keep == 2:
        return
    fitted = ENCODING.fit(given, len(fitted.tokens) - 1, keep, config=OPENED)
    assert fitted.conversation.messages[-1] is given.messages[-1]
    with pytest.raises(ValueError, match="are needed to keep 1 turn, "):
        ENCODING.fit(given, len(fitted.tokens) - 1, keep, config=OPENED)
    assert ENCODING.fit(given, len(fitted.tokens), keep, config=OPENED) == fitted


@pytest.mark.parametrize("wrong", [None, 1.5, float("nan"), "9"])
def test_a_number_of_tokens_or_turns_is_an_integer(wrong: Any) -> None:
    for name, arguments in (("max_tokens", {"max_tokens": wrong}), ("keep", {"max_tokens": 9, "keep": wrong})):
        with pytest.raises(TypeError, match=f"argument '{name}': expected an integer, not {type(wrong).__name__}"):
            ENCODING.fit(CONVERSATION, **arguments)


def test_a_message_without_author_is_named() -> None:
    message = said("user")
    message.author = None  # type: ignore[assignment]
    with pytest.raises(ValueError, match=r"missing field `author`, at messages\[1\]"):
        ENCODING.fit(Conversation.model_construct(messages=[said("user"), message]), 5)


def test_each_message_is_encoded_once_however_many_turns_are_dropped() -> None:
    encoding = HarmonyEncoding("HarmonyGptOss")
    given = [said(role, f"{role} {turn} " * 50) for turn in range(200) for role in ("user", "assistant")]
    fitted = encoding.fit(Conversation([*given, said("user")]), 3000)
    assert 0 < len(fitted.conversation.messages) < len(given)
    info = encoding.cache_info()
    once = HarmonyEncoding("HarmonyGptOss")
    once.render_conversation(Conversation([*given, said("user")]))
    assert info.misses == once.cache_info().misses
