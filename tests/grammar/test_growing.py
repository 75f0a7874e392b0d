"""Completions that are grown from the tree: engines accept them all, and judge what is left after an accident alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import StreamableParser
from openai_harmony._grammar.exporting import Exported, ExportedTag
from openai_harmony._grammar.settings import completions
from openai_harmony._grammar.vocabularies import pieces, special_texts
from openai_harmony.grammar import check, export
from tests.grammar.growing import Growth, Vocabulary, mutant
from tests.grammar.requests import options_of
from tests.grammar.rows import encoding
from tests.support.effort import examples
from tests.support.engines import Engine, verdicts

pytestmark = pytest.mark.shipped
SEEDS = st.integers(0, 2**31)
MUTANTS = 40  # of each completion: most of the time goes into making grammars ready
LEAST_MUTANTS = examples(1500)
READERS = [
    Engine("llguidance", "llguidance", masks=False),
    Engine("xgrammar", "llguidance", masks=False),
    Engine("xgrammar", "structural-tag", masks=False),
]
# Its own reading of JSON Schema takes half pairs of surrogates, no -0, and no escape in a string with bounds.
LOOSE = READERS[1]
VOCABULARY = Vocabulary(
    pieces(),
    lambda text: encoding.encode(text, disallowed_special=()),
    range(completions().first_special, completions().entries),
    list(special_texts().values())[:16],
)


def grammar_of(format: str, options: dict[str, Any]) -> Exported | ExportedTag:
    made = export(format, **options)
    assert isinstance(made, (Exported, ExportedTag))
    return made


def parse(tokens: list[int], after_prompt: bool) -> None:
    parser = StreamableParser(encoding, "assistant" if after_prompt else None, strict="pedantic")
    for token in tokens:
        parser.process(token)
    parser.process_eos()
    assert parser.messages


@settings(max_examples=-(-LEAST_MUTANTS // (4 * MUTANTS)))
@given(SEEDS, st.lists(SEEDS, min_size=4, max_size=4, unique=True))
def test_engines_and_the_judge_say_the_same_of_completions_and_of_mutants(request: int, seeds: list[int]) -> None:
    options = options_of(request)
    lark = grammar_of("llguidance", options)
    for format, readers in (("llguidance", READERS[:2]), ("structural-tag", READERS[2:])):
        grammar = grammar_of(format, options)
        growth = Growth(grammar.grammar, VOCABULARY)
        grown = [growth.completion(seed) for seed in seeds]
        hurt = [mutant(tokens, seed + n, VOCABULARY) for tokens, seed in zip(grown, seeds) for n in range(MUTANTS)]
        judged = [check(grammar, tokens) for tokens in [*grown, *hurt]]
        assert all(judged[: len(grown)])
        for tokens, verdict in zip([*grown, *hurt], judged):
            if verdict:
                parse(tokens, options["after_prompt"])
                assert check(lark, tokens)
        for reader in readers:
            said = verdicts(reader, grammar, (), [*grown, *hurt])
            for tokens, verdict, answer in zip([*grown, *hurt], judged, said, strict=True):
                if reader == LOOSE and any(each in encoding.decode(tokens) for each in ("\\", "-0")):
                    continue
                assert (answer["accepted"], answer["position"]) == verdict[:2], (str(reader), tokens)
