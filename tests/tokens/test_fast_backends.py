"""Claims about the fast backends: they give tiktoken's ids for every text, or are refused.

`python -m tests.tokens` tries many more texts.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import VocabularyError, load_harmony_encoding
from openai_harmony._runtime.tokens.backends import choosing
from openai_harmony._runtime.tokens.backends.guarded import GUARDED, GuardedBackend
from openai_harmony._runtime.tokens.backends.protocol import Source
from openai_harmony._runtime.tokens.backends.recorded_texts import file_name
from openai_harmony._runtime.tokens.split_pattern import alternatives, joined
from openai_harmony._runtime.tokens.vocabulary_file import DATA, Vocabulary
from tests.support.effort import examples
from tests.tokens.hard_texts import CLASSES, CONTEXTS, WORDS, code_points, in_contexts, mixtures, runs, tuples
from tests.tokens.record import recorded
from tests.tokens.vocabularies import MODULES, exact, fast, source

pytestmark = pytest.mark.shipped
every_backend = pytest.mark.parametrize("name", MODULES)
DIFFERING = "a'ſ'this"  # tiktoken: a'ſ, 'this; the packages: a, 'ſ't, his


def same(name: str, text: str) -> bool:
    return fast(name).encode_ordinary(text) == exact().encode_long(text)


# the same ids -------------------------------------------------------------------------------------


@every_backend
@settings(max_examples=examples(40), deadline=None)
@given(text=st.lists(st.sampled_from((*CLASSES, *WORDS)) | st.text(max_size=8), max_size=12).map("".join))
def test_a_text_has_the_ids_of_tiktoken(name: str, text: str) -> None:
    assert same(name, text)


@every_backend
def test_hard_texts_have_the_ids_of_tiktoken(name: str) -> None:
    texts = [*tuples(2), *mixtures(examples(2000)), *runs((3, 17, 300))]
    assert [text for text in texts if not same(name, text)] == []


@every_backend
def test_characters_of_all_of_unicode_have_the_ids_of_tiktoken_wherever_they_stand(name: str) -> None:
    some = islice(code_points(), 0, None, 1_112_064 // examples(500))
    assert [text for text in in_contexts(some) if not same(name, text)] == []


@every_backend
@pytest.mark.parametrize("text", ["a" * 200_000, " " * 150_000 + "x", "\n " * 100_000, "中" * 100_000], ids=len)
def test_a_long_run_has_the_ids_of_tiktoken(name: str, text: str) -> None:
    assert fast(name).encode_long(text) == exact().encode_long(text)


# the guard ----------------------------------------------------------------------------------------


class Heard(list[str]):
    """The texts that reached the package."""


def listening(name: str) -> tuple[GuardedBackend, Heard]:
    made, heard = fast(name), Heard()

    def encode(text: str) -> list[int]:
        heard.append(text)
        return made.package_encode(text)

    backend = GuardedBackend(name, made.version, encode, source())
    heard.clear()
    return backend, heard


@every_backend
def test_the_packages_differ_from_tiktoken_for_the_guarded_characters(name: str) -> None:
    assert GUARDED in DIFFERING
    assert fast(name).package_encode(DIFFERING) != exact().encode_ordinary(DIFFERING)
    assert same(name, DIFFERING)


@every_backend
def test_only_texts_with_the_guarded_characters_are_left_to_tiktoken(name: str) -> None:
    backend, heard = listening(name)
    guarded = list(in_contexts([GUARDED, GUARDED + "s"], CONTEXTS))
    assert [text for text in guarded if backend.encode_ordinary(text) != exact().encode_ordinary(text)] == []
    assert heard == []
    others = ["ſ", "'s", "’ſ", "' ſ", *WORDS[:5]]
    assert [text for text in others if backend.encode_ordinary(text) != exact().encode_ordinary(text)] == []
    assert heard == others


@every_backend
@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d\ude42"])
def test_a_lone_surrogate_is_encoded_as_tiktoken_does(name: str, text: str) -> None:
    assert same(name, text)


@every_backend
def test_spelled_special_tokens_are_text_even_those_that_only_the_package_knows(name: str) -> None:
    known = source().vocabulary.specials.values()
    others = ("<|endoftext|>", "<|think|>", "<|fim_prefix|>")
    texts = [f"a{special} b" for special in (*islice(known, 0, None, 50), *others)]
    assert [text for text in texts if not same(name, text)] == []


# refusals -----------------------------------------------------------------------------------------


class Other(Vocabulary):
    """The vocabulary with two tokens exchanged, though it has the digest of the right one."""

    def pieces(self) -> tuple[bytes, ...]:
        pieces = list(super().pieces())
        one, other = exact().encode_ordinary("the hello")[:2]
        pieces[one], pieces[other] = pieces[other], pieces[one]
        return tuple(pieces)


def changed(kind: type[Vocabulary] = Vocabulary, **facts: str) -> Source:
    made = source()
    of = made.vocabulary
    names = ("packed", "file", "sha256", "environment", "specials")
    vocabulary = kind(**{**{name: getattr(of, name) for name in names}, **facts}, ranks=of.count)
    return made._replace(vocabulary=vocabulary)


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("splintr", lambda: changed(Other), "another vocabulary 'o200k_base'"),
        ("splintr", lambda: changed(file="llama3.tiktoken"), "another split pattern for 'llama3'"),
        ("splintr", lambda: changed(file="of_mine.tiktoken"), "no vocabulary 'of_mine'"),
        ("splintr", lambda: changed(sha256="0" * 64), "no recorded texts to check splintr"),
        ("splintr", lambda: source()._replace(split_pattern=r"\S+|\s+"), "another split pattern"),
        ("fastokens", lambda: changed(Other), "cannot use o200k_base.tiktoken"),
        ("fastokens", lambda: changed(sha256="0" * 64), "no recorded texts to check fastokens"),
        ("fastokens", lambda: source()._replace(split_pattern=r"\S+|\s+"), "no recorded texts to check fastokens"),
    ],
)
def test_another_vocabulary_or_split_pattern_is_refused(name: str, make: Callable[[], Source], reason: str) -> None:
    with pytest.raises(VocabularyError, match=reason):
        MODULES[name].build(make())


def test_a_package_that_encodes_otherwise_is_refused_with_the_text() -> None:
    right = exact().encode_ordinary
    with pytest.raises(VocabularyError, match="toy 1 does not encode '2024' as recorded"):
        GuardedBackend("toy", "1", lambda text: [0] if text == "2024" else right(text), source())


def test_the_recorded_texts_are_those_that_tiktoken_gives_now() -> None:
    assert Path(DATA, file_name(source().vocabulary)).read_text(encoding="ascii") == recorded()


# choosing -----------------------------------------------------------------------------------------


def test_the_backends_that_can_be_chosen_are_those_that_are_tested_here() -> None:
    assert {known.name: known.module for known in choosing.BACKENDS if known is not choosing.EXACT} == {
        name: module.__name__.replace(choosing.__package__ or "", "") for name, module in MODULES.items()
    }


def test_an_encoding_encodes_with_the_backend_that_is_asked_for() -> None:
    name = "splintr"
    encoding = load_harmony_encoding("HarmonyGptOss", tokenizer=name)
    assert encoding.encode(" ".join(WORDS), disallowed_special=()) == exact().encode_ordinary(" ".join(WORDS))
    info = encoding.tokenizer_info()
    assert (info.backend, info.is_checked, info.guard) == (name, True, fast(name).guard)


def test_alternatives_are_the_parts_between_bars_outside_of_groups() -> None:
    assert alternatives(r"a|(?:b|c)d|[|]|[]|]|\||[^]|\]|]e") == ("a", "(?:b|c)d", "[|]", "[]|]", r"\|", r"[^]|\]|]e")
    assert joined(alternatives("a|b|c(?!d)|e")) == joined(("a", "b", "c(?!d)", "e"))
