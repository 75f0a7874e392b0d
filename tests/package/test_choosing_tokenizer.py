"""Claims about which package encodes: who asks for it, what is said if it cannot, and that nothing else changes."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator

import pytest

from openai_harmony import HarmonyEncoding, Message, TokenizerInfo, VocabularyError, load_harmony_encoding
from openai_harmony import encoding as facade
from openai_harmony._doctor import Finding, findings
from openai_harmony._generated.encodings import ENCODINGS
from openai_harmony._runtime.tokens.backends import building, choosing
from tests.support import backend_of_letters as letters

NAME = next(iter(ENCODINGS))
LETTERS = choosing.Known("letters", "letters", letters.__name__, letters.__name__)
ABSENT = choosing.Known("absent", "absent", "no_such_module", "no_such_module")
TEXTS = ["Hello", "quick", "Hello world, it's 2026\n", "\ud800", "", "a" * 100_001, "naïve 你好"]


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    known = (ABSENT, LETTERS, choosing.EXACT)
    monkeypatch.setattr(choosing, "BACKENDS", known)
    monkeypatch.setattr("openai_harmony._doctor.BACKENDS", known)
    monkeypatch.setattr(facade, "_loaded", {})
    monkeypatch.delenv(choosing.VARIABLE, raising=False)
    letters.seen.clear()
    letters.fault.clear()
    yield
    letters.fault.clear()


def built(tokenizer: str | None = None) -> TokenizerInfo:
    encoding = HarmonyEncoding(NAME, tokenizer=tokenizer)
    encoding.tokenizer.prepare()
    return encoding.tokenizer_info()


def test_tiktoken_is_used_if_nothing_is_asked_for_whatever_is_installed() -> None:
    info = built()
    assert (info.backend, info.asked, info.chosen_by) == ("tiktoken", "tiktoken", "default")
    assert info.is_built
    assert info.is_checked
    assert (info.guard, info.passed_over) == ("", {})


def test_an_argument_comes_before_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(choosing.VARIABLE, "letters")
    assert built()[:4] == ("letters", "1.2", "letters", "environment")
    assert built("tiktoken")[3] == "argument"
    monkeypatch.setenv(choosing.VARIABLE, "")
    assert built().chosen_by == "default"


def test_auto_takes_the_first_that_is_installed_and_works() -> None:
    info = built("auto")
    assert (info.backend, info.asked, info.guard) == ("letters", "auto", "texts with the letter q")
    assert info.passed_over == {}


@pytest.mark.parametrize("error", [letters.WRONG, ImportError("no such symbol")])
def test_auto_falls_back_to_tiktoken_and_says_why(error: Exception) -> None:
    letters.fault.append(error)
    info = built("auto")
    assert info.backend == "tiktoken"
    assert str(error) in info.passed_over["letters"]


def test_one_that_is_asked_for_by_name_and_fails_is_an_error_that_says_who_asked() -> None:
    letters.fault.append(letters.WRONG)
    with pytest.raises(VocabularyError, match=r"^argument 'tokenizer': 'letters' cannot be used: 'Hello' gives"):
        built("letters")


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ("absent", r"'absent' is not installed: pip install 'openai-harmony\[fast\]'"),
        ("nope", r"unknown tokenizer 'nope' \(expected one of 'auto', 'absent', 'letters', 'tiktoken'\)"),
    ],
)
def test_one_that_is_missing_or_unknown_is_refused_when_the_encoding_is_loaded(
    asked: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=f"^argument 'tokenizer': {fault}$"):
        load_harmony_encoding(NAME, tokenizer=asked)
    monkeypatch.setenv(choosing.VARIABLE, asked)
    with pytest.raises(ValueError, match=f"^{choosing.VARIABLE}: {fault}$"):
        load_harmony_encoding(NAME)


def test_what_is_no_name_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^argument 'tokenizer': expected a string, not int$"):
        HarmonyEncoding(NAME, tokenizer=5)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", TEXTS)
def test_every_backend_gives_the_same_tokens_and_the_same_bytes(text: str) -> None:
    one, other = (HarmonyEncoding(NAME, tokenizer=name) for name in ("tiktoken", "letters"))
    one.tokenizer.prepare()
    other.tokenizer.prepare()
    tokens = one.tokenizer.encode_text(text)
    assert other.tokenizer.encode_text(text) == tokens
    special = [*tokens, *one.tokenizer.vocabulary.specials][: len(tokens) + 2]
    assert one.decode(special) == other.decode(special)
    assert one.scan_bytes(special) == other.scan_bytes(special)
    assert one.tokenizer.ordinary_bytes(tokens) is not None
    assert other.tokenizer.ordinary_bytes(tokens) is None


def test_the_same_arguments_give_the_same_object_and_others_an_equal_one() -> None:
    plain, named = load_harmony_encoding(NAME), load_harmony_encoding(NAME, tokenizer="letters")
    assert plain is load_harmony_encoding(NAME)
    assert named is load_harmony_encoding(NAME, tokenizer="letters")
    assert plain is not named
    assert plain == named
    assert hash(plain) == hash(named)


def test_copies_and_pickles_keep_the_choice() -> None:
    named = load_harmony_encoding(NAME, tokenizer="letters")
    assert pickle.loads(pickle.dumps(named)) is copy.deepcopy(named) is copy.copy(named) is named
    again = pickle.loads(pickle.dumps(named.tokenizer))
    again.prepare()
    assert again.info()[:4] == ("letters", "1.2", "letters", "argument")


def test_rendering_uses_the_backend_that_was_chosen() -> None:
    encoding = HarmonyEncoding(NAME, tokenizer="letters")
    encoding.tokenizer.prepare()
    tokens = encoding.render(Message.from_role_and_content("user", "Hello"))
    assert "Hello" in letters.seen
    assert tokens == HarmonyEncoding(NAME).render(Message.from_role_and_content("user", "Hello"))


def test_facts_are_told_before_anything_is_built_or_read() -> None:
    encoding = HarmonyEncoding(NAME, tokenizer="auto")
    info = encoding.tokenizer_info()
    assert (info.backend, info.version, info.is_built, info.is_checked) == ("letters", "", False, False)
    assert not encoding.tokenizer.is_prepared
    assert info.tokens == len([piece for piece in encoding.tokenizer.vocabulary.pieces() if piece is not None])
    assert info.vocabulary.endswith(encoding.tokenizer.vocabulary.packed)


def test_the_exact_backend_is_built_once_for_what_another_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = building._loaded
    monkeypatch.setattr(building, "_loaded", lambda known: made.append(known.name) or real(known))
    encoding = HarmonyEncoding(NAME, tokenizer="letters")
    encoding.tokenizer.prepare()
    assert made == ["letters"]
    for _ in range(3):
        encoding.encode("quick")
    assert encoding.tokenizer._backend()._source.exact() is encoding.tokenizer._backend()._source.exact()  # type: ignore[attr-defined]


def told() -> list[Finding]:
    return [finding for finding in findings() if finding.topic == f"tokenizer of {NAME}"]


def test_the_doctor_names_the_backend_and_one_that_is_installed_but_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai_harmony._doctor._checkout", lambda: iter(()))
    used, idle = told()
    assert used.text.startswith("tiktoken ")
    assert used.text.endswith(", by the default")
    assert idle.text.startswith("letters is installed but not used")
    monkeypatch.setenv(choosing.VARIABLE, "auto")
    [used] = told()
    assert used.text == "letters 1.2, by the environment for 'auto'; left to tiktoken: texts with the letter q"
    monkeypatch.setenv(choosing.VARIABLE, "absent")
    [missing] = told()
    assert missing.is_fault
    assert missing.text.startswith(f"{choosing.VARIABLE}: 'absent' is not installed")
