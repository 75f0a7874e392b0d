"""What must not grow, as counts of work done and never as time: each guard is shown to see the fault that it is for.

What a program imports and opens is counted in test_import_cost.py.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    HarmonyEncoding,
    Message,
    Role,
    StreamableParser,
    SystemContent,
    TextContent,
    ToolDescription,
    load_harmony_encoding,
)
from openai_harmony._runtime.reading import content
from openai_harmony._runtime.reading.content import Content
from openai_harmony._runtime.reading.headers import reader as header_reader
from openai_harmony._runtime.tokens.tokenizer import Tokenizer
from openai_harmony._runtime.tokens.vocabulary_file import Vocabulary
from tests.support.counting import calls

NAME = "HarmonyGptOss"
READ = ("last_content_delta", "current_content", "current_channel", "current_recipient", "current_role", "state")
TOOLS = 100
BOUND = 100_000  # bytes of a small cache


def encoding(cache_size: int = 2**25) -> HarmonyEncoding:
    """An encoding with a cache of its own, and the one tokenizer."""
    made = HarmonyEncoding(NAME, cache_size=cache_size)
    made._made = load_harmony_encoding(NAME).tokenizer
    return made


def text(tokens: int) -> str:
    """A text of so many tokens, none of which is the same as the one before it."""
    return (" steady rain" * tokens)[: tokens // 2 * len(" steady rain")]


def completion(one: HarmonyEncoding, tokens: int) -> list[int]:
    """A message of so many tokens of text, and the beginning of the next."""
    words = one.encode(text(tokens))
    assert len(words) == tokens
    opening = one.encode("<|channel|>analysis<|message|>", allowed_special="all")
    return opening + words + one.encode("<|end|><|start|>assistant", allowed_special="all")


# What is tokenized -------------------------------------------------------------------------------


@pytest.fixture
def tokenized(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is tokenized from here on."""
    texts: list[str] = []
    real = Tokenizer.encode_text

    def counting(self: Tokenizer, text: str) -> list[int]:
        texts.append(text)
        return real(self, text)

    monkeypatch.setattr(Tokenizer, "encode_text", counting)
    return texts


def chat(turns: int) -> list[Message]:
    messages = [Message.from_role_and_content(Role.SYSTEM, SystemContent.new())]
    for turn in range(turns):
        messages.append(Message.from_role_and_content(Role.USER, f"question {turn}"))
        messages.append(Message.from_role_and_content(Role.ASSISTANT, f"thought {turn}").with_channel("commentary"))
        messages.append(Message.from_role_and_content(Role.ASSISTANT, f"answer {turn}").with_channel("final"))
    return messages


def tokenized_by_turn(one: HarmonyEncoding, tokenized: list[str], turns: int) -> list[list[str]]:
    """What each turn of a chat has tokenized, of which every turn comes as new objects."""
    found = []
    for turn in range(turns):
        tokenized.clear()
        conversation = Conversation.from_messages(chat(turns)[: 2 + 3 * turn])
        one.render_conversation_for_completion(conversation, Role.ASSISTANT)
        found.append(list(tokenized))
    return found


@pytest.mark.shipped
def test_a_turn_of_a_chat_tokenizes_its_new_messages_alone(tokenized: list[str]) -> None:
    by_turn = tokenized_by_turn(encoding(), tokenized, 40)
    for turn in range(2, 40):
        assert by_turn[turn] == [f"thought {turn - 1}", f"answer {turn - 1}", f"question {turn}"]


@pytest.mark.shipped
def test_without_a_cache_every_turn_tokenizes_the_whole_chat(tokenized: list[str]) -> None:
    by_turn = tokenized_by_turn(encoding(cache_size=0), tokenized, 6)
    assert [f"question {old}" in by_turn[5] for old in range(6)] == [True] * 6


def tools() -> DeveloperContent:
    schema = {"type": "object", "properties": {"of": {"type": "array", "items": {"type": "string"}, "default": ["a"]}}}
    made = [ToolDescription.new(f"tool_{number}", f"does {number}", schema) for number in range(TOOLS)]
    return DeveloperContent.new().with_instructions("Be brief.").with_function_tools(made)


def tokenized_with_tools(one: HarmonyEncoding, tokenized: list[str]) -> list[str]:
    """What a second conversation with equal tools tokenizes."""
    for question in ("first", "second"):
        tokenized.clear()
        developer = Message.from_role_and_content(Role.DEVELOPER, tools())
        user = Message.from_role_and_content(Role.USER, question)
        one.render_conversation(Conversation.from_messages([developer, user]))
    return tokenized


@pytest.mark.shipped
def test_tools_are_tokenized_for_their_first_conversation_alone(tokenized: list[str]) -> None:
    assert tokenized_with_tools(encoding(), tokenized) == ["second"]


@pytest.mark.shipped
def test_without_a_cache_tools_are_tokenized_for_each_conversation(tokenized: list[str]) -> None:
    assert any("tool_99" in text for text in tokenized_with_tools(encoding(cache_size=0), tokenized))


# What is decoded ---------------------------------------------------------------------------------


class CountedPieces(list[Any]):
    """The bytes of each id, and how often any of them was asked for; what iterates over all of them is not seen."""

    asked = 0

    def __getitem__(self, index: Any) -> Any:
        self.asked += 1
        return super().__getitem__(index)


def decoded(monkeypatch: pytest.MonkeyPatch, tokens: int, read: str) -> float:
    """How many ids a parser decodes for each token of a completion, while a property is read after each."""
    one = encoding()
    one.tokenizer.prepare()  # without its decoder, `ordinary_bytes` would decode nothing
    ids = completion(one, tokens)
    pieces = CountedPieces(one.tokenizer.vocabulary.pieces())
    real = Tokenizer.ordinary_bytes

    def counting(self: Tokenizer, tokens: list[int]) -> bytes | None:
        pieces.asked += len(tokens)
        return real(self, tokens)

    monkeypatch.setattr(Vocabulary, "pieces", lambda self: pieces)
    monkeypatch.setattr(Tokenizer, "ordinary_bytes", counting)
    monkeypatch.setattr(content, "MOST_TEXTS", 1)  # else an id is decoded once for all the places where it stands
    one.id_bytes._decoded(content.FIRST)  # so many that the bytes of all ids are asked for
    parser = StreamableParser(one, Role.ASSISTANT)
    for token in ids:
        getattr(parser.process(token), read)
    assert parser.messages[0].content[0].to_dict()["text"] == text(tokens)
    return pieces.asked / len(ids)


@pytest.mark.shipped
@pytest.mark.parametrize("read", READ)
def test_an_id_is_decoded_once_however_often_the_text_is_read(monkeypatch: pytest.MonkeyPatch, read: str) -> None:
    assert 0.9 < decoded(monkeypatch, 1000, read) < 1.1


@pytest.mark.shipped
def test_decoding_the_text_anew_for_each_reading_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Content.read

    def forgetful(self: Content, *arguments: Any) -> str:
        self.replace("", self.start)
        return real(self, *arguments)

    monkeypatch.setattr(Content, "read", forgetful)
    assert decoded(monkeypatch, 100, "current_content") > 20


# What is called ----------------------------------------------------------------------------------


def calls_for_a_token(tokens: int, read: str | None) -> float:
    one = encoding()
    ids = completion(one, tokens)
    StreamableParser(one, Role.ASSISTANT).process(ids[0])
    parser = StreamableParser(one, Role.ASSISTANT)

    def stream() -> None:
        for token in ids:
            parser.process(token)
            if read is not None:
                getattr(parser, read)

    return calls(stream, built_in=True) / len(ids)


@pytest.mark.parametrize("read", [*READ, "messages", "tokens", None])
def test_a_token_takes_as_many_calls_late_in_a_completion_as_early(read: str | None) -> None:
    early, late = calls_for_a_token(1000, read), calls_for_a_token(16000, read)
    assert late <= early * 1.02


@pytest.mark.shipped
def test_a_reading_whose_cost_grows_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    walking = property(lambda self: [abs(token) for token in self._reader.ids])
    monkeypatch.setattr(StreamableParser, "tokens", walking)
    assert calls_for_a_token(400, "tokens") > 1.7 * calls_for_a_token(200, "tokens")


@pytest.mark.shipped
def test_calls_for_a_whole_completion_do_not_depend_on_its_length() -> None:
    one = encoding()
    counts = []
    for tokens in (1000, 16000):
        ids = completion(one, tokens)[:-2]
        one.parse_messages_from_completion_tokens(ids, Role.ASSISTANT)
        counts.append(calls(partial(one.parse_messages_from_completion_tokens, ids, Role.ASSISTANT), built_in=True))
    assert counts[0] == counts[1] < 100


# What is made ------------------------------------------------------------------------------------


def many_messages(one: HarmonyEncoding, count: int) -> list[int]:
    text = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant" * (count - 1)
    return one.encode(text + "<|channel|>final<|message|>Yes.<|return|>", allowed_special="all")


@pytest.mark.shipped
def test_messages_are_made_once_and_stay_the_same_objects() -> None:
    one = encoding()
    parser = StreamableParser(one, Role.ASSISTANT)
    listed = parser.messages
    seen: list[Message] = []
    for token in many_messages(one, 160):
        messages = parser.process(token).messages
        assert messages is listed
        if len(messages) > len(seen):
            seen.append(messages[-1])
    assert len(seen) == 160
    assert all(now is then for now, then in zip(listed, seen, strict=True))


@pytest.fixture
def validated(monkeypatch: pytest.MonkeyPatch) -> list[type]:
    """The class of every public object that is made by way of its validation from here on."""
    made: list[type] = []
    Message(author=Author(role=Role.USER), content=[TextContent(text="the first use makes the constructors")])

    def counted(cls: Any) -> Callable[..., None]:
        real = cls.__init__

        def init(self: Any, *arguments: Any, **named: Any) -> None:
            made.append(cls)
            real(self, *arguments, **named)

        return init

    for cls in (Author, TextContent, Message):
        monkeypatch.setattr(cls, "__init__", counted(cls))
    return made


@pytest.mark.shipped
def test_parsing_validates_nothing_that_it_made_itself(validated: list[type]) -> None:
    one = encoding()
    ids = many_messages(one, 5)
    parser = StreamableParser(one, Role.ASSISTANT)
    parser.feed(ids)
    assert one.parse_messages_from_completion_tokens(ids, Role.ASSISTANT) == parser.messages
    assert not validated


@pytest.mark.shipped
def test_validation_is_seen_where_it_happens(validated: list[type]) -> None:
    Message(author=Author(role=Role.USER), content=[TextContent(text="x")])
    assert {Message, Author, TextContent} <= set(validated)


# What is kept ------------------------------------------------------------------------------------


def kept(work: Callable[[int], object], times: int) -> int:
    """The bytes that are held more after a work than before it."""
    for number in range(50):
        work(-number)
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(times):
            work(number)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def rendering(one: HarmonyEncoding) -> Callable[[int], object]:
    """Renders what was never rendered before: text, header words and tools."""

    def render(number: int) -> None:
        user = Message.from_role_and_content(Role.USER, f"{number} and so on " * 20)
        call = Message.from_role_and_content(Role.ASSISTANT, "{}").with_recipient(f"functions.f{number}")
        tool = DeveloperContent.new().with_function_tools([ToolDescription.new(f"f{number}", "does it")])
        developer = Message.from_role_and_content(Role.DEVELOPER, tool)
        one.render_conversation(Conversation.from_messages([developer, user, call.with_channel("commentary")]))

    return render


@pytest.mark.shipped
def test_whatever_is_rendered_no_more_is_kept_than_the_cache_may_hold() -> None:
    one = encoding(cache_size=BOUND)
    assert kept(rendering(one), 250) < 1.5 * BOUND
    assert one.cache_info().bytes <= BOUND


@pytest.mark.shipped
def test_a_cache_that_is_not_bounded_is_seen() -> None:
    assert kept(rendering(encoding()), 250) > 3 * BOUND


def parsing(one: HarmonyEncoding) -> Callable[[int], object]:
    """Parses a header that was never parsed before, in both ways."""
    opening = one.encode("<|channel|>commentary", allowed_special="all")
    body = one.encode("<|message|>{}<|call|>", allowed_special="all")

    def parse(number: int) -> None:
        ids = opening + one.encode(f" to=functions.f{number}") + body
        assert one.parse_messages_from_completion_tokens(ids, Role.ASSISTANT)
        StreamableParser(one, Role.ASSISTANT).feed(ids)

    return parse


@pytest.mark.shipped
@pytest.mark.parametrize(("most", "bounded"), [(50, True), (10**9, False)])
def test_whatever_ids_are_read_no_more_than_so_many_texts_are_kept(
    monkeypatch: pytest.MonkeyPatch, most: int, bounded: bool
) -> None:
    monkeypatch.setattr(content, "MOST_TEXTS", most)
    one = encoding()
    parser = StreamableParser(one, Role.ASSISTANT)
    parser.feed(one.encode("<|message|>", allowed_special="all"))
    for token in range(5000):
        parser.process(token).last_content_delta  # noqa: B018
    assert (len(one.id_bytes.texts) <= 50) is bounded


@pytest.mark.shipped
@pytest.mark.parametrize(("most", "bounded"), [(50, True), (10**9, False)])
def test_whatever_headers_are_parsed_no_more_than_so_many_are_kept(
    monkeypatch: pytest.MonkeyPatch, most: int, bounded: bool
) -> None:
    monkeypatch.setattr(header_reader, "MOST_KEPT", most)
    parse = parsing(encoding())
    assert (kept(parse, 500) < 100_000) is bounded


def kept_by_a_token(uses: int) -> float:
    """How many bytes each token of a long text keeps, its text included, when the text was rendered so many times."""
    one = encoding()
    one.tokenizer.prepare()
    tokens = 0

    def render(number: int) -> None:
        nonlocal tokens
        text = f"{number}: " + "Every word of this is one token of the text. " * 40
        for _ in range(uses):
            tokens = len(one.render(Message.from_role_and_content(Role.USER, text)))

    return kept(render, 50) / (50 * tokens)


@pytest.mark.shipped
def test_a_token_of_a_text_that_is_used_once_takes_a_few_bytes() -> None:
    assert kept_by_a_token(1) < 12


@pytest.mark.shipped
def test_tokens_that_are_kept_as_integers_are_seen() -> None:
    assert kept_by_a_token(2) > 30


@pytest.mark.parametrize("text", ["学习 " * 1000, "né" * 1000, "abc" * 1000])
def test_a_text_that_is_rendered_does_not_grow(text: str) -> None:
    one = encoding()
    one.tokenizer.prepare()
    text = "".join((text, "."))
    before = sys.getsizeof(text)
    one.render(Message.from_role_and_content(Role.USER, text))
    assert sys.getsizeof(text) == before
    one.tokenizer.encode(text)
    assert text.isascii() or sys.getsizeof(text) > before  # as it would have
