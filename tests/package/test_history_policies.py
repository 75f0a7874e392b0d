"""Claims about the messages that a configuration omits, and about the tables of docs/history.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from openai_harmony import (
    Author,
    Conversation,
    HarmonyEncoding,
    Message,
    RenderConversationConfig,
    Role,
    TextContent,
    load_harmony_encoding,
)
from openai_harmony.testing import conversations
from tests.support.effort import examples

ENCODING = load_harmony_encoding("HarmonyGptOss")
PAGE = Path(__file__).parents[2].joinpath("docs/history.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.shipped


def tables() -> Iterator[tuple[list[str], list[list[str]]]]:
    """The tables of the page whose first column is `message`: the names of the columns, and the rows."""
    for lines in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE):
        head, _, *rows = ([cell.strip() for cell in line.strip("|\n").split("|")] for line in lines.splitlines())
        if head[0] == "message":
            yield head[1:], rows


def message_of(row: str, text: str) -> Message:
    """`assistant, commentary, to functions.f`; the author is a role, or the name of a tool."""
    author, *fields = row.split(", ")
    roles = {role.value for role in Role}
    made = Message(Author.new(Role.TOOL, author) if author not in roles else Author(Role(author)), [TextContent(text)])
    for field in fields:
        tool = field.removeprefix("to ")
        made = made.with_channel(field) if tool == field else made.with_recipient(tool)
    return made


def config_of(column: str) -> RenderConversationConfig:
    policy, *arguments = column.split(", ")
    values: Any = {name: value == "True" for name, value in (argument.split("=") for argument in arguments)}
    return RenderConversationConfig(analysis=policy, **values)  # type: ignore[arg-type]


TABLES = list(tables())


def test_the_page_has_tables_for_every_argument() -> None:
    columns = " ".join(column for head, _ in TABLES for column in head)
    assert len(TABLES) >= 7
    assert all(word in columns for word in ("reference", "finished_turns", "keep", "keep_last_turn", "keep_calls"))


@pytest.mark.parametrize(("head", "rows"), TABLES)
def test_what_a_table_of_the_page_marks_is_rendered(head: list[str], rows: list[list[str]]) -> None:
    conversation = Conversation([message_of(row[0], f"[{place}]") for place, row in enumerate(rows)])
    for number, column in enumerate(head, start=1):
        rendered = ENCODING.render_with_spans(conversation, config=config_of(column))
        marked = [place for place, row in enumerate(rows) if row[number]]
        assert [span.message_index for span in rendered.message_spans()] == marked, column
        assert rendered.tokens == ENCODING.render_conversation(conversation, config_of(column))
        text = ENCODING.decode(rendered.tokens)
        assert [f"[{place}]" in text for place in range(len(rows))] == [bool(row[number]) for row in rows]


def test_nothing_is_omitted_if_it_is_asked_to_keep_all_in_either_way() -> None:
    _, rows = TABLES[0]
    conversation = Conversation([message_of(row[0], "x") for row in rows])
    every = ENCODING.render_conversation(conversation, RenderConversationConfig(analysis="keep"))
    for policy in ("reference", "finished_turns", "keep"):
        config = RenderConversationConfig(auto_drop_analysis=False, analysis=policy)  # type: ignore[arg-type]
        assert ENCODING.render_conversation(conversation, config) == every
    assert every != ENCODING.render_conversation(conversation)


def test_training_on_the_last_turn_has_its_analysis() -> None:
    conversation = Conversation([message_of(row[0], f"[{place}]") for place, row in enumerate(TABLES[5][1])])
    rendered = ENCODING.render_with_spans(conversation, training=True, config=config_of("finished_turns"))
    trained = [token for token, bit in zip(rendered.tokens, rendered.loss_mask()) if bit]
    assert (
        ENCODING.decode(trained) == "<|channel|>analysis<|message|>[1]<|end|><|channel|>final<|message|>[2]<|return|>"
    )


@pytest.mark.parametrize(
    "arguments", [{"auto_drop": False}, {"analyses": "keep"}, {"analysis": "all"}, {"analysis": None}]
)
def test_unknown_arguments_and_policies_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(arguments))):
        RenderConversationConfig(**arguments)
    with pytest.raises(ValidationError, match=next(iter(arguments))):
        RenderConversationConfig.model_validate(arguments)


@pytest.mark.parametrize(("policy", "shown"), [("all", "'all'"), ([], r"\[\]"), (None, "None")])
def test_a_policy_that_is_set_later_is_checked_too(policy: Any, shown: str) -> None:
    config = RenderConversationConfig()
    config.analysis = policy
    with pytest.raises(ValueError, match=f"unknown policy of analysis: {shown}"):
        ENCODING.render_conversation(Conversation([]), config)
    with pytest.raises(ValueError, match=f"unknown policy of analysis: {shown}"):
        ENCODING.render_with_spans(Conversation([]), config=config)


def test_the_repr_has_the_options_that_are_not_the_usual_ones() -> None:
    assert repr(RenderConversationConfig()) == "RenderConversationConfig(auto_drop_analysis=True)"
    config = RenderConversationConfig(analysis="keep", open_last=True)
    assert repr(config) == "RenderConversationConfig(auto_drop_analysis=True, analysis='keep', open_last=True)"
    assert eval(repr(config)) == config


def configs() -> Iterator[RenderConversationConfig]:
    for policy in ("reference", "finished_turns", "keep"):
        for keep_last in (True, False):
            for keep_calls in (True, False):
                yield RenderConversationConfig(analysis=policy, keep_last_turn=keep_last, keep_calls=keep_calls)  # type: ignore[arg-type]


@settings(max_examples=examples(150))
@given(conversation=conversations())
def test_every_policy_renders_some_of_the_messages_each_as_it_is(conversation: Conversation) -> None:
    every = ENCODING.render_with_spans(conversation, config=RenderConversationConfig(analysis="keep"))
    pieces = {span.message_index: every.tokens[span.start : span.end] for span in every.message_spans()}
    for config in configs():
        rendered = ENCODING.render_with_spans(conversation, config=config)
        places = [span.message_index for span in rendered.message_spans()]
        assert places == sorted({*places})
        assert rendered.tokens == [token for place in places for token in pieces[place]]
        omitted = {*pieces} - {*places}
        channels = {conversation.messages[place].channel for place in omitted}
        assert channels <= {"analysis"} or config.analysis == "finished_turns"


def test_an_encoding_of_its_own_does_the_same() -> None:
    own = HarmonyEncoding("HarmonyGptOss")
    conversation = Conversation([message_of(row[0], "x") for row in TABLES[1][1]])
    for config in configs():
        assert own.render_conversation(conversation, config) == ENCODING.render_conversation(conversation, config)
