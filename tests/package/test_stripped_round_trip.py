"""Usual messages are rendered, their special tokens stripped, and the messages guessed from what is left."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from openai_harmony import Author, Message, Role, TextContent, guess_messages_from_stripped_text, load_harmony_encoding

pytestmark = pytest.mark.shipped  # texts are completions in the shipped format, without their tokens

ENC = load_harmony_encoding("HarmonyGptOss")


def stripped(tokens: list[int]) -> str:
    return ENC.decode([token for token in tokens if not ENC.is_special_token(token)])


def text_of(message: Message) -> str:
    return "".join(content.text for content in message.content)  # type: ignore[attr-defined]


def shape(message: Message) -> tuple[str | None, ...]:
    return message.channel, message.recipient, message.content_type, text_of(message)


WORDS = ["analysis", "commentary", "final", "assistant", "to="]
# Texts as models write them: they begin with a letter or the like, and hold none of the words that part messages.
TEXTS = (
    st.text(st.characters(exclude_categories=["Cs", "Z"], exclude_characters="{["), min_size=1, max_size=4)
    .filter(lambda text: not text[0].isspace())
    .flatmap(lambda head: st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(head.__add__))
    | st.sampled_from(
        ["We need 4.", "Let me look that up.\n\nThen json {}.", "你好", "x = [1]", "**Answer:** 4", "- a\n- b"]
    )
).filter(lambda text: not any(word in text for word in WORDS))
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}(_[a-z0-9]{1,5}){0,2}", fullmatch=True) | st.sampled_from(
    ["get_final", "analysis", "analysis_of", "final", "commentary_add", "search"]
)
RECIPIENTS = NAMES.map("functions.{}".format) | st.sampled_from(["browser.search", "browser.open", "python"])
ARGUMENTS = st.dictionaries(TEXTS, TEXTS | st.integers() | st.booleans() | st.none() | st.lists(TEXTS, max_size=2))


def message(text: str, channel: str, recipient: str | None = None, kind: str | None = None) -> Message:
    made = Message.from_role_and_content(Role.ASSISTANT, text).with_channel(channel)
    made = made if recipient is None else made.with_recipient(recipient)
    return made if kind is None else made.with_content_type(kind)


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


CHANNELS = st.sampled_from(["analysis", "commentary", "final"])
TYPES = st.sampled_from([None, "json", "<|constrain|>json", "code"])
CALLS = st.builds(message, ARGUMENTS.map(as_json), st.sampled_from(["commentary", "analysis"]), RECIPIENTS, TYPES)
TYPED = st.builds(message, ARGUMENTS.map(as_json), CHANNELS, st.none(), TYPES)
MESSAGES = st.builds(message, TEXTS, CHANNELS) | TYPED | CALLS


def written(one: Message, order: str) -> list[int]:
    """A message's tokens: as the library writes them, as models do, or with a blank before each marker."""
    if order == "library":
        return ENC.render(one)
    blank = " " if order == "blanks" else ""
    to = "" if one.recipient is None else f" to={one.recipient}{blank}"
    kind = "" if one.content_type is None else " <|constrain|>" + one.content_type.removeprefix("<|constrain|>")
    header = f"<|start|>assistant<|channel|>{one.channel}{to}{kind}<|message|>"
    if order == "blanks":
        header = f"<|start|>assistant{to}<|channel|>{one.channel}{kind}<|message|>"
    return [*ENC.encode(header, allowed_special="all"), *ENC.encode(text_of(one), disallowed_special=())]


def without_marker(one: Message) -> tuple[str | None, ...]:
    channel, recipient, kind, text = shape(one)
    return channel, recipient, kind and kind.removeprefix("<|constrain|>"), text


@given(
    st.lists(st.tuples(MESSAGES, st.sampled_from(["library", "models", "blanks"])), min_size=1, max_size=5), st.data()
)
def test_usual_messages_come_back_when_their_tokens_are_stripped(
    messages: list[tuple[Message, str]], data: st.DataObject
) -> None:
    text = stripped([token for one, order in messages for token in written(one, order)])
    if data.draw(st.booleans()):
        text = text.removeprefix("assistant")  # it stood in the prompt
    read = guess_messages_from_stripped_text(text)
    assert list(map(shape, read)) == [without_marker(one) for one, _ in messages]


@given(st.lists(st.tuples(CALLS, TEXTS, st.booleans(), st.booleans()), min_size=1, max_size=3), TEXTS)
def test_calls_and_answers_come_back_when_their_tokens_are_stripped(
    turns: list[tuple[Message, str, bool, bool]], answer: str
) -> None:
    messages: list[Message] = []
    for call, result, addressed, on_channel in turns:
        assume(not any(str(other.recipient) in result for other, *_ in turns))
        reply = Message(
            author=Author(role=Role.TOOL, name=call.recipient), content=[TextContent(text=as_json([result]))]
        )
        reply = reply.with_recipient("assistant") if addressed or not on_channel else reply
        messages += [call, reply.with_channel("commentary") if on_channel else reply]
    messages.append(message(answer, "final"))
    read = guess_messages_from_stripped_text(stripped([token for one in messages for token in ENC.render(one)]))
    assert [(one.author, *shape(one)) for one in read] == [(one.author, *without_marker(one)) for one in messages]
