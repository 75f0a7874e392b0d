"""What a program sees of text in pieces: events and properties, positions in the text, errors and copies."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from openai_harmony import (
    ContentDelta,
    MessageEnd,
    MessageStart,
    ParseError,
    Recovered,
    RecoveryKind,
    Role,
    StreamableParser,
    StreamState,
    TextParser,
)
from tests.support.text_reading import (
    CALL,
    ENCODING,
    SPECIALS,
    TURN,
    from_text,
    from_tokens,
    halves,
    recovering,
    texts,
    tokens_of,
)

pytestmark = pytest.mark.shipped  # completions are spelled out as the shipped format writes them

DOCUMENT = Path(__file__).parents[2] / "docs" / "recovery.md"
NAMED = [special for special in SPECIALS if "reserved" not in special]


# Events and properties ----------------------------------------------------------------------------


@pytest.mark.parametrize("marker", [*NAMED, "<|reserved_200013|>", "<|reserved_201088|>"])
def test_a_special_token_may_be_cut_anywhere(marker: str) -> None:
    text = f"<|channel|>final<|message|>a{marker}b<|return|>"
    expected = from_tokens(text, "assistant", False)
    for first, second in halves(text):
        assert from_text([first, second], "assistant", False) == expected, (first, second)


def test_what_a_piece_adds_is_told_at_once_but_for_what_may_become_a_special_token() -> None:
    parser = TextParser(ENCODING, Role.ASSISTANT)
    told = [parser.feed(piece) for piece in ("<|chan", "nel|>fin", "al<|message|>fo", "u<", "r<|re", "turn|>")]
    assert told[:2] == [[], []]
    assert [type(event) for event in told[2]] == [MessageStart, ContentDelta]
    assert [[event.text for event in some if isinstance(event, ContentDelta)] for some in told[3:]] == [
        ["u"],
        ["<r"],
        [],
    ]
    assert [event.stop for event in told[5] if isinstance(event, MessageEnd)] == tokens_of("<|return|>")
    assert texts(parser) == ["fou<r"]


def test_text_that_cannot_become_a_special_token_does_not_wait() -> None:
    parser = recovering("<|message|>")
    for piece, content in (
        ("a<", "a"),
        ("|", "a"),
        ("e", "a"),
        ("x", "a<|ex"),
        ("<|end|", "a<|ex"),
        ("<", "a<|ex<|end|"),
    ):
        assert parser.process(piece).current_content == content
    assert parser.feed_eos()[-1] == MessageEnd(0, parser.messages[0], None, 23, 23)
    assert texts(parser) == ["a<|ex<|end|<"]


def test_properties_show_the_open_message() -> None:
    parser = TextParser(ENCODING, Role.ASSISTANT).process(CALL.partition("{")[0])
    shown = parser.current_role, parser.current_channel, parser.current_recipient, parser.current_content_type
    assert shown == (Role.ASSISTANT, "commentary", "functions.f", "<|constrain|>json")
    assert (parser.state, parser.messages, parser.recoveries) == (StreamState.CONTENT, [], [])
    parser.process("{" + CALL.partition("{")[2])
    assert (parser.state, parser.current_channel, parser.current_content) == (StreamState.EXPECT_START, None, "")
    assert texts(parser) == ['{"a": "é😀"}']


def test_the_last_delta_is_what_the_last_piece_added_to_the_open_message() -> None:
    parser = recovering()
    pieces = (
        "<|channel|>final<|message|>",
        "ab",
        "c",
        "",
        "d<|",
        "x",
        "<|message|>f",
        "<|end|><|start|>assistant<|message|>g",
    )
    deltas = [parser.process(piece).last_content_delta for piece in (*pieces, "h<|end|>")]
    assert deltas == [None, "ab", "c", None, "d", "<|x", "f", "g", None]
    assert texts(parser) == ["abcd<|xf", "gh"]


def test_the_end_of_input_releases_what_waits() -> None:
    parser = recovering("<|channel|>final<|message|>four <|retur")
    assert parser.current_content == "four "
    assert texts(parser.process_eos()) == ["four <|retur"]


def test_an_open_turn_ends_when_text_follows_even_if_it_waits() -> None:
    parser = recovering("<|start|>assistant", None).process_eos()
    assert parser.open_turn is Role.ASSISTANT
    assert parser.process("").open_turn is Role.ASSISTANT
    assert parser.process("<").open_turn is None


def test_events_of_an_asynchronous_stream_are_those_of_its_pieces() -> None:
    async def stream() -> AsyncIterator[str]:
        for at in range(0, len(TURN), 7):
            yield TURN[at : at + 7]

    async def collected() -> list[Any]:
        return [event async for event in TextParser(ENCODING, "assistant").events(stream())]

    parser = TextParser(ENCODING, "assistant")
    expected = [event for at in range(0, len(TURN), 7) for event in parser.feed(TURN[at : at + 7])]
    assert asyncio.run(collected()) == expected + parser.feed_eos()


def test_usage_counts_characters() -> None:
    open_message = "<|start|>user<|message|>a<|message|>\ud83d\ude00<|reserved_200013|>"
    usage = recovering(TURN + open_message + "<|").usage
    assert (usage.total, usage.tool_calls) == (len(TURN + open_message), len('{"a": "é😀"}'))
    assert usage.content == {"analysis": len("Need it."), None: len("a😀<|reserved_200013|>")}
    assert usage.framing == usage.total - usage.tool_calls - sum(usage.content.values())


def test_further_channels_and_the_channel_of_recovered_text_are_known() -> None:
    text = "<|channel|>plan<|message|>a<|end|> so"
    parser = TextParser(ENCODING, "assistant", strict=False, channels=["plan"], unplaced="final").process(text)
    parser.process_eos()
    assert [message.channel for message in parser.messages] == ["plan", "final"]
    assert [recovery.kind for recovery in parser.recoveries] == [RecoveryKind.STRAY_TEXT]


def test_characters_are_not_taken_for_the_tokens_with_the_same_numbers() -> None:
    numbers = [ord(character) for character in "AB:"]
    by_tokens = StreamableParser(ENCODING, "assistant", strict="pedantic")
    by_tokens.feed([*numbers, *tokens_of("<|message|>x")])
    parser = TextParser(ENCODING, "assistant", strict="pedantic").process("AB:<|message|>x")
    assert (parser.current_content_type, by_tokens.current_content_type) == ("AB:", ENCODING.decode(numbers))


# Positions ----------------------------------------------------------------------------------------


def test_positions_are_those_of_characters_in_the_text() -> None:
    parser = recovering()
    events = [event for character in TURN for event in parser.feed(character)]
    for message, span in zip(texts(parser), parser.spans, strict=True):
        assert TURN[span.content_start : span.content_end] == message
        assert tokens_of(TURN[span.content_end : span.end]) == [span.stop]
    assert [TURN[e.start : e.end] for e in events if isinstance(e, ContentDelta)] == [*"Need it.", *'{"a": "é😀"}']
    ends = [TURN[event.start : event.end] for event in events if isinstance(event, MessageEnd)]
    assert ends == ["<|end|>", "<|call|>"]
    starts = [TURN[event.start : event.end] for event in events if isinstance(event, MessageStart)]
    assert starts == ["<|channel|>analysis<|message|>", "<|start|>assistant" + CALL.partition("{")[0]]


def test_a_recovery_tells_where_in_the_text_it_is_and_grows_with_its_run() -> None:
    text = "<|channel|>final<|message|>fo<|constrain|><|constrain|>ur<|end|>\n<|return|>"
    parser = recovering()
    told = [e.recovery for character in text for e in parser.feed(character) if isinstance(e, Recovered)]
    places = [text[recovery.start : recovery.end] for recovery in parser.recoveries]
    assert places == ["<|constrain|><|constrain|>", "\n", "<|return|>"]
    assert all(one is other for one, other in zip(told, parser.recoveries, strict=True))


# Surrogates ---------------------------------------------------------------------------------------

PAIRED, BROKEN = "a\ud83d\ude00b", "\ude00\ud83dx\ud83d\ud83d\ude00\ud83d"


@pytest.mark.parametrize("content", [PAIRED, BROKEN, "\ud83d<|message|>\ude00", "\ud83d<|x", "<\ud83d", "<|\ude00"])
def test_surrogates_are_read_as_they_are_encoded_wherever_they_are_cut(content: str) -> None:
    text = f"<|channel|>final<|message|>{content}"
    for end in ("<|return|>", ""):
        expected = from_tokens(text + end, "assistant", False)
        for pieces in (*halves(text + end), list(text + end)):
            assert from_text(pieces, "assistant", False) == expected, ascii(pieces)


def test_a_pair_of_surrogates_is_two_characters_of_the_text_and_one_of_the_message() -> None:
    text = f"<|message|>{PAIRED}<|end|><|start|>user<|message|>c"
    parser = recovering(text).process_eos()
    assert texts(parser) == ["a\U0001f600b", "c"]
    assert [text[span.content_start : span.content_end] for span in parser.spans] == [PAIRED, "c"]


# Errors -------------------------------------------------------------------------------------------


def test_by_default_it_raises_where_the_parser_of_tokens_does_and_says_where_in_the_text() -> None:
    text = "<|channel|>analysis<|message|>a<|end|>so<|channel|>final<|message|>b"
    parser = TextParser(ENCODING, "assistant", strict=True)
    with pytest.raises(
        ParseError, match=r"Unexpected token 's' while expecting start token 200006 \(at character 38: "
    ):
        parser.feed(text)
    assert [type(event) for event in parser.feed("")][:2] == [MessageStart, ContentDelta]
    assert texts(parser.process_eos()) == ["a", "so", "b"]


def test_an_error_at_a_special_token_names_its_id_and_its_place() -> None:
    text = "<|channel|>analysis<|message|>a<|end|><|constrain|>"
    parser = TextParser(ENCODING, "assistant", strict=True).process(text[:-1])
    with pytest.raises(ParseError, match=f"Unexpected token {tokens_of('<|constrain|>')[0]} while") as caught:
        parser.process(">")
    assert (caught.value.index, caught.value.found) == (text.index("<|constrain|>"), "<|constrain|>")


def test_of_several_errors_in_a_piece_the_first_is_raised_and_all_of_it_is_read() -> None:
    parser = TextParser(ENCODING, "assistant", strict="pedantic")
    with pytest.raises(ParseError) as caught:
        parser.process("<|channel|><|message|>a<|end|>no<|start|>user<|message|>b<|end|>")
    assert caught.value.index == 0
    assert texts(parser) == ["b"]
    assert parser.process_eos().messages[0].author.role is Role.USER


def test_the_end_of_input_in_a_header_is_an_error_that_can_be_passed_over() -> None:
    parser = TextParser(ENCODING, "assistant", strict=True).process("<|channel|>final<|mess")
    with pytest.raises(ParseError, match="Unexpected EOS while waiting for message header to complete") as caught:
        parser.feed_eos()
    assert caught.value.index == len("<|channel|>final<|mess")
    assert parser.process("<|message|>x").current_content == "x"


@pytest.mark.parametrize(
    ("call", "argument", "kind"),
    [
        (lambda parser: parser.feed(5), "text", "int"),
        (lambda parser: parser.feed(b"x"), "text", "bytes"),
        (lambda parser: parser.process(None), "text", "NoneType"),
        (lambda parser: asyncio.run(anext(parser.events(["x"]))), "pieces", "list"),
        (lambda parser: TextParser("assistant", ENCODING), "encoding", "str"),  # type: ignore[arg-type]
        (lambda parser: TextParser(ENCODING, "assistant", channels="final"), "channels", "str"),
    ],
)
def test_a_wrong_argument_is_named(call: Callable[[Any], Any], argument: str, kind: str) -> None:
    parser = recovering("<|message|>a")
    with pytest.raises(TypeError, match=f"argument '{argument}': expected .*{kind}"):
        call(parser)
    assert (parser.current_content, parser.feed("b")) == ("a", [ContentDelta(0, "ab", 11, 13)])


# Copies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copied", [TextParser.copy, copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_a_copy_goes_on_by_itself_from_within_a_special_token(copied: Callable[[TextParser], TextParser]) -> None:
    for at in range(len(TURN)):
        parser, other = recovering(), recovering()
        assert parser.feed(TURN[:at]) == other.feed(TURN[:at])
        twin = copied(parser)
        parser.feed("<|end|>" * 9 + "other text")
        parser.feed_eos()
        assert twin.feed(TURN[at:]) + twin.feed_eos() == other.feed(TURN[at:]) + other.feed_eos()
        assert (twin.messages, twin.spans, twin.usage) == (other.messages, other.spans, other.usage)


@pytest.mark.parametrize("parser_class", [TextParser, StreamableParser])
def test_a_pickled_parser_still_knows_the_channels_it_was_told(parser_class: Any) -> None:
    parser = parser_class(ENCODING, "assistant", strict=False, channels=["plan"])
    twin = pickle.loads(pickle.dumps(parser)).copy()
    text = "<|channel|>plan<|message|>a<|end|>"
    twin.feed(text if parser_class is TextParser else tokens_of(text))
    assert [(message.channel, twin.recoveries) for message in twin.messages] == [("plan", [])]


def test_a_reset_parser_has_forgotten_what_waited() -> None:
    parser = recovering("<|message|>a<|end|><|start|>us<|")
    assert texts(parser.reset("assistant").process("end|>").process_eos()) == ["end|>"]
    assert parser.spans[0][:4] == (0, 0, 5, 5)


# Documents ----------------------------------------------------------------------------------------


def test_the_example_in_the_documents_runs() -> None:
    section = DOCUMENT.read_text(encoding="utf-8").partition("\n## Text in pieces\n")[2].partition("\n## ")[0]
    example = section.partition("```python\n")[2].partition("```")[0]
    assert "TextParser" in example
    exec(compile(example, str(DOCUMENT), "exec"), {})
