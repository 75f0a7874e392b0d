"""What parsers are told: modes and channels by argument, function and environment, and how they name what is wrong."""

from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from openai_harmony import (
    HarmonyEncodingName,
    HarmonyError,
    ParseError,
    Role,
    StreamableParser,
    TextParser,
    load_harmony_encoding,
    raise_disallowed_special_token,
    set_default_strictness,
)
from openai_harmony.options import NOT_TOLD

ENCODING = load_harmony_encoding("HarmonyGptOss")
FAULTS = "<|channel|>final<|message|>a<|message|>b<|end|><|end|>"  # a recovery alone, and an error of the reference
PROSE = "Sure.<|start|>assistant<|channel|>final<|message|>a<|end|>"


def tokens_of(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


def first_error(**options: Any) -> list[int]:
    """Where a new parser first raises, if it does."""
    parser = StreamableParser(ENCODING, Role.ASSISTANT, **options)
    found: list[int] = []
    try:
        parser.feed(tokens_of(FAULTS))
    except ParseError as error:
        found = [error.index]
    return found


def channel_of_prose(**options: Any) -> str | None:
    parser = StreamableParser(ENCODING, None, strict=False, **options)
    parser.feed(tokens_of(PROSE))
    assert parser.messages[0].text == "Sure."
    return parser.messages[0].channel


WORDS: dict[Any, Any] = {True: "default", False: "recover", "pedantic": "pedantic"}
ERRORS = {"default": [len(tokens_of(FAULTS)) - 1], "recover": [], "pedantic": [4]}


@pytest.fixture(autouse=True)
def untold(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("HARMONY_STRICT", raising=False)
    monkeypatch.delenv("HARMONY_UNPLACED", raising=False)
    set_default_strictness(None)
    yield
    set_default_strictness(None)


# How strict ----------------------------------------------------------------------------------------


@pytest.mark.shipped
@pytest.mark.parametrize("word", ERRORS)
@pytest.mark.parametrize("untold", [{}, {"strict": None}, {"strict": NOT_TOLD}])
def test_the_environment_decides_for_a_parser_that_is_not_told(
    monkeypatch: pytest.MonkeyPatch, word: str, untold: dict[str, Any]
) -> None:
    monkeypatch.setenv("HARMONY_STRICT", word)
    assert first_error(**untold) == ERRORS[word]


@pytest.mark.shipped
@pytest.mark.parametrize("word", ERRORS)
def test_the_function_wins_over_the_environment_and_the_argument_over_both(
    monkeypatch: pytest.MonkeyPatch, word: Any
) -> None:
    monkeypatch.setenv("HARMONY_STRICT", "pedantic" if word == "recover" else "recover")
    set_default_strictness(word)
    assert first_error() == ERRORS[word]
    for strict, told in WORDS.items():
        assert first_error(strict=strict) == ERRORS[told]
    set_default_strictness(None)
    assert first_error() != ERRORS[word]


@pytest.mark.shipped
def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARMONY_STRICT", "")
    monkeypatch.setenv("HARMONY_UNPLACED", "")
    assert first_error() == ERRORS["default"]
    assert channel_of_prose() is None


@pytest.mark.shipped
def test_a_parser_keeps_the_mode_that_it_was_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    monkeypatch.setenv("HARMONY_STRICT", "pedantic")
    set_default_strictness("recover")
    with pytest.raises(ParseError) as caught:
        parser.feed(tokens_of(FAULTS))
    assert [caught.value.index] == ERRORS["default"]


@pytest.mark.shipped
def test_the_environment_reaches_a_program_that_nobody_changes() -> None:
    program = (
        "from openai_harmony import *\n"
        "enc = load_harmony_encoding('HarmonyGptOss')\n"
        f"parser = StreamableParser(enc, None)\nparser.feed(enc.encode({PROSE!r}, allowed_special='all'))\n"
        "print([(message.channel, message.content[0].text) for message in parser.messages])\n"
    )
    told = {"HARMONY_STRICT": "recover", "HARMONY_UNPLACED": "final"}
    path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", program], env={**os.environ, **path, **told}, capture_output=True)
    assert done.stdout.decode().strip() == "[('final', 'Sure.'), ('final', 'a')]", done.stderr.decode()


def test_the_default_of_strict_is_shown_as_what_it_comes_to() -> None:
    assert "strict: 'Strictness' = True" in str(inspect.signature(StreamableParser))
    assert pickle.loads(pickle.dumps(NOT_TOLD)) is NOT_TOLD


@pytest.mark.parametrize("word", ["Recover", "strict", "1", " recover"])
def test_an_unknown_word_in_the_environment_is_an_error_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("HARMONY_STRICT", word)
    with pytest.raises(ValueError, match=rf"^HARMONY_STRICT: '{word}' is not one of 'default', 'recover', 'pedantic'$"):
        first_error()
    assert first_error(strict=False) == []  # it was told


@pytest.mark.shipped
@pytest.mark.parametrize("word", ["strict", "", True, 1, b"recover", ["recover"]])
def test_the_function_names_what_is_no_strictness(word: Any) -> None:
    with pytest.raises(ValueError, match=r"^strictness: .* is not one of 'default', 'recover', 'pedantic'$"):
        set_default_strictness(word)
    assert first_error() == ERRORS["default"]


@pytest.mark.parametrize(
    ("strict", "kind"), [("recover", ValueError), ("", ValueError), (1, TypeError), (0, TypeError)]
)
def test_a_wrong_strictness_of_a_parser_is_named(strict: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"^argument 'strict': "):
        first_error(strict=strict)


# Channels ------------------------------------------------------------------------------------------


@pytest.mark.shipped
def test_recovered_text_without_a_channel_is_put_where_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert channel_of_prose() is None
    assert channel_of_prose(unplaced="final") == "final"
    monkeypatch.setenv("HARMONY_UNPLACED", "final")
    assert channel_of_prose() == "final"
    assert channel_of_prose(unplaced="commentary") == "commentary"


MISSPELLED = {
    "Final": "final",
    "**final**": "final",
    '"final"': "final",
    "commentary?": "commentary",
    "FINAL:": "final",
}
HIDDEN = {"Analysis": "analysis", "🧠analysis": "analysis", "`ANALYSIS`": "analysis"}
ANOTHER = {word: word for word in ("finalize", "final-answer", "analysis2", "分析", "1", "??")}


@pytest.mark.shipped
@pytest.mark.parametrize(("word", "channel"), [*MISSPELLED.items(), *HIDDEN.items(), *ANOTHER.items()])
def test_a_misspelled_channel_is_the_one_that_is_meant_where_unplaced_text_has_a_place(word: str, channel: str) -> None:
    tokens = tokens_of(f"<|channel|>{word}<|message|>four<|return|>")
    parsed = ENCODING.parse(tokens, "assistant", unplaced="commentary")
    assert [(message.channel, message.text) for message in parsed.messages] == [(channel, "four")]
    left_out = word if channel != word else ""
    assert [(fault.kind.value, fault.text) for fault in parsed.recoveries] == [("unknown_channel", left_out)]
    for told in (ENCODING.parse(tokens, "assistant"), ENCODING.parse(tokens, "assistant", channels=[word])):
        assert told.messages[0].channel == word
    assert ENCODING.parse(tokens, "assistant", channels=[word], unplaced="final").messages[0].channel == word
    broken = tokens_of(f'<|channel|>{word} to=functions.f {{"a": 1}}<|call|>')
    assert ENCODING.parse(broken, "assistant", unplaced="commentary").messages[0].channel == channel


@pytest.mark.shipped
@pytest.mark.parametrize("channel", ["analysis", "Final", "scratch", 5])
def test_a_channel_for_unplaced_text_is_one_that_users_see(monkeypatch: pytest.MonkeyPatch, channel: Any) -> None:
    wrong = rf"{channel!r} is not a channel that is shown to the end user: 'commentary', 'final'$"
    with pytest.raises(ValueError, match=f"^argument 'unplaced': {wrong}"):
        channel_of_prose(unplaced=channel)
    if isinstance(channel, str):
        monkeypatch.setenv("HARMONY_UNPLACED", channel)
        with pytest.raises(ValueError, match=f"^HARMONY_UNPLACED: {wrong}"):
            channel_of_prose()


@pytest.mark.shipped
@pytest.mark.parametrize("make", [list, tuple, set, frozenset, dict.fromkeys])
def test_a_channel_that_was_told_is_no_fault(make: Callable[[list[str]], Any]) -> None:
    tokens = tokens_of("<|channel|>scratch<|message|>a<|end|>")
    told = ENCODING.parse(tokens, "assistant", channels=make(["scratch"]))
    assert (told.messages[0].channel, told.recoveries) == ("scratch", [])
    assert [recovery.kind.value for recovery in ENCODING.parse(tokens, "assistant").recoveries] == ["unknown_channel"]
    StreamableParser(ENCODING, "assistant", strict="pedantic", channels=make(["scratch"])).feed(tokens)


@pytest.mark.parametrize(
    ("channels", "kind", "words"),
    [
        ("scratch", TypeError, "expected a collection of words, not one str"),
        (None, TypeError, "expected a collection of words, not NoneType"),
        (5, TypeError, "expected a collection of words, not int"),
        ([5], TypeError, "expected words, not int"),
        ([None], TypeError, "expected words, not NoneType"),
        ([""], ValueError, "'' is not a word"),
        (["a b"], ValueError, "'a b' is not a word"),
        (["a\u202f"], ValueError, "is not a word"),
    ],
)
def test_wrong_channels_are_named(channels: Any, kind: type[Exception], words: str) -> None:
    for make in (StreamableParser, TextParser):
        with pytest.raises(kind, match=f"^argument 'channels': .*{words}"):
            make(ENCODING, "assistant", channels=channels)


# Wrong arguments, and what things show of themselves ----------------------------------------------------


WRONG: dict[str, tuple[Callable[..., Any], str]] = {
    "encoding": (lambda: StreamableParser("assistant", ENCODING), "argument 'encoding': expected a HarmonyEncoding"),  # type: ignore[arg-type]
    "feed a number": (lambda: StreamableParser(ENCODING, None).feed(5), "argument 'tokens': .* not int"),  # type: ignore[arg-type]
    "feed text": (lambda: StreamableParser(ENCODING, None).feed("x"), "argument 'tokens': .* not str"),  # type: ignore[arg-type]
    "parse": (lambda: ENCODING.parse("text"), "argument 'tokens': .* not str"),  # type: ignore[arg-type]
    "resume": (lambda: StreamableParser.resume(ENCODING, "text"), "argument 'prompt_tokens': .* not str"),  # type: ignore[arg-type]
    "items": (
        lambda: StreamableParser.resume(ENCODING, [{}, None, 3.5]),  # type: ignore[list-item]
        "argument 'prompt_tokens': item 0 is no integer but dict",
    ),
    "an item": (
        lambda: StreamableParser.resume(ENCODING, [1, 2**80, 3.5]),  # type: ignore[list-item]
        "argument 'prompt_tokens': item 2 is no integer but float",
    ),
    "process": (lambda: StreamableParser(ENCODING, None).process("x"), "argument 'token': 'str' object"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_is_a_type_error_that_names_it(case: str) -> None:
    call, words = WRONG[case]
    with pytest.raises(TypeError, match=f"^{words}"):
        call()


def test_an_open_turn_is_none_any_more_when_tokens_follow_the_end() -> None:
    parser = StreamableParser(ENCODING, None, strict=False)
    parser.feed(tokens_of("<|start|>assistant"))
    turns = [parser.open_turn]
    turns.append(parser.process_eos().open_turn)
    parser.feed([])
    turns.append(parser.open_turn)
    turns.append(parser.process(tokens_of("<|channel|>")[0]).open_turn)
    assert turns == [None, Role.ASSISTANT, Role.ASSISTANT, None]
    assert parser.open_author is None


@pytest.mark.shipped
def test_parsers_show_where_they_are() -> None:
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    assert repr(parser) == "<StreamableParser: Header, 0 messages, at position 0>"
    parser.feed(tokens_of("<|channel|>final<|message|>a<|end|>"))
    assert repr(parser) == "<StreamableParser: ExpectStart, 1 messages, at position 5>"
    assert repr(TextParser(ENCODING, None)).startswith("<TextParser: ExpectStart, 0 messages")


def test_small_things_that_programs_of_the_reference_meet() -> None:
    assert [str(name) for name in HarmonyEncodingName] == [name.value for name in HarmonyEncodingName]
    assert f"{HarmonyEncodingName.HARMONY_GPT_OSS}" == "HarmonyGptOss"
    assert ENCODING.special_tokens_set is ENCODING.special_tokens_set
    with pytest.raises(HarmonyError, match=r"^Encountered text corresponding to disallowed special token '<\|end\|>'"):
        raise_disallowed_special_token("<|end|>")
