"""The reference and this library, asked the same: what is written is the same to the id, and what is read is too."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compat import strategies as plain
from tests.compat.comparison import our_answer, same
from tests.compat.documented import read_alike, written_readably
from tests.support.effort import examples
from tests.support.reference import Answer, Question, reference

Data = dict[str, Any]


def agree(questions: Iterable[Question]) -> list[Answer]:
    """Asks both libraries, and gives our answers, which are the reference's."""
    asked = list(questions)
    ours = [our_answer(op, question) for op, question in asked]
    for (op, question), theirs, answer in zip(asked, reference().ask(asked), ours):
        assert same(op, theirs, answer), f"{op} {json.dumps(question)}\nreference: {theirs}\nhere:      {answer}"
    return ours


# Writing ------------------------------------------------------------------------------------------


@settings(max_examples=examples(700))
@given(plain.conversations, st.sampled_from(["user", "assistant", "system", "developer", "tool"]))
def test_conversations_are_written_alike(messages: list[Data], following: str) -> None:
    configured: list[Data] = [{}, {"auto_drop_analysis": True}, {"auto_drop_analysis": False}]
    operations = ["render_conversation", "render_for_completion", "render_for_training"]
    questions = [(op, {"messages": messages, "next": following, **c}) for op in operations for c in configured]
    options: list[Data] = [{}, {"has_function_tools": True}, {"has_function_tools": False}]
    questions += [("render", {"message": message, **option}) for message in messages for option in options]
    agree(questions)


@settings(max_examples=examples(600))
@given(plain.parameters, plain.fields, plain.strings)
def test_tool_schemas_are_written_alike(parameters: Data | None, name: str, description: str) -> None:
    agree([("tool_schema", {"parameters": parameters, "name": name, "description": description})])


@settings(max_examples=examples(300))
@given(st.lists(plain.system_contents, min_size=1, max_size=3), st.lists(plain.developer_contents, max_size=2))
def test_system_and_developer_texts_are_written_alike(system: list[Data], developer: list[Data]) -> None:
    messages = [{"role": "system", "content": system}, {"role": "developer", "content": developer}]
    agree([("render_conversation", {"messages": messages}), ("render", {"message": messages[0]})])


@settings(max_examples=examples(200))
@given(st.lists(plain.integers | plain.floats, min_size=4, max_size=20))
def test_numbers_are_written_alike(numbers: list[float]) -> None:
    agree([("tool_schema", {"parameters": {"type": "array", "oneOf": [{"type": "number", "default": numbers}]}})])


# Text and tokens ----------------------------------------------------------------------------------

any_text = st.one_of(plain.texts, st.text(max_size=24), st.text(st.sampled_from(" \n\tab1'sſ<|>é漢"), max_size=40))
special = st.sampled_from(["all", [], ["<|start|>"], plain.SPELLINGS, ["a", " of", "<|call|>"]])
ids = st.one_of(st.integers(0, 200_000), st.integers(199_990, 201_100), st.sampled_from([9552, 200_008, 2**32 - 1]))


@settings(max_examples=examples(500))
@given(any_text, special, special)
def test_text_is_encoded_and_decoded_alike(text: str, allowed: Sequence[str], disallowed: Sequence[str]) -> None:
    spelled, *rest = agree(
        [
            ("encode", {"text": text, "allowed_special": "all"}),
            ("encode", {"text": text, "disallowed_special": []}),
            ("encode", {"text": text, "allowed_special": allowed}),
            ("encode", {"text": text, "allowed_special": allowed, "disallowed_special": []}),
        ]
    )
    # Of several disallowed spellings at one place the reference names whichever comes first in a set.
    if len(disallowed) <= 1 or disallowed == "all":
        rest += agree([("encode", {"text": text, "disallowed_special": disallowed})])
    tokens = [answer["output"]["tokens"] for answer in [spelled, *rest] if "output" in answer]
    agree(("decode_utf8", {"tokens": those}) for those in tokens)


@settings(max_examples=examples(400))
@given(st.lists(ids, max_size=12), st.sampled_from(["replace", "strict", "ignore", "backslashreplace"]))
def test_any_tokens_are_decoded_alike(tokens: list[int], errors: str) -> None:
    agree([("decode", {"tokens": tokens}), ("decode", {"tokens": tokens, "errors": errors})])
    agree([("decode_utf8", {"tokens": tokens})])


# Reading ------------------------------------------------------------------------------------------


def test_what_was_written_is_read_alike() -> None:
    counted: Counter[bool] = Counter()

    @settings(max_examples=examples(500))
    @given(plain.spoken)
    def check(messages: list[Data]) -> None:
        (written,) = agree([("render_for_training", {"messages": messages, "auto_drop_analysis": False})])
        if "error" in written or not messages:
            return
        comparable = all(map(written_readably, messages))
        counted[comparable] += 1
        if comparable:
            tokens = written["output"]["tokens"]
            modes = ({"strict": True}, {"strict": False})
            agree(("parse", {"tokens": tokens, "role": None, **mode}) for mode in modes)

    check()
    assert counted[True] > 0.6 * counted.total(), counted


WORDS = ("user", "final", "tool", "python", "functions.f", "json", "finalx", "x:y", ":", "to=x", "x>", "İ", "all")


def test_every_word_is_read_alike_in_every_field() -> None:
    optional = (None, *WORDS)
    headers = [
        {"role": role, "name": name, "recipient": recipient, "content_type": kind, "channel": channel}
        for role in ("assistant", "user", "tool")
        for name in (WORDS if role == "tool" else (None,))
        for recipient in optional
        for kind in ((None, "json") if role == "tool" else optional)
        for channel in (None, "final", "x")
    ]
    messages = [{"content": "x", **{key: value for key, value in h.items() if value is not None}} for h in headers]
    comparable = [message for message in messages if written_readably(message)]
    assert len(comparable) > 0.5 * len(messages)
    written = agree(("render", {"message": message}) for message in comparable)
    agree(("parse", {"tokens": answer["output"]["tokens"], "role": None}) for answer in written)


CALL = {"role": "assistant", "recipient": "functions.f", "content": "{}"}


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "name": "bob", "content": "x"},
        {"role": "tool", "name": "functions.f", "content": "x"},
        {"role": "tool", "name": "final", "recipient": "assistant", "content": "x"},
        {"role": "tool", "name": "userassistant", "recipient": "assistant", "content": "x"},
        {"role": "tool", "name": "user:bob", "recipient": "assistant", "content": "x"},
        {"role": "tool", "name": "to=x", "recipient": "assistant", "content": "x"},
        {"role": "assistant", "content_type": "json", "content": "x"},
        {**CALL, "content_type": "assistant"},
        {**CALL, "content_type": "a\u3000b"},
        {**CALL, "recipient": ""},
        {**CALL, "recipient": "a<|constrain|>b"},
        {**CALL, "channel": "user"},
        {**CALL, "channel": "analysisfinal"},
        {**CALL, "channel": "a<b"},
    ],
    ids=json.dumps,
)
def test_what_is_not_compared_is_read_otherwise(message: Data) -> None:
    assert not written_readably(message)
    assert not read_as_written_by_both(message)


def read_as_written_by_both(message: Data) -> bool:
    (written,) = agree([("render", {"message": message})])
    question: Question = ("parse", {"tokens": written["output"]["tokens"], "role": None})
    return same("parse", reference().ask([question])[0], our_answer(*question))


def test_completions_are_read_alike() -> None:
    counted: Counter[bool] = Counter()

    @settings(max_examples=examples(600))
    @given(plain.completions())
    def check(completion: tuple[str, str | None]) -> None:
        text, role = completion
        comparable = read_alike(text, role)
        counted[comparable] += 1
        if comparable:
            question: Data = {"text": text, "role": role}
            answers = agree(
                [("parse", question), ("parse", {**question, "strict": False}), ("stream", {**question, "eos": 1})]
            )
            assert all("output" in answer for answer in answers), "a well-formed completion was refused by both"

    check()
    assert counted[True] > 0.6 * counted.total(), counted
