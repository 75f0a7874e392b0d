"""Text in pieces takes work in proportion to its length, and no more than it needs: counted in steps, never in time."""

from __future__ import annotations

import functools
import subprocess
import sys
from typing import Any

import pytest

from openai_harmony._runtime.reading.characters import CharacterReader
from openai_harmony._runtime.reading.reader import Reader
from openai_harmony._runtime.tokens.tokenizer import Tokenizer
from tests.runtime.test_linear_work import Steps
from tests.support.text_reading import TURN, recovering, texts


@pytest.mark.shipped
def test_positions_behind_many_special_tokens_are_found_without_passing_each() -> None:
    parser = recovering("<|message|>" + "<|reserved_200013|>" * 5000)
    wide = parser._reader.wide
    lookups = 0

    class Counted(list[int]):
        def __getitem__(self, index: Any) -> Any:
            nonlocal lookups
            lookups += 1
            return super().__getitem__(index)

    parser._reader.wide = Counted(wide)
    assert parser._reader.place(5001) == 11 + 5000 * 19
    assert lookups < 20


@pytest.mark.shipped
def test_a_header_is_encoded_only_to_tell_a_word_from_text_glued_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []
    encode = Tokenizer.encode_text

    def counting(self: Tokenizer, text: str) -> list[int]:
        encoded.append(text)
        return encode(self, text)

    monkeypatch.setattr(Tokenizer, "encode_text", counting)
    assert texts(recovering(TURN + "so<|channel|>final__READY__<|end|>")) == [
        "Need it.",
        '{"a": "é😀"}',
        "so",
        "__READY__",
    ]
    assert encoded == []
    assert [texts(recovering(f"<|channel|>{word}<|return|>")) for word in ("finalready", "finally")] == [
        ["ready"],
        ["finally"],
    ]
    assert encoded == ["finalready", "finally"]


HOSTILE = {
    "content": ("<|message|>", "steady "),
    "markers that break off": ("<|message|>", "<|"),
    "markers that nearly end": ("<|message|>", "<|reserved_20000"),
    "surrogates": ("<|message|>", "\ud83d"),
    "dropped markers": ("<|message|>", "<|message|>"),
    "stop tokens": ("", "<|end|>"),
    "white space between messages": ("<|message|>a<|end|>", "\n"),
    "white space behind a role": ("<|message|>a<|end|>assistant", " "),
    "role words": ("<|message|>a<|end|>", "assistant "),
    "role words and stop tokens": ("<|message|>a<|end|>", "assistant " * 12 + "<|end|>"),
    "a long header": ("<|channel|>", "final "),
    "messages": ("", "<|channel|>final<|message|>b<|end|><|start|>assistant"),
    "headers without a message token": ("", "<|start|>assistant<|channel|>finaled"),
}


@pytest.mark.parametrize("size", [1, 5])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_character_takes_as_much_work_late_as_early(monkeypatch: pytest.MonkeyPatch, name: str, size: int) -> None:
    """Steps are calls and lines, and ids that are copied; a part of 1,000 characters is compared with a later one."""
    steps = Steps()

    class Ids(list[int]):
        def __getitem__(self, index: Any) -> Any:
            found: Any = super().__getitem__(index)
            steps.taken += len(found) if isinstance(index, slice) else 1
            return found

    started = Reader.__init__

    def start(self: CharacterReader, *arguments: Any) -> None:
        started(self, *arguments)
        self.ids = Ids()

    monkeypatch.setattr(Reader, "__init__", start)
    opening, repeated = HOSTILE[name]
    text = repeated * (1000 // len(repeated))
    parser = recovering(opening)

    def feed(pieces: str) -> None:
        for at in range(0, len(pieces), size):
            parser.feed(pieces[at : at + size])

    feed(text)
    early = steps.of(lambda: feed(text))
    for _ in range(8):
        feed(text)
    assert steps.of(lambda: feed(text)) < 1.2 * early


@pytest.mark.shipped
def test_200_000_characters_one_by_one_take_as_much_work_each_at_the_end() -> None:
    parser, steps = recovering("<|channel|>final<|message|>"), Steps()
    text = "steady <| <|chan " * (200_000 // 17)

    def feed(begin: int, end: int) -> None:
        for character in text[begin:end]:
            parser.feed(character)

    early = steps.of(lambda: feed(0, 5000))
    feed(5000, len(text) - 5000)
    assert steps.of(lambda: feed(len(text) - 5000, len(text))) < 1.2 * early
    assert texts(parser.process_eos()) == [text]


@pytest.mark.parametrize("character", ["x", "é"])
def test_a_long_piece_of_content_takes_no_step_for_each_character(character: str) -> None:
    parser, steps = recovering("<|message|>"), Steps()
    assert steps.of(lambda: parser.process(character * 10_000)) < 200


def test_a_piece_in_which_no_special_token_can_begin_takes_fewer_steps() -> None:
    parser, steps = recovering("<|message|>a"), Steps()
    parser.feed("b")  # tells the start as well
    plain, other = (steps.of(functools.partial(parser.feed, piece)) for piece in (" word", " wo<d"))
    assert plain < 0.8 * other


def test_a_program_that_reads_no_text_does_not_import_what_reads_it() -> None:
    program = (
        "import sys; from openai_harmony import StreamableParser; print('openai_harmony.text_parsing' in sys.modules);"
        "from openai_harmony import TextParser; print('openai_harmony.text_parsing' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
