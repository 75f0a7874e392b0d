"""Claims about the encoder of the first texts: exact for all that it accepts, and replaced before it costs much."""

from __future__ import annotations

import pickle
import sys
import threading
from functools import cache

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony._generated.encodings import ENCODINGS
from openai_harmony._runtime.tokens import tokenizer as module
from openai_harmony._runtime.tokens.backends.choosing import DEFAULT
from openai_harmony._runtime.tokens.small_bpe import SmallBpe, split_pattern_of
from openai_harmony._runtime.tokens.tokenizer import CALL, FEW, Tokenizer

CONTEXTS = ("a{}b", "A{}B", " {} ", "1{}1", "!{}\n", "'{}", "{}s x", "\n{}\n", "{}{}{}", "Aa{}A", " {}'s", "\t{}/\r\n")
SOME = "\u00a0\u2003\u2028\u3000\u0301\u200d\x1c\x7fſ😀"
SOME += " \n\r\t'/sSdmrev019.,!?-_(aAbBzZ<|>éÉßñªºǅʰא中文日本かな한Ωжя١²½€—’“”…"


def new() -> Tokenizer:
    return next(iter(ENCODINGS.values())).make_tokenizer(DEFAULT)


@cache
def exact() -> Tokenizer:
    tokenizer = new()
    tokenizer.prepare()
    return tokenizer


@cache
def small() -> SmallBpe:
    split = split_pattern_of(exact().split_pattern)
    assert split is not None
    return SmallBpe(exact().vocabulary.rank_of(), split)


def test_every_character_that_is_accepted_is_split_and_encoded_as_by_tiktoken_in_every_context() -> None:
    accepted = 0
    # Of ideographs and syllables, which are thousands of one kind, every 50th.
    dull = {*range(0x3400, 0xD7A4), *range(0x20000, 0x2A6D7)}
    for code in range(sys.maxunicode + 1):
        if code in dull and code % 100:
            continue
        character = chr(code)
        if small().encode(character) is None:
            continue
        accepted += 1
        text = "\x01".join(context.format(*[character] * 3) for context in CONTEXTS)
        assert small().encode(text) == exact().encode_text(text), hex(code)
    assert accepted > 10_000


@settings(max_examples=1500, deadline=None)
@given(st.one_of(st.text(st.sampled_from(SOME)), st.text(max_size=20)))
def test_a_text_is_encoded_as_by_tiktoken_or_not_at_all(text: str) -> None:
    assert small().encode(text) in (None, exact().encode_text(text))


@pytest.mark.parametrize("text", ["it'ſ", "\u212a", "\ud800", "the\ua7ce", "😀", "zq" * 40, "\u0378"], ids=ascii)
def test_what_another_engine_could_split_in_another_way_is_left_to_the_backend(text: str) -> None:
    assert small().encode(text) is None


def test_a_prompt_of_many_scripts_is_accepted() -> None:
    text = "Grüße, l'été: “naïve” — 你好，世界。Привет! 日本語です 한국어 ١٢٣ zqxjkv\u00a0€5\n\n  x"
    assert small().encode(text) == exact().encode_text(text)


@pytest.mark.parametrize(
    "pattern",
    [r"\d+|\D", r"\w+", "a.c", r"\p{Greek}+", r"[\S]+", r"[a&&b]", "é+", r"^a|b", r"a|", r"(a)|b", "a|["],
)
def test_a_pattern_that_could_mean_something_else_here_is_not_taken(pattern: str) -> None:
    assert split_pattern_of(pattern) is None


def test_the_backend_is_built_when_texts_have_been_many_or_one_is_long() -> None:
    few = new()
    assert few.encode_text("Hello") == [13225]
    assert not few.is_prepared
    few.encode_text("Hello " * (FEW // 6))
    assert few.is_prepared
    many = new()
    for number in range(FEW // CALL):
        many.encode_text(f"{number}")
    assert many.is_prepared


def test_it_is_not_used_once_the_backend_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = new()
    tokenizer.encode_text("Hello")
    assert tokenizer._small is not None
    tokenizer.prepare()
    monkeypatch.setattr(SmallBpe, "encode", lambda self, text: pytest.fail("used"))
    assert tokenizer.encode_text("Hello") == [13225]
    assert tokenizer._small is None


def test_threads_get_the_same_tokens_while_the_backend_appears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEW", 3_000)
    texts = [f"It's text {number}, zqxjkv, naïve." for number in range(40)]
    expected = list(map(exact().encode_text, texts))
    made: list[object] = []
    real = tiktoken.Encoding
    monkeypatch.setattr(tiktoken, "Encoding", lambda *given, **named: made.append(1) or real(*given, **named))
    tokenizer, together, results = new(), threading.Barrier(4), []

    def work() -> None:
        together.wait()
        results.append(list(map(tokenizer.encode_text, texts)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4
    assert len(made) == 1


def test_a_pickle_of_one_that_has_begun_has_no_dictionary() -> None:
    tokenizer = new()
    tokenizer.encode_text("Hello")
    assert len(pickle.dumps(tokenizer)) < 60_000
