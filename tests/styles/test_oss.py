"""The style `oss` and oss-harmony, asked the same: what is rendered is the same to the id."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compat import strategies as plain
from tests.compat.comparison import our_answer, same
from tests.support.effort import examples
from tests.support.reference import Question, fork

Data = dict[str, Any]

pytestmark = pytest.mark.shipped

OPERATIONS = ("render_conversation", "render_for_completion", "render_for_training")


def agree(questions: list[Question]) -> None:
    for (op, question), theirs in zip(questions, fork().ask(questions)):
        ours = our_answer(op, {**question, "style": "oss"})
        assert same(op, theirs, ours), f"{op} {json.dumps(question)}\noss-harmony: {theirs}\nhere:        {ours}"


@settings(max_examples=examples(400))
@given(plain.conversations, st.sampled_from(["user", "assistant", "tool"]), st.booleans())
def test_conversations_are_rendered_as_oss_harmony_does(messages: list[Data], following: str, drop: bool) -> None:
    asked = {"messages": messages, "next": following, "auto_drop_analysis": drop}
    agree([(op, asked) for op in OPERATIONS])


@settings(max_examples=examples(300))
@given(plain.parameters, plain.fields, plain.strings)
def test_tools_are_printed_as_oss_harmony_does(parameters: Data | None, name: str, description: str) -> None:
    tool = {"name": name, "description": description, "parameters": parameters}
    content = {"type": "developer_content", "tools": {"functions": {"name": "functions", "tools": [tool]}}}
    agree([("render_conversation", {"messages": [{"role": "developer", "content": [content]}]})])


WORDS = (None, "", "all", "assistant", "functions.f", "python", "json", "code", "<|constrain|>json", "<|constrain|>")
CHANNELS = (None, "", "analysis", "commentary", "final")


def test_every_header_is_rendered_as_oss_harmony_does() -> None:
    headers = [
        {"role": role, "name": name, "recipient": recipient, "channel": channel, "content_type": kind}
        for role in ("assistant", "user", "tool")
        for name in ((None, "n") if role != "tool" else ("functions.f",))
        for recipient in WORDS
        for channel in CHANNELS
        for kind in WORDS
    ]
    messages = [{"content": "x", **{k: value for k, value in h.items() if value is not None}} for h in headers]
    agree([("render_conversation", {"messages": [message]}) for message in messages])


def test_the_fork_renders_otherwise_than_the_reference() -> None:
    call = {"role": "assistant", "channel": "commentary", "recipient": "functions.f", "content": "{}"}
    question: Question = ("render_conversation", {"messages": [{**call, "content_type": "json"}]})
    (theirs,) = fork().ask([question])
    assert not same(question[0], theirs, our_answer(*question))
