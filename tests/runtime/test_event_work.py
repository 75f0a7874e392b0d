"""What `feed` and a snapshot cost, as counts of work and never as time: calls, lines, and ids that are decoded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import ContentDelta, MessageEnd, StreamableParser, load_harmony_encoding
from openai_harmony._runtime.reading.content import Bytes
from openai_harmony._runtime.reading.headers.reader import HeaderTable
from openai_harmony.testing import completions
from tests.runtime.test_linear_work import Steps
from tests.support.counting import calls
from tests.support.effort import examples

pytestmark = pytest.mark.shipped  # messages are spelled out as the shipped format writes them

ENCODING = load_harmony_encoding("HarmonyGptOss")
OPENING = ENCODING.encode("<|channel|>final<|message|>", allowed_special="all")
STOP = ENCODING.encode("<|return|>", allowed_special="all")
WORDS = ENCODING.encode(" a steady stream of words, one behind the other," * 8)
LENGTH = 10_000


def opened() -> StreamableParser:
    """A parser within a message. The texts of the words are known."""
    parser = StreamableParser(ENCODING, "assistant", strict=False)
    for token in OPENING + WORDS:
        parser.feed([token])
    parser.feed(WORDS[:2])
    return parser


def within(size: int, length: int = LENGTH) -> StreamableParser:
    """A parser within a message of so many tokens, in pieces of `size`; without events if that is zero."""
    parser = opened()
    tokens = (WORDS * (length // len(WORDS) + 1))[:length]
    for at in range(0, length, size or length):
        if size:
            parser.feed(tokens[at : at + size])
        else:
            parser._reader.extend(tokens)
    return parser


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of ids that are decoded from here on, call by call."""
    found: list[int] = []
    one, many = Bytes.one, Bytes.many

    def each(self: Bytes, token: int) -> bytes:
        found.append(1)
        return one(self, token)

    def several(self: Bytes, ids: list[int]) -> bytes:
        found.append(len(ids))
        return many(self, ids)

    monkeypatch.setattr(Bytes, "one", each)
    monkeypatch.setattr(Bytes, "many", several)
    return found


# Events --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "most"), [(1, 1), (2, 2), (8, 2), (100, 2)])
def test_feeding_known_text_calls_one_function_or_two_however_many_tokens_come(size: int, most: int) -> None:
    parser = opened()
    tokens = (WORDS * 2)[:size]
    assert calls(partial(parser.feed, tokens)) == most
    (delta,) = parser.feed(tokens)
    assert isinstance(delta, ContentDelta)
    assert delta.text == ENCODING.decode(tokens)
    assert (delta.start, delta.end) == (len(parser.tokens) - size, len(parser.tokens))


def test_feeding_known_text_decodes_nothing(decoded: list[int]) -> None:
    parser = opened()
    decoded.clear()
    for size in (8, 80, 1):
        parser.feed(WORDS[:size])
    assert decoded == []


@pytest.mark.parametrize(("size", "most"), [(1, LENGTH), (8, 0)])
def test_the_end_of_a_message_decodes_its_tokens_no_more_than_once(decoded: list[int], size: int, most: int) -> None:
    parser = within(size)
    before = len(parser.tokens) - LENGTH
    decoded.clear()
    events = parser.feed(STOP)
    assert sum(decoded) <= most + before
    assert isinstance(events[-1], MessageEnd)
    assert events[-1].message.text == ENCODING.decode(parser.tokens[len(OPENING) : -1])


# Snapshots -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 8])
def test_a_snapshot_decodes_nothing_and_takes_as_many_steps_in_a_long_message_as_in_a_short_one(
    decoded: list[int], size: int
) -> None:
    short, long = within(size, 40), within(size)
    short.snapshot()  # what is made once
    decoded.clear()
    few, many = (Steps().of(parser.snapshot) for parser in (short, long))
    assert decoded == []
    assert many == few < 100


def test_a_snapshot_copies_the_ids_of_the_open_message_once() -> None:
    copied: list[int] = []

    class Ids(list[int]):
        def __getitem__(self, index: Any) -> Any:
            found: Any = super().__getitem__(index)
            copied.append(len(found) if isinstance(index, slice) else 1)
            return found

    parser = within(8)
    parser._reader.ids = Ids(parser._reader.ids)
    parser.snapshot()
    assert copied == [len(parser._reader.ids)]


def test_the_checksum_of_the_tables_is_computed_once_for_all_parsers() -> None:
    tables = {id(parser._reader.context.headers) for parser in (opened(), opened())}
    assert len(tables) == 1
    table: HeaderTable = opened()._reader.context.headers
    opened().snapshot()
    assert "checksum" in vars(table)


# The same whatever the pieces ----------------------------------------------------------------------

READS: dict[str, Callable[[StreamableParser], object]] = {
    "nothing": lambda parser: None,
    "content": lambda parser: parser.current_content,
    "delta": lambda parser: parser.last_content_delta,
    "usage": lambda parser: parser.usage,
}


long_messages = st.lists(st.sampled_from([" word", "é", "🤝", "漢字", "\n"]), min_size=20, max_size=60).map(
    lambda units: ("assistant", OPENING + ENCODING.encode("".join(units)) + STOP)
)
inputs = st.one_of(long_messages, completions().map(lambda example: (example.role, list(example.tokens))))


@settings(max_examples=examples(100), deadline=None)
@given(inputs, st.data())
def test_deltas_are_the_whole_text_in_whatever_way_tokens_come_and_whatever_is_read(
    given_input: tuple[Any, list[int]], data: st.DataObject
) -> None:
    role, tokens = given_input
    parser, plain = StreamableParser(ENCODING, role), StreamableParser(ENCODING, role)
    events, at = list[Any](), 0
    while at < len(tokens):
        piece = tokens[at : at + data.draw(st.sampled_from([1, 1, 2, 3, 8, 40]))]
        events += parser.feed(piece)
        for token in piece:
            plain.process(token)
        read = READS[data.draw(st.sampled_from(["nothing", "nothing", *READS]))]
        assert read(parser) == read(plain)
        if data.draw(st.integers(0, 3)) == 3:
            parser = data.draw(st.sampled_from([StreamableParser.copy, restored]))(parser)
        at += len(piece)
    events += parser.feed_eos()
    texts: dict[int, str] = {}
    for event in events:
        if isinstance(event, ContentDelta):
            texts[event.index] = texts.get(event.index, "") + event.text
    assert texts == {index: message.text for index, message in enumerate(plain.process_eos().messages) if message.text}


def restored(parser: StreamableParser) -> StreamableParser:
    return StreamableParser.restore(ENCODING, parser.snapshot())


@pytest.mark.parametrize("odd", [True, 0.0])
def test_numbers_that_equal_a_known_token_are_read_as_process_reads_them(odd: Any) -> None:
    for tokens in ([odd], [*WORDS[:7], odd]):
        parser = opened()
        parser.feed([0, 1, int(odd)])
        parser.feed([0, 1, int(odd)])  # their texts are known
        if isinstance(odd, float):
            with pytest.raises(TypeError, match="float"):
                parser.feed(tokens)
        else:
            parser.feed(tokens)
            assert type(parser.tokens[-1]) is int
