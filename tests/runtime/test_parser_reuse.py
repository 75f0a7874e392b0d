"""A parser can begin anywhere, begin again, be copied in the middle of anything, and be asked at any time."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import AsyncIterator, Callable

import pytest

from openai_harmony import (
    ContentDelta,
    Conversation,
    Message,
    MessageEnd,
    MessageStart,
    Role,
    StreamableParser,
    StreamState,
    load_harmony_encoding,
)

ENC = load_harmony_encoding("HarmonyGptOss")
TURN = (
    "<|channel|>analysis<|message|>hm<|end|>"
    "<|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>"
    "<|start|>functions.f to=assistant<|channel|>commentary<|message|>42<|end|>"
    "<|start|>assistant<|channel|>final<|message|>It is 42, “really”.<|return|>"
)


def tokens(text: str) -> list[int]:
    return ENC.encode(text, allowed_special="all")


def text_of(message: Message) -> str:
    return "".join(content.text for content in message.content)  # type: ignore[attr-defined]


def prompt(opening: str) -> list[int]:
    conversation = Conversation.from_messages([Message.from_role_and_content(Role.USER, "q <|start|> q")])
    return ENC.render_conversation(conversation) + tokens(opening)


RESUMES = [
    # what the prompt ends in, the state behind it, what the model adds, the message
    ("<|start|>assistant", StreamState.HEADER, "<|channel|>final<|message|>x<|return|>", (None, "final", "x")),
    ("<|start|>assistant<|channel|>final", StreamState.HEADER, "<|message|>x<|end|>", (None, "final", "x")),
    ("<|start|>assistant<|channel|>final<|message|>", StreamState.CONTENT, "x<|end|>", (None, "final", "x")),
    ("<|start|>assistant<|channel|>final<|message|>Sure, ", StreamState.CONTENT, "x", (None, "final", "Sure, x")),
    ("<|start|>assistant<|channel|>commentary to=functions.", StreamState.HEADER, "f<|message|>{}", ("functions.f",)),
]


@pytest.mark.shipped
@pytest.mark.parametrize(("opening", "state", "sampled", "message"), RESUMES)
def test_a_parser_resumes_where_a_prompt_leaves_off(
    opening: str, state: StreamState, sampled: str, message: tuple[str | None, ...]
) -> None:
    parser = StreamableParser.resume(ENC, prompt(opening))
    assert parser.state == state
    assert parser.messages == []
    for token in tokens(sampled):
        parser.process(token)
    parser.process_eos()
    read = parser.messages[0]
    assert read.author.role == Role.ASSISTANT
    assert (read.recipient, read.channel, text_of(read))[: len(message)] == message


@pytest.mark.shipped
def test_the_text_of_a_message_that_the_prompt_began_is_in_the_first_events() -> None:
    parser = StreamableParser.resume(ENC, prompt("<|start|>assistant<|channel|>final<|message|>Sure"))
    events = parser.feed(tokens(", here")) + parser.feed_eos()
    assert isinstance(events[0], MessageStart)
    assert "".join(e.text for e in events if isinstance(e, ContentDelta)) == "Sure, here"


@pytest.mark.shipped
def test_a_prompt_that_leaves_nothing_open_is_resumed_between_messages() -> None:
    assert StreamableParser.resume(ENC, prompt("")).state == StreamState.EXPECT_START
    assert StreamableParser.resume(ENC, []).state == StreamState.EXPECT_START


@pytest.mark.shipped
def test_a_resumed_parser_is_as_strict_as_it_is_told() -> None:
    parser = StreamableParser.resume(ENC, prompt("<|start|>assistant"), strict=False)
    for token in tokens("hello<|end|><|end|>"):
        parser.process(token)
    assert [text_of(m) for m in parser.messages] == ["hello"]
    pedantic = StreamableParser.resume(ENC, prompt("<|start|>assistant"), strict="pedantic")
    with pytest.raises(RuntimeError):
        pedantic.feed(tokens("hello<|end|>"))
    default = StreamableParser.resume(ENC, prompt("<|start|>assistant"))
    default.feed(tokens("hello<|end|>"))
    with pytest.raises(RuntimeError):
        default.process_eos()


TWINS: list[Callable[[StreamableParser], StreamableParser]] = [
    StreamableParser.copy,
    copy.copy,
    copy.deepcopy,
    lambda parser: pickle.loads(pickle.dumps(parser)),
]


@pytest.mark.parametrize("twin_of", TWINS)
@pytest.mark.parametrize("strict", [True, False])
def test_a_copy_made_anywhere_goes_on_alike_and_by_itself(
    twin_of: Callable[[StreamableParser], StreamableParser], strict: bool
) -> None:
    whole = tokens(TURN)
    expected = StreamableParser(ENC, Role.ASSISTANT, strict=strict)
    expected_events = expected.feed(whole)
    for cut in range(len(whole)):
        parser = StreamableParser(ENC, Role.ASSISTANT, strict=strict)
        before = parser.feed(whole[:cut])
        twin = twin_of(parser)
        parser.feed(whole[cut : cut + 3])
        events = before + twin.feed(whole[cut:])
        assert [e for e in events if isinstance(e, MessageEnd)] == [
            e for e in expected_events if isinstance(e, MessageEnd)
        ]
        assert twin.messages == expected.messages
        assert (twin.tokens, twin.usage, twin.state_data) == (whole, expected.usage, expected.state_data)


@pytest.mark.shipped
def test_reset_begins_the_next_turn_with_nothing_of_the_last() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT, strict=False)
    parser.feed(tokens(TURN + "<|return|>stray"))
    assert parser.reset(role="user") is parser
    assert (parser.messages, parser.tokens, parser.recoveries, parser.usage.total) == ([], [], [], 0)
    assert (parser.state, parser.current_role) == (StreamState.HEADER, Role.USER)
    parser.feed(tokens("<|message|>x"))
    parser.process_eos()
    assert [(m.author.role, text_of(m)) for m in parser.messages] == [(Role.USER, "x")]
    assert parser.reset().state == StreamState.EXPECT_START


@pytest.mark.shipped
def test_usage_tells_tokens_by_channel_and_kind() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT)
    whole = tokens(TURN)
    for token in whole:
        parser.process(token)
        usage = parser.usage
        assert usage.total == len(parser.tokens)
        assert usage.framing + usage.tool_calls + sum(usage.content.values()) == usage.total
    answer = len(tokens("It is 42, “really”."))
    assert usage.content == {"analysis": 1, "commentary": 1, "final": answer}
    assert usage.tool_calls == len(tokens("{}"))


@pytest.mark.shipped
def test_messages_are_the_same_objects_at_every_look() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT)
    parser.feed(tokens(TURN))
    assert len(parser.messages) == 4
    assert all(one is other for one, other in zip(parser.messages, parser.messages))


@pytest.mark.shipped
def test_an_asynchronous_stream_gives_the_same_events() -> None:
    async def stream() -> AsyncIterator[int]:
        for token in tokens(TURN):
            yield token

    async def collected() -> list[object]:
        parser = StreamableParser(ENC, Role.ASSISTANT)
        return [event async for event in parser.events(stream())]

    events = asyncio.run(collected())
    parser = StreamableParser(ENC, Role.ASSISTANT)
    alone = [event for token in tokens(TURN) for event in parser.feed([token])]
    assert events == alone + parser.feed_eos()


@pytest.mark.shipped
def test_an_open_turn_is_told_with_its_author() -> None:
    result = ENC.parse(tokens("<|message|>x<|end|><|start|>user:bob"), Role.ASSISTANT)
    assert result.open_turn == Role.USER
    assert (result.open_author.role, result.open_author.name) == (Role.USER, "bob")
    assert (len(result.messages), result.recoveries) == (1, [])
    assert ENC.parse(tokens("<|message|>x<|end|>")).open_turn is None
