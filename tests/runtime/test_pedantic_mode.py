"""In pedantic mode what breaks the format is an error that says where, and leaves the parser in a known state."""

from __future__ import annotations

import pickle

import pytest

from openai_harmony import HarmonyError, ParseError, Role, StreamableParser, StreamState, load_harmony_encoding
from tests.support.roles import USER

ENC = load_harmony_encoding("HarmonyGptOss")


def tokens(text: str) -> list[int]:
    return ENC.encode(text, allowed_special="all")


def process_all(parser: StreamableParser, text: str) -> None:
    for token in tokens(text):
        parser.process(token)
    parser.process_eos()


def failing(text: str, role: Role | None = Role.ASSISTANT) -> ParseError:
    parser = StreamableParser(ENC, role, strict="pedantic")
    with pytest.raises(ParseError) as caught:
        process_all(parser, text)
    with pytest.raises(ParseError) as bulk:
        ENC.parse_messages_from_completion_tokens(tokens(text), role, strict="pedantic")
    assert str(bulk.value) == str(caught.value)
    return caught.value


CASES = [
    # text, role, index, state, found, one that was expected, beginning of the complaint
    ("hi", None, 0, "ExpectStart", "hi", "START", "Unexpected token 3686 while expecting start token 200006"),
    ("hi", USER, 1, "Header", "end of input", "MESSAGE", "Unexpected EOS while waiting for message header"),
    ("<|end|>", USER, 0, "Header", "<|end|>", "MESSAGE", "Unexpected EOS while waiting for message header"),
    (
        "<|channel|><|message|>",
        USER,
        0,
        "Header",
        "<|channel|>",
        "CHANNEL_NAME",
        "channel marker present but no ch",
    ),
    (
        "<|channel|>final b c d<|message|>",
        USER,
        3,
        "Header",
        "c",
        "MESSAGE",
        "unexpected tokens remaining in message",
    ),
    ("<|message|>a<|start|>", USER, 2, "Content", "<|start|>", "END", "Unexpected token 200006 in the content"),
    ("<|message|>a<|endoftext|>", USER, 2, "Content", "<|endoftext|>", "END", "Unexpected token 199999 in the"),
    ("<|start|>final<|message|>", None, 1, "Header", "final", "ROLE", "unexpected tokens remaining in message header"),
    ("a<|reserved_200013|>", USER, 1, "Header", "<|reserved_200013|>", "MESSAGE", "unexpected tokens remaining"),
]


@pytest.mark.shipped
@pytest.mark.parametrize(("text", "role", "index", "state", "found", "expected", "begins"), CASES)
def test_an_error_names_the_place_what_stood_there_and_what_could_have(
    text: str, role: Role | None, index: int, state: str, found: str, expected: str, begins: str
) -> None:
    error = failing(text, role)
    assert (error.index, error.state, error.found) == (index, state, found)
    assert expected in error.expected
    assert str(error).startswith(begins)
    assert isinstance(error, HarmonyError)
    assert isinstance(error, RuntimeError)


@pytest.mark.shipped
def test_what_was_expected_is_the_row_of_the_table_and_sorted() -> None:
    error = failing("<|message|>a<|start|>")
    assert error.expected == tuple(sorted(error.expected)) == ("CALL", "END", "RETURN", "TEXT")


@pytest.mark.shipped
def test_after_an_error_the_next_message_is_read_and_complete_ones_are_kept() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT, strict="pedantic")
    for token in tokens("<|message|>one<|end|>"):
        parser.process(token)
    wrong = tokens("junk")[0]
    with pytest.raises(ParseError):
        parser.process(wrong)
    assert parser.state == StreamState.EXPECT_START
    assert parser.tokens[-1] == wrong
    assert (parser.current_role, parser.current_channel, parser.current_content) == (None, None, "")
    for token in tokens("<|start|>user<|message|>two<|end|>"):
        parser.process(token)
    assert [(m.author.role, m.content[0].text) for m in parser.messages] == [  # type: ignore[attr-defined]
        (Role.ASSISTANT, "one"),
        (Role.USER, "two"),
    ]


@pytest.mark.shipped
def test_an_error_in_a_header_gives_the_header_up_and_not_the_stream() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT, strict="pedantic")
    text = "<|channel|>final too many words<|message|>"
    with pytest.raises(ParseError):
        process_all(parser, text)
    assert parser.tokens == tokens(text)
    assert parser.state == StreamState.EXPECT_START
    for token in tokens("<|start|>user<|message|>ok<|end|>"):
        parser.process(token)
    assert [m.author.role for m in parser.messages] == [Role.USER]


@pytest.mark.shipped
def test_an_end_of_input_that_is_too_early_changes_nothing() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT, strict="pedantic")
    for token in tokens("<|channel|>fin"):
        parser.process(token)
    for _ in range(2):
        with pytest.raises(ParseError):
            parser.process_eos()
        assert parser.state == StreamState.HEADER
    for token in tokens("al<|message|>x<|end|>"):
        parser.process(token)
    assert parser.messages[0].channel == "final"


@pytest.mark.shipped
def test_events_before_an_error_are_told_by_the_next_call() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT, strict="pedantic")
    with pytest.raises(ParseError):
        parser.feed(tokens("<|message|>one<|end|>junk"))
    kinds = [type(event).__name__ for event in parser.feed([])]
    assert kinds == ["MessageStart", "ContentDelta", "MessageEnd"]


@pytest.mark.shipped
def test_an_unknown_id_is_refused_and_not_lost() -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT, strict="pedantic")
    parser.feed(tokens("<|message|>a"))
    with pytest.raises(ParseError, match="Invalid token for decoding: 300000"):
        parser.process(300000)
    assert parser.tokens[-1] == 300000


@pytest.mark.parametrize("token", [-1, 2**32, 2**70])
def test_what_is_no_unsigned_number_of_32_bits_is_an_overflow(token: int) -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT, strict="pedantic")
    with pytest.raises(OverflowError, match="out of range integral type conversion attempted"):
        parser.process(token)
    with pytest.raises(OverflowError):
        ENC.parse_messages_from_completion_tokens([token], Role.ASSISTANT)
    assert parser.tokens == []


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("token", ["x", 1.0, None, b"1"])
def test_what_is_no_integer_is_a_type_error_in_both_modes(token: object, strict: bool) -> None:
    parser = StreamableParser(ENC, Role.ASSISTANT, strict=strict)
    with pytest.raises(TypeError, match="object cannot be interpreted as an integer"):
        parser.process(token)  # type: ignore[arg-type]
    assert parser.tokens == []


@pytest.mark.parametrize("strict", [0, 1, 1.0])
def test_strict_must_be_a_bool_or_a_word(strict: object) -> None:
    with pytest.raises(TypeError, match="cannot be converted to 'PyBool'"):
        StreamableParser(ENC, None, strict=strict)  # type: ignore[arg-type]


def test_the_only_word_for_strict_is_pedantic() -> None:
    with pytest.raises(ValueError, match="argument 'strict': 'yes' is not True, False, None or 'pedantic'"):
        StreamableParser(ENC, None, strict="yes")  # type: ignore[arg-type]


@pytest.mark.shipped
def test_an_unknown_role_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(ValueError, match=r"bob.*user.*assistant.*system.*developer.*tool"):
        StreamableParser(ENC, "bob")
    with pytest.raises(ValueError, match="bob"):
        ENC.parse([], "bob")


def test_an_error_survives_pickling() -> None:
    error = failing("<|message|>a<|start|>")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.index, again.state, again.found, again.expected) == (
        str(error),
        error.index,
        error.state,
        error.found,
        error.expected,
    )
