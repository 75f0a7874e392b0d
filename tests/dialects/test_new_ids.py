"""Claims about the functions that make ids: each is called as it can be called."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import repeat

import pytest

from openai_harmony import Message
from openai_harmony.chat import ChatStream, chat_message_from
from tests.support.samples import ENCODING

CALL = Message.from_role_and_content("assistant", "{}").with_recipient("functions.f").with_channel("commentary")


def of_kind(kind: str) -> str:
    return f"{kind}-x"


MAKERS: dict[str, tuple[Callable[[], Callable[..., str]], str]] = {
    "without arguments": (lambda: lambda: "x", "x"),
    "of a kind": (lambda: of_kind, "call-x"),
    "any arguments": (lambda: lambda *kinds: ",".join(kinds), "call"),
    "a method of a builtin type": (lambda: deque(["x"]).popleft, "x"),
    "the next of an iterator": (lambda: partial(next, iter(["x"])), "x"),
    "a method of an iterator": (lambda: repeat("x").__next__, "x"),
}


@pytest.mark.parametrize("how", MAKERS)
def test_a_function_for_ids_is_called_as_it_can_be_called(how: str) -> None:
    make, expected = MAKERS[how]
    [call] = chat_message_from([CALL], new_id=make())["tool_calls"]
    assert call["id"] == expected


def test_a_function_for_ids_must_be_one() -> None:
    with pytest.raises(TypeError, match="argument 'new_id': expected a function, not str"):
        chat_message_from([CALL], new_id="call_1")  # type: ignore[arg-type]


def test_ids_are_random_unless_a_function_is_given() -> None:
    ids = {call["id"] for _ in range(50) for call in chat_message_from([CALL])["tool_calls"]}
    assert len(ids) == 50
    assert all(id.startswith("call_") for id in ids)


def test_a_stream_travels_with_its_function_for_ids() -> None:
    stream: ChatStream = pickle.loads(pickle.dumps(ChatStream(ENCODING, new_id=of_kind)))
    stream.feed(ENCODING.encode("<|channel|>commentary to=functions.f<|message|>", allowed_special="all"))
    assert [call["id"] for call in stream.message["tool_calls"]] == ["call-x"]
