"""Copies and pickles keep what a subclass or its user added; a deep copy shares nothing that can change."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from openai_harmony import Role, StreamableParser, TextParser, load_harmony_encoding

ENCODING = load_harmony_encoding("HarmonyGptOss")
DONE = "<|channel|>analysis<|message|>a<|end|>stray<|start|>assistant"
OPEN = "<|channel|>final<|message|>b"


class Plain(StreamableParser):
    """A subclass with attributes."""


class Slotted(StreamableParser):
    """A subclass with slots, one of which may be empty."""

    __slots__ = ("extra", "unset")
    extra: Any
    unset: Any


class More(Slotted):
    """A subclass of that one, with a single slot."""

    __slots__ = "one"  # a name alone is allowed too
    one: Any


def pickled(protocol: int, value: Any) -> Any:
    return pickle.loads(pickle.dumps(value, protocol))


KINDS = [StreamableParser, Plain, Slotted, More]
SHALLOW: dict[str, Callable[[Any], Any]] = {"copy": lambda parser: parser.copy(), "copy.copy": copy.copy}
DEEP: dict[str, Callable[[Any], Any]] = {"deepcopy": copy.deepcopy} | {
    f"pickle {protocol}": partial(pickled, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
}


def tokens_of(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


def made(kind: type[StreamableParser]) -> Any:
    parser: Any = kind(ENCODING, Role.ASSISTANT, strict=False, channels=["scratch"])
    parser.feed(tokens_of(DONE + OPEN))
    parser.extra = {"request": [1]}
    parser.user = ["note"]
    if kind is More:
        parser.one = [2]
    return parser


def added(parser: Any) -> dict[str, Any]:
    return {name: getattr(parser, name) for name in ("extra", "user", "one", "unset") if hasattr(parser, name)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", [*SHALLOW, *DEEP])
def test_a_copy_keeps_its_class_and_what_was_added(kind: type[StreamableParser], way: str) -> None:
    parser = made(kind)
    twin = (SHALLOW | DEEP)[way](parser)
    assert type(twin) is kind
    assert added(twin) == added(parser)
    assert ("one" in added(twin)) is (kind is More)
    assert not hasattr(twin, "unset")
    assert twin.feed_eos() == parser.feed_eos()
    assert (twin.messages, twin.recoveries, twin.spans) == (parser.messages, parser.recoveries, parser.spans)


@pytest.mark.shipped
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", DEEP)
def test_a_deep_copy_shares_nothing_that_can_change(kind: type[StreamableParser], way: str) -> None:
    parser = made(kind)
    twin = DEEP[way](parser)
    for name in ("messages", "recoveries", "spans", "tokens", "extra", "user"):
        assert getattr(twin, name) == getattr(parser, name)
        assert getattr(twin, name) is not getattr(parser, name)
    assert twin.extra["request"] is not parser.extra["request"]
    pairs = [*zip(twin.messages, parser.messages, strict=True), *zip(twin.recoveries, parser.recoveries, strict=True)]
    assert len(pairs) >= 2
    assert all(mine is not other for mine, other in pairs)
    twin.messages[0].content[0].text = twin.extra["request"][0] = "changed"
    assert parser.messages[0].text == "a"
    assert parser.extra == {"request": [1]}


@pytest.mark.shipped
@pytest.mark.parametrize("way", DEEP)
def test_events_that_wait_are_deeply_copied_too(way: str) -> None:
    parser: Any = StreamableParser(ENCODING, Role.ASSISTANT)
    with pytest.raises(RuntimeError):
        parser.feed(tokens_of("<|channel|>final<|message|>a<|end|><|end|>"))
    twin = DEEP[way](parser)
    mine, other = twin.feed([]), parser.feed([])
    assert mine == other
    (ended,), (ended_other,) = (
        [event.message for event in told if hasattr(event, "message")] for told in (mine, other)
    )
    assert ended is not ended_other


@pytest.mark.shipped
@pytest.mark.parametrize("way", SHALLOW)
def test_a_copy_goes_on_by_itself_and_shares_complete_messages(way: str) -> None:
    parser = made(Plain)
    twin = SHALLOW[way](parser)
    twin.feed(tokens_of(" c<|end|>"))
    assert (len(twin.messages), len(parser.messages)) == (len(parser.messages) + 1, len(parser.messages))
    assert twin.messages[0] is parser.messages[0]
    assert parser.current_content == "b"


def test_a_deep_copy_keeps_what_refers_to_the_parser() -> None:
    parser = made(Plain)
    parser.user = [parser]
    assert (twin := copy.deepcopy(parser)).user[0] is twin


@pytest.mark.parametrize("way", [*SHALLOW, *DEEP])
def test_a_parser_of_text_is_copied_alike(way: str) -> None:
    parser: Any = TextParser(ENCODING, Role.ASSISTANT, strict=False)
    parser.feed(DONE + OPEN + "<|en")
    parser.extra = [1]
    twin = (SHALLOW | DEEP)[way](parser)
    assert twin.extra == [1]
    assert twin.feed("d|>") == parser.feed("d|>")
    assert twin.messages == parser.messages


@pytest.mark.parametrize("way", DEEP)
@pytest.mark.parametrize("text", [DONE + OPEN, OPEN + "<|return|>"])
def test_events_and_results_are_copied_alike(way: str, text: str) -> None:
    tokens = tokens_of(text)
    result = ENCODING.parse(tokens, Role.ASSISTANT)
    events = StreamableParser(ENCODING, Role.ASSISTANT, strict=False).feed(tokens)
    twin = DEEP[way](result)
    assert (twin.messages, twin.recoveries, twin.spans) == (result.messages, result.recoveries, result.spans)
    assert DEEP[way](events) == events
