"""What a parser shows is read like any attribute, and set by the parser alone."""

from __future__ import annotations

import inspect
from typing import get_type_hints

import pytest

from openai_harmony import ParseError, Role, StreamableParser, StreamState, load_harmony_encoding
from openai_harmony._runtime.types.read_only import ReadOnlyAttributes

ENC = load_harmony_encoding("HarmonyGptOss")
SHOWN = sorted(name for base in StreamableParser.__mro__ for name in getattr(base, "__slots__", ()) if name[0] != "_")


def test_all_that_tells_of_the_open_message_is_read_only() -> None:
    assert {"state", "current_role", "current_channel", "current_recipient", "messages", "recoveries"} <= set(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_read_only_cannot_be_set_or_deleted_and_says_what_it_is(name: str) -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT)
    before = getattr(parser, name)
    with pytest.raises(AttributeError, match=f"'{name}' of a StreamableParser is there to be read"):
        setattr(parser, name, None)
    with pytest.raises(AttributeError, match=f"'{name}' of a StreamableParser is there to be read"):
        delattr(parser, name)
    assert getattr(parser, name) is before
    assert inspect.getdoc(inspect.getattr_static(StreamableParser, name))


def test_other_attributes_are_the_users() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT)
    parser.request = "of a server"
    assert parser.request == "of a server"
    del parser.request
    assert not hasattr(parser, "request")


def test_without_the_guard_what_is_read_only_could_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadOnlyAttributes, "_refuse", lambda self, name: None)
    parser = StreamableParser(ENC, Role.ASSISTANT)
    parser.state = StreamState.CONTENT
    assert parser.state is StreamState.CONTENT


@pytest.mark.shipped
def test_what_is_read_only_follows_every_way_of_moving_on() -> None:
    parser = StreamableParser(ENC, None, strict="pedantic")
    whole = ENC.encode("<|start|>assistant<|channel|>final<|message|>x", allowed_special="all")
    assert (parser.state, parser.current_role, parser.current_channel) == (StreamState.EXPECT_START, None, None)
    parser.feed(whole)
    content = (StreamState.CONTENT, Role.ASSISTANT, "final")
    assert (parser.state, parser.current_role, parser.current_channel) == content
    twin = parser.copy()
    with pytest.raises(ParseError):
        parser.process(whole[0])
    assert (parser.state, parser.current_role, parser.current_channel) == (StreamState.EXPECT_START, None, None)
    assert (twin.state, twin.current_role, twin.current_channel) == content
    twin.feed_eos()
    assert (twin.state, twin.current_role, twin.current_channel) == (StreamState.EXPECT_START, None, None)
    assert twin.reset(Role.USER).current_role is Role.USER


@pytest.mark.shipped
def test_a_subclass_may_have_something_else_under_the_name_of_what_is_read_only() -> None:
    class Counting(StreamableParser):
        __slots__ = ("extra",)

        @property
        def messages(self) -> int:  # type: ignore[override]
            return len(super().messages)

    parser = Counting(ENC, Role.ASSISTANT)
    parser.extra = 1  # type: ignore[attr-defined]
    parser.feed(ENC.encode("<|message|>x<|end|>", allowed_special="all"))
    assert (parser.messages, parser.extra) == (1, 1)  # type: ignore[attr-defined]


def test_the_types_of_what_is_read_only_can_be_asked_for() -> None:
    hints = get_type_hints(StreamableParser)
    assert {name: hints[name] for name in ("state", "current_role")} == {
        "state": StreamState,
        "current_role": Role | None,
    }


@pytest.mark.shipped
def test_tokens_are_one_list_also_when_some_are_no_ids() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT, strict=False)
    listed = parser.tokens
    given = [200008, 64, -1, 65, 2**40, 66]
    for number, token in enumerate(given, 1):
        assert parser.process(token).tokens is listed
        assert listed == given[:number]
    assert parser.copy().tokens == given
    assert parser.current_content == "a\ufffdb\ufffdc"
